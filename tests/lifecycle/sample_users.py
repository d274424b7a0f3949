"""The sample of a user of the organization."""

from __future__ import annotations

from typing import Any, ClassVar

from pulumi_flashback.emulator.store import User
from pulumi_flashback.resources.organization_user import ORG_ROLES
from tests.lifecycle.sample import NUMBERS, Properties, Sample


class OrganizationUserSample(Sample):
    replaces = ("email",)
    hidden = ("password", "sendInvite")
    ignored = ("password", "sendInvite")
    needed = ("password",)
    identity = ("email",)
    requests: ClassVar = {
        "look": "GET /organization/users",
        "create": "POST /organization/users",
        "read": "GET /organization/users/{id}",
        "update": "PUT /organization/users/{id}",
        "delete": "DELETE /organization/users/{id}",
    }
    choices = (
        ("email_stored=lower", "deleted_organization_users=listed"),
        ("email_of_deleted_user=revived", "created_users_validated=true"),
        ("organization_users_limit=1", "organization_users_for=everyone"),
    )

    def inputs(self) -> Properties:
        return {
            "email": f"Ada-{self.number}@invited.example",
            "name": "Ada",
            "lastName": "Lovelace",
            "orgRole": "WORKSPACES",
            "password": "canary-first-password",
            "sendInvite": False,
        }

    def changes(self) -> Properties:
        return {
            "email": f"grace-{next(NUMBERS)}-{self.number}@invited.example",
            "name": "Grace",
            "lastName": "Hopper",
            "orgRole": "ADMINISTRATOR",
        }

    def outputs(self, identifier: str) -> Properties:
        return {"userId": identifier, "orgId": "demo-organization"}

    def live(self) -> dict[str, Properties]:
        ending = f"-{self.number}@invited.example"
        found = self.emulator.store.find(User)
        return {
            each.id: {**each.values(), "orgRole": ORG_ROLES.text(each.org_role), "password": None}
            for each in found
            if each.email.endswith(ending) and each.deleted_at is None
        }

    def add(self, inputs: Properties) -> str:
        role = ORG_ROLES.number(inputs["orgRole"])
        names = {"name": inputs["name"], "last_name": inputs["lastName"]}
        return self.emulator.add_user(inputs["email"], org_role=role, **names).id

    def change(self, identifier: str, name: str, value: Any) -> None:
        number = ORG_ROLES.number(value) if name == "orgRole" else value
        self.emulator.store.change(User, User.attributes({name: number}), id=identifier)

    def remove(self, identifier: str) -> None:
        self.emulator.store.change(User, {"deleted_at": "2026-01-01"}, id=identifier)
