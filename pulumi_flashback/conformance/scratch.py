"""Names, finds and deletes the objects that the command creates."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pulumi_flashback.client import InvalidIdentifierError
from pulumi_flashback.conformance.exchanges import Account, Exchange, Wire, utc
from pulumi_flashback.conformance.kinds import KINDS
from pulumi_flashback.conformance.outcome import NotObserved

MARK = "flashback-conformance"
"""The prefix of the names of workspaces and buckets, of keys, secrets and email addresses."""

Row = dict[str, object]

_NAME = re.compile(rf"\s*{MARK}-\d{{8}}t\d{{6}}z-[0-9a-f]{{8}}\b", re.IGNORECASE)

_MARKS = ("name", "description", "key", "email")  # fields that may contain the prefix
_NOT_EVERYWHERE = ("AI model", "policy")  # documented for the TEST environment only


@dataclass(frozen=True)
class Thing:
    """An object that was created by this run, or by an earlier one that was killed."""

    kind: str  # one of those that can be deleted
    id: str
    name: str = field(default="", compare=False)
    parent: str = ""  # the id of its parent, if the delete request needs it

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.id, self.name.strip())))


class Scratch:
    """The objects that a run creates, and the leftovers of earlier runs.

    Args:
        wire: Sends the requests.
        workspace_id: The only workspace to search; None for all.

    Attributes:
        name: The name of everything that this run creates.
        created: The objects that this run created, in order.
    """

    def __init__(self, wire: Wire, workspace_id: str | None) -> None:
        self._wire = wire
        self._workspace_id = workspace_id
        self.name = f"{MARK}-{utc('%Y%m%dT%H%M%SZ')}-{secrets.token_hex(4)}"
        self.created: list[Thing] = []
        self._lag, self._lag_seconds = 2, 0.0  # a guess, until it is observed

    def expect_lag(self, responses: int, seconds: float) -> None:
        """Set how many times lists are read, and how late after a write, until they are current."""
        self._lag, self._lag_seconds = responses, seconds

    def note(self, kind: str, identifier: str, name: str = "", parent: str = "") -> None:
        """Record a created object."""
        self.created.append(Thing(kind, identifier, name, parent))

    def found(self) -> list[Thing]:
        """Return the objects that this run or an earlier one left behind."""
        self._wire.step = "leftovers"
        time.sleep(self._lag_seconds)
        things: dict[Thing, None] = {}
        for who in self._accounts:
            things.update(dict.fromkeys(self._found_by(who)))
        return sorted(things, key=lambda each: list(KINDS).index(each.kind))

    def _found_by(self, who: Account) -> Iterator[Thing]:
        own = self._workspace_id
        for kind, about in KINDS.items():
            if kind == "policy" or about.within not in ("workspace", "organization"):
                continue  # they are searched for inside their parents
            if own is None or about.within == "workspace":
                query = {} if own is None else {"workspaceId": own}
                for thing in self._marked(kind, who, None, query):
                    yield from self._inside(thing, who)
                    yield thing

    def _inside(self, thing: Thing, who: Account) -> Iterator[Thing]:
        """Return the objects in a repository or workspace that are in no other list."""
        if thing.kind == "repository":
            for kind, about in KINDS.items():
                if about.within == "repository":
                    yield from self._marked(kind, who, thing, {})
        if thing.kind == "workspace" and who.org_id:
            query = {"orgId": who.org_id, "workspaceId": thing.id}
            yield from self._marked("policy", who, None, query)

    def _marked(
        self, kind: str, who: Account, parent: Thing | None, query: dict[str, str]
    ) -> Iterator[Thing]:
        """List the objects that a run created."""
        ids = (parent.id,) if parent else ()
        for row in self._list(kind, who, *ids, **query) or ():
            # a link has no name, but it does not outlive its repository
            mark = parent.name if parent and kind == "linked key" else _mark_of(row)
            if mark and not row.get("deletedAt"):
                yield Thing(kind, str(row.get("id")), mark, *ids)

    def delete(self, things: Sequence[Thing]) -> list[str]:
        """Delete things; return a sentence about each that could not be deleted."""
        self._wire.step = "cleanup"
        problems = [(each, self._delete(each)) for each in things]
        return [f"{each}: {problem}" for each, problem in problems if problem]

    def clean_up(self) -> list[str]:
        """Delete all objects of this run; return a sentence about each one that remains."""
        self.delete([*reversed(self.created)])
        # an object whose create response was lost is known only by its name
        return self.delete([each for each in self.found() if self._is_of_this_run(each)])

    def _is_of_this_run(self, thing: Thing) -> bool:
        return not thing.name or self.name.lower() in thing.name.lower()

    def _delete(self, thing: Thing) -> str:
        if thing.kind == "workspace" and (other := self._other_content(thing.id)):
            return f"it may contain something that this command did not create ({other})"
        problem = ""
        for who in self._accounts:
            try:
                ids = filter(None, (thing.parent, thing.id))
                reply = self._wire.send(KINDS[thing.kind].delete, *ids, who=who)
            except (NotObserved, InvalidIdentifierError) as failure:
                problem = problem or str(failure)
                continue
            if reply.ok:
                return ""
            problem = problem or str(reply.failure())
        return problem

    def _other_content(self, workspace_id: str) -> str:
        """Describe the content of a workspace that no run created; empty if there is none."""
        ours = {each.id for each in self.created}
        for kind in (name for name, about in KINDS.items() if about.within == "workspace"):
            # a user without a role may see an empty list, so all users have to look
            found = [self._in_workspace(kind, who, workspace_id) for who in self._accounts]
            if all(rows is None for rows in found) and kind not in _NOT_EVERYWHERE:
                return f"{KINDS[kind].list} is refused"
            for row in (row for rows in found for row in rows or ()):
                if str(row.get("id")) not in ours and not _mark_of(row):
                    return f"{KINDS[kind].list}: {row.get('id')}"
        return ""

    def _in_workspace(self, kind: str, who: Account, workspace_id: str) -> list[Row] | None:
        organization = {"orgId": who.org_id or ""} if kind == "policy" else {}
        return self._list(kind, who, **organization, workspaceId=workspace_id)

    def _list(self, kind: str, who: Account, *ids: str, **query: str) -> list[Row] | None:
        """Return the rows of a list; None if there is none."""
        about = KINDS[kind]
        try:
            for _ in range(self._lag):
                self._wire.send(about.list, *ids, who=who, query=query)
            reply: Exchange = self._wire.send(about.list, *ids, who=who, query=query)
        except (NotObserved, InvalidIdentifierError):
            return None
        return reply.rows(about.rows) if reply.ok else None

    @property
    def _accounts(self) -> list[Account]:
        return [each for each in (self._wire.first, self._wire.second) if each]


def _mark_of(row: Row) -> str:
    """Return the text of a row that shows that a run created it; empty if there is none."""
    texts = (row.get(each) for each in _MARKS)
    return next((each for each in texts if isinstance(each, str) and _NAME.match(each)), "")
