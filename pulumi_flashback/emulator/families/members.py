"""``/workspace/{id}/users``; ``GET /workspace/{id}`` lists them."""

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.families.workspaces import NOT_FOUND, admit
from pulumi_flashback.emulator.objects import required
from pulumi_flashback.emulator.store import Member, User

FAMILY = Family(admit, lags=True)
ROLES = ("READ", "WRITE", "ADMIN")  # each includes the permissions of the one before it


@FAMILY.endpoint("POST /workspace/{id}/users", failure="Failed to add user to workspace")
def _add(call: Call) -> Reply:
    user_id = required(call.body, "userId", "User ID")
    role = _role(call)
    workspace_id = _to_manage(call)
    if not _may_join(call, user_id):
        raise Refusal(404, "Target user not found")
    present = call.backend.roles(workspace_id).get(user_id)
    if present is None or _is_updated_by_adding(call):
        _refuse_protected(call, user_id, role)
        _set_role(call, user_id, role)
    return {}


@FAMILY.endpoint("PUT /workspace/{id}/users/{userId}", failure="Failed to update user role")
def _update(call: Call) -> Reply:
    role = _role(call)
    user_id = _member(call)
    _refuse_protected(call, user_id, role)
    _set_role(call, user_id, role)
    return {}


@FAMILY.endpoint(
    "DELETE /workspace/{id}/users/{userId}", failure="Failed to remove user from workspace"
)
def _remove(call: Call) -> Reply:
    user_id = _member(call)
    _refuse_protected(call, user_id, None)
    call.store.remove(Member, workspace_id=call.path["id"], user_id=user_id)
    return {}


def _role(call: Call) -> str:
    role = required(call.body, "role", "Role")
    if call.settings.role_case == "any" and role.upper() in ROLES:
        return role.upper()
    if role not in ROLES and call.settings.unknown_role == "refused":
        raise Refusal(400, "Invalid role")
    return role


def _set_role(call: Call, user_id: str, role: str) -> None:
    if role not in ROLES and call.settings.unknown_role == "fails":
        raise call.endpoint.internal_error()
    call.store.put(Member, {"role": role}, workspace_id=call.path["id"], user_id=user_id)


def _to_manage(call: Call) -> str:
    row = call.backend.workspace(call.path["id"])
    known = row is not None and row.org_id == call.user.org_id
    if not known and call.settings.members_of_unknown_workspace == 404:
        raise Refusal(404, NOT_FOUND)
    if row is None or call.role(row.id) != "ADMIN":
        raise Refusal(403, "Insufficient permissions to manage workspace users")
    return row.id


def _member(call: Call) -> str:
    user_id = call.path["userId"]
    if user_id not in call.backend.roles(_to_manage(call)):
        raise Refusal(404, "User not found in workspace")
    return user_id


def _may_join(call: Call, user_id: str) -> bool:
    user = call.store.one(User, id=user_id)
    # users who manage the members of a workspace belong to its organization
    if user is None or user.deleted_at or user.org_id != call.user.org_id:
        return False
    return user.validated or call.settings.unvalidated_member == "accepted"


def _is_updated_by_adding(call: Call) -> bool:
    rule = call.settings.member_added_twice
    if rule == "fails":
        raise call.endpoint.internal_error()
    if rule in ("refused", "conflict"):
        status = 400 if rule == "refused" else 409
        raise Refusal(status, "User is already a member of this workspace")
    return rule == "updates"


def _refuse_protected(call: Call, user_id: str, role: str | None) -> None:
    """Protect the last ADMIN and the caller's own role; role None ends a membership."""
    roles = call.backend.roles(call.path["id"])
    present = roles.get(user_id)
    if present in (None, role):
        return
    if user_id == call.user.id and call.settings.own_role == "fixed":
        raise Refusal(400, "You cannot change your own role")
    is_last = present == "ADMIN" and list(roles.values()).count("ADMIN") == 1
    if is_last and call.settings.last_admin == "protected":
        raise Refusal(400, "Workspace must have at least one admin")
