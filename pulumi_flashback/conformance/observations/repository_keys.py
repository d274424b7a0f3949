"""How the settings of the keys of repositories are observed."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.conformance.exchanges import Exchange
from pulumi_flashback.conformance.observations.given import accepted, made, row_of, shown_key
from pulumi_flashback.conformance.observations.repositories import repository
from pulumi_flashback.conformance.outcome import observation
from pulumi_flashback.conformance.run import Run

KEYS, LINKS = "/repo/{id}/apikey", "/repo/{id}/cloud-apikey"


def create(run: Run, name: str) -> Exchange:
    """Create an access key, if it is accepted."""
    parent, _ = repository(run)
    wanted = {"repoId": parent, "name": name, "accessType": "READ"}
    reply = run.send(f"POST {KEYS}", parent, body=wanted)
    if accepted(reply):
        made(run, "repository key", reply, "id", name=name, parent=parent)
    return reply


def access_key(run: Run) -> Exchange:
    """Return the response to the creation of an access key."""
    return run.once("access key", lambda: create(run, run.text()))


def link(run: Run) -> Exchange:
    """Link a key to the repository, if that is accepted."""
    parent, _ = repository(run)
    wanted = {"apiKeyId": run.once("key", run.new_key)}
    reply = run.send(f"POST {LINKS}", parent, body=wanted)
    if accepted(reply):
        made(run, "linked key", reply, "id", parent=parent)
    return reply


def linked_key(run: Run) -> Exchange:
    """Return the response to the first link of a key."""
    return run.once("linked key", lambda: link(run))


@observation
def duplicate_repository_key_name(run: Run) -> Any:
    name = run.text()
    made_once = create(run, name)
    if not made_once.ok:
        raise made_once.failure()
    return "accepted" if accepted(create(run, name)) else "refused"


@observation
def listed_repository_key(run: Run) -> Any:
    key, (parent, _) = access_key(run), repository(run)
    row = row_of(run, f"GET {KEYS}", "keys", str(key.get("id")), parent)
    return shown_key(row.get("key"), str(key.get("key")))


@observation
def duplicate_cloud_key(run: Run) -> Any:
    first = linked_key(run)
    if not first.ok:
        raise first.failure()
    return "accepted" if accepted(link(run)) else "refused"
