"""What the tests of members have in common."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.emulator import Emulator
from tests.contract.steps import sign_in as sign_in

Inputs = dict[str, Any]


GET, POST = "GET /workspace/{id}", "POST /workspace/{id}/users"


PUT, DELETE = "PUT /workspace/{id}/users/{userId}", "DELETE /workspace/{id}/users/{userId}"


def new_user(emulator: Emulator, name: str = "ada", role: str = "WRITE", **more: Any) -> Inputs:
    """Add a user to the organization, and return the inputs that make a member of it."""
    user = emulator.add_user(f"{name}@flashback.example", **more)
    return {"workspaceId": emulator.workspace_id, "userId": user.id, "role": role}


def new_member(emulator: Emulator, name: str = "ada", role: str = "WRITE") -> Inputs:
    """Add a user who is a member already, and return its inputs."""
    inputs = new_user(emulator, name, role)
    emulator.set_member(inputs["workspaceId"], inputs["userId"], role)
    return inputs


def own(emulator: Emulator, role: str = "ADMIN") -> Inputs:
    """Return the inputs of the user that is signed in."""
    return {"workspaceId": emulator.workspace_id, "userId": emulator.user_id, "role": role}


def id_of(inputs: Inputs) -> str:
    return f"{inputs['workspaceId']}/{inputs['userId']}"


def state_of(inputs: Inputs, name: str = "ada") -> Inputs:
    return {**inputs, "email": f"{name}@flashback.example", "orgId": "demo-organization"}


def role_of(emulator: Emulator, inputs: Inputs) -> str | None:
    return emulator.members(inputs["workspaceId"]).get(inputs["userId"])
