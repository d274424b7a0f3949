"""Infrastructure as code for the Flashback platform: what a Pulumi program imports."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_flashback.component.description import (
        KeyDescription,
        MemberDescription,
        WorkspaceDescription,
    )
    from pulumi_flashback.component.workspace import FlashbackWorkspace
    from pulumi_flashback.dynamic.api_key import ApiKey, ApiKeyArgs
    from pulumi_flashback.dynamic.functions import (
        ApiKeySummary,
        GetApiKeysResult,
        GetCurrentUserResult,
        GetOrganizationUsersResult,
        GetProvidersResult,
        GetWorkspaceResult,
        GetWorkspacesResult,
        MemberSummary,
        OrganizationUserSummary,
        ProviderSummary,
        WorkspaceSummary,
        get_api_keys,
        get_api_keys_output,
        get_current_user,
        get_current_user_output,
        get_organization_users,
        get_organization_users_output,
        get_providers,
        get_providers_output,
        get_workspace,
        get_workspace_output,
        get_workspaces,
        get_workspaces_output,
    )
    from pulumi_flashback.dynamic.workspace import Workspace, WorkspaceArgs
    from pulumi_flashback.dynamic.workspace_member import WorkspaceMember, WorkspaceMemberArgs

__all__ = [
    "ApiKey",
    "ApiKeyArgs",
    "ApiKeySummary",
    "FlashbackWorkspace",
    "GetApiKeysResult",
    "GetCurrentUserResult",
    "GetOrganizationUsersResult",
    "GetProvidersResult",
    "GetWorkspaceResult",
    "GetWorkspacesResult",
    "KeyDescription",
    "MemberDescription",
    "MemberSummary",
    "OrganizationUserSummary",
    "ProviderSummary",
    "Workspace",
    "WorkspaceArgs",
    "WorkspaceDescription",
    "WorkspaceMember",
    "WorkspaceMemberArgs",
    "WorkspaceSummary",
    "get_api_keys",
    "get_api_keys_output",
    "get_current_user",
    "get_current_user_output",
    "get_organization_users",
    "get_organization_users_output",
    "get_providers",
    "get_providers_output",
    "get_workspace",
    "get_workspace_output",
    "get_workspaces",
    "get_workspaces_output",
]

_MODULES = {
    "ApiKey": "dynamic.api_key",
    "ApiKeyArgs": "dynamic.api_key",
    "FlashbackWorkspace": "component.workspace",
    "KeyDescription": "component.description",
    "MemberDescription": "component.description",
    "Workspace": "dynamic.workspace",
    "WorkspaceArgs": "dynamic.workspace",
    "WorkspaceDescription": "component.description",
    "WorkspaceMember": "dynamic.workspace_member",
    "WorkspaceMemberArgs": "dynamic.workspace_member",
}
"""Where the classes are; all other names are in the module of the functions."""


def __getattr__(name: str) -> Any:
    # late, so that the client and the emulator work without loading Pulumi, and a program without
    # functions does not load the client
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'dynamic.functions')}"), name)


def __dir__() -> list[str]:
    return __all__
