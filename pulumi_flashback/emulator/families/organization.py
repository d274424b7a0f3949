"""``/organization/users`` (Flashback API reference, organization)."""

from dataclasses import replace
from typing import Any

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.objects import required, text
from pulumi_flashback.emulator.rows import now
from pulumi_flashback.emulator.store import OWNER, USER, WORKSPACES, User

ROLE_NAMES = {0: "USER", 1: "BILLING", 2: "WORKSPACES", 0xFE: "ADMINISTRATORS", 0xFF: "OWNER"}

_NO_LIST = {"data": [], "total": 0}


def _admit_manager(call: Call) -> None:
    if call.user.org_role < WORKSPACES:
        raise Refusal(403)


def _admit_to_list(call: Call) -> None:
    least = WORKSPACES if call.settings.organization_users_for == "managers" else USER
    if call.user.org_role < least:
        raise Refusal(403)


FAMILY = Family(_admit_manager, refused={"data": None})


@FAMILY.endpoint("GET /organization/users", admit=_admit_to_list, refused=_NO_LIST, failure="")
def _list_users(call: Call) -> Reply:
    users = call.store.find(User, org_id=call.user.org_id)
    if call.settings.deleted_organization_users == "hidden":
        users = [each for each in users if not each.deleted_at]
    rows = [shown(each) for each in users[: call.settings.organization_users_limit or None]]
    return {"data": rows, "total": len(users)}


@FAMILY.endpoint("POST /organization/users")
def _create(call: Call) -> Reply:
    """Create a user; the request has ``firstName`` where all else has ``name``."""
    given = {
        name: required({name: call.body.get(name) or None}, name, name)
        for name in ("email", "password", "firstName", "lastName")
    }
    values: dict[str, Any] = {
        "name": given["firstName"],
        "last_name": given["lastName"],
        "org_role": _org_role(call),
        "deleted_at": None,
    }
    lower = call.settings.email_stored == "lower"
    email = given["email"].lower() if lower else given["email"]
    known = call.store.one(User, email=email)
    if known is None:
        password = call.store.vault.hash_password(given["password"])
        validated = call.settings.created_users_validated
        org_id = call.user.org_id
        row = User(email=email, password=password, org_id=org_id, validated=validated, **values)
        return 201, _saved(call.store.add(row), "created")
    revived = known.deleted_at and call.settings.email_of_deleted_user == "revived"
    if not revived or known.org_id != call.user.org_id:
        raise Refusal(400, "User with this email already exists")
    return 201, _saved(_changed(call, known, values), "created")


@FAMILY.endpoint("GET /organization/users/{id}")
def _read(call: Call) -> Reply:
    return {"data": shown(_target(call))}


@FAMILY.endpoint("PUT /organization/users/{id}")
def _update(call: Call) -> Reply:
    for name in ("name", "lastName"):
        text(call.body.get(name, ""), name)
    _org_role(call)
    known = ("name", "lastName", "orgRole")
    changes = User.attributes({name: call.body[name] for name in known if name in call.body})
    return _saved(_changed(call, _target(call), changes), "updated")


@FAMILY.endpoint("DELETE /organization/users/{id}")
def _delete(call: Call) -> Reply:
    call.store.change(User, {"deleted_at": now()}, id=_target(call).id)
    return {"message": "User deleted successfully"}


def shown(user: User) -> dict[str, Any]:
    """Return a user as the endpoints of the organization show one."""
    return {
        **user.shown(),
        "orgRoleDescription": ROLE_NAMES.get(user.org_role, "USER"),
        "orgRoles": [role for role in ROLE_NAMES if role <= user.org_role],
    }


def _saved(user: User, what: str) -> dict[str, Any]:
    return {"data": shown(user), "message": f"User {what} successfully"}


def _changed(call: Call, user: User, changes: dict[str, Any]) -> User:
    call.store.change(User, changes, id=user.id)
    return replace(user, **changes)


def _target(call: Call) -> User:
    user = call.store.one(User, id=call.path["id"], org_id=call.user.org_id)
    if user is None or user.deleted_at:
        # not "User not found", which means the caller elsewhere
        raise Refusal(404, "User not found in organization")
    return user


def _org_role(call: Call) -> int:
    role = call.body.get("orgRole", USER)
    if not isinstance(role, int) or isinstance(role, bool) or not USER <= role <= OWNER:
        raise Refusal(400, "orgRole must be a number from 0 to 255")
    return role
