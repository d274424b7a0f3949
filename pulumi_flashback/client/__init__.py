"""A typed, synchronous client of the Flashback platform, usable on its own in a script."""

from pulumi_flashback.client.client import (
    DEFAULT_BASE_URL,
    DEFAULT_TIMEOUT_SECONDS,
    FlashbackClient,
)
from pulumi_flashback.client.errors import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    DuplicateError,
    FlashbackError,
    InvalidResponseError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from pulumi_flashback.client.models import ApiKey, CreatedApiKey, Health, Tokens, Workspace
from pulumi_flashback.client.retry import DEFAULT_MAX_RETRIES

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
    "DuplicateError",
    "FlashbackClient",
    "FlashbackError",
    "Health",
    "InvalidResponseError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "ServerError",
    "Tokens",
    "Workspace",
]
