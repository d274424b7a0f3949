"""What the backend answers, as typed and tolerant models.

Unknown fields are ignored and unset optional ones may be absent or null, so that a newer backend
does not break an older client. Lists are read row by row, so that one odd row does not hide the
others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from pulumi_flashback.client.errors import unreadable
from pulumi_flashback.client.identifiers import Identifier, OptionalIdentifier

LARGEST_NUMBER = 2**53
"""Every language and format that a number passes through holds it up to here."""


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


EMPTY_IS_UNSET = BeforeValidator(lambda value: None if value == "" else value)

OptionalText = Annotated[str | None, EMPTY_IS_UNSET]
"""A text that may be absent, null or empty: all three mean that it is not set."""

Mention = Annotated[str | None, BeforeValidator(_text_or_none)]
"""A text that only informs; what is not one is None."""

Role = Annotated[Annotated[str, StringConstraints(to_upper=True)] | None, EMPTY_IS_UNSET]
"""A role in a workspace, in upper case. What a newer backend knows is not refused."""


def _number_or_none(value: Any) -> int | None:
    fits = isinstance(value, (int, float)) and abs(value) <= LARGEST_NUMBER
    return int(value) if fits and value == int(value) else None


Number = Annotated[int | None, BeforeValidator(_number_or_none)]
"""A whole number that only informs; what is not one is None."""


class Answer(BaseModel):
    """Base of all answers.

    Attributes:
        rows_of: For an answer with a list, the attributes that lead to it.
        row_words: What its rows are called.
        takes_part: True if whoever reads its list looks at ``cut_off``, too. For the others a list
            that is only a part is an error.
        reports_errors: True if ``error`` and ``status`` are data and not about the request.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        defer_build=True,  # a run needs a few of them
    )

    rows_of: ClassVar[tuple[str, ...]] = ()
    row_words: ClassVar[tuple[str, ...]] = ()
    takes_part: ClassVar[bool] = False
    reports_errors: ClassVar[bool] = False
    _cut_off: str | None = PrivateAttr(default=None)

    @property
    def rows(self) -> Rows[Any] | None:
        """Its list, if it has one."""
        rows: Any = self
        for name in self.rows_of:
            rows = getattr(rows, name)
        return rows if isinstance(rows, Rows) else None

    @property
    def cut_off(self) -> str | None:
        """What says that its list is only a part; None where it is complete."""
        return self._cut_off

    def mark_cut_off(self, sign: str) -> None:
        """Note what says that its list is only a part."""
        self._cut_off = sign


class Row(Answer):
    """Base of the rows of lists.

    Attributes:
        listed_by: The operation that returns them.
        id_name: The attribute that is the id.
    """

    listed_by: ClassVar[str] = ""
    id_name: ClassVar[str] = "id"
    _odd: tuple[str, ...] = PrivateAttr(default=())

    @property
    def odd(self) -> tuple[str, ...]:
        """The fields that are not as the API documents them; here they are as if not set."""
        return self._odd

    @classmethod
    def read(cls: type[RowType], raw: Any) -> RowType | None:
        """Return a row, or None if its id cannot be read."""
        if not isinstance(raw, dict):  # to let the model find this out costs much for millions
            return None
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            paths = {detail["loc"] for detail in error.errors(include_input=False)}
        names = {str(path[0]) for path in paths if path}
        if not names:
            return None
        rest = {n: v for n, v in raw.items() if n not in names and to_camel(n) not in names}
        try:
            row = cls.model_validate(rest)
        except ValidationError:
            return None
        row._odd = tuple(sorted(to_camel(name) for name in names))
        return row


RowType = TypeVar("RowType", bound=Row)


