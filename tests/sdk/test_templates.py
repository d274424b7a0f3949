"""``pulumi new`` with the templates of this repository, and the first run of what it creates."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from tests.sdk.conftest import SDK
from tools.pulumi_project import Project

pytestmark = [pytest.mark.sdk, pytest.mark.engine, pytest.mark.timeout(900)]


@pytest.mark.parametrize("language", ["python", "yaml"])
def test_a_new_project_runs(
    language: str, pulumi_cli: Path, yaml_host: Path, flashback_emulator: Emulator, tmp_path: Path
) -> None:
    directory = tmp_path / "backups"
    directory.mkdir()
    search = [pulumi_cli, yaml_host, Path(sys.executable).parent, os.environ["PATH"]]
    variables = {
        "FLASHBACK_BASE_URL": flashback_emulator.base_url,
        "FLASHBACK_TOKEN": flashback_emulator.token,
        "PATH": os.pathsep.join(map(str, search)),
    }
    project = Project(directory, pulumi_cli, variables, home=tmp_path / "home")
    project.state_directory.mkdir(parents=True)
    template = str(SDK.parent / "templates" / f"flashback-{language}")
    project.pulumi("new", template, "--yes", "--generate-only", "--force")
    program = directory / "Pulumi.yaml"
    assert "name: backups" in program.read_text()
    if language == "python":
        # the environment that has this checkout, instead of one with the published package
        (directory / "venv").symlink_to(Path(sys.prefix))
    project.pulumi("stack", "init", "dev")
    project.configure({"accessKey": "AKIA"})
    project.configure({"secretKey": "canary-secret-of-a-template"}, secret=True)
    project.up()
    assert "unchanged" in project.up("--expect-no-changes")
    outputs = project.outputs()
    (key,) = flashback_emulator.api_keys(workspace_id=outputs["workspaceId"])
    assert key["id"] == outputs["apiKeyId"]
    assert not project.files_with("canary-secret-of-a-template")
