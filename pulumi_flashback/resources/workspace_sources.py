"""Where workspaces and their members are read."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from pulumi_flashback.client import (
    FlashbackClient,
    FlashbackError,
    NotFoundError,
    Workspace,
    WorkspaceMember,
)
from pulumi_flashback.client.endpoints.family import WorkspaceCollection
from pulumi_flashback.client.models import Rows
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.listed import Listed, Source, UndeterminedError
from pulumi_flashback.core.resource import Resource, undeclared
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspace_reader import confirm_access, reader_of


@dataclass(frozen=True, kw_only=True)
class InWorkspace(Resource):
    """A resource whose objects are read by listing their workspace."""

    endpoints: Callable[[FlashbackClient, Properties], WorkspaceCollection[Any, Any]] = undeclared

    @property
    def source(self) -> Listed[Any]:
        def fetch(client: FlashbackClient, workspace_id: str) -> Rows[Any]:
            return self.endpoints(client, {}).list(workspace_id=workspace_id)

        return Listed(
            kind=self.label, parent="workspaceId", fetch=fetch, confirm_access=confirm_access
        )


class WorkspaceSource(Source):
    """Workspaces are read one by one, and listed to tell a new one from those that existed."""

    def read(self, context: Context, identifier: str, state: Properties) -> Workspace | None:
        return reader_of(context).find(identifier, identifier)

    def look(
        self,
        context: Context,
        identifier: str,
        state: Properties,
        failure: FlashbackError | None = None,
    ) -> Workspace | None:
        """A write tells no workspace (404) from one without a role (403), which no read does."""
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
    """A member, with the workspace that lists it."""

    workspace: Workspace
    member: WorkspaceMember


class MemberSource(Source):
    """Members are read with their workspace."""

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
