"""Observes the settings of workspaces."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.conformance.exchanges import Account
from pulumi_flashback.conformance.observations.given import accepted, doomed, succeeded
from pulumi_flashback.conformance.outcome import NotObserved, Unlike, among, observation
from pulumi_flashback.conformance.run import Run

LONGEST_NAME = 1024  # the longest name to try


@observation
def delete_workspace_with_keys(run: Run) -> Any:
    return "accepted" if doomed(run).deleted_with_key else "refused"


@observation
def duplicate_workspace_name(run: Run) -> Any:
    name = run.text()
    run.new_workspace(name)
    if accepted(run.create("workspace", {"name": name})):
        return "accepted"
    again = run.create("workspace", {"name": doomed(run).name})
    return "refused" if accepted(again) else "refused-also-deleted"


@observation
def workspace_name_stored(run: Run) -> Any:
    name = run.text()
    workspace = run.own_workspace
    succeeded(run.send("PUT /workspace/{id}", workspace, body={"name": f" {name} "}))
    shown = run.look("GET /workspace/{id}", workspace).get("workspace", "name")
    return among({f" {name} ": "as-sent", name: "trimmed"}, shown)


@observation
def longest_workspace_name(run: Run) -> Any:
    start = run.text()
    workspace = run.own_workspace

    def fits(length: int) -> bool:
        body = {"name": start.ljust(length, "n")}
        return run.send("PUT /workspace/{id}", workspace, body=body).ok

    shortest, longest = len(start), LONGEST_NAME
    if fits(longest):
        raise NotObserved(f"{longest} characters are accepted; longer names were not tried")
    lengths = [255, 256]  # the usual limit first
    while longest - shortest > 1:
        length = lengths.pop(0) if lengths else (shortest + longest) // 2
        if shortest < length < longest:
            shortest, longest = (length, longest) if fits(length) else (shortest, length)
    return shortest


@observation
def deleted_workspaces(run: Run) -> Any:
    if run.read_only:
        gone = next((r.get("id") for r in run.workspaces() if r.get("deletedAt")), None)
        if gone is None:
            raise NotObserved("no deleted workspace is listed, and there may be none")
    else:
        gone = doomed(run).id
        if not any(row.get("id") == gone for row in run.workspaces()):
            return "hidden"
    read = run.look("GET /workspace/{id}", str(gone))
    return among({404: "listed", 200: "shown"}, read.status)


@observation
def users_in_workspace_list(run: Run) -> Any:
    workspace = run.any_workspace()
    row = next((each for each in run.workspaces() if each.get("id") == workspace), None)
    if row is None:
        raise Unlike("GET /workspace does not list the workspace")
    if row.get("users") is None:
        return "absent"
    return "shown" if row["users"] else "empty"


@observation
def organization_admins(run: Run) -> Any:
    run.require_writes()
    who, workspace = _admin_without_role(run)
    if run.look("GET /workspace/{id}", workspace, who=who).status == 404:
        return "as-members"
    reply = run.send("PUT /workspace/{id}", workspace, body={"name": run.text()}, who=who)
    return among({200: "administer", 403: "read"}, reply.status)


def _admin_without_role(run: Run) -> tuple[Account, str]:
    """Return an administrator of the organization, and a workspace without a role of that user."""
    if run.wire.second and run.second.is_administrator:
        return run.second, run.own_workspace
    if not run.first.is_administrator:
        raise NotObserved("needs the role ADMINISTRATOR or OWNER in the organization")
    second = run.second
    workspace = run.new_workspace()
    # the second user is an ADMIN, removes the first one, and can delete the workspace
    body = {"userId": second.id, "role": "ADMIN"}
    succeeded(run.send("POST /workspace/{id}/users", workspace, body=body))
    path = "DELETE /workspace/{id}/users/{userId}"
    succeeded(run.send(path, workspace, run.first.id, who=second))
    return run.first, workspace


@observation
def no_role_status(run: Run) -> Any:
    run.require_writes()
    second = run.second
    if second.is_administrator or second.org_role is None:
        raise NotObserved("needs a second user who is not an administrator of the organization")
    name = {"name": run.text()}
    return run.send("PUT /workspace/{id}", run.own_workspace, body=name, who=second).status


@observation
def unknown_caller_of_workspaces(run: Run) -> Any:
    seen = [run.send("GET /workspace", who=None).status]
    if not run.read_only:
        path = "PUT /workspace/{id}"
        seen.append(run.send(path, run.unknown_id(), body={"name": run.text()}, who=None).status)
    if seen == [404, 400][: len(seen)]:
        return "documented"
    return among({(401,): "401", (401, 401): "401"}, tuple(seen))
