"""One run of the command: sends requests and creates test objects for the observations."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from pulumi_flashback.conformance.exchanges import Account, Exchange, Wire
from pulumi_flashback.conformance.kinds import KINDS
from pulumi_flashback.conformance.outcome import Finding, NotObserved, Unlike
from pulumi_flashback.conformance.scratch import Scratch

LONGEST_LAG_SECONDS = 30.0
_FIRST_POLLS = 5  # the first reads of a list that lags, sent without a pause
_LONGEST_POLL_SECONDS = 2.0

T = TypeVar("T")

NEEDS_WRITES = "needs to create something: run it without --read-only"
NEEDS_WORKSPACE = "needs a workspace of its own: run it without --workspace"
NEEDS_SECOND = "needs a second user of the organization: --second-email and --second-password"
NEEDS_USERS = "needs a new user of the organization: --organization-users"


class Run:
    """The context of the observations.

    Attributes:
        first: The signed-in user.
        given_workspace: The only workspace that the command may use; None for its own ones.
        findings: The findings so far, by behavior.
        made_up: Texts that the command made up, except secrets.
        made_up_secrets: Secrets that the command made up.
        lag: Number of list responses that show the data before a write.
        lag_seconds: How long lists show the data before a write.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        workspace_id: str | None = None,
        read_only: bool = False,
        organization_users: bool = False,
    ) -> None:
        self.wire = wire
        self.first = wire.first
        self.scratch = Scratch(wire, workspace_id)
        self.read_only = read_only
        self.given_workspace = workspace_id
        self._may_create_users = organization_users
        self.findings: dict[str, Finding] = {}
        self._results: dict[str, Any] = {}
        self._writes = 0
        self._last_write = 0.0
        self._looked: dict[tuple[str, ...], int] = {}
        self.lag = 0
        self.lag_seconds = 0.0
        self.made_up = {self.scratch.name}
        self.made_up_secrets: set[str] = set()

    # requests

    def send(
        self, operation: str, *ids: str, who: Account | str | None = "", **more: Any
    ) -> Exchange:
        """Send a request once, as the first user or as ``who`` (None: without a token)."""
        account = self.first if isinstance(who, str) else who
        reply = self.wire.send(operation, *ids, who=account, **more)
        if not operation.startswith("GET "):
            self._writes += 1
            self._last_write = time.monotonic()
        return reply

    def look(self, operation: str, *ids: str, **more: Any) -> Exchange:
        """Send a read repeatedly until it is current, because lists lag behind writes."""
        key = (operation, *ids, str(more.get("query")))
        if self._looked.get(key) != self._writes:
            time.sleep(max(0.0, self._last_write + self.lag_seconds - time.monotonic()))
            for _ in range(self.lag):
                self.send(operation, *ids, **more)
        self._looked[key] = self._writes
        return self.send(operation, *ids, **more)

    def rows(self, kind: str, *ids: str, **more: Any) -> list[dict[str, Any]]:
        """Return the rows of the list of a kind."""
        reply = self.look(KINDS[kind].list, *ids, **more)
        if not reply.ok:
            raise reply.failure()
        return reply.rows(KINDS[kind].rows)

    def row(self, kind: str, identifier: str, *ids: str, **more: Any) -> dict[str, Any]:
        """Return the row of a created object, by default from the scratch workspace."""
        if not ids:
            more = {"query": {"workspaceId": self.workspace}, **more}
        for row in self.rows(kind, *ids, **more):
            if row.get("id") == identifier:
                return row
        raise Unlike(f"{KINDS[kind].list} does not list what was created")

    def keys(self, workspace_id: str, **filters: str) -> list[dict[str, Any]]:
        """Return the rows of the keys of a workspace."""
        return self.rows("API key", query={"workspaceId": workspace_id, **filters})

    def workspaces(self) -> list[dict[str, Any]]:
        """Return the rows of ``GET /workspace``."""
        return self.rows("workspace")

    # made-up values

    def text(self, prefix: str = "") -> str:
        """Make up a text that no object has and that shows its origin."""
        value = f"{prefix}{self.scratch.name}-{len(self.made_up)}"
        self.made_up.add(value)
        return value

    def unknown_id(self) -> str:
        """Make up an id that no object has."""
        value = str(uuid.uuid4())
        self.made_up.add(value)
        return value

    def secret(self) -> str:
        """Make up a secret."""
        value = f"Aa1-{secrets.token_urlsafe(24)}"
        self.made_up_secrets.add(value)
        return value

    # test objects; each is created when it is first needed, and deleted at the end

    def once(self, name: str, create: Callable[[], T]) -> T:
        """Return an object that is created on first use; a failure is not retried."""
        if name not in self._results:
            try:
                self._results[name] = create()
            except NotObserved as failure:
                self._results[name] = failure
        result: T | NotObserved = self._results[name]
        if isinstance(result, NotObserved):
            raise NotObserved(str(result))
        return result

    def made(self, name: str) -> Any:
        """Return the object that :meth:`once` created; None if it was not needed."""
        return self._results.get(name)

    def known(self, setting: str) -> Any:
        """Return the value that was observed for a setting."""
        finding = self.findings[setting]
        if finding.reason:
            raise NotObserved(f"needs {setting}, which was not observed")
        return finding.observed

    def require_writes(self) -> None:
        """Raise ``NotObserved`` in a read-only run."""
        if self.read_only:
            raise NotObserved(NEEDS_WRITES)

    @property
    def second(self) -> Account:
        """Another user of the organization."""
        if self.wire.second is None:
            raise NotObserved(NEEDS_SECOND)
        return self.wire.second

    @property
    def workspace(self) -> str:
        """The workspace whose keys the observations create."""
        self.require_writes()
        return self.once("workspace", self._prepare_workspace)

    @property
    def own_workspace(self) -> str:
        """The same workspace, if the command may change the workspace itself."""
        self.require_writes()
        if self.given_workspace is not None:
            raise NotObserved(NEEDS_WORKSPACE)
        return self.workspace

    def any_workspace(self) -> str:
        """Return a workspace to read."""
        if not self.read_only:
            return self.workspace
        if self.given_workspace is not None:
            return self.given_workspace
        for row in self.workspaces():
            if isinstance(row.get("id"), str) and not row.get("deletedAt"):
                return str(row["id"])
        raise NotObserved("there is no workspace to read")

    def create(self, kind: str, body: dict[str, Any], *parents: str, **more: Any) -> Exchange:
        """Create an object of a kind, if the API accepts it; it is deleted at the end."""
        self.require_writes()
        if kind == "workspace" and self.given_workspace is not None:
            raise NotObserved(NEEDS_WORKSPACE)
        about = KINDS[kind]
        reply = self.send(f"POST {about.path}", *parents, body=body, **more)
        if reply.ok and reply.get("success") is not False:
            identifier = reply.get(*about.created)
            if not isinstance(identifier, str) or not identifier:
                raise reply.failure()  # the cleanup finds it by its name
            name = str(body.get("name") or body.get("email") or "")
            self.scratch.note(kind, identifier, name, *parents)
        return reply

    def new(self, kind: str, body: dict[str, Any], *parents: str) -> str:
        """Create an object of a kind and return its id."""
        reply = self.create(kind, body, *parents)
        identifier = reply.get(*KINDS[kind].created)
        if not reply.ok or not identifier:
            raise reply.failure()
        return str(identifier)

    def new_workspace(self, name: str = "") -> str:
        """Create a workspace and return its id."""
        return self.new("workspace", {"name": name or self.text()})

    def _prepare_workspace(self) -> str:
        identifier = self.given_workspace or self.new_workspace(self.scratch.name)
        self._measure_lag(identifier)
        return identifier

    def _measure_lag(self, workspace_id: str) -> None:
        key = self.new_key(workspaceId=workspace_id)
        started = time.monotonic()
        pause, stale = 0.0, 0
        while True:
            reply = self.send("GET /apikeys", query={"workspaceId": workspace_id})
            if any(row.get("id") == key for row in reply.rows("apiKeys")):
                break
            stale += 1
            if time.monotonic() - started > LONGEST_LAG_SECONDS:
                raise NotObserved(
                    f"GET /apikeys did not show a new key within {LONGEST_LAG_SECONDS:.0f} seconds"
                )
            if stale >= _FIRST_POLLS:
                pause = min(_LONGEST_POLL_SECONDS, max(0.05, pause * 1.5))
                time.sleep(pause)
        self.lag, self.lag_seconds = stale, 1.5 * (time.monotonic() - started) if stale else 0.0
        self.scratch.expect_lag(self.lag, self.lag_seconds)

    # keys

    @cached_property
    def provider_types(self) -> dict[str, int]:
        """The provider types with their capabilities; empty if the API does not return them."""
        reply = self.send("GET /providers")
        rows = [(row.get("name"), row.get("capabilities")) for row in reply.rows("providers")]
        return {n: c for n, c in rows if isinstance(n, str) and isinstance(c, int)}

    @property
    def provider(self) -> str:
        """A provider type."""
        known = self.provider_types
        return "AWS" if "AWS" in known or not known else next(iter(known))

    def credentials(self) -> dict[str, Any]:
        """Make up the body for creating a key, with only the required fields."""
        return {
            "key": self.text(),
            "secret": self.secret(),
            "provider": self.provider,
            "description": self.scratch.name,
        }

    def create_key(self, **body: Any) -> Exchange:
        """Create a key if the API accepts it, by default in the scratch workspace."""
        self.require_writes()
        body = body if "workspaceId" in body else {"workspaceId": self.workspace, **body}
        return self.create("API key", body)

    def new_key(self, **changes: Any) -> str:
        """Create a key and return its id."""
        reply = self.create_key(**{**self.credentials(), **changes})
        if not reply.ok:
            raise reply.failure()
        return str(reply.get("apiKeyId"))

    @property
    def may_create_users(self) -> bool:
        """Whether the command may create users of the organization."""
        return self._may_create_users and not self.read_only


def once(create: Callable[[Run], T]) -> Callable[[Run], T]:
    """Make a function create its object only once, on first use; see :meth:`Run.once`."""
    return lambda run: run.once(create.__name__, lambda: create(run))
