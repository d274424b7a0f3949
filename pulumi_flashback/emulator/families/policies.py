"""``/policy`` (Flashback API reference, AI APIs)."""

from dataclasses import dataclass, replace
from typing import Any

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.families.ai_llms import admit
from pulumi_flashback.emulator.families.storage import Repository
from pulumi_flashback.emulator.objects import NO_PERMISSION, values
from pulumi_flashback.emulator.rows import Row, given, kept, new_id, now
from pulumi_flashback.emulator.store import ADMINISTRATOR, User

FAMILY = Family(admit, lags=True)
NOT_FOUND = "Policy not found"
RISKS = ("LOW", "MEDIUM", "HIGH")
ACTIONS = (0, 1, 2)  # log, alert, block


@dataclass(frozen=True, kw_only=True)
class Policy(Row):
    """One policy."""

    table = "policies"
    id: str = kept(new_id)
    org_id: str = given("Organization ID", required=True, changeable=False)
    workspace_id: str | None = given(changeable=False)
    repo_id: str | None = given(changeable=False)
    name: str = given("Name", required=True)
    content: str = given("Content", required=True)
    risk_type: str = given("Risk type", required=True)
    action_type: int = kept(0)
    created_by: str = kept("")
    created_at: str = kept(now)
    last_updated_by: str | None = kept(None)
    last_updated_at: str | None = kept(None)
    deleted_at: str | None = kept(None, shown=False)


@FAMILY.endpoint("POST /policy")
def _create(call: Call) -> Reply:
    wanted = _acceptable(call, values(Policy, call.body, null="ignored", empty="ignored"))
    if "action_type" not in wanted:
        raise Refusal(400, "Action type is required")
    by, at = call.user.id, now()
    row = Policy(**wanted, created_by=by, created_at=at, last_updated_by=by, last_updated_at=at)
    within = {"id": row.repo_id, "workspace_id": row.workspace_id}
    if row.repo_id and call.store.one(Repository, **within) is None:
        raise Refusal(400, "Repository does not belong to this workspace")
    if not _is_open(call, row, to_write=True):
        raise Refusal(403, NO_PERMISSION)
    _refuse_taken(call, row)
    return {"policy": _shown(call, call.store.add(row))}


@FAMILY.endpoint("GET /policy")
def _list_policies(call: Call) -> Reply:
    scope = {
        "org_id": call.filters.get("orgId"),
        "workspace_id": call.filters.get("workspaceId"),
        "repo_id": call.filters.get("repoId"),
    }
    if scope["org_id"] is None:
        raise Refusal(400, "Organization ID is required")
    if scope["org_id"] != call.user.org_id:
        raise Refusal(403, NO_PERMISSION)
    if call.settings.listed_policies == "below":
        scope = {name: value for name, value in scope.items() if value is not None}
    found = [each for each in _live(call) if scope.items() <= vars(each).items()]
    return {"policies": [_shown(call, each) for each in found if _is_open(call, each)]}


@FAMILY.endpoint("GET /policy/{id}")
def _read(call: Call) -> Reply:
    return {"policy": _shown(call, _target(call))}


@FAMILY.endpoint("PUT /policy/{id}")
def _update(call: Call) -> Reply:
    row = _target(call, to_write=True)
    changes = values(Policy, call.body, null="ignored", empty="refused", update=True)
    changes = _acceptable(call, changes)
    if not changes:
        raise Refusal(400, "At least one field is required")
    changes |= {"last_updated_by": call.user.id, "last_updated_at": now()}
    changed = replace(row, **changes)
    _refuse_taken(call, changed)
    call.store.change(Policy, changes, id=row.id)
    return {"policy": _shown(call, changed)}


@FAMILY.endpoint("DELETE /policy/{id}")
def _delete(call: Call) -> Reply:
    call.store.change(Policy, {"deleted_at": now()}, id=_target(call, to_write=True).id)
    return {"message": "Policy deleted successfully"}


def _acceptable(call: Call, wanted: dict[str, Any]) -> dict[str, Any]:
    if wanted.get("risk_type", RISKS[0]) not in RISKS:
        raise Refusal(400, "Invalid risk type")
    action = call.body.get("actionType")
    if action is None:
        return wanted
    if isinstance(action, bool) or action not in ACTIONS:
        raise Refusal(400, "Invalid action type")
    return {**wanted, "action_type": action}


def _shown(call: Call, row: Policy) -> dict[str, Any]:
    """Return a policy as responses have it: with the users who wrote it."""
    names = ("id", "name", "lastName", "email")
    shown = row.shown()
    for each in ("createdBy", "lastUpdatedBy"):
        user = call.store.one(User, id=shown[each])
        shown[each] = {name: user.shown()[name] for name in names} if user else None
    return shown


def _live(call: Call) -> list[Policy]:
    return [each for each in call.store.find(Policy) if not each.deleted_at]


def _is_open(call: Call, row: Policy, *, to_write: bool = False) -> bool:
    """Whether the caller may see or change a policy; administrators see all."""
    if row.org_id != call.user.org_id:
        return False
    if row.workspace_id is None:
        return call.user.org_role >= ADMINISTRATOR
    role = call.role(row.workspace_id)
    return role in ("WRITE", "ADMIN") if to_write else role is not None


def _target(call: Call, *, to_write: bool = False) -> Policy:
    row = next((each for each in _live(call) if each.id == call.path["id"]), None)
    if row is None:
        raise Refusal(404, NOT_FOUND)
    if not _is_open(call, row):
        hidden = call.settings.hidden_policy_status
        raise Refusal(hidden, NOT_FOUND if hidden == 404 else NO_PERMISSION)
    if to_write and not _is_open(call, row, to_write=True):
        raise Refusal(403, NO_PERMISSION)
    return row


def _refuse_taken(call: Call, wanted: Policy) -> None:
    def scope(row: Policy) -> tuple[str | None, ...]:
        return row.org_id, row.workspace_id, row.repo_id, row.name

    taken = (each for each in _live(call) if scope(each) == scope(wanted))
    if call.settings.duplicate_policy_name == "refused" and any(e.id != wanted.id for e in taken):
        raise Refusal(400, "Policy with this name already exists")
