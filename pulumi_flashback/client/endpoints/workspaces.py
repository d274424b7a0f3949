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
    """The user of a member, as the workspace returns it."""


class WorkspaceMember(Row):
    """One row of ``users`` of a workspace."""

    nouns = ("user", "member")
    id_name = "user_id"

    user_id: Identifier
    # ``READ``, ``WRITE``, ``ADMIN``, or a role of a newer backend; always in uppercase
    role: Annotated[Annotated[str, StringConstraints(to_upper=True)] | None, EMPTY_IS_UNSET] = None
    user: MemberUser | None = None  # the user, if the backend returns it

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
    # Its members; None if the response does not contain them
    members: Annotated[Rows[WorkspaceMember], rows_of(WorkspaceMember, _GET)] | None = Field(
        default=None, alias="users"
    )
    deleted_at: OptionalText = None  # when it was deleted; None if it was not

    def member(self, user_id: str) -> WorkspaceMember | None:
        """Return the member with this user id, or None.

        Raises:
            InvalidResponseError: An invalid row may be this member.
        """
        return None if self.members is None else self.members.find(user_id)


class _ListedWorkspace(Workspace):
    """A workspace without members: only ``GET /workspace/{id}`` is documented to return them."""

    members: Annotated[Rows[WorkspaceMember] | None, PlainValidator(lambda _: None)] = Field(
        default=None, alias="users"
    )


_LISTED: type[Workspace] = _ListedWorkspace


class Workspaces(Family):
    """Workspaces and their members. Methods raise :class:`FlashbackError`.

    A write raises :class:`WorkspaceNotFoundError` if there is no such workspace, and
    :class:`PermissionDeniedError` if the signed-in user is not an ADMIN of it. The platform keeps
    deleted workspaces; these methods treat them as not existing.
    """

    def list(
        self, *, max_retries: int | None = None, timeout: float | None = None
    ) -> Rows[Workspace]:
        """``GET /workspace``: return the workspaces that the user can see, without their members.

        Args:
            max_retries: Maximum number of retries, if lower than that of the client.
            timeout: Timeout for each attempt in seconds, if lower than that of the client.
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
            max_retries: Maximum number of retries, if lower than that of the client.
            timeout: Timeout for each attempt in seconds, if lower than that of the client.

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
        """``POST /workspace``: create a workspace; the signed-in user becomes its ADMIN.

        An error whose ``may_have_taken_effect`` is true leaves open whether the workspace exists.

        Args:
            name: The name. The backend determines whether two workspaces may share it.

        Raises:
            DuplicateError: The name is taken.
            PermissionDeniedError: The user may not create workspaces.
        """
        return self._create("POST /workspace", Workspace, "workspace", body={"name": name})

    def update(self, workspace_id: str, *, name: str) -> None:
        """``PUT /workspace/{id}``: rename a workspace."""
        self._write("PUT /workspace/{id}", workspace_id, body={"name": name})

    def delete(self, workspace_id: str) -> None:
        """``DELETE /workspace/{id}``: delete a workspace, which the platform only hides.

        Raises:
            WorkspaceInUseError: It is not empty.
        """
        self._write("DELETE /workspace/{id}", workspace_id)

    def add_member(self, workspace_id: str, *, user_id: str, role: str) -> None:
        """``POST /workspace/{id}/users``: make a user of the organization a member.

        Retried only if the request provably never arrived, as in :meth:`create`. The behavior for
        an existing member is not documented: :meth:`get` returns the role afterwards.

        ``role`` is ``READ``, ``WRITE`` or ``ADMIN``.

        Raises:
            DuplicateError: The user is already a member.
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
