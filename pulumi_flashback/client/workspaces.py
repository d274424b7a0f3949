"""The endpoints below ``/workspace``."""

from __future__ import annotations

from urllib.parse import quote

from pulumi_flashback.client.models import Workspace, WorkspaceAnswer
from pulumi_flashback.client.session import Session
from pulumi_flashback.client.transport import Call


class Workspaces:
    """Workspaces (Flashback API reference, /workspace).

    Every method raises a :class:`~pulumi_flashback.client.FlashbackError`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, workspace_id: str) -> Workspace:
        """``GET /workspace/{id}``: return a workspace that the user can see.

        Raises:
            NotFoundError: There is no such workspace, or the user has no role in it.
        """
        path = f"/workspace/{quote(workspace_id, safe='')}"
        return self._session.call_for(WorkspaceAnswer, Call("GET /workspace/{id}", path)).workspace
