"""The endpoints below ``/bucket``."""

from __future__ import annotations

from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.identifiers import Identifier
from pulumi_flashback.client.models import Mention, Row, Rows


class Bucket(Row):
    """One row of ``GET /bucket``, as far as it is needed."""

    nouns = ("bucket",)

    id: Identifier
    name: Mention = None


class Buckets(Family):
    """The storage buckets of workspaces. Methods raise a :class:`FlashbackError`."""

    def list(self, *, workspace_id: str) -> Rows[Bucket]:
        """``GET /bucket``: return the buckets of a workspace."""
        return self._list("GET /bucket", Bucket, "buckets", workspace_id=workspace_id)
