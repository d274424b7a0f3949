"""Observes the settings of policies, with policies of a workspace that nobody else uses."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.conformance.exchanges import Exchange
from pulumi_flashback.conformance.observations.given import accepted, succeeded
from pulumi_flashback.conformance.outcome import NotObserved, observation
from pulumi_flashback.conformance.run import Run, once


def create(run: Run, name: str) -> Exchange:
    """Create a policy, if it is accepted; never for an organization, or a workspace of others."""
    content = "Created by flashback conformance, for nobody."
    scope = {"workspaceId": run.own_workspace, "orgId": organization(run)}
    about = {"content": content, "riskType": "LOW", "actionType": 0}
    return run.create("policy", {"name": name, **about, **scope})


def organization(run: Run) -> str:
    """Return the id of the organization."""
    if run.first.org_id is None:
        raise NotObserved("GET /user/profile does not return the organization")
    return run.first.org_id


@once
def policy(run: Run) -> tuple[str, str]:
    """Return the id and the name of a policy."""
    name = run.text()
    return str(succeeded(create(run, name)).get("policy", "id")), name


@observation
def listed_policies(run: Run) -> Any:
    identifier, _ = policy(run)
    rows = run.rows("policy", query={"orgId": organization(run)})
    shown = any(row.get("id") == identifier for row in rows)
    return "below" if shown else "exact"


@observation
def hidden_policy_status(run: Run) -> Any:
    run.require_writes()
    second = run.second
    if second.is_administrator or second.org_role is None:
        raise NotObserved("needs a second user who is not an administrator of the organization")
    return run.look("GET /policy/{id}", policy(run)[0], who=second).status


@observation
def duplicate_policy_name(run: Run) -> Any:
    _, name = policy(run)
    return "accepted" if accepted(create(run, name)) else "refused"
