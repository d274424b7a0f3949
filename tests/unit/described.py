"""A program that declares ``FlashbackWorkspace``, without an engine."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from pulumi_flashback import FlashbackWorkspace, KeyDescription, WorkspaceDescription

KEY = KeyDescription(key="canary-1", secret="canary-2", provider="AWS")
USERS = {
    "u-ada": "Ada@Example.com",
    "u-ada-2": "ada@example.com",
    "u-grace": "grace@example.com",
    "u-kate": "kate@example.com",
    "u-strasse": "straße@example.com",
    "u-nobody": None,
}


class Registrations(mocks.Mocks):
    """Keeps what a program registers and calls."""

    def __init__(self) -> None:
        self.resources: list[mocks.MockResourceArgs] = []
        self.calls: list[str] = []
        self.total = len(USERS)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.resources.append(args)
        return f"id of {args.name}", args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[Any]]:
        self.calls.append(args.token)
        users = [{"id": id_, "email": email} for id_, email in USERS.items()]
        return {"users": users, "total": self.total}, []


def run(description: WorkspaceDescription) -> dict[str, Any]:
    """Declare a component and return its outputs."""
    found: dict[str, Any] = {}

    def program() -> Any:
        team = FlashbackWorkspace("team", description)
        ids = pulumi.Output.all(
            workspace_id=team.workspace_id, members=team.member_ids, keys=team.api_key_ids
        )
        return ids.apply(found.update)

    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call] # the SDK's
    return found


def errors(description: WorkspaceDescription, name: str = "team") -> list[str]:
    with pytest.raises(pulumi.RunError) as error:
        run(description)
    assert "canary" not in str(error.value)
    lines = str(error.value).split("\n")
    assert all(line.startswith(f"{name}:") for line in lines)
    return [line.removeprefix(f"{name}:").strip() for line in lines]
