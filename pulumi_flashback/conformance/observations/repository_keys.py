"""Observes the settings of the keys of repositories."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.conformance.exchanges import Exchange
from pulumi_flashback.conformance.observations.given import (
    accepted,
    key,
    shown_key,
    succeeded,
    twice,
)
from pulumi_flashback.conformance.observations.repositories import repository
from pulumi_flashback.conformance.outcome import observation
from pulumi_flashback.conformance.run import Run, once


def create(run: Run, name: str) -> Exchange:
    """Create an access key, if it is accepted."""
    parent, _ = repository(run)
    wanted = {"repoId": parent, "name": name, "accessType": "READ"}
    return run.create("repository key", wanted, parent)


@once
def access_key(run: Run) -> Exchange:
    """Return the response to the creation of an access key."""
    return succeeded(create(run, run.text()))


def link(run: Run) -> Exchange:
    """Link a key to the repository, if that is accepted."""
    return run.create("linked key", {"apiKeyId": key(run)}, repository(run)[0])


@once
def linked_key(run: Run) -> Exchange:
    """Return the response to the first link of a key."""
    return succeeded(link(run))


@observation
def duplicate_repository_key_name(run: Run) -> Any:
    name = run.text()
    return twice(lambda: create(run, name))


@observation
def listed_repository_key(run: Run) -> Any:
    created = access_key(run)
    row = run.row("repository key", str(created.get("id")), repository(run)[0])
    return shown_key(row.get("key"), str(created.get("key")))


@observation
def duplicate_cloud_key(run: Run) -> Any:
    linked_key(run)
    return "accepted" if accepted(link(run)) else "refused"
