"""Infrastructure as code for the Flashback platform: what a Pulumi program imports."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_flashback.dynamic.api_key import ApiKey, ApiKeyArgs
    from pulumi_flashback.dynamic.functions import (
        ApiKeySummary,
        GetApiKeysResult,
        GetCurrentUserResult,
        GetProvidersResult,
        GetWorkspacesResult,
        ProviderSummary,
        WorkspaceSummary,
        get_api_keys,
        get_api_keys_output,
        get_current_user,
        get_current_user_output,
        get_providers,
        get_providers_output,
        get_workspaces,
        get_workspaces_output,
    )

__all__ = [
    "ApiKey",
    "ApiKeyArgs",
    "ApiKeySummary",
    "GetApiKeysResult",
    "GetCurrentUserResult",
    "GetProvidersResult",
    "GetWorkspacesResult",
    "ProviderSummary",
    "WorkspaceSummary",
    "get_api_keys",
    "get_api_keys_output",
    "get_current_user",
    "get_current_user_output",
    "get_providers",
    "get_providers_output",
    "get_workspaces",
    "get_workspaces_output",
]

_RESOURCES = {"ApiKey": "api_key", "ApiKeyArgs": "api_key"}
"""The modules of the resource classes; all other names are in the one of the functions."""


def __getattr__(name: str) -> Any:
    # late, so that the client and the emulator work without loading Pulumi, and a program without
    # functions does not load the client
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"pulumi_flashback.dynamic.{_RESOURCES.get(name, 'functions')}")
    return getattr(module, name)


def __dir__() -> list[str]:
    return __all__
