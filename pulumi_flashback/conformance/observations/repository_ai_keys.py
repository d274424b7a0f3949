"""How the settings of the AI keys of repositories are observed."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.conformance.exchanges import Exchange
from pulumi_flashback.conformance.observations.given import accepted, made, row_of, shown_key
from pulumi_flashback.conformance.observations.repositories import repository
from pulumi_flashback.conformance.outcome import observation
from pulumi_flashback.conformance.run import Run

KEYS = "/repo/{id}/ai/apikey"


def create(run: Run, name: str) -> Exchange:
    """Create an AI key, if it is accepted."""
    parent, _ = repository(run)
    reply = run.send(f"POST {KEYS}", parent, body={"name": name, "aiType": "OPENAI"})
    if accepted(reply):
        made(run, "AI key", reply, "id", name=name, parent=parent)
    return reply


def ai_key(run: Run) -> Exchange:
    """Return the response to the creation of an AI key."""
    return run.once("AI key", lambda: create(run, run.text()))


@observation
def listed_ai_key(run: Run) -> Any:
    key, (parent, _) = ai_key(run), repository(run)
    row = row_of(run, f"GET {KEYS}", "apiKeys", str(key.get("id")), parent)
    shown = shown_key(row.get("key"), str(key.get("key")))
    return "null" if shown == "absent" else shown


@observation
def duplicate_ai_key_name(run: Run) -> Any:
    name = run.text()
    first = create(run, name)
    if not first.ok:
        raise first.failure()
    return "accepted" if accepted(create(run, name)) else "refused"
