"""The endpoints below ``/bucket``."""

from __future__ import annotations

from pulumi_flashback.client.identifiers import checked
from pulumi_flashback.client.models import Bucket, BucketList, Rows
from pulumi_flashback.client.session import Session
from pulumi_flashback.client.transport import Call


class Buckets:
    """The storage buckets of workspaces (Flashback API reference, /bucket).

    Every method raises a :class:`~pulumi_flashback.client.FlashbackError`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self, *, workspace_id: str) -> Rows[Bucket]:
        """``GET /bucket``: return those of a workspace.

        Args:
            workspace_id: The workspace.
        """
        checked("GET /bucket", workspace_id)
        call = Call("GET /bucket", "/bucket", parameters={"workspaceId": workspace_id})
        return self._session.call_for(BucketList, call).buckets
