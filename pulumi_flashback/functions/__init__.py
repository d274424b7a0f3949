"""The registry: every function, one line each. Both shells offer what stands here."""

from __future__ import annotations

from typing import Any, Final

from pulumi_flashback.core.function import Function
from pulumi_flashback.functions.get_api_keys import GET_API_KEYS
from pulumi_flashback.functions.get_current_user import GET_CURRENT_USER
from pulumi_flashback.functions.get_organization_users import GET_ORGANIZATION_USERS
from pulumi_flashback.functions.get_providers import GET_PROVIDERS
from pulumi_flashback.functions.get_workspace import GET_WORKSPACE
from pulumi_flashback.functions.get_workspaces import GET_WORKSPACES

FUNCTIONS: Final[tuple[Function[Any], ...]] = (
    GET_API_KEYS,
    GET_CURRENT_USER,
    GET_ORGANIZATION_USERS,
    GET_PROVIDERS,
    GET_WORKSPACE,
    GET_WORKSPACES,
)
