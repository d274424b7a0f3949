"""``/policy`` (Flashback API reference, AI APIs)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.families.ai_llms import admit
from pulumi_flashback.emulator.families.storage import Repository
from pulumi_flashback.emulator.objects import NO_PERMISSION, Objects, live, require_writer
from pulumi_flashback.emulator.rows import Row, given, kept, new_id, now
from pulumi_flashback.emulator.store import ADMINISTRATOR, User, Workspace

FAMILY = Family(admit, lags=True)
RISKS = ("LOW", "MEDIUM", "HIGH")
ACTIONS = (0, 1, 2)  # log, alert, block
SCOPES: dict[str, type[Any]] = {"workspace": Workspace, "repo": Repository}


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


class Policies(Objects):
    """The policies of an organization, a workspace or a repository."""

    kind, path, noun, listed = Policy, "/policy", "Policy", "policies"
    in_update: ClassVar = {"null": "ignored", "empty": "refused"}
    unique = ("org_id", "workspace_id", "repo_id", "name")
    duplicates = "duplicate_policy_name"

    def values(self, call: Call, *, update: bool = False) -> dict[str, Any]:
        wanted = super().values(call, update=update)
        if wanted.get("risk_type", RISKS[0]) not in RISKS:
            raise Refusal(400, "Invalid risk type")
        action = call.body.get("actionType")
        if isinstance(action, bool) or action not in (None, *ACTIONS):
            raise Refusal(400, "Invalid action type")
        if action is None and not update:
            raise Refusal(400, "Action type is required")
        return wanted if action is None else {**wanted, "action_type": action}

    def permit(self, call: Call, wanted: Mapping[str, Any]) -> None:
        row = Policy(**wanted)
        within = {"id": row.repo_id, "workspace_id": row.workspace_id}
        if row.repo_id and call.store.one(Repository, **within) is None:
            raise Refusal(400, "Repository does not belong to this workspace")
        require_writer(self.role(call, row))

    def acceptable(self, call: Call, wanted: dict[str, Any], old: Any) -> dict[str, Any]:
        if not wanted:
            raise Refusal(400, "At least one field is required")
        by, at = call.user.id, now()
        created = {} if old else {"created_by": by, "created_at": at}
        return {**wanted, **created, "last_updated_by": by, "last_updated_at": at}

    def found(self, call: Call) -> list[Policy]:
        names = {"org_id": "orgId", "workspace_id": "workspaceId", "repo_id": "repoId"}
        scope = {attribute: call.filters.get(name) for attribute, name in names.items()}
        if scope["org_id"] is None:
            raise Refusal(400, "Organization ID is required")
        if scope["org_id"] != call.user.org_id:
            raise Refusal(403, NO_PERMISSION)
        if call.settings.listed_policies == "below":
            scope = {name: value for name, value in scope.items() if value is not None}
        return [each for each in live(call, Policy, **scope) if self.role(call, each)]

    def shown(self, call: Call, row: Policy) -> dict[str, Any]:
        """Return a policy in the form of responses, with its scope and its authors."""
        names = ("id", "name", "lastName", "email")
        shown = row.shown()
        for each in ("createdBy", "lastUpdatedBy"):
            user = call.store.one(User, id=shown[each])
            shown[each] = {name: user.shown()[name] for name in names} if user else None
        for name, kind in SCOPES.items():
            for scope in call.store.find(kind, id=shown[f"{name}Id"]):
                shown[name] = {"id": scope.id, "name": scope.name}
        return shown

    def role(self, call: Call, row: Policy) -> str | None:
        """Return the caller's role; administrators have all rights in their organization."""
        if row.org_id != call.user.org_id:
            return None
        if row.workspace_id is None:
            return "ADMIN" if call.user.org_role >= ADMINISTRATOR else None
        return call.role(row.workspace_id)

    def hidden(self, call: Call) -> Refusal:
        is_named = call.settings.hidden_policy_status == 403
        return Refusal(403, NO_PERMISSION) if is_named else self.unknown(call)

    def reply(self, call: Call, row: Policy, done: str) -> dict[str, Any]:
        deleted = {"message": "Policy deleted successfully"}
        return deleted if done == "deleted" else {"policy": self.shown(call, row)}


POLICIES = Policies(FAMILY)


@FAMILY.endpoint("GET /policy/{id}")
def _read(call: Call) -> Reply:
    return {"policy": POLICIES.shown(call, POLICIES.target(call, writes=False))}
