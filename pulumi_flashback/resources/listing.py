"""The lists of API keys of a process, fetched once for many readers.

The API has no request for one key: reading a key means listing its workspace. A refresh of
thousands of keys would list as often, so readers share one list where that cannot be noticed.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from pulumi_flashback.client import ApiKey, FlashbackClient, PermissionDeniedError

SHARED_GAP_SECONDS = 2.0
"""A shared list is dropped when nobody has read from it for so long."""

SHARED_AGE_SECONDS = 60.0
"""A shared list is never older than this."""

Rows = dict[str, ApiKey]
"""Keys of a workspace by id."""


@dataclass
class _View:
    """One fetched list."""

    rows: Rows
    started: float
    last_read: float
    served: set[str] = field(default_factory=set)

    def serves(self, api_key_id: str, written: float, now: float) -> bool:
        """Say whether a reader of this key may have this list.

        Who asks for the same key again wants to know what has changed since.
        """
        return (
            api_key_id not in self.served
            and self.started > written
            and now - self.last_read < SHARED_GAP_SECONDS
            and now - self.started < SHARED_AGE_SECONDS
        )


@dataclass
class _Workspace:
    lock: threading.Lock = field(default_factory=threading.Lock)
    read_view: _View | None = None
    write_view: _View | None = None
    written: float = 0.0
    accessible: bool = False
    first_ids: frozenset[str] | None = None
    first_ids_known: bool = False


class Listing:
    """Shares lists between the threads of a process.

    Args:
        client: Fetches them.
    """

    def __init__(self, client: FlashbackClient) -> None:
        self._client = client
        self._workspaces: dict[str, _Workspace] = {}
        self._guard = threading.Lock()

    def find(self, workspace_id: str, api_key_id: str) -> ApiKey | None:
        """Return a key for a refresh, from a list that other readers share.

        Raises:
            FlashbackError: The list cannot be fetched.
        """
        workspace = self._workspace(workspace_id)
        with workspace.lock:  # readers that wait here find the list that the first one fetched
            now = time.monotonic()
            view = workspace.read_view
            if view is None or not view.serves(api_key_id, workspace.written, now):
                view = workspace.read_view = _View(self._fetch(workspace_id), now, now)
            view.last_read = time.monotonic()
            view.served.add(api_key_id)
            return view.rows.get(api_key_id)

    def now(self, workspace_id: str) -> Rows:
        """Return all keys, from a list that was asked for after this call began.

        Threads that call at the same time share one request.

        Raises:
            FlashbackError: The list cannot be fetched.
        """
        return self._since(workspace_id, time.monotonic(), None, None)

    def glance(self, workspace_id: str, timeout: float) -> Rows:
        """Return all keys like :meth:`now`, but try only once and not for long.

        Raises:
            FlashbackError: The list cannot be fetched.
        """
        return self._since(workspace_id, time.monotonic(), 0, timeout)

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
                    workspace.first_ids = frozenset(self._fetch(workspace_id))
                except PermissionDeniedError:
                    workspace.first_ids = None
                workspace.first_ids_known = True
            if workspace.first_ids is None or workspace.write_view is None:
                return workspace.first_ids
            return workspace.first_ids.union(workspace.write_view.rows)

    def written(self, workspace_id: str) -> None:
        """Note that a key of the workspace was written: lists from before are out of date."""
        self._workspace(workspace_id).written = time.monotonic()

    def check_access(self, workspace_id: str) -> None:
        """Make sure that an empty list means an empty workspace and not a closed door.

        Raises:
            FlashbackError: The user cannot see the workspace (``GET /workspace/{id}``).
        """
        workspace = self._workspace(workspace_id)
        with workspace.lock:
            if not workspace.accessible:
                self._client.workspaces.get(workspace_id)
                workspace.accessible = True

    def _since(
        self, workspace_id: str, begin: float, max_retries: int | None, timeout: float | None
    ) -> Rows:
        workspace = self._workspace(workspace_id)
        with workspace.lock:
            view = workspace.write_view
            if view is None or view.started < begin:
                started = time.monotonic()
                rows = self._fetch(workspace_id, max_retries, timeout)
                view = workspace.write_view = _View(rows, started, started)
            return view.rows

    def _fetch(
        self, workspace_id: str, max_retries: int | None = None, timeout: float | None = None
    ) -> Rows:
        rows = self._client.api_keys.list(
            workspace_id=workspace_id, max_retries=max_retries, timeout=timeout
        )
        return {row.id: row for row in rows}

    def _workspace(self, workspace_id: str) -> _Workspace:
        with self._guard:
            return self._workspaces.setdefault(workspace_id, _Workspace())
