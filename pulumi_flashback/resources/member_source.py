"""Members of workspaces, which are read with their workspace."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.client.models import Workspace, WorkspaceMember
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspace_reader import reader_of


@dataclass(frozen=True)
class Membership:
    """A member, with the workspace that lists it."""

    workspace: Workspace
    member: WorkspaceMember


class MemberSource:
    """Members are read with their workspace; see :class:`~pulumi_flashback.core.listed.Source`."""

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
        if reader_of(context).find(state["workspaceId"], f"member {identifier}") is None:
            context.account.confirm_organization(state.get("orgId"))

    def ids_before(self, context: Context, inputs: Properties) -> Collection[str]:
        return ()  # a member is found by its user, so it is known which one is ours

    def candidates(self, context: Context, inputs: Properties) -> Collection[Membership]:
        return ()

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
