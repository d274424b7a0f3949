"""Observes the settings of AI models, which have made-up credentials."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.conformance.exchanges import Exchange
from pulumi_flashback.conformance.observations.given import accepted, shown_key, succeeded
from pulumi_flashback.conformance.outcome import Unlike, among, observation
from pulumi_flashback.conformance.run import Run, once

LIST = "GET /ai/llm"
ENDPOINT = "https://ai.one.example/v1"


def create(run: Run, **wanted: Any) -> Exchange:
    """Create a model, if it is accepted."""
    about = {"workspaceId": run.workspace, "aiType": "OPENAI", "secret": run.secret()}
    return run.create("AI model", {**about, **wanted})


@once
def model(run: Run) -> str:
    """Return the id of a model that has an endpoint and a key."""
    reply = create(run, name=run.text(), key=run.text(), endpoint=ENDPOINT)
    return str(succeeded(reply).get("aiLlmId"))


@observation
def unknown_caller_of_ai(run: Run) -> Any:
    succeeded(run.look(LIST))  # otherwise a 404 would be about the path
    return run.send(LIST, who=None).status


@observation
def llm_endpoint(run: Run) -> Any:
    model(run)  # so that a refusal is about the endpoint
    return "optional" if accepted(create(run, name=run.text())) else "required"


@observation
def listed_llm_key(run: Run) -> Any:
    row = run.row("AI model", model(run))
    return among({"absent": "null", "masked": "masked"}, shown_key(row.get("key"), ""))


@observation
def duplicate_llm_name(run: Run) -> Any:
    name = run.text()
    succeeded(create(run, name=name, endpoint=ENDPOINT))
    again = create(run, name=name, endpoint=ENDPOINT)
    if again.ok:
        raise Unlike("two models of a workspace have the same name")
    return again.status
