"""``flashback_project.stack`` with projects as people have them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pulumi import automation

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.testing import ProjectFactory, flashback_project

__all__ = ["flashback_project"]

pytestmark = pytest.mark.engine

PROJECT = """
name: team
description: über allem
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: environment
"""
MODULE = """
import pulumi
from pulumi_flashback import ApiKey

config = pulumi.Config()
key = ApiKey(
    "key",
    workspace_id=config.require("workspaceId"),
    key=config.require("key"),
    secret=config.require_secret("secret"),
    provider="AWS",
)
"""


@pytest.fixture
def team(
    tmp_path: Path,
    pulumi_cli: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A project with a virtual environment and a stack that are of no use here."""
    monkeypatch.setenv("PATH", os.pathsep.join([str(pulumi_cli), os.environ["PATH"]]))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    directory = tmp_path / "team"
    (directory / "environment" / "bin").mkdir(parents=True)
    (directory / "environment" / "bin" / "python").symlink_to("/nowhere")
    (directory / "Pulumi.yaml").write_text(PROJECT, encoding="utf-8")
    (directory / "Pulumi.test.yaml").write_text("encryptionsalt: v1:of:another\n")
    (directory / "__main__.py").write_text("import network\n")
    (directory / "network.py").write_text(MODULE)
    return directory


def test_a_project_as_it_lies_about(
    team: Path, tmp_path: Path, flashback_project: ProjectFactory, flashback_emulator: Emulator
) -> None:
    before = sorted(team.rglob("*"))
    workspace = {"workspaceId": flashback_emulator.workspace_id}
    project = flashback_project(team)
    project.stack({**workspace, "key": "1"}, {"secret": "one"}).up()
    project.stack({**workspace, "key": "2"}, {"secret": "two"}, name="other").up()
    assert [row["secret"] for row in flashback_emulator.api_keys()] == ["one", "two"]
    assert sorted(team.rglob("*")) == before
    with pytest.raises(automation.CommandError, match="team:workspaceId"):
        project.stack({"key": "3"}, {"secret": "three"}, name="third").up()
    assert len(flashback_emulator.api_keys()) == 2
    assert not (tmp_path / "home" / "credentials.json").exists()  # the user's login stays
