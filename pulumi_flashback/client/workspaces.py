"""The endpoints below ``/workspace``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_flashback.client.errors import (
    WorkspaceNotFoundError,
)
from pulumi_flashback.client.identifiers import checked, path_of
from pulumi_flashback.client.models import Rows, Workspace, WorkspaceAnswer, WorkspaceList
from pulumi_flashback.client.session import Session
from pulumi_flashback.client.transport import Call


class Workspaces:
    """Workspaces and their members (Flashback API reference, /workspace).

    Every method raises a :class:`~pulumi_flashback.client.FlashbackError`. A deleted workspace,
    which the platform keeps, does not exist here.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(
        self, *, max_retries: int | None = None, timeout: float | None = None
    ) -> Rows[Workspace]:
        """``GET /workspace``: return the workspaces that the user can see, without their members.

        Args:
            max_retries: Fewer retries than the client's own number.
            timeout: Fewer seconds than the client's own number.
        """
        call = Call("GET /workspace", "/workspace", max_retries=max_retries, timeout=timeout)
        rows = self._session.call_for(WorkspaceList, call).workspaces
        return rows.where(lambda row: not row.deleted_at)

    def get(
        self, workspace_id: str, *, max_retries: int | None = None, timeout: float | None = None
    ) -> Workspace:
        """``GET /workspace/{id}``: return a workspace that the user can see, with its members.

        Args:
            workspace_id: The workspace.
            max_retries: Fewer retries than the client's own number.
            timeout: Fewer seconds than the client's own number.

        Raises:
            WorkspaceNotFoundError: There is no such workspace, or the user has no role in it.
        """
        path = path_of("GET /workspace/{id}", workspace_id)
        call = Call("GET /workspace/{id}", path, max_retries=max_retries, timeout=timeout)
        workspace = self._session.call_for(WorkspaceAnswer, call).workspace
        if workspace.deleted_at:
            raise WorkspaceNotFoundError(call.operation, 200, "the workspace is deleted")
        return workspace

    def create(self, name: str) -> Workspace:
        """``POST /workspace``: create a workspace, whose ADMIN is the user.

        The backend knows no idempotency key, so the request is sent again only where it provably
        never arrived or was turned away by a rate limit. An error whose
        ``may_have_taken_effect`` is true leaves open whether the workspace exists.

        Args:
            name: The name. Whether two workspaces may share one is up to the backend.

        Raises:
            DuplicateError: The name is taken.
            PermissionDeniedError: The user may not create workspaces.
        """
        call = Call("POST /workspace", "/workspace", body={"name": name}, repeatable=False)
        return self._session.call_for(WorkspaceAnswer, call).workspace

    def update(self, workspace_id: str, *, name: str) -> None:
        """``PUT /workspace/{id}``: give a workspace another name.

        Raises:
            WorkspaceNotFoundError: There is no such workspace.
            PermissionDeniedError: The user is no ADMIN of it.
        """
        self._write("PUT /workspace/{id}", workspace_id, body={"name": name})

    def delete(self, workspace_id: str) -> None:
        """``DELETE /workspace/{id}``: delete a workspace; the platform keeps it out of sight.

        Raises:
            WorkspaceInUseError: Something is in it that bars its deletion.
            WorkspaceNotFoundError: There is no such workspace.
            PermissionDeniedError: The user is no ADMIN of it.
        """
        self._write("DELETE /workspace/{id}", workspace_id)

    def add_member(self, workspace_id: str, *, user_id: str, role: str) -> None:
        """``POST /workspace/{id}/users``: make a user of the organization a member.

        Sent again only where it provably never arrived, as :meth:`create`. What the backend does
        for a user who is a member already is not documented: :meth:`get` tells the role after it.

        Args:
            workspace_id: The workspace.
            user_id: The user.
            role: ``READ``, ``WRITE`` or ``ADMIN``.

        Raises:
            DuplicateError: The user is a member already.
            UserNotFoundError: The organization has no such user.
            PermissionDeniedError: The user who is signed in is no ADMIN of the workspace.
        """
        operation = "POST /workspace/{id}/users"
        checked(operation, user_id)
        body = {"userId": user_id, "role": role}
        self._session.call(
            Call(operation, path_of(operation, workspace_id), body=body, repeatable=False)
        )

    def update_member(self, workspace_id: str, user_id: str, *, role: str) -> None:
        """``PUT /workspace/{id}/users/{userId}``: give a member another role.

        Raises:
            MemberNotFoundError: The user is no member.
            PermissionDeniedError: The user who is signed in is no ADMIN of the workspace.
        """
        operation = "PUT /workspace/{id}/users/{userId}"
        self._write(operation, workspace_id, user_id, body={"role": role})

    def remove_member(self, workspace_id: str, user_id: str) -> None:
        """``DELETE /workspace/{id}/users/{userId}``: remove a member.

        Raises:
            MemberNotFoundError: The user is no member.
            PermissionDeniedError: The user who is signed in is no ADMIN of the workspace.
        """
        self._write("DELETE /workspace/{id}/users/{userId}", workspace_id, user_id)

    def _write(
        self, operation: str, *identifiers: str, body: Mapping[str, Any] | None = None
    ) -> None:
        self._session.call(Call(operation, path_of(operation, *identifiers), body=body))
