"""What the command creates: how it is named, how it is found again, and how it is deleted."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pulumi_flashback.client import InvalidIdentifierError
from pulumi_flashback.conformance.exchanges import Account, Exchange, Wire, utc
from pulumi_flashback.conformance.outcome import NotObserved

MARK = "flashback-conformance"
"""How the names of workspaces and buckets, both halves of keys and email addresses begin."""

_NAME = re.compile(rf"\s*{MARK}-\d{{8}}t\d{{6}}z-[0-9a-f]{{8}}\b", re.IGNORECASE)

_DELETES = {
    "bucket": "DELETE /bucket/{id}",
    "API key": "DELETE /apikeys/{id}",
    "workspace": "DELETE /workspace/{id}",
    "user": "DELETE /organization/users/{id}",
}  # in the order in which the kinds are deleted, since some bar the deletion of others
_HOLDERS = {"GET /apikeys": "apiKeys", "GET /bucket": "buckets", "GET /repo": "repos"}


@dataclass(frozen=True)
class Thing:
    """Something that was created by this run, or by an earlier one that was killed."""

    kind: str  # one of those that can be deleted
    id: str
    name: str = field(default="", compare=False)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.id, self.name.strip())))


class Scratch:
    """All that a run creates, and the leftovers of earlier runs.

    Args:
        wire: Sends the requests.
        workspace_id: The only workspace to look into; None for all.

    Attributes:
        name: How everything is named that this run creates.
        created: What this run has created, in order.
    """

    def __init__(self, wire: Wire, workspace_id: str | None) -> None:
        self._wire = wire
        self._workspace_id = workspace_id
        self.name = f"{MARK}-{utc('%Y%m%dT%H%M%SZ')}-{secrets.token_hex(4)}"
        self.created: list[Thing] = []
        self._lag, self._lag_seconds = 0, 0.0

    def expect_lag(self, responses: int, seconds: float) -> None:
        """Read lists so many times, and so late after a write, before they are believed."""
        self._lag, self._lag_seconds = responses, seconds

    def note(self, kind: str, identifier: object, name: str = "") -> str | None:
        """Note what was created; return its id if it has one."""
        if not isinstance(identifier, str):
            return None  # it is found by its name in the end
        self.created.append(Thing(kind, identifier, name))
        return identifier

    def found(self) -> list[Thing]:
        """Look for what this run or an earlier one has left behind."""
        self._wire.step = "leftovers"
        time.sleep(self._lag_seconds)
        things: dict[Thing, None] = {}
        for who in self._accounts:
            things.update(dict.fromkeys(self._found_by(who)))
        return sorted(things, key=lambda each: list(_DELETES).index(each.kind))

    def _found_by(self, who: Account) -> Iterator[Thing]:
        for row in self._list("GET /bucket", "buckets", who) or ():
            if _is_ours(row.get("name")):
                yield Thing("bucket", str(row.get("id")), str(row["name"]))
        for row in self._list("GET /apikeys", "apiKeys", who) or ():
            if _is_ours(row.get("description")) or _is_ours(row.get("key")):
                yield Thing("API key", str(row.get("id")))
        if self._workspace_id is not None:
            return
        for row in self._list("GET /workspace", "workspaces", who) or ():
            if _is_ours(row.get("name")) and not row.get("deletedAt"):
                yield Thing("workspace", str(row.get("id")), str(row["name"]))
        for row in self._list("GET /organization/users", "data", who) or ():
            if _is_ours(row.get("email")) and not row.get("deletedAt"):
                yield Thing("user", str(row.get("id")), str(row["email"]))

    def delete(self, things: Sequence[Thing]) -> list[str]:
        """Delete things; return a sentence about each that could not be deleted."""
        self._wire.step = "cleanup"
        problems = [(each, self._delete(each)) for each in things]
        return [f"{each}: {problem}" for each, problem in problems if problem]

    def clean_up(self) -> list[str]:
        """Delete all that this run has created; return a sentence about each that is left."""
        self.delete([*reversed(self.created)])
        # a create whose response was lost is known by its name alone
        return self.delete([each for each in self.found() if self._is_of_this_run(each)])

    def _is_of_this_run(self, thing: Thing) -> bool:
        return not thing.name or self.name.lower() in thing.name.lower()

    def _delete(self, thing: Thing) -> str:
        if thing.kind == "workspace" and (other := self._other_content(thing.id)):
            return f"it may contain something that this command has not created ({other})"
        problem = ""
        for who in self._accounts:
            try:
                reply = self._wire.send(_DELETES[thing.kind], thing.id, who=who)
            except (NotObserved, InvalidIdentifierError) as failure:
                problem = problem or str(failure)
                continue
            if reply.ok:
                return ""
            problem = problem or str(reply.failure())
        return problem

    def _other_content(self, workspace_id: str) -> str:
        """Say what is in a workspace that no run has created; empty if nothing is."""
        ours = {each.id for each in self.created}
        for operation, name in _HOLDERS.items():
            # a user without a role may see an empty list: all have to look
            lists = [self._list(operation, name, who, workspace_id) for who in self._accounts]
            if all(rows is None for rows in lists):
                return f"{operation} is refused"
            for row in (row for rows in lists for row in rows or ()):
                marks = (row.get("name"), row.get("description"), row.get("key"))
                if str(row.get("id")) not in ours and not any(map(_is_ours, marks)):
                    return f"{operation}: {row.get('id')}"
        return ""

    def _list(
        self, operation: str, name: str, who: Account, workspace_id: str | None = None
    ) -> list[dict[str, object]] | None:
        """Return the rows of a list; None if there is none."""
        query = {"workspaceId": workspace_id or self._workspace_id}
        in_workspace = operation in _HOLDERS
        wanted = {n: v for n, v in query.items() if v is not None} if in_workspace else {}
        try:
            for _ in range(self._lag):
                self._wire.send(operation, who=who, query=wanted)
            reply: Exchange = self._wire.send(operation, who=who, query=wanted)
        except NotObserved:
            return None
        return reply.rows(name) if reply.ok else None

    @property
    def _accounts(self) -> list[Account]:
        return [each for each in (self._wire.first, self._wire.second) if each]


def _is_ours(value: object) -> bool:
    return isinstance(value, str) and _NAME.match(value) is not None
