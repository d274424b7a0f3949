"""States that earlier versions left: this version finds nothing to change in them."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from tests.engine.stack import Stack
from tools.pulumi_project import Project
from tools.record_state import PACKAGES, SECRET, STATES, variables_of

pytestmark = pytest.mark.engine

RECORDED = {
    each.stem: json.loads(each.read_text(encoding="utf-8")) for each in STATES.glob("*.json")
}


def resources(state: dict[str, Any]) -> list[dict[str, Any]]:
    found = state["deployment"]["resources"]
    return [each for each in found if not each["type"].startswith("pulumi:providers:")]


def restore(emulator: Emulator, recorded: dict[str, Any]) -> dict[str, str]:
    """Put everything into the backend as it was; return the new ids by the old ones."""
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
            fields = {name: value for name, value in row.items() if value is not None}
            original = {each: fields.pop(each) for each in ("id", "createdAt")}
            emulator.update_api_key(emulator.add_api_key(made, **fields), original)
    return ids


def backend(emulator: Emulator) -> dict[str, Any]:
    return {
        each.id: (each.name, emulator.members(each.id), emulator.api_keys(each.id))
        for each in emulator.workspaces()
    }


def test_each_resource_is_recorded_in_both_providers() -> None:
    assert {name.rpartition("-")[2] for name in RECORDED} >= PACKAGES.keys()
    found = (each for one in RECORDED.values() for each in resources(one["state"]))
    assert {each["type"].rpartition(":")[2] for each in found} >= {
        *("ApiKey", "Workspace", "WorkspaceMember", "FlashbackWorkspace")
    }


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_nothing_changes_and_all_can_be_changed_and_deleted(
    name: str, pulumi_cli: Path, installed_sdk: Path, tmp_path: Path, flashback_emulator: Emulator
) -> None:
    emulator, recorded = flashback_emulator, RECORDED[name]
    new_ids = restore(emulator, recorded)
    text = json.dumps(recorded["state"])
    for old, new in new_ids.items():
        text = text.replace(old, new)
    there = resources(json.loads(text))
    keys = {each["id"] for each in there if each["type"].endswith(":ApiKey")}
    state = tmp_path / "recorded.json"
    state.write_text(text)

    directory = shutil.copytree(STATES / recorded["program"], tmp_path / "program")
    variables = variables_of(emulator, Path(sys.executable), pulumi_cli, installed_sdk)
    project = Project(directory, pulumi_cli, variables, home=tmp_path / "home")
    project.create_stack()
    user = next((new_ids[each] for each in recorded["users"]), "")
    where = {"workspaceId": emulator.workspace_id, "userId": user}
    project.configure({"package": recorded["package"], **where})
    project.configure({"secret": SECRET}, secret=True)
    stack = Stack(project, emulator)
    stack.run("stack", "import", "--file", str(state))

    before = backend(emulator)
    assert f"{len(there)} unchanged" in stack.up("--expect-no-changes")
    assert stack.requests() == []
    stack.up("--refresh", "--expect-no-changes")
    assert stack.writes() == []
    assert backend(emulator) == before

    project.configure({"secret": f"{SECRET}-rotated"}, secret=True)
    assert f"{len(keys)} updated" in stack.up()
    rows = [row for _, _, rows in backend(emulator).values() for row in rows]
    assert {row["id"] for row in rows} == keys
    assert all(f"{SECRET}-rotated" in row["secret"] for row in rows)
    stack.destroy()
    assert {each: rows for each, (_, _, rows) in backend(emulator).items()} == {
        emulator.workspace_id: [],
        emulator.second_workspace_id: [],
    }
    assert SECRET not in stack.printed
    assert not project.files_with(SECRET)
