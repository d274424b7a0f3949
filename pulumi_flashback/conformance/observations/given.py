"""What several observations need: a bucket, a member, a new user, a workspace that is deleted."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pulumi_flashback.conformance.exchanges import Exchange
from pulumi_flashback.conformance.outcome import NotObserved, Unlike
from pulumi_flashback.conformance.run import NEEDS_SECOND, NEEDS_USERS, Run


def accepted(reply: Exchange) -> bool:
    """Say whether a write was accepted, or refused because of its input."""
    if reply.ok or reply.status in (400, 409, 422):
        return reply.ok
    raise reply.failure()


def succeeded(reply: Exchange) -> Exchange:
    """Return the response to a request that has succeeded."""
    if not reply.ok:
        raise reply.failure()
    return reply


def made(run: Run, kind: str, reply: Exchange, *path: str, name: str = "", parent: str = "") -> str:
    """Note what a request has created, and return its id, which is there in the response."""
    identifier = succeeded(reply).get(*path)
    if reply.get("success") is False or not isinstance(identifier, str) or not identifier:
        raise reply.failure()
    run.scratch.note(kind, identifier, name, parent)
    return identifier


def row_of(run: Run, operation: str, rows: str, identifier: str, *ids: str, **more: Any) -> Any:
    """Return the row of a list that has an id."""
    for row in succeeded(run.look(operation, *ids, **more)).rows(rows):
        if row.get("id") == identifier:
            return row
    raise Unlike(f"{operation} does not list what was created")


def shown_key(shown: object, key: str) -> str:
    """Return how a list shows a key: whole, masked or absent."""
    if shown is None:
        return "absent"
    if shown == key:
        return "whole"
    if isinstance(shown, str) and re.search(r"[*•.…xX]{2,}", shown):
        return "masked"
    raise Unlike("something else than the key or a part of it")


# buckets


def storage(run: Run, number: int) -> str:
    """Return one of the buckets that repositories are made of."""
    return run.once(
        f"bucket {number}", lambda: new_bucket(run, run.workspace, run.once("key", run.new_key))
    )


def new_bucket(run: Run, workspace_id: str, key_id: str) -> str:
    """Create a bucket that uses a key, and return its id."""
    name = run.text()
    body = {
        "name": name,
        "bucket": name,
        "storageType": "S3",
        "region": "us-east-1",
        "workspaceId": workspace_id,
        "apiKeyUuid": key_id,
    }
    reply = run.send("POST /bucket", body=body)
    try:
        return made(run, "bucket", reply, "bucketId", name=name)
    except NotObserved as failure:
        text = f"needs a bucket, and the credentials are made up: {failure}"
        raise NotObserved(text) from None


def quota(run: Run, what: str) -> int:
    """Return a quota that the API names; the names are not documented."""
    reply = succeeded(run.send("GET /user/quota"))
    for row in reply.rows("quotaUsage"):
        limits, usage = row.get("capability"), row.get("usage")
        code = limits.get("code") if isinstance(limits, dict) else None
        most = usage.get("max") if isinstance(usage, dict) else None
        if isinstance(code, str) and what in code.upper() and isinstance(most, int) and most > 0:
            return most
    raise NotObserved(
        f"GET /user/quota names no quota whose code has {what}, and to find one would use it up"
    )


# workspaces


@dataclass(frozen=True)
class Doomed:
    """A workspace that was created with a key in it, and deleted."""

    id: str
    name: str
    key_id: str
    deleted_with_key: bool  # whether the first request deleted it, or the key had to go before


def doomed(run: Run) -> Doomed:
    """Return a workspace that is deleted."""
    return run.once("doomed workspace", lambda: _doomed(run))


def _doomed(run: Run) -> Doomed:
    name = run.text()
    workspace = run.new_workspace(name)
    key = run.new_key(workspaceId=workspace)
    deleted = accepted(run.send("DELETE /workspace/{id}", workspace))
    if not deleted:
        succeeded(run.send("DELETE /apikeys/{id}", key))
        succeeded(run.send("DELETE /workspace/{id}", workspace))
    return Doomed(workspace, name, key, deleted)


# members


def team(run: Run) -> str:
    """Return a workspace whose members the observations change."""
    return run.once("team", run.new_workspace)


def guest(run: Run) -> str:
    """Return the id of a user who can become a member of the team."""
    run.require_writes()
    if run.wire.second is not None:
        return run.wire.second.id
    if run.may_create_users:
        return str(new_user(run)["id"])
    raise NotObserved(f"{NEEDS_SECOND}; or {NEEDS_USERS.removeprefix('needs ')}")


def join(run: Run, role: str | None) -> None:
    """Give the guest a role in the team; None ends the membership."""
    workspace, user = team(run), guest(run)
    if user in roles(run, workspace):
        succeeded(run.send("DELETE /workspace/{id}/users/{userId}", workspace, user))
    if role is not None:
        body = {"userId": user, "role": role}
        succeeded(run.send("POST /workspace/{id}/users", workspace, body=body))


def roles(run: Run, workspace_id: str) -> dict[str, str]:
    """Return the roles of the members of a workspace as the API writes them, in its order."""
    reply = succeeded(run.look("GET /workspace/{id}", workspace_id))
    users = (reply.get("workspace", "users") or []) if reply.get("workspace") else []
    return {str(row.get("userId")): str(row.get("role")) for row in users if isinstance(row, dict)}


# users of the organization


def new_user(run: Run) -> dict[str, Any]:
    """Return a user that was created for the observations, as the API showed it then."""
    return run.once("new user", lambda: _new_user(run))


def _new_user(run: Run) -> dict[str, Any]:
    run.require_writes()
    if not run.may_create_users:
        raise NotObserved(NEEDS_USERS)
    reply = create_user(run, f"{run.text().replace('flashback', 'Flashback', 1)}@example.com")
    user = succeeded(reply).get("data")
    if not isinstance(user, dict) or not isinstance(user.get("id"), str):
        raise NotObserved("POST /organization/users did not return the user")
    return user


def create_user(run: Run, email: str) -> Exchange:
    """Create a user of the organization, without an invitation, if it is accepted."""
    run.made_up.update({email, email.lower()})
    body = {
        "email": email,
        "password": run.secret(),
        "firstName": "Flashback",
        "lastName": "Conformance",
        "orgRole": 0,
        "sendInvite": False,
    }
    reply = run.send("POST /organization/users", body=body)
    if reply.ok:
        run.scratch.note("user", reply.get("data", "id"), email)
    return reply


def activation(run: Run) -> Exchange:
    """Return the response to the activation of a user who is active."""
    user = new_user(run)
    path = "POST /organization/users/{id}/activate"
    return run.once("activation", lambda: run.send(path, str(user["id"])))


def deleted_user(run: Run) -> dict[str, Any]:
    """Return the same user once it is deleted."""
    return run.once("deleted user", lambda: _deleted_user(run))


def _deleted_user(run: Run) -> dict[str, Any]:
    user = new_user(run)
    with suppress(NotObserved):
        activation(run)  # afterwards there is no active user any more
    succeeded(run.send("DELETE /organization/users/{id}", str(user["id"])))
    return user
