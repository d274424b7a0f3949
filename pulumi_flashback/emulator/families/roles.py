"""Roles in the organization: who may grant and revoke which role; and ``/user/{id}``."""

from dataclasses import replace
from typing import Any

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply, admit_known
from pulumi_flashback.emulator.objects import NO_PERMISSION, text
from pulumi_flashback.emulator.store import BILLING, OWNER, USER, WORKSPACES, User

ROLE_NAMES = {0: "USER", 1: "BILLING", 2: "WORKSPACES", 0xFE: "ADMINISTRATORS", 0xFF: "OWNER"}

NO_USER = "User not found"


FAMILY = Family(admit_known)


@FAMILY.endpoint("GET /user/{id}")
def _read(call: Call) -> Reply:
    return _role_of(target(call))


@FAMILY.endpoint("PUT /user/{id}")
def _update(call: Call) -> Reply:
    answer = _role_of(_changed(call, changes(call)))  # the vendor's client has only the message
    return {**answer, "message": "User updated successfully"}


@FAMILY.endpoint("PUT /user/{id}/role")
def _set_role(call: Call) -> Reply:
    if call.body.get("orgRole") is None:
        raise Refusal(400, "orgRole is required")
    role = org_role(call)
    before = target(call).org_role
    answer = _role_of(_changed(call, {"org_role": role}))
    about = {"previousRole": before, "newRole": role, "message": "User role updated successfully"}
    return {"data": {**answer["data"], **about}}  # fields of the reference and of the client


def _changed(call: Call, wanted: dict[str, Any]) -> User:
    user = target(call)
    if user.id != call.user.id or "org_role" in wanted:
        require_manager(call, NO_PERMISSION)
    return changed(call, user, wanted, NO_PERMISSION)


def _role_of(user: User) -> dict[str, Any]:
    return {"data": {"userId": user.id, **about_role(user)}}


def about_role(user: User) -> dict[str, Any]:
    """Return the fields of a response about a user's role in the organization."""
    return {
        "orgRole": user.org_role,
        "orgRoleDescription": ROLE_NAMES.get(user.org_role, "USER"),
        "orgRoles": [role for role in ROLE_NAMES if role <= user.org_role],
    }


def require_manager(call: Call, message: str | None) -> None:
    """Refuse a caller who may not manage the users of the organization."""
    if call.user.org_role < WORKSPACES:
        raise Refusal(403, message)


def target(call: Call) -> User:
    """Return the user in the path, who must be in the organization of the caller."""
    if not call.user.org_id:
        raise Refusal(403, "User not associated with any organization")
    user = call.store.one(User, id=call.path["id"], org_id=call.user.org_id)
    if user is None or user.deleted_at:
        raise Refusal(404, NO_USER)
    return user


def changes(call: Call) -> dict[str, Any]:
    """Return the changes of a user in a request, by attribute."""
    for name in ("name", "lastName"):
        text(call.body.get(name, ""), name)
    org_role(call)
    known = ("name", "lastName", "orgRole")
    return User.attributes({name: call.body[name] for name in known if name in call.body})


def changed(call: Call, user: User, changes: dict[str, Any], message: str) -> User:
    """Update a user; ``message`` is for a role that the caller may not grant or revoke."""
    if changes.get("org_role", user.org_role) != user.org_role:
        require_level(call, user.org_role, message)
        require_level(call, changes["org_role"], message)
        keep_an_owner(call, user)
    call.store.change(User, changes, id=user.id)
    return replace(user, **changes)


def org_role(call: Call) -> int:
    """Return the role in a request; the default is the lowest role."""
    role = call.body.get("orgRole", USER)
    if not isinstance(role, int) or isinstance(role, bool):
        raise Refusal(400, "orgRole must be a number")
    if role not in ROLE_NAMES:
        raise Refusal(400, "Invalid role combination")
    return role


def require_level(call: Call, role: int, message: str) -> None:
    """Refuse a caller who may not grant or revoke a role, because it is above the own level."""
    own = call.user.org_role
    # the documentation describes only one level: WORKSPACES may grant only USER and BILLING
    highest = BILLING if own <= WORKSPACES else own
    if role > highest:
        raise Refusal(403, message)


def keep_an_owner(call: Call, user: User) -> None:
    """Refuse to remove the last OWNER of an organization."""
    owners = [
        each.id
        for each in call.store.find(User, org_id=user.org_id, org_role=OWNER)
        if not each.deleted_at
    ]
    if owners == [user.id]:
        raise Refusal(400, "The last OWNER of the organization cannot lose this role")
