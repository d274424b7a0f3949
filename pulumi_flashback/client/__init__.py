"""A typed, synchronous client for the Flashback API, which also works on its own in scripts."""

from pulumi_flashback.client.client import (
    DEFAULT_BASE_URL,
    DEFAULT_TIMEOUT_SECONDS,
    FlashbackClient,
    Health,
)
from pulumi_flashback.client.endpoints.api_keys import ApiKey, CreatedApiKey, ProviderType
from pulumi_flashback.client.endpoints.organization import OrganizationUser
from pulumi_flashback.client.endpoints.users import CurrentUser
from pulumi_flashback.client.endpoints.workspaces import MemberUser, Workspace, WorkspaceMember
from pulumi_flashback.client.errors import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    DuplicateError,
    FlashbackError,
    InvalidIdentifierError,
    InvalidResponseError,
    MemberNotFoundError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    SignInError,
    UserNotFoundError,
    WorkspaceInUseError,
    WorkspaceNotFoundError,
)
from pulumi_flashback.client.models import Rows
from pulumi_flashback.client.retry import DEFAULT_MAX_RETRIES
from pulumi_flashback.client.session import Tokens

__all__ = [
    "DEFAULT_BASE_URL",
    "DEFAULT_MAX_RETRIES",
    "DEFAULT_TIMEOUT_SECONDS",
    "APIConnectionError",
    "APIError",
    "ApiKey",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "CreatedApiKey",
    "CurrentUser",
    "DuplicateError",
    "FlashbackClient",
    "FlashbackError",
    "Health",
    "InvalidIdentifierError",
    "InvalidResponseError",
    "MemberNotFoundError",
    "MemberUser",
    "NotFoundError",
    "OrganizationUser",
    "PermissionDeniedError",
    "ProviderType",
    "RateLimitError",
    "Rows",
    "ServerError",
    "SignInError",
    "Tokens",
    "UserNotFoundError",
    "Workspace",
    "WorkspaceInUseError",
    "WorkspaceMember",
    "WorkspaceNotFoundError",
]
