"""A user and the memberships of the user in one program, which calls a function in between."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from tools.pulumi_project import Project
from tools.record_state import variables_of

pytestmark = pytest.mark.engine

PROGRAM = """
import pulumi
import pulumi_flashback as flashback

config = pulumi.Config()
workspace_id = config.require("workspaceId")
ada, grace = (
    flashback.OrganizationUser(
        name,
        email=f"{name}@example.com",
        name=name,
        last_name="Of a test",
        org_role="USER",
        password=config.require_secret("password"),
    )
    for name in ("ada", "grace")
)
flashback.WorkspaceMember("ada", workspace_id=workspace_id, user_id=ada.user_id, role="READ")
# by the email address: the user must exist first, and in a preview the id of a new one is unknown
email = pulumi.Output.all(grace.email, grace.id).apply(lambda known: known[0])
found = flashback.get_organization_users_output(email=email)
flashback.WorkspaceMember(
    "grace",
    workspace_id=workspace_id,
    user_id=found.apply(lambda result: result.users[0].id),
    role="WRITE",
)
"""


def test_users_and_their_memberships_in_one_program(
    pulumi_cli: Path,
    installed_sdk: Path,
    tmp_path: Path,
    flashback_emulator: Emulator,
) -> None:
    emulator, directory = flashback_emulator, tmp_path / "program"
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text("name: users\nruntime: python\n")
    (directory / "__main__.py").write_text(PROGRAM)
    variables = variables_of(emulator, Path(sys.executable), pulumi_cli, installed_sdk)
    project = Project(directory, pulumi_cli, variables, home=tmp_path / "home")
    project.create_stack()
    project.configure({"workspaceId": emulator.workspace_id})
    project.configure({"password": "canary-first-password"}, secret=True)
    before = emulator.members(emulator.workspace_id)
    printed = project.pulumi("preview", "--stack", "dev")
    assert "5 to create" in printed
    printed += project.up()
    users = {name: emulator.user(f"{name}@example.com") for name in ("ada", "grace")}
    roles = {
        user.id: role for user, role in zip(users.values(), ("READ", "WRITE"), strict=True) if user
    }
    assert emulator.members(emulator.workspace_id) == {**before, **roles}
    assert "unchanged" in project.up("--expect-no-changes")
    printed += project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")
    assert emulator.members(emulator.workspace_id) == before
    assert all(
        user and user.deleted_at
        for user in map(emulator.user, ("ada@example.com", "grace@example.com"))
    )
    assert "canary" not in printed
    assert not project.files_with("canary")
