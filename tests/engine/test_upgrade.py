"""States that earlier versions left: this version finds nothing to change in them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from tools.pulumi_project import Project
from tools.record_state import PACKAGES, SECRET, STATES, variables_of

pytestmark = pytest.mark.engine

RECORDED = sorted(each.stem for each in STATES.glob("*.json"))


class Upgraded:
    """A stack with the state of an earlier version, and a backend with what that has made.

    Args:
        project: The stack; it has its config already.
        emulator: The backend.
        recorded: What was recorded.
    """

    def __init__(self, project: Project, emulator: Emulator, recorded: dict[str, Any]) -> None:
        self.project = project
        self.emulator = emulator
        new_ids = restore(emulator, recorded)
        text = json.dumps(recorded["state"])
        for old, new in new_ids.items():
            text = text.replace(old, new)
        resources = json.loads(text)["deployment"]["resources"]
        self.resources = [r for r in resources if not r["type"].startswith("pulumi:providers:")]
        self.ids = {each["id"] for each in self.resources if each["type"].endswith(":ApiKey")}
        state = project.home / "recorded.json"
        state.write_text(text)
        project.configure(
            {
                "package": recorded["package"],
                "workspaceId": emulator.workspace_id,
                "userId": next((new_ids[each] for each in recorded["users"]), ""),
            }
        )
        project.configure({"secret": SECRET}, secret=True)
        self.pulumi("stack", "import", "--file", str(state))
        state.unlink()

    def pulumi(self, *arguments: str) -> str:
        """Run a command on the stack."""
        return self.project.pulumi(*arguments, "--stack", self.project.stack)

    def backend(self) -> dict[str, Any]:
        """Return what the backend has."""
        emulator = self.emulator
        return {
            each.id: (each.name, emulator.members(each.id), emulator.api_keys(each.id))
            for each in emulator.workspaces()
        }

    def keys(self) -> dict[str, str]:
        """Return the secrets of all keys by id."""
        rows = (row for _, _, keys in self.backend().values() for row in keys)
        return {row["id"]: row["secret"] for row in rows}


@pytest.fixture(params=RECORDED)
def upgraded(
    request: pytest.FixtureRequest, pulumi_cli: Path, tmp_path: Path, flashback_emulator: Emulator
) -> Iterator[Upgraded]:
    recorded = json.loads((STATES / f"{request.param}.json").read_text(encoding="utf-8"))
    directory = shutil.copytree(STATES / recorded["program"], tmp_path / "program")
    variables = variables_of(flashback_emulator, Path(sys.executable), pulumi_cli, tmp_path)
    project = Project(directory, pulumi_cli, variables, home=tmp_path / "home")
    project.create_stack()
    yield Upgraded(project, flashback_emulator, recorded)
    assert not project.files_with(SECRET)


def restore(emulator: Emulator, recorded: dict[str, Any]) -> dict[str, str]:
    """Put everything into the backend as it was; return the ids that are new, by the old ones."""
    ids: dict[str, str] = {
        old: emulator.add_user(email).id for old, email in recorded["users"].items()
    }
    present = {each.id for each in emulator.workspaces()}
    for old, workspace in recorded["workspaces"].items():
        made = old if old in present else emulator.add_workspace(workspace["name"]).id
        ids[old] = made
        members: dict[str, str] = workspace["members"]
        for user, role in members.items():
            emulator.set_member(made, ids.get(user, user), role)
        for row in workspace["keys"]:
            restore_key(emulator, made, row)
    return {old: new for old, new in ids.items() if old != new}


def restore_key(emulator: Emulator, workspace_id: str, row: dict[str, Any]) -> None:
    fields = {name: value for name, value in row.items() if value is not None}
    identifier, created_at = fields.pop("id"), fields.pop("createdAt")
    made = emulator.add_api_key(workspace_id, **fields)
    emulator.update_api_key(made, {"id": identifier, "created_at": created_at})


def test_each_resource_is_recorded_in_both_forms() -> None:
    assert {name.rpartition("-")[2] for name in RECORDED} >= PACKAGES.keys()
    types = {
        each["type"].rpartition(":")[2]
        for name in RECORDED
        for each in json.loads((STATES / f"{name}.json").read_text())["state"]["deployment"][
            "resources"
        ]
    }
    assert types >= {"ApiKey", "Workspace", "WorkspaceMember", "FlashbackWorkspace"}


def test_nothing_changes(upgraded: Upgraded) -> None:
    before = upgraded.backend()
    shown = upgraded.pulumi("preview", "--diff", "--expect-no-changes")
    assert f"{len(upgraded.resources)} unchanged" in shown
    upgraded.project.up("--expect-no-changes")
    assert upgraded.emulator.requests == []
    upgraded.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    upgraded.project.up("--expect-no-changes")
    assert {method for method, _, _ in upgraded.emulator.requests} == {"GET"}
    assert upgraded.backend() == before


def test_keys_are_changed_in_place_and_deleted(upgraded: Upgraded) -> None:
    upgraded.project.configure({"secret": f"{SECRET}-rotated"}, secret=True)
    assert f"{len(upgraded.ids)} updated" in upgraded.project.up()
    after = upgraded.keys()
    assert after.keys() == upgraded.ids
    assert all(f"{SECRET}-rotated" in secret for secret in after.values())
    upgraded.pulumi("destroy", "--yes", "--skip-preview")
    assert upgraded.keys() == {}
    assert {each.id for each in upgraded.emulator.workspaces()} == {
        upgraded.emulator.workspace_id,
        upgraded.emulator.second_workspace_id,
    }