class Rows(list[RowType]):
    """The rows of a complete list that have a readable id.

    Attributes:
        listed_by: The operation that returned them.
        unreadable: How many more there are whose id cannot be read: each may be any object.
    """

    def __init__(
        self, rows: Iterable[RowType] = (), listed_by: str = "", unreadable: int = 0
    ) -> None:
        super().__init__(rows)
        self.listed_by = listed_by
        self.unreadable = unreadable

    def where(self, condition: Callable[[RowType], bool]) -> Rows[RowType]:
        """Return the rows that meet a condition."""
        return Rows(filter(condition, self), self.listed_by, self.unreadable)

    def find(self, identifier: str) -> RowType | None:
        """Return the row of an object, or None if it certainly is not listed.

        Raises:
            InvalidResponseError: The row is odd, or a row without a readable id may be this one.
        """
        row = self._by_id.get(identifier)
        if row is None and self.unreadable:
            raise unreadable(
                self.listed_by,
                f"{self.unreadable} row(s) have no usable id, so it could not be determined "
                f"whether {identifier} is one of them",
            )
        if row is not None and row.odd:
            fields = ", ".join(row.odd)
            raise unreadable(
                self.listed_by, f"the row of {identifier} has values of another type: {fields}"
            )
        return row

    @property
    def remarks(self) -> tuple[str, ...]:
        """What of the list could not be read, one sentence each."""
        odd = [
            f"{self.listed_by}: {', '.join(row.odd)} of {getattr(row, row.id_name)} cannot be read"
            for row in self
            if row.odd
        ]
        if self.unreadable:
            odd.append(f"{self.listed_by}: {self.unreadable} row(s) have no usable id, left out")
        return tuple(odd)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the rows."""
        return frozenset(self._by_id)

    @cached_property
    def _by_id(self) -> dict[str, RowType]:
        return {getattr(row, row.id_name): row for row in self}


def _read_rows(model: type[RowType], *left_out: str) -> PlainValidator:
    """Read a list row by row, without some fields of the rows."""

    def read(raw: Any) -> Rows[RowType]:
        if not isinstance(raw, list):
            raise ValueError("is not a list")  # noqa: TRY004 - pydantic reports this one
        found = (model.read(_without(each, left_out)) for each in raw)
        rows = [row for row in found if row is not None]
        return Rows(rows, model.listed_by, len(raw) - len(rows))

    return PlainValidator(read)


def _without(raw: Any, names: tuple[str, ...]) -> Any:
    if names and isinstance(raw, dict):
        return {name: value for name, value in raw.items() if name not in names}
    return raw


class ApiKey(Row):
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

    listed_by = "GET /apikeys"

    id: Identifier
    key: OptionalText = Field(default=None, repr=False)
    provider: OptionalText = None
    endpoint: OptionalText = None
    region: OptionalText = None
    tenant_id: OptionalText = None
    subscription_id: OptionalText = None
    description: OptionalText = None
    created_at: Mention = None
    bucket_count: Number = Field(default=None, alias="bucket_count")
    aillm_count: Number = Field(default=None, alias="aillm_count")


class ApiKeyList(Answer):
    """The answer of ``GET /apikeys``."""

    rows_of = ("api_keys",)
    row_words = ("apikeys", "apikey", "keys", "key")

    api_keys: Annotated[Rows[ApiKey], _read_rows(ApiKey)]


class CreatedApiKey(Answer):
    """The answer of ``POST /apikeys``."""

    api_key_id: Identifier


class MemberUser(Answer):
    """What a workspace tells of the user behind a member.

    Attributes:
        name: The first name.
        last_name: The last name.
        email: The email address.
        org_role: The role in the organization, as a number; more is more.
    """

    name: Mention = None
    last_name: Mention = None
    email: Mention = None
    org_role: Number = None


class WorkspaceMember(Row):
    """One row of ``users`` of a workspace.

    Attributes:
        user_id: The user.
        role: ``READ``, ``WRITE``, ``ADMIN``, or what a newer backend knows; always in upper case.
        user: Who that is, where the backend says so.
    """

    listed_by = "GET /workspace/{id}"
    id_name = "user_id"

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


class Workspace(Row):
    """One workspace of ``GET /workspace/{id}`` and ``GET /workspace``.

    Attributes:
        id: The id.
        name: The name.
        org_id: The organization.
        members: Its members; None where the answer does not tell them.
        deleted_at: When it was deleted, for a deleted one.
    """

    listed_by = "GET /workspace"

    id: Identifier
    name: OptionalText = None
    org_id: OptionalIdentifier = None
    members: Annotated[Rows[WorkspaceMember], _read_rows(WorkspaceMember)] | None = Field(
        default=None, alias="users"
    )
    deleted_at: OptionalText = None

    def member(self, user_id: str) -> WorkspaceMember | None:
        """Return the member that a user is, or None.

        Raises:
            InvalidResponseError: It could not be determined, because of an odd row.
        """
        return None if self.members is None else self.members.find(user_id)


class WorkspaceAnswer(Answer):
    """The answer of ``GET /workspace/{id}``."""

    rows_of = ("workspace", "members")
    row_words = ("users", "user", "members", "member")

    workspace: Workspace


class WorkspaceList(Answer):
    """The answer of ``GET /workspace``.

    What these rows say of members is left out: only ``GET /workspace/{id}`` is documented with it.
    """

    rows_of = ("workspaces",)
    row_words = ("workspaces", "workspace")

    workspaces: Annotated[Rows[Workspace], _read_rows(Workspace, "users", "members")]


class ProviderType(Row):
    """One row of ``GET /providers``.

    Attributes:
        id: The id of the provider type.
        name: Its name, as an API key has it in ``provider``.
        capabilities: What it offers, as a sum of 1 (storage), 2 (AI) and 4 (cloud).
    """

    listed_by = "GET /providers"

    id: OptionalText = None
    name: OptionalText = None
    capabilities: Annotated[int, BeforeValidator(lambda value: _number_or_none(value) or 0)] = 0


class ProviderTypeList(Answer):
    """The answer of ``GET /providers``."""

    rows_of = ("providers",)
    row_words = ("providers", "provider")

    providers: Annotated[Rows[ProviderType], _read_rows(ProviderType)]


class CurrentUser(Answer):
    """The user that is signed in.

    Attributes:
        id: The id of the user.
        email: The email address.
        name: The first name.
        last_name: The last name.
        org_id: The organization.
        org_role: The role in the organization, as a number; more is more.
        org_role_description: The name of that role.
    """

    id: Identifier
    email: Mention = None
    name: Mention = None
    last_name: Mention = None
    org_id: OptionalIdentifier = None
    org_role: Number = None
    org_role_description: Mention = None


class CurrentUserAnswer(Answer):
    """The answer of ``GET /user/profile``."""

    data: CurrentUser


class OrganizationUser(Row):
    """One row of ``GET /organization/users``.

    Attributes:
        id: The id of the user.
        email: The email address.
        name: The first name.
        last_name: The last name.
        org_id: The organization.
        org_role: The role in the organization, as a number; more is more.
        org_role_description: The name of that role.
        validated: Whether the user has validated the account.
        deleted_at: When the user was deleted, for a deleted one.
    """

    listed_by = "GET /organization/users"

    id: Identifier
    email: OptionalText = None
    name: Mention = None
    last_name: Mention = None
    org_id: OptionalIdentifier = None
    org_role: Number = None
    org_role_description: Mention = None
    validated: bool | None = None
    deleted_at: OptionalText = None


class OrganizationUserList(Answer):
    """The answer of ``GET /organization/users``.

    Attributes:
        data: The users.
        total: How many there are, where the backend says so.
    """

    takes_part = True
    rows_of = ("data",)
    row_words = ("users", "user")

    data: Annotated[Rows[OrganizationUser], _read_rows(OrganizationUser)]
    total: Number = None


class Bucket(Row):
    """One row of ``GET /bucket``, as far as it is needed."""

    listed_by = "GET /bucket"

    id: Identifier
    name: Mention = None


class BucketList(Answer):
    """The answer of ``GET /bucket``."""

    rows_of = ("buckets",)
    row_words = ("buckets", "bucket")

    buckets: Annotated[Rows[Bucket], _read_rows(Bucket)]


class Repository(Row):
    """One row of ``GET /repo``, as far as it is needed."""

    listed_by = "GET /repo"

    id: Identifier
    name: Mention = None


class RepositoryList(Answer):
    """The answer of ``GET /repo``."""

    rows_of = ("repos",)
    row_words = ("repos", "repo")

    repos: Annotated[Rows[Repository], _read_rows(Repository)]


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

    reports_errors = True

    status: str
    timestamp: OptionalText = None
    error: OptionalText = None
