"""The samples of who may do what: workspaces, their members, the users of an organization."""

from __future__ import annotations

from typing import Any, ClassVar

from pulumi_flashback.emulator.rows import Row
from pulumi_flashback.emulator.store import Member, User, Workspace
from pulumi_flashback.resources.organization_user import ORG_ROLES
from tests.lifecycle.sample import NUMBERS, WORKSPACE, Properties, Sample, usual_requests


class WorkspaceSample(Sample):
    kind, own_id, requests = Workspace, "workspaceId", usual_requests("/workspace", single=True)
    properties: ClassVar = {"name": ("Équipe 数据 {n}", "Crew {n}")}
    replaces = ()
    in_use = "In it: buckets bucket-1, bucket-2. Delete or move them"
    choices = (
        (
            *("delete_workspace_with_keys=refused", "deleted_workspaces=listed"),
            *("duplicate_workspace_name=refused", "users_in_workspace_list=absent"),
            *("keys_of_deleted_workspace=listed", "organization_admins=as-members"),
        ),
        (
            *("deleted_workspaces=shown", "duplicate_workspace_name=refused-also-deleted"),
            *("foreign_workspace_list=not-found", "listed_role=lower", "no_role_status=404"),
            *("organization_admins=read", "unknown_caller_of_workspaces=401"),
            *("users_in_workspace_list=empty", "workspace_name_stored=trimmed"),
        ),
    )

    def rows(self) -> list[Any]:
        own = [each for each in self.emulator.workspaces() if "Of test" not in each.name]
        return [each for each in own if each.name.strip().endswith(f" {self.number}")]

    def add(self, inputs: Properties) -> str:
        workspace = self.emulator.add_workspace(inputs["name"]).id
        self.emulator.set_member(workspace, self.emulator.user_id, "ADMIN")
        return workspace

    def use(self, identifier: str, number: int) -> None:
        self.emulator.mark_workspace_in_use(identifier, buckets=number)


class WorkspaceMemberSample(Sample):
    kind = Member
    requests: ClassVar = {
        **usual_requests("/workspace/{id}/users", "{userId}"),
        "read": "GET /workspace/{id}",
    }
    properties: ClassVar = {
        "workspaceId": WORKSPACE,
        "userId": (
            lambda sample: sample.user,
            lambda sample: sample.emulator.add_user(f"{next(NUMBERS)}-{sample.email}").id,
        ),
        "role": ("WRITE", "READ"),
        "allowRemovingLastAdmin": (False, True),
    }
    replaces = ("workspaceId", "userId")
    hidden = ("allowRemovingLastAdmin",)
    unsent = ("allowRemovingLastAdmin",)
    import_id = "{workspaceId}/{userId}"
    adopt: ClassVar = {}
    choices = (
        ("listed_role=lower", "member_order=newest-first", "users_in_workspace_list=absent"),
        ("members_of_unknown_workspace=404", "foreign_workspace_list=empty", "role_case=any"),
        ("last_admin=protected", "own_role=fixed", "organization_admins=as-members"),
    )

    def outputs(self, identifier: str) -> Properties:
        return {"email": self.email, "orgId": "demo-organization"}

    def live(self) -> dict[str, Properties]:
        others = (each for each in self.rows() if each.user_id != self.emulator.user_id)
        return {f"{each.workspace_id}/{each.user_id}": each.values() for each in others}

    def add(self, inputs: Properties) -> str:
        self.emulator.set_member(inputs["workspaceId"], inputs["userId"], inputs["role"])
        return f"{inputs['workspaceId']}/{inputs['userId']}"

    def change(self, identifier: str, name: str, value: Any) -> None:
        workspace, user = identifier.split("/")
        self.emulator.set_member(workspace, user, value)

    def remove(self, identifier: str) -> None:
        workspace, user = identifier.split("/")
        self.emulator.remove_member(workspace, user)


class OrganizationUserSample(Sample):
    kind, own_id, requests = User, "userId", usual_requests("/organization/users", single=True)
    properties: ClassVar = {
        "email": ("Ada-{n}@invited.example", "grace-{n}@invited.example"),
        "name": ("Ada", "Grace"),
        "lastName": ("Lovelace", "Hopper"),
        "orgRole": ("WORKSPACES", "ADMINISTRATOR"),
        "password": ("canary-first-password", None),
        "sendInvite": (False, None),
    }
    coded: ClassVar = {"orgRole": ORG_ROLES}
    replaces = ("email",)
    hidden = ("password", "sendInvite")
    ignored = ("password", "sendInvite")
    needed = ("password",)
    identity = ("email",)
    choices = (
        ("email_stored=lower", "deleted_organization_users=listed"),
        ("email_of_deleted_user=revived", "created_users_validated=true"),
        ("organization_users_limit=1", "organization_users_for=everyone"),
    )

    def attributes(self, inputs: Properties) -> Properties:
        return {"org_id": "demo-organization", **super().attributes(inputs)}

    def rows(self) -> list[Any]:
        ending = f"-{self.number}@invited.example"
        return [each for each in self.emulator.store.find(User) if each.email.endswith(ending)]

    def shown(self, row: Row) -> Properties:
        return {**super().shown(row), "password": None}  # a hash
