"""What the backend answers, as typed and tolerant models.

Unknown fields are ignored and unset optional ones may be absent or null, so that a newer backend
does not break an older client.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel

MAX_ID_LENGTH = 256

Identifier = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_ID_LENGTH, pattern=r"^[A-Za-z0-9._:~@=+-]+$"),
]
"""An id of the platform: an opaque word (a UUID in the examples) that is safe in a path."""

EMPTY_IS_UNSET = BeforeValidator(lambda value: value or None)

OptionalText = Annotated[str | None, EMPTY_IS_UNSET]
"""A text that may be absent, null or empty: all three mean that it is not set."""

Role = Annotated[Annotated[str, StringConstraints(to_upper=True)] | None, EMPTY_IS_UNSET]
"""A role in a workspace, in upper case. What a newer backend knows is not refused."""


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        defer_build=True,  # a run needs a few of them
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


class MemberUser(Answer):
    """What a workspace tells of the user behind a member.

    Attributes:
        name: The first name.
        last_name: The last name.
        email: The e-mail address.
        org_role: The role in the organization, as a number; more is more.
    """

    name: OptionalText = None
    last_name: OptionalText = None
    email: OptionalText = None
    org_role: int | None = None


class WorkspaceMember(Answer):
    """One row of ``users`` of a workspace.

    Attributes:
        user_id: The user.
        role: ``READ``, ``WRITE``, ``ADMIN``, or what a newer backend knows; always in upper case.
        user: Who that is, where the backend says so.
    """

    user_id: Identifier
    role: Role = None
    user: MemberUser | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_user_id(cls, row: Any) -> Any:
        user = row.get("user") if isinstance(row, dict) else None
        if isinstance(user, dict) and "userId" not in row and "user_id" not in row:
            return {**row, "userId": user.get("id")}
        return row


class Workspace(Answer):
    """One workspace of ``GET /workspace/{id}`` and ``GET /workspace``.

    Attributes:
        id: The id.
        name: The name.
        org_id: The organization.
        members: Its members; None where the answer does not tell them.
        deleted_at: When it was deleted, for a deleted one.
    """

    id: Identifier
    name: OptionalText = None
    org_id: OptionalText = None
    members: list[WorkspaceMember] | None = Field(default=None, alias="users")
    deleted_at: OptionalText = None

    def member(self, user_id: str) -> WorkspaceMember | None:
        """Return the member that a user is, or None."""
        return next((each for each in self.members or () if each.user_id == user_id), None)


class WorkspaceAnswer(Answer):
    """The answer of ``GET /workspace/{id}``."""

    workspace: Workspace


class WorkspaceList(Answer):
    """The answer of ``GET /workspace``."""

    workspaces: list[Workspace]


class ProviderType(Answer):
    """One row of ``GET /providers``.

    Attributes:
        id: The id of the provider type.
        name: Its name, as an API key has it in ``provider``.
        capabilities: What it offers, as a sum of 1 (storage), 2 (AI) and 4 (cloud).
    """

    id: OptionalText = None
    name: OptionalText = None
    capabilities: int = 0


class ProviderTypeList(Answer):
    """The answer of ``GET /providers``."""

    providers: list[ProviderType]


class CurrentUser(Answer):
    """The user that is signed in.

    Attributes:
        id: The id of the user.
        email: The e-mail address.
        name: The first name.
        last_name: The last name.
        org_id: The organization.
        org_role: The role in the organization, as a number; more is more.
        org_role_description: The name of that role.
    """

    id: Identifier
    email: OptionalText = None
    name: OptionalText = None
    last_name: OptionalText = None
    org_id: OptionalText = None
    org_role: int | None = None
    org_role_description: OptionalText = None


class CurrentUserAnswer(Answer):
    """The answer of ``GET /user/profile``."""

    data: CurrentUser


class OrganizationUser(Answer):
    """One row of ``GET /organization/users``.

    Attributes:
        id: The id of the user.
        email: The e-mail address.
        name: The first name.
        last_name: The last name.
        org_id: The organization.
        org_role: The role in the organization, as a number; more is more.
        org_role_description: The name of that role.
        validated: Whether the user has validated the account.
        deleted_at: When the user was deleted, for a deleted one.
    """

    id: Identifier
    email: OptionalText = None
    name: OptionalText = None
    last_name: OptionalText = None
    org_id: OptionalText = None
    org_role: int | None = None
    org_role_description: OptionalText = None
    validated: bool | None = None
    deleted_at: OptionalText = None


class OrganizationUserList(Answer):
    """The answer of ``GET /organization/users``.

    Attributes:
        data: The users.
        total: How many there are, where the backend says so.
    """

    data: list[OrganizationUser]
    total: int | None = None


class Bucket(Answer):
    """One row of ``GET /bucket``, as far as it is needed."""

    id: Identifier
    name: OptionalText = None


class BucketList(Answer):
    """The answer of ``GET /bucket``."""

    buckets: list[Bucket]


class Repository(Answer):
    """One row of ``GET /repo``, as far as it is needed."""

    id: Identifier
    name: OptionalText = None


class RepositoryList(Answer):
    """The answer of ``GET /repo``."""

    repos: list[Repository]


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
