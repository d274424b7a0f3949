"""Workspaces with their members, as the platform shows them."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress

from pulumi_flashback.client import (
    BadRequestError,
    CurrentUser,
    FlashbackClient,
    FlashbackError,
    NotFoundError,
    PermissionDeniedError,
    Workspace,
    WorkspaceMember,
)
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.list_cache import LAG_WAITS_SECONDS, Shared
from pulumi_flashback.core.validators import tidy

PREVIEW_SECONDS = 5.0
"""Seconds to wait for a workspace only to say what a create would meet."""

_ADMINISTRATOR = 0xFE
"""The role in the organization from which on its users see all workspaces (API reference)."""


class UndeterminedError(FlashbackError):
    """A workspace does not exist, or is closed to this user: the API does not say which."""


_Seen = Workspace | UndeterminedError | None
"""What a request says of a workspace; None if it certainly does not exist."""


def view_of(context: Context) -> WorkspaceView:
    """Return what the readers of a process share about workspaces."""
    return context.service(WorkspaceView)


class WorkspaceView:
    """Shares answers about workspaces between the threads of a process.

    Args:
        client: Fetches them.
    """

    def __init__(self, client: FlashbackClient) -> None:
        self._client = client
        self._workspaces: dict[str, Shared[_Seen]] = {}
        self._names: Shared[list[Workspace]] = Shared()
        self._first: list[Workspace] | None = None
        self._first_lock = threading.Lock()
        self._user: CurrentUser | None = None
        self._user_lock = threading.Lock()
        self._nothing: bool | None = None
        self._nothing_lock = threading.Lock()
        self._organization_unknown = False
        self._organization_lock = threading.Lock()
        self._silent = False
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._removed: set[tuple[str, str]] = set()

    def find(self, workspace_id: str, reader: str) -> Workspace | None:
        """Return a workspace for a refresh; None where it certainly does not exist.

        Args:
            workspace_id: The workspace.
            reader: The resource that asks.

        Raises:
            FlashbackError: It could not be determined whether it exists.
        """
        return self._sure(self._seen_by(reader, workspace_id))

    def find_member(
        self, workspace_id: str, user_id: str, reader: str, *, fresh: bool = False
    ) -> tuple[Workspace | None, WorkspaceMember | None]:
        """Return a workspace and one of its members; None for what is gone.

        Args:
            workspace_id: The workspace.
            user_id: The member.
            reader: The resource that asks.
            fresh: Ask now, instead of sharing what others have asked for.

        Raises:
            FlashbackError: It could not be determined whether they exist.
        """
        workspace = self.now(workspace_id) if fresh else None
        workspace = workspace or self.find(workspace_id, reader)
        if workspace is None:
            return None, None
        member = self._with_members(workspace).member(user_id)
        if member is not None:
            return workspace, member
        for each in self._later(reader, workspace_id):
            if isinstance(each, Workspace) and (member := self._with_members(each).member(user_id)):
                return each, member
        return workspace, None

    def _with_members(self, workspace: Workspace) -> Workspace:
        """Return a workspace whose members are known.

        Who reads a workspace is a member of it, or an administrator of the organization. To
        anybody else an empty list says no more than none.

        Raises:
            FlashbackError: The API did not return them.
        """
        told = workspace.members is not None
        if told and (workspace.members or (self.user.org_role or 0) >= _ADMINISTRATOR):
            return workspace
        raise FlashbackError(
            f"the API did not return the members of workspace {workspace.id}. Use the credentials "
            "of an ADMIN of the workspace"
        )

    def seen(self, workspace_id: str, reader: str) -> Workspace | None:
        """Return a workspace for a preview, with one attempt; None if it cannot be read.

        Args:
            workspace_id: The workspace.
            reader: The resource that asks.
        """
        if self._silent:
            return None
        fetch = self._client.workspaces.get
        try:
            seen = self._shared(workspace_id).get(
                reader, lambda: fetch(workspace_id, max_retries=0, timeout=PREVIEW_SECONDS)
            )
            return seen if isinstance(seen, Workspace) else None
        except NotFoundError:
            return None
        except FlashbackError:
            self._silent = True  # a backend that does not respond would hold up each resource
            return None

    def existing(self, workspace_id: str) -> Workspace:
        """Return a workspace with its members, as it is now.

        Raises:
            FlashbackError: There is none, or it could not be determined.
        """
        for wait in (0.0, *LAG_WAITS_SECONDS):  # it may have been created a moment ago
            time.sleep(wait)
            with suppress(UndeterminedError):
                if workspace := self.now(workspace_id):
                    return self._with_members(workspace)
        raise FlashbackError(
            f"workspace {workspace_id} does not exist, or this user has no role in it. Check its "
            "id and the credentials"
        )

    def now(self, workspace_id: str) -> Workspace | None:
        """Return a workspace as it is now; None where it certainly does not exist.

        Raises:
            FlashbackError: It could not be determined whether it exists.
        """
        return self._sure([self._shared(workspace_id).now(lambda: self._fetch(workspace_id))])

    def written(self, workspace_id: str) -> None:
        """Note that a workspace or a member was written."""
        self._shared(workspace_id).written()

    def member_removed(self, workspace_id: str, user_id: str) -> None:
        """Note that this process has ended a membership."""
        self._removed.add((workspace_id, user_id))

    def was_removed(self, workspace_id: str, user_id: str) -> bool:
        """Say whether this process has ended a membership: what shows it may be older than that."""
        return (workspace_id, user_id) in self._removed

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

        Nobody but this user is in it, and no key. A response that does not say who is in it proves
        nothing.

        Raises:
            FlashbackError: It could not be determined.
        """
        workspace = self.now(workspace_id)
        if workspace is None or workspace.members is None:
            return False
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
                that could not be determined.
        """
        if not org_id:
            raise FlashbackError(
                "its workspace does not exist, or belongs to another organization. Check the "
                "credentials; if the workspace was deleted, remove it from the state with `pulumi "
                "state delete URN`"
            )
        own = self.organization_id
        if own is None:
            raise FlashbackError(
                f"it belongs to organization {org_id}, and neither the token nor the profile says "
                "which organization the signed-in user belongs to. Check the credentials"
            )
        if own != org_id:
            raise FlashbackError(
                f"it belongs to organization {org_id}, and the user who is signed in does not. "
                "Sign in as a user of that organization"
            )

    @property
    def organization_id(self) -> str | None:
        """The organization of the user who is signed in: by the token, else by the profile.

        Raises:
            FlashbackError: It could not be determined.
        """
        return self._client.organization_id or self.user.org_id

    def organization_if_known(self) -> str | None:
        """Return the organization of the user who is signed in, or None; asked for once."""
        with self._organization_lock:
            if not self._organization_unknown:
                with suppress(FlashbackError):
                    return self.organization_id
                self._organization_unknown = True
            return self._client.organization_id

    def lock(self, workspace_id: str) -> threading.Lock:
        """Return the lock under which the members of a workspace change, one at a time."""
        with self._guard:
            return self._locks.setdefault(workspace_id, threading.Lock())

    @property
    def user(self) -> CurrentUser:
        """Who is signed in; asked for once.

        Raises:
            FlashbackError: It could not be determined.
        """
        with self._user_lock:
            if self._user is None:
                self._user = self._client.users.current()
            return self._user

    def _seen_by(self, reader: str, workspace_id: str) -> Iterator[_Seen]:
        """What the API says now, and if that is no workspace, what it says later."""
        yield self._shared(workspace_id).get(reader, lambda: self._fetch(workspace_id))
        yield from self._later(reader, workspace_id)

    def _later(self, reader: str, workspace_id: str) -> tuple[_Seen, ...]:
        return self._shared(workspace_id).later(reader, lambda: self._fetch(workspace_id))

    @staticmethod
    def _sure(seen: Iterable[_Seen]) -> Workspace | None:
        """Return the first workspace that was seen, or None if there certainly is none."""
        doubt = None
        for each in seen:
            if isinstance(each, Workspace):
                return each
            doubt = each or doubt
        if doubt is not None:
            raise doubt.with_traceback(None)
        return None

    def _fetch(self, workspace_id: str) -> _Seen:
        try:
            found = self._client.workspaces.get(workspace_id)
        except NotFoundError as error:
            hidden = error
        else:
            if found.id == workspace_id:
                return found
            raise FlashbackError(  # who is in another workspace proves nothing
                f"the API returned workspace {found.id} instead of {workspace_id}. Check "
                "flashback:baseUrl and what is between it and this machine, such as a cache"
            )
        if hidden.status == 200:  # the workspace is shown, as one that is deleted
            return None
        if self._has_role_in(workspace_id):
            return None
        return UndeterminedError(
            f"workspace {workspace_id} does not exist or is closed to this user, and the API does "
            f"not say which ({hidden.brief}). Check the credentials and ask an ADMIN of it for a "
            "role; if it was deleted, remove it and what was in it from the state with `pulumi "
            "state delete URN --target-dependents`"
        )

    def _has_role_in(self, workspace_id: str) -> bool:
        """Say whether the API certainly gives this user access to a workspace.

        A read of a workspace without access has the response of one that does not exist. The list
        of its keys tells the two apart if it is refused for a workspace that nobody has a role in.
        """
        return self.lists_keys_of(workspace_id) and not self._lists_keys_of_nothing()

    def _lists_keys_of_nothing(self) -> bool:
        with self._nothing_lock:
            if self._nothing is None:
                self._nothing = self.lists_keys_of(str(uuid.uuid4()))
            return self._nothing

    def lists_keys_of(self, workspace_id: str) -> bool:
        """Say whether the API lists the keys of a workspace instead of refusing to.

        Raises:
            FlashbackError: It could not be determined.
        """
        try:
            self._client.api_keys.list(workspace_id=workspace_id)
        except (BadRequestError, NotFoundError, PermissionDeniedError):
            return False
        return True

    def _before(self) -> list[Workspace]:
        with self._first_lock:
            if self._first is None:
                self._first = self._client.workspaces.list()
            return self._first

    def _shared(self, workspace_id: str) -> Shared[_Seen]:
        with self._guard:
            return self._workspaces.setdefault(workspace_id, Shared())


def same_name(listed: str | None, known: str) -> bool:
    """Say whether two names of a workspace are the same: a backend may tidy what it stores."""
    return tidy(listed) == tidy(known)


def _called(name: str, rows: list[Workspace]) -> list[Workspace]:
    return [row for row in rows if same_name(row.name, name)]
