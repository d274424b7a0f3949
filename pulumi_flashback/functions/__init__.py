"""The registry of functions. Both providers offer all of them."""

from typing import Any, Final

from pulumi_flashback.core.function import Function
from pulumi_flashback.functions.ai import GET_AI_LLMS, GET_POLICIES
from pulumi_flashback.functions.api_keys import GET_API_KEYS, GET_PROVIDERS
from pulumi_flashback.functions.storage import (
    GET_BUCKET_STATUS,
    GET_BUCKETS,
    GET_QUOTA,
    GET_REPOSITORIES,
)
from pulumi_flashback.functions.users import GET_CURRENT_USER, GET_ORGANIZATION_USERS
from pulumi_flashback.functions.workspaces import GET_WORKSPACE, GET_WORKSPACES

FUNCTIONS: Final[tuple[Function[Any], ...]] = (
    GET_AI_LLMS,
    GET_API_KEYS,
    GET_BUCKETS,
    GET_BUCKET_STATUS,
    GET_CURRENT_USER,
    GET_ORGANIZATION_USERS,
    GET_POLICIES,
    GET_PROVIDERS,
    GET_QUOTA,
    GET_REPOSITORIES,
    GET_WORKSPACE,
    GET_WORKSPACES,
)
