"""The endpoints below ``/repo``."""

from __future__ import annotations

from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.identifiers import Identifier
from pulumi_flashback.client.models import Mention, Row, Rows


class Repository(Row):
    """One row of ``GET /repo``, as far as it is needed."""

    nouns = ("repo",)

    id: Identifier
    name: Mention = None


class Repositories(Family):
    """The repositories of workspaces. Methods raise a :class:`FlashbackError`."""

    def list(self, *, workspace_id: str) -> Rows[Repository]:
        """``GET /repo``: return the repositories of a workspace."""
        return self._list("GET /repo", Repository, "repos", workspace_id=workspace_id)
