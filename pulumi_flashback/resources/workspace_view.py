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
        self._first: list[Workspace] | None = None
        self._first_lock = threading.Lock()
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
        return frozenset(row.id for row in (*self._before(), *(self._names.latest or ())))

    def named_before(self, name: str) -> list[Workspace]:
        """Return the workspaces that had a name before this process created the first one.

        Raises:
            FlashbackError: They cannot be listed.
        """
        return _called(name, self._before())

    def named(self, name: str) -> list[Workspace]:
        """Return the workspaces of a name, from a new list.

        Raises:
            FlashbackError: They cannot be listed.
        """
        return _called(name, self._names.now(self._client.workspaces.list))

    def is_as_made(self, workspace_id: str) -> bool:
        """Say whether a workspace is as a create of this user leaves it.

        Nobody but this user is in it, and no key.

        Raises:
            FlashbackError: It cannot be told.
        """
        workspace = self.now(workspace_id)
        if workspace is None or workspace.members is None:
            return workspace is not None
        if workspace.members.unreadable or workspace.members.ids != {self.user.id}:
            return False
        keys = self._client.api_keys.list(workspace_id=workspace_id)
        return not (keys or keys.unreadable)

    def check_organization(self, org_id: str | None) -> None:
        """Make sure that what was not found is not just out of sight of this user.

        Args:
            org_id: The organization that it belongs to, as the state knows it.

        Raises:
            FlashbackError: The user belongs to another organization, which sees none of it, or
                that cannot be told.
        """
        if not org_id:
            raise FlashbackError(
                "it does not exist, or belongs to another organization. If it was deleted, take it "
                "out of the state with `pulumi state delete URN`"
            )
        if org_id != (self._client.organization_id or self.user.org_id):
            raise FlashbackError(
                f"it belongs to organization {org_id}, and the credentials are not those of a user "
                "of it. Sign in as one"
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
        if hidden.status == 200:  # the workspace is shown, as one that is deleted
            return None
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
                f"workspace {workspace_id} does not exist or is closed to this user, which cannot "
                f"be told apart ({error.brief}). Check the credentials; if it was deleted, take it "
                "and what was in it out of the state with `pulumi state delete URN "
                "--target-dependents`"
            ) from None
        return None

    def _before(self) -> list[Workspace]:
        with self._first_lock:
            if self._first is None:
                self._first = self._client.workspaces.list()
            return self._first

    def _shared(self, workspace_id: str) -> Shared[Workspace | None]:
        with self._guard:
            return self._workspaces.setdefault(workspace_id, Shared())


def _called(name: str, rows: list[Workspace]) -> list[Workspace]:
    return [row for row in rows if (row.name or "").strip() == name.strip()]
