"""Functions as programs call them: plain, or with outputs of other resources.

They run in the program's own process, with the settings of its stack, so they need no plugin. In a
unit test with ``pulumi.runtime.set_mocks`` they reach the test's ``call`` instead of the network.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pulumi
from pulumi.runtime import invoke as invoke_engine
from pulumi.runtime.config import get_config
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from pulumi_flashback.config import read_settings
from pulumi_flashback.core.function import Found, Function
from pulumi_flashback.core.guard import ProviderError
from pulumi_flashback.core.operations import check_arguments, invoke
from pulumi_flashback.core.runtime import Engine, Runtime
from pulumi_flashback.functions.get_api_keys import GET_API_KEYS, ApiKeySummary, GetApiKeysResult
from pulumi_flashback.functions.get_current_user import GET_CURRENT_USER, GetCurrentUserResult
from pulumi_flashback.functions.get_organization_users import (
    GET_ORGANIZATION_USERS,
    GetOrganizationUsersResult,
    OrganizationUserSummary,
)
from pulumi_flashback.functions.get_providers import (
    GET_PROVIDERS,
    GetProvidersResult,
    ProviderSummary,
)
from pulumi_flashback.functions.get_workspace import (
    GET_WORKSPACE,
    GetWorkspaceResult,
    MemberSummary,
)
from pulumi_flashback.functions.get_workspaces import (
    GET_WORKSPACES,
    GetWorkspacesResult,
    WorkspaceSummary,
)
from pulumi_flashback.settings import ALL_SETTINGS, NAMESPACE

MOST_ACCOUNTS = 8
"""So many clients are kept, each for the settings and the environment of a call."""

__all__ = [
    "ApiKeySummary",
    "GetApiKeysResult",
    "GetCurrentUserResult",
    "GetOrganizationUsersResult",
    "GetProvidersResult",
    "GetWorkspaceResult",
    "GetWorkspacesResult",
    "MemberSummary",
    "OrganizationUserSummary",
    "ProviderSummary",
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


def get_api_keys(
    workspace_id: str, *, provider: str | None = None, capability: int | None = None
) -> GetApiKeysResult:
    """List the API keys of a workspace, without what they unlock (``GET /apikeys``).

    Args:
        workspace_id: The workspace whose keys are listed.
        provider: Only keys of this provider type, such as `AWS`.
        capability: Only keys whose provider has this capability: 1 storage, 2 AI, 4 cloud.

    Raises:
        pulumi.RunError: The arguments are wrong, or the list cannot be fetched.
    """
    arguments = {"workspaceId": workspace_id, "provider": provider, "capability": capability}
    return _call(GET_API_KEYS, arguments)


def get_api_keys_output(
    workspace_id: pulumi.Input[str],
    *,
    provider: pulumi.Input[str] | None = None,
    capability: pulumi.Input[int] | None = None,
) -> pulumi.Output[GetApiKeysResult]:
    """Like :func:`get_api_keys`, with arguments that other resources may make."""
    arguments = {"workspaceId": workspace_id, "provider": provider, "capability": capability}
    return _call_later(GET_API_KEYS, arguments)


def get_current_user() -> GetCurrentUserResult:
    """Tell who is signed in (``GET /user/profile``).

    Raises:
        pulumi.RunError: It cannot be told.
    """
    return _call(GET_CURRENT_USER, {})


def get_current_user_output() -> pulumi.Output[GetCurrentUserResult]:
    """Like :func:`get_current_user`, as an output."""
    return _call_later(GET_CURRENT_USER, {})


def get_organization_users(email: str | None = None) -> GetOrganizationUsersResult:
    """List the users of the organization, or find one (``GET /organization/users``).

    Args:
        email: Only the user with this email address; that there is none is an error.

    Raises:
        pulumi.RunError: The list cannot be fetched, or no user has the email address.
    """
    return _call(GET_ORGANIZATION_USERS, {"email": email})


def get_organization_users_output(
    email: pulumi.Input[str] | None = None,
) -> pulumi.Output[GetOrganizationUsersResult]:
    """Like :func:`get_organization_users`, with an argument that other resources may make."""
    return _call_later(GET_ORGANIZATION_USERS, {"email": email})


def get_providers() -> GetProvidersResult:
    """List the provider types that the platform knows (``GET /providers``).

    Raises:
        pulumi.RunError: The list cannot be fetched.
    """
    return _call(GET_PROVIDERS, {})


def get_providers_output() -> pulumi.Output[GetProvidersResult]:
    """Like :func:`get_providers`, as an output."""
    return _call_later(GET_PROVIDERS, {})


def get_workspace(workspace_id: str) -> GetWorkspaceResult:
    """Return a workspace with its members (``GET /workspace/{id}``).

    Args:
        workspace_id: The id of the workspace.

    Raises:
        pulumi.RunError: There is no such workspace, or the user has no role in it.
    """
    return _call(GET_WORKSPACE, {"workspaceId": workspace_id})


def get_workspace_output(workspace_id: pulumi.Input[str]) -> pulumi.Output[GetWorkspaceResult]:
    """Like :func:`get_workspace`, with an argument that other resources may make."""
    return _call_later(GET_WORKSPACE, {"workspaceId": workspace_id})


def get_workspaces() -> GetWorkspacesResult:
    """List the workspaces that the user can see (``GET /workspace``).

    Raises:
        pulumi.RunError: The list cannot be fetched.
    """
    return _call(GET_WORKSPACES, {})


def get_workspaces_output() -> pulumi.Output[GetWorkspacesResult]:
    """Like :func:`get_workspaces`, as an output."""
    return _call_later(GET_WORKSPACES, {})


def _call_later(
    function: Function[Found], arguments: Mapping[str, pulumi.Input[Any] | None]
) -> pulumi.Output[Found]:
    given = pulumi.Output.all(**{n: value for n, value in arguments.items() if value is not None})
    if _is_mocked():  # the SDK's stand-in belongs to the thread of the program
        return given.apply(lambda known: _call(function, known))
    # in a thread, so that the program goes on meanwhile
    return given.apply(lambda known: asyncio.to_thread(_call, function, known))


def _is_mocked() -> bool:
    return isinstance(get_monitor(), MockMonitor)


def _call(function: Function[Found], arguments: Mapping[str, Any]) -> Found:
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        check_arguments(function, given)
        if _is_mocked():
            token = f"{NAMESPACE}:index:{function.name}"
            return function.from_wire(invoke_engine(token, given).value)
        runtime = _runtime(_stack_config(), frozenset(os.environ.items()))
        return invoke(function, runtime, given)
    except ProviderError as error:
        text = str(error)
    raise pulumi.RunError(text)


def _stack_config() -> frozenset[tuple[str, str]]:
    found = {option.key: get_config(option.key) for option in ALL_SETTINGS}
    return frozenset((key, value) for key, value in found.items() if value is not None)


@lru_cache(maxsize=MOST_ACCOUNTS)
def _runtime(
    stack_config: frozenset[tuple[str, str]], environment: frozenset[tuple[str, str]]
) -> Runtime:
    """One for all calls of a program; a process of the Automation API may run several."""
    return Runtime(lambda: read_settings(dict(stack_config), dict(environment)), Engine())
