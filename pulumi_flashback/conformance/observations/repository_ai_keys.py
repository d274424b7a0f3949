"""Observes the settings of the AI keys of repositories."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.conformance.exchanges import Exchange
from pulumi_flashback.conformance.observations.given import shown_key, succeeded, twice
from pulumi_flashback.conformance.observations.repositories import repository
from pulumi_flashback.conformance.outcome import observation
from pulumi_flashback.conformance.run import Run, once


def create(run: Run, name: str) -> Exchange:
    """Create an AI key, if it is accepted."""
    return run.create("AI key", {"name": name, "aiType": "OPENAI"}, repository(run)[0])


@once
def ai_key(run: Run) -> Exchange:
    """Return the response to the creation of an AI key."""
    return succeeded(create(run, run.text()))


@observation
def listed_ai_key(run: Run) -> Any:
    created = ai_key(run)
    row = run.row("AI key", str(created.get("id")), repository(run)[0])
    shown = shown_key(row.get("key"), str(created.get("key")))
    return "null" if shown == "absent" else shown


@observation
def duplicate_ai_key_name(run: Run) -> Any:
    name = run.text()
    return twice(lambda: create(run, name))
