"""The API keys of workspaces, as their lists show them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from pulumi_flashback.client import ApiKey, FlashbackClient, PermissionDeniedError, Rows
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.list_cache import Shared


@dataclass
class _Workspace:
    rows: Shared[Rows[ApiKey]] = field(default_factory=Shared)
    lock: threading.Lock = field(default_factory=threading.Lock)
    first_ids: frozenset[str] | None = None
    first_ids_known: bool = False


def lists_of(context: Context) -> Listing:
    """Return the lists that the readers of a process share."""
    return context.service(Listing)


class Listing:
    """Shares lists of keys between the threads of a process.

    Args:
        client: Fetches them.
    """

    def __init__(self, client: FlashbackClient) -> None:
        self._client = client
        self._workspaces: dict[str, _Workspace] = {}
        self._guard = threading.Lock()

    def find(self, workspace_id: str, api_key_id: str) -> ApiKey | None:
        """Return a key for a refresh, from lists that other readers share; None if none has it.

        Raises:
            FlashbackError: The list cannot be fetched, or does not tell.
        """
        shared = self._workspace(workspace_id).rows
        row = shared.get(api_key_id, lambda: self._fetch(workspace_id)).find(api_key_id)
        if row is not None:
            return row
        later = shared.later(api_key_id, lambda: self._fetch(workspace_id))
        return next(filter(None, (rows.find(api_key_id) for rows in later)), None)

    def now(self, workspace_id: str) -> Rows[ApiKey]:
        """Return all keys, from a list that was asked for after this call began.

        Raises:
            FlashbackError: The list cannot be fetched.
        """
        return self._workspace(workspace_id).rows.now(lambda: self._fetch(workspace_id))

    def ids_before(self, workspace_id: str) -> frozenset[str] | None:
        """Return the ids that the workspace is known to hold before a key is created in it.

        One request for all creates of this process; the lists that it fetches later count as well.
        None where the user may create keys but not list them.

        Raises:
            FlashbackError: The list cannot be fetched for another reason.
        """
        workspace = self._workspace(workspace_id)
        with workspace.lock:
            if not workspace.first_ids_known:
                try:
                    workspace.first_ids = self._fetch(workspace_id).ids
                except PermissionDeniedError:
                    workspace.first_ids = None
                workspace.first_ids_known = True
        if workspace.first_ids is None:
            return None
        latest = workspace.rows.latest
        return workspace.first_ids if latest is None else workspace.first_ids | latest.ids

    def written(self, workspace_id: str) -> None:
        """Note that a key of the workspace was written: lists from before are out of date."""
        self._workspace(workspace_id).rows.written()

    def _fetch(self, workspace_id: str) -> Rows[ApiKey]:
        return self._client.api_keys.list(workspace_id=workspace_id)

    def _workspace(self, workspace_id: str) -> _Workspace:
        with self._guard:
            return self._workspaces.setdefault(workspace_id, _Workspace())
