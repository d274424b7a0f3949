"""Observes the settings of the users of an organization."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.conformance.observations.given import (
    accepted,
    activation,
    create_user,
    deleted_user,
    new_user,
    succeeded,
)
from pulumi_flashback.conformance.outcome import NotObserved, Unlike, among, observation
from pulumi_flashback.conformance.run import NEEDS_USERS, Run

LIST = "GET /organization/users"


def listed(run: Run) -> tuple[list[dict[str, Any]], int]:
    """Return the rows of the list, and the total."""
    reply = succeeded(run.look(LIST))
    rows, total = reply.rows("data"), reply.get("total")
    return rows, total if isinstance(total, int) else len(rows)


@observation
def organization_users_for(run: Run) -> Any:
    for who in (run.first, run.wire.second):
        if who is not None and who.manages_users is False:
            status = run.look(LIST, who=who).status
            return among({403: "managers", 200: "everyone"}, status)
    raise NotObserved("needs a second user who does not manage users")


@observation
def organization_users_limit(run: Run) -> Any:
    rows, total = listed(run)
    if len(rows) >= total:
        raise NotObserved("all users are listed; a limit would show only with more users")
    return len(rows)


@observation
def deleted_organization_users(run: Run) -> Any:
    gone = deleted_user(run)["id"] if run.may_create_users else None
    rows, total = listed(run)
    if any(row.get("id") == gone if gone else row.get("deletedAt") for row in rows):
        return "listed"
    if gone is None:
        raise NotObserved(f"no deleted user is listed, and there may be none; {NEEDS_USERS}")
    if len(rows) < total:
        raise NotObserved("the list is incomplete")
    return "hidden"


@observation
def email_stored(run: Run) -> Any:
    user = new_user(run)
    sent = next(each.name for each in run.scratch.created if each.id == user["id"])
    return among({sent: "as-sent", sent.lower(): "lower"}, user.get("email"))


@observation
def email_of_deleted_user(run: Run) -> Any:
    gone = deleted_user(run)
    reply = create_user(run, str(gone["email"]))
    if not accepted(reply):
        return "refused"
    if reply.get("data", "id") != gone["id"]:
        raise Unlike("another user with the same email address")
    return "revived"


@observation
def activate_active_user(run: Run) -> Any:
    return "accepted" if accepted(activation(run)) else "refused"


@observation
def created_users_validated(run: Run) -> Any:
    return new_user(run).get("validated")
