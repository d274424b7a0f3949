"""States that earlier versions left: this version finds nothing to change in them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from tools.pulumi_project import Project
from tools.record_state import SECRET, STATES

pytestmark = pytest.mark.engine

RECORDED = sorted(each.stem for each in STATES.glob("*.json"))


@pytest.fixture(params=RECORDED)
def upgraded(
    request: pytest.FixtureRequest, pulumi_cli: Path, tmp_path: Path, flashback_emulator: Emulator
) -> Iterator[Project]:
    """A stack with the state of an earlier version, and a backend with what that has made."""
    recorded = json.loads((STATES / f"{request.param}.json").read_text())
    for row in recorded["keys"]:
        restore(flashback_emulator, row)
    assert sorted(flashback_emulator.api_keys(), key=str) == sorted(recorded["keys"], key=str)
    directory = shutil.copytree(STATES / "program", tmp_path / "program")
    signed_in = {
        "FLASHBACK_BASE_URL": flashback_emulator.base_url,
        "FLASHBACK_TOKEN": flashback_emulator.token,
    }
    project = Project(directory, pulumi_cli, signed_in, home=tmp_path / "home")
    project.create_stack()
    project.configure({"workspaceId": flashback_emulator.workspace_id})
    project.configure({"secret": SECRET}, secret=True)
    state = tmp_path / "recorded.json"
    state.write_text(json.dumps(recorded["state"]))
    project.pulumi("stack", "import", "--file", str(state), "--stack", "dev")
    yield project
    assert not project.files_with(SECRET)


def restore(emulator: Emulator, row: dict[str, Any]) -> None:
    """Put a key into the backend as it was, with its id and time."""
    fields = {name: value for name, value in row.items() if value is not None}
    made = emulator.add_api_key(**{n: v for n, v in fields.items() if n not in ("id", "createdAt")})
    emulator.update_api_key(made, {"id": row["id"], "created_at": row["createdAt"]})


def test_there_is_a_recorded_state() -> None:
    assert RECORDED


def test_nothing_changes(upgraded: Project, flashback_emulator: Emulator) -> None:
    before = flashback_emulator.api_keys()
    shown = upgraded.pulumi("preview", "--diff", "--expect-no-changes", "--stack", "dev")
    assert f"{len(before) + 1} unchanged" in shown
    upgraded.up("--expect-no-changes")
    assert flashback_emulator.requests == []
    upgraded.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "dev")
    upgraded.up("--expect-no-changes")
    assert {method for method, _, _ in flashback_emulator.requests} == {"GET"}
    assert flashback_emulator.api_keys() == before


def test_keys_are_changed_in_place_and_deleted(
    upgraded: Project, flashback_emulator: Emulator
) -> None:
    before = {row["id"] for row in flashback_emulator.api_keys()}
    upgraded.configure({"secret": f"{SECRET}-rotated"}, secret=True)
    assert f"{len(before)} updated" in upgraded.up()
    after = flashback_emulator.api_keys()
    assert {row["id"] for row in after} == before
    assert all(f"{SECRET}-rotated" in row["secret"] for row in after)
    upgraded.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")
    assert flashback_emulator.api_keys() == []
