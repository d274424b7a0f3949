"""How workspaces, their members and the objects in them are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pulumi_flashback.client import (
    FlashbackClient,
    FlashbackError,
    NotFoundError,
    Workspace,
    WorkspaceMember,
)
from pulumi_flashback.client.deadline import operation
from pulumi_flashback.client.endpoints.family import WorkspaceCollection
from pulumi_flashback.client.models import Rows, RowType
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.listed import Listed, Source, UndeterminedError
from pulumi_flashback.core.ownership import MARK
from pulumi_flashback.core.resource import Resource, undeclared
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspace_reader import confirm_access, reader_of

MANY_WORKSPACES = 3
"""From this many workspaces on, a refresh lists the objects of all workspaces at once."""

ALL_SECONDS = 10.0  # timeout for that list, which may be much longer than the program needs


class _WorkspacesRead:
    """The ids of the workspaces in which objects of a kind were read."""

    def __init__(self, _: Context) -> None:
        self.of_kind: defaultdict[str, set[str]] = defaultdict(set)
        self.unlisted: set[str] = set()  # kinds whose list of all failed and may fail again


@dataclass(frozen=True)
class ListedInWorkspace(Listed[RowType]):
    fetch: Callable[[FlashbackClient, str | None], Rows[RowType]]  # None: of all workspaces
    shows_all: Callable[[RowType, Properties], bool]  # whether a row shows what the state has

    def read(self, context: Context, identifier: str, state: Properties) -> RowType | None:
        seen = context.service(_WorkspacesRead)
        workspaces = seen.of_kind[self.kind]
        workspaces.add(state[self.parent])
        # An engine reads one workspace after the other, so listing each would take as long as all
        # of them together. The list of all does not say in which workspace a key is: only an object
        # with a mark was found in its own workspace before
        row = None
        many = len(workspaces) >= MANY_WORKSPACES and self.kind not in seen.unlisted
        if MARK in state and many:
            row = self._in_list_of_all(context, identifier, state)
        return row or super().read(context, identifier, state)

    def invalidate(self, context: Context, identifier: str, properties: Properties) -> None:
        super().invalidate(context, identifier, properties)
        context.lists.invalidate((self.kind, None))

    def _in_list_of_all(
        self, context: Context, identifier: str, state: Properties
    ) -> RowType | None:
        """Return an object if the list of all shows it as the state has it.

        That list may show less than the list of the workspace, which decides what has changed.
        """

        def fetch() -> Rows[RowType]:
            try:
                with operation(ALL_SECONDS):
                    return self.fetch(context.client, None)
            except FlashbackError:
                context.service(_WorkspacesRead).unlisted.add(self.kind)
                return Rows()

        with suppress(FlashbackError):  # the row cannot be read
            row = context.lists.cached((self.kind, None), identifier, fetch).find(identifier)
            here = getattr(row, "workspace_id", None) in (None, state[self.parent])
            if row is not None and here and self.shows_all(row, state):
                return row
        return None


@dataclass(frozen=True, kw_only=True)
class InWorkspace(Resource):
    """A resource whose objects are read by listing their workspace."""

    endpoints: Callable[[FlashbackClient, Properties], WorkspaceCollection[Any, Any]] = undeclared

    @property
    def source(self) -> Listed[Any]:
        def fetch(client: FlashbackClient, workspace_id: str | None) -> Rows[Any]:
            return self.endpoints(client, {}).list(workspace_id=workspace_id)

        return ListedInWorkspace(
            kind=self.label,
            parent="workspaceId",
            fetch=fetch,
            confirm_access=confirm_access,
            shows_all=self._shows_all,
        )

    def _shows_all(self, row: Any, state: Properties) -> bool:
        def is_as_known(name: str, listed: Any) -> bool:
            known = state.get(name)
            return listed == known or (listed is not None and self.looks_same(name, listed, known))

        names = {*self.inputs.names()}.difference(self.parents)
        return all(is_as_known(n, listed) for n, listed in self.shown(row).items() if n in names)


class WorkspaceSource(Source):
    """Reads workspaces one by one, and lists them to distinguish a new one from existing ones."""

    def read(self, context: Context, identifier: str, state: Properties) -> Workspace | None:
        return reader_of(context).find(identifier, identifier)

    def look(
        self,
        context: Context,
        identifier: str,
        state: Properties,
        failure: FlashbackError | None = None,
    ) -> Workspace | None:
        """Unlike reads, a write distinguishes no such workspace (404) from no role in it (403)."""
        try:
            return reader_of(context).now(identifier)
        except UndeterminedError:
            gone = isinstance(failure, NotFoundError)
            if gone and reader_of(context).lists_keys_of(identifier):
                return None
            raise

    def ids_before(self, context: Context, inputs: Properties) -> Collection[str]:
        return reader_of(context).ids_before()

    def candidates(self, context: Context, inputs: Properties) -> list[Workspace]:
        return reader_of(context).named(inputs["name"])

    def invalidate(self, context: Context, identifier: str, properties: Properties) -> None:
        reader_of(context).invalidate(identifier)


@dataclass(frozen=True)
class Membership:
    """A member and the workspace that lists it."""

    workspace: Workspace
    member: WorkspaceMember


class MemberSource(Source):
    """Reads members together with their workspace."""

    def read(self, context: Context, identifier: str, state: Properties) -> Membership | None:
        return self._found(context, identifier, state)

    def look(
        self,
        context: Context,
        identifier: str,
        state: Properties,
        failure: FlashbackError | None = None,
    ) -> Membership | None:
        return self._found(context, identifier, state, fresh=True)

    def confirm_gone(self, context: Context, identifier: str, state: Properties) -> None:
        confirm_access(context, state["workspaceId"], f"member {identifier}", state)

    def invalidate(self, context: Context, identifier: str, properties: Properties) -> None:
        reader_of(context).invalidate(properties["workspaceId"])

    def _found(
        self, context: Context, identifier: str, state: Properties, *, fresh: bool = False
    ) -> Membership | None:
        workspace_id, user_id = state["workspaceId"], state["userId"]
        reader = reader_of(context)
        reads = f"delete {identifier}" if fresh else identifier
        workspace, member = reader.find_member(workspace_id, user_id, reads, fresh=fresh)
        return Membership(workspace, member) if workspace and member else None
