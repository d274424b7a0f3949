"""``/organization/users`` (Flashback API reference, organization)."""

from collections.abc import Callable
from typing import Any

from starlette.responses import JSONResponse

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.families import roles
from pulumi_flashback.emulator.objects import required, text
from pulumi_flashback.emulator.rows import now
from pulumi_flashback.emulator.store import USER, WORKSPACES, User

_NO_LIST = {"data": [], "total": 0}


def _no_permission(action: str) -> str:
    return f"Insufficient permissions to {action} users"


def _managers(action: str) -> Callable[[Call], None]:
    def admit(call: Call) -> None:
        roles.require_manager(call, _no_permission(action))

    return admit


def _admit_to_list(call: Call) -> None:
    least = WORKSPACES if call.settings.organization_users_for == "managers" else USER
    if call.user.org_role < least:
        raise Refusal(403)


FAMILY = Family()


@FAMILY.endpoint("GET /organization/users", admit=_admit_to_list, refused=_NO_LIST, failure="")
def _list_users(call: Call) -> Reply:
    users = call.store.find(User, org_id=call.user.org_id)
    if call.settings.deleted_organization_users == "hidden":
        users = [each for each in users if not each.deleted_at]
    rows = [shown(each) for each in users[: call.settings.organization_users_limit or None]]
    return {"data": rows, "total": len(users)}


@FAMILY.endpoint("POST /organization/users", admit=_managers("create"), refused={"data": None})
def _create(call: Call) -> Reply:
    """Create a user; the request has ``firstName``, all other requests have ``name``."""
    given = {
        name: required(call.body, name, name)
        for name in ("email", "password", "firstName", "lastName")
    }
    for name in ("provider", "authMethod"):  # how the user signs in; here, by password
        text(call.body.get(name) or "", name)
    if not isinstance(call.body.get("sendInvite", True), bool):
        raise Refusal(400, "sendInvite must be a boolean")
    values: dict[str, Any] = {
        "name": given["firstName"],
        "last_name": given["lastName"],
        "org_role": roles.org_role(call),
        "deleted_at": None,
    }
    roles.require_level(call, values["org_role"], _no_permission("create"))
    lower = call.settings.email_stored == "lower"
    email = given["email"].lower() if lower else given["email"]
    known = call.store.one(User, email=email)
    if known is None:
        password = call.store.vault.hash_password(given["password"])
        validated = call.settings.created_users_validated
        org_id = call.user.org_id
        row = User(email=email, password=password, org_id=org_id, validated=validated, **values)
        return 201, _created(call, call.store.add(row))
    revived = known.deleted_at and call.settings.email_of_deleted_user == "revived"
    if not revived or known.org_id != call.user.org_id:
        raise Refusal(400, "User with this email already exists")
    return 201, _created(call, roles.changed(call, known, values, _no_permission("create")))


def _created(call: Call, user: User) -> dict[str, Any]:
    invited = not user.validated and call.body.get("sendInvite", True)
    more = ". Verification email sent" if invited else ""
    return {"data": shown(user), "message": f"User created successfully{more}"}


@FAMILY.endpoint("GET /organization/users/{id}", admit=_managers("view"))
def _read(call: Call) -> Reply:
    """Return a user, without the envelope that every other response has."""
    return JSONResponse(shown(roles.target(call)))


@FAMILY.endpoint("PUT /organization/users/{id}", admit=_managers("update"), refused={"data": {}})
def _update(call: Call) -> Reply:
    wanted = roles.changes(call)
    user = roles.changed(call, roles.target(call), wanted, _no_permission("update"))
    return {"data": shown(user), "message": "User updated successfully"}


@FAMILY.endpoint("DELETE /organization/users/{id}", admit=_managers("delete"))
def _delete(call: Call) -> Reply:
    user = roles.target(call)
    if user.id == call.user.id:
        raise Refusal(400, "Cannot delete yourself")
    roles.require_level(call, user.org_role, _no_permission("delete"))
    call.store.change(User, {"deleted_at": now()}, id=user.id)
    return {"message": "User deleted successfully"}


@FAMILY.endpoint(
    "POST /organization/users/{id}/activate", admit=_managers("activate"), has_body=False
)
def _activate(call: Call) -> Reply:
    user = call.store.one(User, id=call.path["id"], org_id=call.user.org_id)
    if user is None:
        raise Refusal(404, roles.NO_USER)
    if not user.deleted_at and call.settings.activate_active_user == "refused":
        raise Refusal(400, "User is already active")
    roles.require_level(call, user.org_role, _no_permission("activate"))
    call.store.change(User, {"deleted_at": None}, id=user.id)
    return {"message": "User activated successfully"}


def shown(user: User) -> dict[str, Any]:
    """Return a user in the form of the organization's endpoints."""
    return {**user.shown(), **roles.about_role(user)}
