"""Workspaces with their members, as the platform shows them."""

from __future__ import annotations

import threading
from functools import cached_property

from pulumi_flashback.client import (
    FlashbackClient,
    FlashbackError,
    NotFoundError,
    PermissionDeniedError,
)
from pulumi_flashback.client.models import CurrentUser, Workspace
from pulumi_flashback.resources.shared import Shared


class WorkspaceView:
    """Shares answers about workspaces between the threads of a process.

    Args:
        client: Fetches them.
    """

    def __init__(self, client: FlashbackClient) -> None:
        self._client = client
        self._workspaces: dict[str, Shared[Workspace | None]] = {}
        self._names: Shared[list[Workspace]] = Shared()
        self._first_ids: frozenset[str] | None = None
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def find(self, workspace_id: str, reader: str) -> Workspace | None:
        """Return a workspace for a refresh; None where it certainly does not exist.

        Args:
            workspace_id: The workspace.
            reader: The resource that asks.

        Raises:
            FlashbackError: It cannot be told whether it exists.
        """
        return self._shared(workspace_id).get(reader, lambda: self._fetch(workspace_id))

    def now(self, workspace_id: str) -> Workspace | None:
        """Return a workspace as it is now; None where it certainly does not exist.

        Raises:
            FlashbackError: It cannot be told whether it exists.
        """
        return self._shared(workspace_id).now(lambda: self._fetch(workspace_id))

    def written(self, workspace_id: str) -> None:
        """Note that a workspace or a member was written."""
        self._shared(workspace_id).written()

    def ids_before(self) -> frozenset[str]:
        """Return the ids of the workspaces before the first one is created by this process.

        Raises:
            FlashbackError: They cannot be listed.
        """
        with self._guard:
            if self._first_ids is None:
                self._first_ids = frozenset(row.id for row in self._client.workspaces.list())
            known = self._first_ids
        return known.union(row.id for row in self._names.latest or ())

    def named(self, name: str) -> list[Workspace]:
        """Return the workspaces of a name, from a new list.

        Raises:
            FlashbackError: They cannot be listed.
        """
        rows = self._names.now(self._client.workspaces.list)
        return [row for row in rows if (row.name or "").strip() == name.strip()]

    def check_organization(self, org_id: str | None) -> None:
        """Make sure that what was not found is not just out of sight of this user.

        Args:
            org_id: The organization that it belongs to, as the state knows it.

        Raises:
            FlashbackError: The user belongs to another organization, which sees none of it.
        """
        own = self._client.organization_id or self.user.org_id
        if org_id and own not in (None, org_id):
            raise FlashbackError(
                f"it belongs to organization {org_id}, and the credentials are those of a user of "
                "another one"
            )

    def lock(self, workspace_id: str) -> threading.Lock:
        """Return the lock under which the members of a workspace change, one at a time."""
        with self._guard:
            return self._locks.setdefault(workspace_id, threading.Lock())

    @cached_property
    def user(self) -> CurrentUser:
        """Who is signed in.

        Raises:
            FlashbackError: It cannot be told.
        """
        return self._client.users.current()

    def _fetch(self, workspace_id: str) -> Workspace | None:
        try:
            return self._client.workspaces.get(workspace_id)
        except NotFoundError as error:
            hidden = error
        # a read answers a workspace without access like none. Two others tell more: a change of
        # nothing (404 or 403), and the list of its keys (refused, or empty)
        if self._client.workspaces.exists(workspace_id):
            raise FlashbackError(
                f"workspace {workspace_id} exists, but this user has no role in it "
                f"({hidden.brief}). Ask an ADMIN of the workspace for one, or check the credentials"
            )
        try:
            self._client.api_keys.list(workspace_id=workspace_id)
        except (NotFoundError, PermissionDeniedError) as error:
            raise FlashbackError(
                f"workspace {workspace_id} was deleted or is closed to this user, which cannot be "
                f"told apart ({error.brief}). Check the credentials; if it was deleted, take it "
                "and what was in it out of the state with `pulumi state delete URN "
                "--target-dependents`"
            ) from None
        return None

    def _shared(self, workspace_id: str) -> Shared[Workspace | None]:
        with self._guard:
            return self._workspaces.setdefault(workspace_id, Shared())
