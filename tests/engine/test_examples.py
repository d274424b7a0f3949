"""Each example runs as its README says: the plain CLI in its directory."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from tools.pulumi_project import Project

pytestmark = pytest.mark.engine

EXAMPLES = Path(__file__).parents[2] / "examples"
SECRET = "canary-secret-of-an-example"

CONFIG = {
    "quickstart": ["accessKey", "secretKey"],
    "workspace": [
        f"{label}{half}"
        for label in ("archive", "analytics", "documents")
        for half in ("Key", "Secret")
    ],
    "declarative": ["archiveKey", "archiveSecret", "analyticsKey"],
}
"""The secret config of each example, by directory."""


WITH_THE_PLUGIN = {"accounts", "go", "typescript", "yaml"}
"""The examples that tests/sdk/test_programs.py runs."""

IN_FOUR_LANGUAGES = ("ai", "storage")
"""Those of them that have a directory for each language."""

OFFLINE = "offline-tests"
"""The example that is a test itself: tests/docs runs it as its README says."""


def test_each_example_is_tested() -> None:
    found = {each.parent.name for each in EXAMPLES.glob("*/Pulumi.yaml")}
    for name in IN_FOUR_LANGUAGES:
        languages = {each.parent.name for each in EXAMPLES.glob(f"{name}/*/Pulumi.yaml")}
        assert languages == {"go", "python", "typescript", "yaml"}
        assert (EXAMPLES / name / "README.md").is_file()
    assert found == {*CONFIG, *WITH_THE_PLUGIN, OFFLINE}
    assert all((EXAMPLES / name / "README.md").is_file() for name in found)
    for name in (*CONFIG, OFFLINE):
        assert (EXAMPLES / name / "requirements.txt").read_text().split() == ["pulumi_flashback"]


@pytest.mark.parametrize("name", CONFIG)
def test_example(name: str, pulumi_cli: Path, tmp_path: Path, flashback_emulator: Emulator) -> None:
    emulator = flashback_emulator
    signed_in = {
        "FLASHBACK_BASE_URL": emulator.base_url,
        "FLASHBACK_EMAIL": emulator.email,
        "FLASHBACK_PASSWORD": emulator.password,
        "ANALYTICS_SECRET": f"{SECRET}-of-the-environment",
    }
    emulator.add_user("ada@example.com")
    emulator.add_user("grace@example.com")
    workspaces = emulator.workspaces()
    shutil.copytree(EXAMPLES / name, tmp_path / name)
    project = Project(tmp_path / name, pulumi_cli, signed_in, home=tmp_path / "home")
    project.create_stack()
    project.configure({"workspaceId": emulator.workspace_id, "environment": "development"})
    project.configure({key: f"{SECRET}-{key}" for key in CONFIG[name]}, secret=True)
    printed = project.up()
    live = {row["id"] for each in emulator.workspaces() for row in emulator.api_keys(each.id)}
    assert live == {each["id"] for each in project.resources()}
    outputs = project.outputs()
    exported = outputs.get("apiKeyIds") or {"": outputs["apiKeyId"]}
    assert set(exported.values()) == live
    assert "unchanged" in project.up()
    printed += project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")
    assert emulator.api_keys() == []
    assert emulator.workspaces() == workspaces
    assert SECRET not in printed
    assert not project.files_with(SECRET)
