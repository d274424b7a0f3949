"""Objects that several observations need: a bucket, a member, a new user, a deleted workspace."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pulumi_flashback.conformance.exchanges import Exchange
from pulumi_flashback.conformance.outcome import NotObserved, Unlike
from pulumi_flashback.conformance.run import NEEDS_SECOND, NEEDS_USERS, Run, once


def accepted(reply: Exchange) -> bool:
    """Return whether a write was accepted, or refused because of its input."""
    if reply.ok or reply.status in (400, 409, 422):
        return reply.ok
    raise reply.failure()


def succeeded(reply: Exchange) -> Exchange:
    """Return the response of a request, which must have succeeded."""
    if not reply.ok:
        raise reply.failure()
    return reply


def twice(create: Callable[[], Exchange]) -> str:
    """Return whether a second, identical create is accepted."""
    succeeded(create())
    return "accepted" if accepted(create()) else "refused"


def shown_key(shown: object, key: str) -> str:
    """Return how a list shows a key: in full, masked or not at all."""
    if shown is None:
        return "absent"
    if shown == key:
        return "whole"
    if isinstance(shown, str) and re.search(r"[*•.…xX]{2,}", shown):
        return "masked"
    raise Unlike("something other than the key or a part of it")


# buckets


@once
def key(run: Run) -> str:
    """Return the id of a key that is never changed."""
    return run.new_key()


def storage(run: Run, number: int) -> str:
    """Return one of the buckets for the repositories."""
    return run.once(f"bucket {number}", lambda: new_bucket(run, key(run)))


def new_bucket(run: Run, key_id: str) -> str:
    """Create a bucket that uses a key, and return its id."""
    name = run.text()
    about = {"storageType": "S3", "region": "us-east-1", "workspaceId": run.workspace}
    try:
        return run.new("bucket", {"name": name, "bucket": name, "apiKeyUuid": key_id, **about})
    except NotObserved as failure:
        text = f"needs a bucket, but the credentials are made up: {failure}"
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
        f"GET /user/quota has no quota whose code contains {what}; finding the limit uses it up"
    )


# workspaces


@dataclass(frozen=True)
class Doomed:
    """A workspace that was created with a key in it and then deleted."""

    id: str
    name: str
    key_id: str
    deleted_with_key: bool  # False if the key had to be deleted first


@once
def doomed(run: Run) -> Doomed:
    """Return a deleted workspace."""
    name = run.text()
    workspace = run.new_workspace(name)
    key = run.new_key(workspaceId=workspace)
    deleted = accepted(run.send("DELETE /workspace/{id}", workspace))
    if not deleted:
        succeeded(run.send("DELETE /apikeys/{id}", key))
        succeeded(run.send("DELETE /workspace/{id}", workspace))
    return Doomed(workspace, name, key, deleted)


# members


@once
def team(run: Run) -> str:
    """Return a workspace for changes of its members."""
    return run.new_workspace()


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
    """Return the roles of the members of a workspace in the API's spelling and order."""
    reply = succeeded(run.look("GET /workspace/{id}", workspace_id))
    users = (reply.get("workspace", "users") or []) if reply.get("workspace") else []
    return {str(row.get("userId")): str(row.get("role")) for row in users if isinstance(row, dict)}


# users of the organization


@once
def new_user(run: Run) -> dict[str, Any]:
    """Return a user that was created for the observations, as in the response to the create."""
    run.require_writes()
    if not run.may_create_users:
        raise NotObserved(NEEDS_USERS)
    email = f"{run.text().replace('flashback', 'Flashback', 1)}@example.com"
    user: dict[str, Any] = succeeded(create_user(run, email)).get("data")
    return user


def create_user(run: Run, email: str) -> Exchange:
    """Create a user of the organization, without an invitation, if it is accepted."""
    run.made_up.update({email, email.lower()})
    about = {"firstName": "Flashback", "lastName": "Conformance", "orgRole": 0, "sendInvite": False}
    return run.create("user", {"email": email, "password": run.secret(), **about})


@once
def activation(run: Run) -> Exchange:
    """Return the response to the activation of a user who is active."""
    return run.send("POST /organization/users/{id}/activate", str(new_user(run)["id"]))


@once
def deleted_user(run: Run) -> dict[str, Any]:
    """Return the same user after its deletion."""
    user = new_user(run)
    with suppress(NotObserved):
        activation(run)  # first, because there is no active user afterwards
    succeeded(run.send("DELETE /organization/users/{id}", str(user["id"])))
    return user
