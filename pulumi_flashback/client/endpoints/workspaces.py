"""The endpoints below ``/workspace``."""

from typing import Annotated, Any

from pydantic import Field, PlainValidator, StringConstraints, model_validator

from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.endpoints.users import Person
from pulumi_flashback.client.errors import WorkspaceNotFoundError
from pulumi_flashback.client.identifiers import Identifier, OptionalIdentifier, checked
from pulumi_flashback.client.models import EMPTY_IS_UNSET, OptionalText, Row, Rows, rows_of

_GET = "GET /workspace/{id}"


class MemberUser(Person):
    """What a workspace reports of the user behind a member."""


class WorkspaceMember(Row):
    """One row of ``users`` of a workspace."""

    nouns = ("user", "member")
    id_name = "user_id"

    user_id: Identifier
    # ``READ``, ``WRITE``, ``ADMIN``, or what a newer backend knows; always in upper case
    role: Annotated[Annotated[str, StringConstraints(to_upper=True)] | None, EMPTY_IS_UNSET] = None
    user: MemberUser | None = None  # who that is, if the backend says so

    @model_validator(mode="before")
    @classmethod
    def _with_user_id(cls, row: Any) -> Any:
        user = row.get("user") if isinstance(row, dict) else None
        if isinstance(user, dict) and "userId" not in row and "user_id" not in row:
            return {**row, "userId": user.get("id")}
        return row


class Workspace(Row):
    """One workspace of ``GET /workspace/{id}`` and ``GET /workspace``."""

    nouns = ("workspace",)

    id: Identifier
    name: OptionalText = None
    org_id: OptionalIdentifier = None
    # Its members; None if the response does not report them
    members: Annotated[Rows[WorkspaceMember], rows_of(WorkspaceMember, _GET)] | None = Field(
        default=None, alias="users"
    )
    deleted_at: OptionalText = None  # when it was deleted, for a deleted one

    def member(self, user_id: str) -> WorkspaceMember | None:
        """Return the member that a user is, or None.

        Raises:
            InvalidResponseError: It could not be determined, because of an odd row.
        """
        return None if self.members is None else self.members.find(user_id)


class _ListedWorkspace(Workspace):
    """Without members: only ``GET /workspace/{id}`` is documented with them."""

    members: Annotated[Rows[WorkspaceMember] | None, PlainValidator(lambda _: None)] = Field(
        default=None, alias="users"
    )


_LISTED: type[Workspace] = _ListedWorkspace


class Workspaces(Family):
    """Workspaces and their members. Methods raise a :class:`FlashbackError`.

    A write raises a :class:`WorkspaceNotFoundError` if there is no such workspace, and a
    :class:`PermissionDeniedError` if the user who is signed in is not an ADMIN of it. A deleted
    workspace, which the platform keeps, does not exist here.
    """

    def list(
        self, *, max_retries: int | None = None, timeout: float | None = None
    ) -> Rows[Workspace]:
        """``GET /workspace``: return the workspaces that the user can see, without their members.

        Args:
            max_retries: Fewer retries than those of the client.
            timeout: Fewer seconds for an attempt than those of the client.
        """
        rows = self._list(
            "GET /workspace", _LISTED, "workspaces", max_retries=max_retries, timeout=timeout
        )
        return rows.where(lambda row: not row.deleted_at)

    def get(
        self, workspace_id: str, *, max_retries: int | None = None, timeout: float | None = None
    ) -> Workspace:
        """``GET /workspace/{id}``: return a workspace that the user can see, with its members.

        Args:
            workspace_id: The workspace.
            max_retries: Fewer retries than those of the client.
            timeout: Fewer seconds for an attempt than those of the client.

        Raises:
            WorkspaceNotFoundError: There is no such workspace, or the user has no role in it.
        """
        workspace = self._get(
            _GET, Workspace, "workspace", workspace_id, max_retries=max_retries, timeout=timeout
        )
        if workspace.deleted_at:
            raise WorkspaceNotFoundError(_GET, 200, "the workspace is deleted")
        return workspace

    def create(self, name: str) -> Workspace:
        """``POST /workspace``: create a workspace, whose ADMIN is the user.

        An error whose ``may_have_taken_effect`` is true leaves open whether the workspace exists.

        Args:
            name: The name. Whether two workspaces may share one is up to the backend.

        Raises:
            DuplicateError: The name is taken.
            PermissionDeniedError: The user may not create workspaces.
        """
        return self._create("POST /workspace", Workspace, "workspace", body={"name": name})

    def update(self, workspace_id: str, *, name: str) -> None:
        """``PUT /workspace/{id}``: rename a workspace."""
        self._write("PUT /workspace/{id}", workspace_id, body={"name": name})

    def delete(self, workspace_id: str) -> None:
        """``DELETE /workspace/{id}``: delete a workspace; the platform keeps it out of sight.

        Raises:
            WorkspaceInUseError: It still contains something.
        """
        self._write("DELETE /workspace/{id}", workspace_id)

    def add_member(self, workspace_id: str, *, user_id: str, role: str) -> None:
        """``POST /workspace/{id}/users``: make a user of the organization a member.

        Sent again only if it provably never arrived, as :meth:`create`. What the backend does
        for a user who is a member already is not documented: :meth:`get` reports the role after it.

        ``role`` is ``READ``, ``WRITE`` or ``ADMIN``.

        Raises:
            DuplicateError: The user is a member already.
            UserNotFoundError: The organization has no such user.
        """
        operation = "POST /workspace/{id}/users"
        checked(operation, user_id)
        body = {"userId": user_id, "role": role}
        self._write(operation, workspace_id, body=body, repeatable=False)

    def update_member(self, workspace_id: str, user_id: str, *, role: str) -> None:
        """``PUT /workspace/{id}/users/{userId}``: give a member another role.

        Raises:
            MemberNotFoundError: The user is not a member.
        """
        operation = "PUT /workspace/{id}/users/{userId}"
        self._write(operation, workspace_id, user_id, body={"role": role})

    def remove_member(self, workspace_id: str, user_id: str) -> None:
        """``DELETE /workspace/{id}/users/{userId}``: remove a member.

        Raises:
            MemberNotFoundError: The user is not a member.
        """
        self._write("DELETE /workspace/{id}/users/{userId}", workspace_id, user_id)
