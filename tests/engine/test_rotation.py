"""The recipes of docs/rotate-keys.md, in the order in which the backend sees them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from tools.pulumi_project import Project

pytestmark = pytest.mark.engine

PROGRAM = Path(__file__).parent / "rotation_program"
NEW_PAIR, OLD_PAIR_DELETED = "GET /health", "GET /"


@pytest.fixture
def project(pulumi_cli: Path, tmp_path: Path, flashback_emulator: Emulator) -> Iterator[Project]:
    emulator = flashback_emulator
    directory = shutil.copytree(PROGRAM, tmp_path / "rotation")
    signed_in = {"FLASHBACK_BASE_URL": emulator.base_url, "FLASHBACK_TOKEN": emulator.token}
    made = Project(directory, pulumi_cli, signed_in, home=tmp_path / "home")
    made.create_stack()
    made.configure(
        {
            "workspaceId": emulator.workspace_id,
            "backend": emulator.base_url,
            "generation": "1",
            "written": "2026-01",
        }
    )
    yield made
    for generation in ("1", "2"):
        assert not made.files_with(f"canary-{generation}")


def events(emulator: Emulator) -> list[str]:
    """What was made, changed and deleted, in order."""
    told = (NEW_PAIR, OLD_PAIR_DELETED)
    seen = [f"{method} {path}" for method, path, _ in emulator.requests]
    return [each for each in seen if each in told or not each.startswith("GET")]


def test_in_place_the_old_pair_goes_last(project: Project, flashback_emulator: Emulator) -> None:
    project.up()
    (before,) = flashback_emulator.api_keys()
    assert before["secret"] == "canary-1"
    flashback_emulator.requests.clear()
    project.configure({"generation": "2"})
    project.up()
    (after,) = flashback_emulator.api_keys()
    assert (after["id"], after["key"], after["secret"]) == (before["id"], "AKIA-2", "canary-2")
    assert events(flashback_emulator) == [NEW_PAIR, "PUT /apikeys/{id}", OLD_PAIR_DELETED]


def test_a_trigger_writes_a_secret_again_that_somebody_changed(
    project: Project, flashback_emulator: Emulator
) -> None:
    project.up()
    (before,) = flashback_emulator.api_keys()
    flashback_emulator.update_api_key(before["id"], {"secret": "of somebody else"})
    flashback_emulator.requests.clear()
    project.pulumi("refresh", "--yes", "--skip-preview", "--stack", "dev")
    project.up("--expect-no-changes")  # nobody can see it
    project.configure({"written": "2026-02"})
    project.up()
    assert flashback_emulator.api_keys() == [before]
    assert events(flashback_emulator) == ["PUT /apikeys/{id}"]
    project.up("--expect-no-changes")


def test_two_keys_overlap(project: Project, flashback_emulator: Emulator) -> None:
    project.configure({"overlap": "true"})
    project.up()
    (before,) = flashback_emulator.api_keys()
    flashback_emulator.requests.clear()
    project.configure({"generation": "2"})
    project.up()
    (after,) = flashback_emulator.api_keys()
    assert after["id"] != before["id"]
    assert project.outputs()["apiKeyId"] == after["id"]
    # both keys and both pairs exist until everything refers to the new ones
    assert events(flashback_emulator) == [
        NEW_PAIR,
        "POST /apikeys",
        "DELETE /apikeys/{id}",
        OLD_PAIR_DELETED,
    ]
