"""The endpoints below ``/repo``."""

from __future__ import annotations

from pulumi_flashback.client.identifiers import checked
from pulumi_flashback.client.models import Repository, RepositoryList, Rows
from pulumi_flashback.client.session import Session
from pulumi_flashback.client.transport import Call


class Repositories:
    """The repositories of workspaces (Flashback API reference, /repo).

    Every method raises a :class:`~pulumi_flashback.client.FlashbackError`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self, *, workspace_id: str) -> Rows[Repository]:
        """``GET /repo``: return those of a workspace.

        Args:
            workspace_id: The workspace.
        """
        checked("GET /repo", workspace_id)
        call = Call("GET /repo", "/repo", parameters={"workspaceId": workspace_id})
        return self._session.call_for(RepositoryList, call).repos
