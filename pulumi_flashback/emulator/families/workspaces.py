"""``/workspace`` (Flashback API reference, workspace)."""

from typing import Any

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.families.storage import ApiKey, Bucket, Repository
from pulumi_flashback.emulator.objects import required
from pulumi_flashback.emulator.rows import now
from pulumi_flashback.emulator.store import WORKSPACES, Member, Workspace

NOT_FOUND = "Workspace not found"


def admit(call: Call) -> None:
    """Refuse an unknown caller as documented for ``/workspace``."""
    if call.caller is None and call.settings.unknown_caller_of_workspaces == "documented":
        if call.endpoint.method == "GET":
            raise Refusal(404, "User not found")
        raise Refusal(400, "User not found or account is not validated")
    call.user  # noqa: B018 - refuses an unknown caller


FAMILY = Family(admit, lags=True)


@FAMILY.endpoint("POST /workspace", failure="Failed to create workspace")
def _create(call: Call) -> Reply:
    """Create a workspace; the caller becomes its ADMIN."""
    name = _name(call)
    if call.user.org_role < WORKSPACES:
        raise Refusal(403, "Insufficient permissions to create workspaces")
    _refuse_taken(call, name)
    row = call.store.add(Workspace(name=name, org_id=call.user.org_id))
    call.store.add(Member(workspace_id=row.id, user_id=call.user.id, role="ADMIN"))
    return 201, {"workspace": _shown(row)}


@FAMILY.endpoint("GET /workspace", failure="Failed to fetch workspaces")
def _list_workspaces(call: Call) -> Reply:
    deleted = call.settings.deleted_workspaces != "hidden"
    found = call.backend.workspaces(call.user, deleted=deleted)
    rows = [_shown_with_users(call, each) for each in found]
    for row in rows:
        if call.settings.users_in_workspace_list == "absent":
            del row["users"]
        elif call.settings.users_in_workspace_list == "empty":
            row["users"] = []
    return {"workspaces": rows}


@FAMILY.endpoint("GET /workspace/{id}", failure="Failed to fetch workspace")
def _read(call: Call) -> Reply:
    """Return a workspace; without access, the response is the same as for a missing one."""
    deleted = call.settings.deleted_workspaces == "shown"
    row = call.backend.workspace(call.path["id"], deleted=deleted)
    if row is None or not call.role(row.id, deleted=deleted):
        raise Refusal(404, "Workspace not found or access denied")
    return {"workspace": _shown_with_users(call, row)}


@FAMILY.endpoint("PUT /workspace/{id}", failure="Failed to update workspace")
def _update(call: Call) -> Reply:
    """Rename a workspace, if the request has a name."""
    name = None if call.body.get("name") is None else _name(call)
    row = _to_administer(call, "update workspace")
    if name is None:
        return {"workspace": _shown(row)}
    _refuse_taken(call, name, row.id)
    call.store.change(Workspace, {"name": name}, id=row.id)
    return {"workspace": {**_shown(row), "name": name}}


@FAMILY.endpoint("DELETE /workspace/{id}", failure="Failed to delete workspace")
def _delete(call: Call) -> Reply:
    row = _to_administer(call, "delete workspace")
    if any(call.store.one(each, workspace_id=row.id) for each in (Bucket, Repository)):
        raise Refusal(400, "Cannot delete workspace with existing buckets or repos")
    keys = call.store.find(ApiKey, workspace_id=row.id)
    if keys and call.settings.delete_workspace_with_keys == "refused":
        raise Refusal(400, "Cannot delete workspace with existing API keys")
    call.store.change(Workspace, {"deleted_at": now()}, id=row.id)
    return {}


def _name(call: Call) -> str:
    name = required(call.body, "name", "Workspace name")
    if len(name) > call.settings.longest_workspace_name:
        raise Refusal(400, "Workspace name is too long")
    return name.strip() if call.settings.workspace_name_stored == "trimmed" else name


def _refuse_taken(call: Call, name: str, but: str = "") -> None:
    rule = call.settings.duplicate_workspace_name
    deleted = rule == "refused-also-deleted"
    for each in call.store.find(Workspace, org_id=call.user.org_id, name=name):
        if rule != "accepted" and each.id != but and (deleted or not each.deleted_at):
            raise Refusal(400, "Workspace name already exists")


def _to_administer(call: Call, action: str) -> Workspace:
    row = call.backend.workspace(call.path["id"])
    role = row and call.role(row.id)
    unknown = row is None or row.org_id != call.user.org_id
    if row is None or unknown or (role is None and call.settings.no_role_status == 404):
        raise Refusal(404, NOT_FOUND)
    if role != "ADMIN":
        raise Refusal(403, f"Insufficient permissions to {action}")
    return row


def _shown(row: Workspace) -> dict[str, Any]:
    shown = row.shown()
    return {name: value for name, value in shown.items() if value is not None}


def _shown_with_users(call: Call, row: Workspace) -> dict[str, Any]:
    settings = call.settings
    members = call.backend.members(row.id)
    if settings.member_order == "newest-first":
        members.reverse()
    shown = ("id", "name", "lastName", "email", "orgRole")
    users = [
        {
            "userId": user.id,
            "role": role.lower() if settings.listed_role == "lower" else role,
            "user": {name: user.shown()[name] for name in shown},
        }
        for user, role in members
    ]
    head = _shown(row)
    deleted_at = {"deletedAt": head.pop("deletedAt")} if row.deleted_at else {}
    return {**head, "users": users, **deleted_at}
