"""What the backend answers, as typed and tolerant models.

Unknown fields are ignored and unset optional ones may be absent or null, so that a newer backend
does not break an older client.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

MAX_ID_LENGTH = 256

Identifier = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_ID_LENGTH, pattern=r"^[A-Za-z0-9._:~@=+-]+$"),
]
"""An id of the platform: an opaque word (a UUID in the examples) that is safe in a path."""

OptionalText = Annotated[str | None, BeforeValidator(lambda value: value or None)]
"""A text that may be absent, null or empty: all three mean that it is not set."""


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True
    )


class ApiKey(Answer):
    """One row of ``GET /apikeys``. The secret is never returned, and the workspace id neither.

    Attributes:
        id: The ``apiKeyId``.
        key: The public half; some backends mask it.
        provider: The provider type, such as ``AWS``.
        endpoint: A custom endpoint.
        region: The provider's region.
        tenant_id: The Azure tenant.
        subscription_id: The Azure subscription.
        description: Free text.
        created_at: ISO 8601 time of creation.
        bucket_count: Buckets that use the key.
        aillm_count: AI LLM configurations that use the key.
    """

    id: Identifier
    key: OptionalText = Field(default=None, repr=False)
    provider: OptionalText = None
    endpoint: OptionalText = None
    region: OptionalText = None
    tenant_id: OptionalText = None
    subscription_id: OptionalText = None
    description: OptionalText = None
    created_at: OptionalText = None
    bucket_count: int | None = Field(default=None, alias="bucket_count")
    aillm_count: int | None = Field(default=None, alias="aillm_count")


class ApiKeyList(Answer):
    """The answer of ``GET /apikeys``."""

    api_keys: list[ApiKey]


class CreatedApiKey(Answer):
    """The answer of ``POST /apikeys``."""

    api_key_id: Identifier


class Workspace(Answer):
    """One workspace of ``GET /workspace/{id}``."""

    id: Identifier
    name: OptionalText = None
    org_id: OptionalText = None


class WorkspaceAnswer(Answer):
    """The answer of ``GET /workspace/{id}``."""

    workspace: Workspace


class Tokens(Answer):
    """The answer of ``POST /user/login`` and ``POST /user/refresh``.

    Attributes:
        access_token: Bearer token of the other endpoints; lives one hour.
        refresh_token: For ``POST /user/refresh``; a new one may come with each answer.
    """

    access_token: str = Field(pattern=r"^[\x21-\x7e]+$", repr=False)
    refresh_token: OptionalText = Field(default=None, repr=False)


class Health(Answer):
    """The answer of ``GET /health``.

    Attributes:
        status: ``ok`` or ``error``.
        timestamp: ISO 8601 time of the backend.
        error: What is wrong.
    """

    status: str
    timestamp: OptionalText = None
    error: OptionalText = None
