"""Observes the settings of the members of workspaces."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.conformance.observations.given import (
    accepted,
    deleted_user,
    guest,
    join,
    new_user,
    roles,
    succeeded,
    team,
)
from pulumi_flashback.conformance.outcome import NotObserved, Unlike, among, observation
from pulumi_flashback.conformance.run import Run

ADD = "POST /workspace/{id}/users"
MEMBER = "/workspace/{id}/users/{userId}"


def add(run: Run, role: str) -> Any:
    """Send a request to make the guest a member; return the response."""
    return run.send(ADD, team(run), body={"userId": guest(run), "role": role})


@observation
def members_of_unknown_workspace(run: Run) -> Any:
    run.require_writes()
    body = {"userId": run.first.id, "role": "READ"}
    return run.send(ADD, run.unknown_id(), body=body).status


@observation
def member_added_twice(run: Run) -> Any:
    join(run, "READ")
    reply = add(run, "WRITE")
    if not reply.ok:
        return among({400: "refused", 409: "conflict", 500: "fails"}, reply.status)
    role = roles(run, team(run)).get(guest(run), "").upper()
    return among({"WRITE": "updates", "READ": "ignored"}, role)


@observation
def unknown_role(run: Run) -> Any:
    join(run, None)
    reply = add(run, "EDITOR")
    return among({400: "refused", 500: "fails", 200: "accepted"}, reply.status)


@observation
def role_case(run: Run) -> Any:
    join(run, None)
    reply = add(run, "Admin")
    if not reply.ok:
        return among({400: "exact", 500: "exact"}, reply.status)
    shown = roles(run, team(run)).get(guest(run))
    if shown in ("Admin", "ADMIN"):
        return "exact" if shown == "Admin" else "any"
    if run.second.is_administrator:
        raise NotObserved("roles are listed in lowercase, and the second user has all permissions")
    # roles are listed in lowercase, so only its permissions show which role it is
    body = {"name": run.text()}
    rename = run.send("PUT /workspace/{id}", team(run), body=body, who=run.second)
    return among({200: "any", 403: "exact"}, rename.status)


@observation
def listed_role(run: Run) -> Any:
    shown = set(roles(run, run.any_workspace()).values())
    if not shown:
        raise NotObserved("the workspace has no members")
    if all(role == role.upper() for role in shown):
        return "upper"
    return "lower" if all(role == role.lower() for role in shown) else "mixed"


@observation
def own_role(run: Run) -> Any:
    run.require_writes()
    second = run.second
    join(run, "ADMIN")  # the first user also stays ADMIN
    reply = run.send(f"PUT {MEMBER}", team(run), second.id, body={"role": "READ"}, who=second)
    return "changeable" if _allowed(reply) else "fixed"


def _allowed(reply: Any) -> bool:
    return False if reply.status == 403 else accepted(reply)


@observation
def unvalidated_member(run: Run) -> Any:
    user = new_user(run)
    if user.get("validated"):
        raise NotObserved("a created user is validated immediately")
    body = {"userId": user["id"], "role": "READ"}
    return among({200: "accepted", 404: "refused"}, run.send(ADD, team(run), body=body).status)


@observation
def member_order(run: Run) -> Any:
    join(run, "READ")
    order = [each for each in roles(run, team(run)) if each in (run.first.id, guest(run))]
    orders = {
        (run.first.id, guest(run)): "oldest-first",
        (guest(run), run.first.id): "newest-first",
    }
    return among(orders, tuple(order))


@observation
def membership_of_deleted_user(run: Run) -> Any:
    user = str(new_user(run)["id"])
    workspace = team(run)
    if user not in roles(run, workspace):
        succeeded(run.send(ADD, workspace, body={"userId": user, "role": "READ"}))
        if user not in roles(run, workspace):
            raise Unlike("a member was added, and is not listed")
    deleted_user(run)
    return "stays" if user in roles(run, workspace) else "ends"


@observation
def last_admin(run: Run) -> Any:
    # the last observation of members, since the first user may not get the role back
    run.require_writes()
    second = run.second
    # otherwise nobody could delete a workspace without an ADMIN
    if not run.first.is_administrator or run.known("organization_admins") != "administer":
        raise NotObserved("could leave a workspace that nobody can delete")
    join(run, "ADMIN")
    workspace, lesser = team(run), {"role": "READ"}
    succeeded(run.send(f"PUT {MEMBER}", workspace, run.first.id, body=lesser, who=second))
    reply = run.send(f"PUT {MEMBER}", workspace, second.id, body=lesser)
    return "unprotected" if _allowed(reply) else "protected"
