"""``pulumi new`` with the templates of this repository, and the first run of what it creates."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from tests.projects import EXAMPLES, project_on

pytestmark = [pytest.mark.sdk, pytest.mark.engine, pytest.mark.timeout(900)]


@pytest.mark.parametrize("language", ["python", "yaml"])
def test_a_new_project_runs(
    language: str, pulumi_cli: Path, yaml_host: Path, flashback_emulator: Emulator, tmp_path: Path
) -> None:
    search = (yaml_host, Path(sys.executable).parent, os.environ["PATH"])
    project = project_on(flashback_emulator, tmp_path / "backups", pulumi_cli, *search)
    project.state_directory.mkdir(parents=True)
    template = EXAMPLES.parent / "templates" / f"flashback-{language}"
    project.pulumi("new", str(template), "--yes", "--generate-only", "--force")
    assert "name: backups" in (project.directory / "Pulumi.yaml").read_text()
    if language == "python":
        # the environment that has this checkout, instead of one with the published package
        (project.directory / "venv").symlink_to(Path(sys.prefix))
    project.begin(flashback_emulator)
    project.up()
    assert "unchanged" in project.up("--expect-no-changes")
    outputs = project.outputs()
    (key,) = flashback_emulator.api_keys(workspace_id=outputs["workspaceId"])
    assert key["id"] == outputs["apiKeyId"]
    project.assert_destroyed(flashback_emulator)
