"""Reads workspaces with their members, and shares the responses."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress

from pulumi_flashback.client import (
    BadRequestError,
    FlashbackError,
    NotFoundError,
    PermissionDeniedError,
    Workspace,
    WorkspaceMember,
)
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.list_cache import LAG_WAITS_SECONDS
from pulumi_flashback.core.listed import UndeterminedError
from pulumi_flashback.core.types import tidy
from pulumi_flashback.core.values import Properties

PREVIEW_SECONDS = 5.0
"""Timeout in seconds for reading a workspace only for the warnings of a preview."""

_Seen = Workspace | UndeterminedError | None
"""A workspace as a response shows it; None if it certainly does not exist."""


def reader_of(context: Context) -> WorkspaceReader:
    """Return the reader shared by the resources of a process."""
    return context.service(WorkspaceReader)


def confirm_access(context: Context, workspace_id: str, reader: str, state: Properties) -> None:
    """Confirm that this user has access to a workspace, or that it certainly does not exist.

    Raises:
        FlashbackError: This user may have no access to it.
    """
    if reader_of(context).find(workspace_id, reader) is None:
        context.account.confirm_organization(state.get("orgId"))


class WorkspaceReader:
    """Reads workspaces for many readers. Thread-safe.

    Methods raise :class:`FlashbackError` if the result could not be determined.
    """

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lists = context.lists
        self._account = context.account
        self._preview_failed = False

    def find(self, workspace_id: str, reader: str) -> Workspace | None:
        """Return a workspace for a refresh; None if it certainly does not exist."""
        return _certain(self._seen_by(reader, workspace_id))

    def find_member(
        self, workspace_id: str, user_id: str, reader: str, *, fresh: bool = False
    ) -> tuple[Workspace | None, WorkspaceMember | None]:
        """Return a workspace and one of its members; None for each that is gone."""
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

    def existing(self, workspace_id: str) -> Workspace:
        """Return a workspace with its members, as it is now."""
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
        """Return a workspace as it is now; None if it certainly does not exist."""
        key = ("workspace", workspace_id)
        return _certain([self._lists.fresh(key, lambda: self._fetch(workspace_id))])

    def in_preview(self, workspace_id: str, reader: str) -> Workspace | None:
        """Return a workspace for a preview, with one attempt; None if it cannot be read."""
        if self._preview_failed:
            return None

        def fetch() -> Workspace:
            return self._client.workspaces.get(workspace_id, max_retries=0, timeout=PREVIEW_SECONDS)

        try:
            return self._lists.cached(("preview", workspace_id), reader, fetch)
        except NotFoundError:
            return None
        except FlashbackError:
            self._preview_failed = True  # waiting again for each resource would delay the preview
            return None

    def invalidate(self, workspace_id: str) -> None:
        """Record that a workspace or a member was written."""
        self._lists.invalidate(("workspace", workspace_id))

    def ids_before(self) -> frozenset[str]:
        """Return the ids of the workspaces before this process creates the first one."""
        latest = self._lists.latest("workspaces") or ()
        return frozenset(row.id for row in (*self._before(), *latest))

    def named_before(self, name: str) -> list[Workspace]:
        """Return the workspaces with this name before this process created the first one."""
        return _called(name, self._before())

    def named(self, name: str) -> list[Workspace]:
        """Return the workspaces with this name, from a fresh list."""
        return _called(name, self._lists.fresh("workspaces", self._client.workspaces.list))

    def is_as_created(self, workspace_id: str) -> bool:
        """Return whether a workspace is in the state that a create by this user leaves.

        Only this user is in it, and it has no keys. A response without the members proves nothing.
        """
        workspace = self.now(workspace_id)
        if workspace is None or workspace.members is None:
            return False
        if workspace.members.unreadable or workspace.members.ids != {self._account.user.id}:
            return False
        keys = self._client.api_keys.list(workspace_id=workspace_id)
        return not (keys or keys.unreadable)

    def lists_keys_of(self, workspace_id: str) -> bool:
        """Return whether the API lists the keys of a workspace; False if it refuses to."""
        try:
            self._client.api_keys.list(workspace_id=workspace_id)
        except (BadRequestError, NotFoundError, PermissionDeniedError):
            return False
        return True

    def _with_members(self, workspace: Workspace) -> Workspace:
        """Return a workspace with known members, or raise an error.

        Readers of a workspace are members of it, or administrators of the organization. For anybody
        else, an empty list of members proves no more than a missing one.
        """
        shown = workspace.members is not None
        if shown and (workspace.members or self._account.administers):
            return workspace
        raise FlashbackError(
            f"the API did not return the members of workspace {workspace.id}. Use the credentials "
            "of an ADMIN of the workspace"
        )

    def _before(self) -> list[Workspace]:
        return self._lists.first("workspaces", self._client.workspaces.list)

    def _seen_by(self, reader: str, workspace_id: str) -> Iterator[_Seen]:
        """Yield what the API returns now and, if that is no workspace, what it returns later."""
        key = ("workspace", workspace_id)
        yield self._lists.cached(key, reader, lambda: self._fetch(workspace_id))
        yield from self._later(reader, workspace_id)

    def _later(self, reader: str, workspace_id: str) -> tuple[_Seen, ...]:
        key = ("workspace", workspace_id)
        return self._lists.later(key, reader, lambda: self._fetch(workspace_id))

    def _fetch(self, workspace_id: str) -> _Seen:
        try:
            found = self._client.workspaces.get(workspace_id)
        except NotFoundError as error:
            hidden = error
        else:
            if found.id == workspace_id:
                return found
            raise FlashbackError(  # the members of another workspace prove nothing
                f"the API returned workspace {found.id} instead of {workspace_id}. Check "
                "flashback:baseUrl, and any cache or proxy between it and this machine"
            )
        if hidden.status == 200:  # the response shows a deleted workspace
            return None
        if self._has_role_in(workspace_id):
            return None
        return UndeterminedError(
            f"workspace {workspace_id} does not exist or this user has no access to it, and the "
            f"API does not say which ({hidden.brief}). Check the credentials and ask an ADMIN of "
            "it for a role; if it was deleted, remove it and what was in it from the state with "
            "`pulumi state delete URN --target-dependents`"
        )

    def _has_role_in(self, workspace_id: str) -> bool:
        """Return whether this user certainly has access to a workspace.

        Reading a workspace without access gives the same response as reading one that does not
        exist. The list of its keys distinguishes them, if the API refuses it for a workspace that
        nobody has a role in.
        """
        if not self.lists_keys_of(workspace_id):
            return False
        nobodys = str(uuid.uuid4())
        return not self._lists.first("lists keys", lambda: self.lists_keys_of(nobodys))


def _certain(seen: Iterable[_Seen]) -> Workspace | None:
    """Return the first workspace in the responses, or None if there certainly is none."""
    doubt = None
    for each in seen:
        if isinstance(each, Workspace):
            return each
        doubt = each or doubt
    if doubt is not None:
        raise doubt.with_traceback(None)
    return None


def _called(name: str, rows: list[Workspace]) -> list[Workspace]:
    return [row for row in rows if tidy(row.name) == tidy(name)]
