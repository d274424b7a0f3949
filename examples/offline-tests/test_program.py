"""Tests of the program beside this file, without an account."""

from pathlib import Path

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.testing import ProjectFactory

PROJECT = Path(__file__).parent
REGIONS = {"us-east-1", "eu-central-1"}
SECRETS = {"accessKey": "an access key", "secretKey": "a secret"}


def test_what_is_declared(flashback_project: ProjectFactory) -> None:
    """No CLI and no backend is used: this takes some milliseconds."""
    declared = flashback_project(PROJECT).declared({"workspaceId": "a workspace"}, SECRETS)
    assert {name.removeprefix("backups-") for name in declared} == REGIONS
    for key in declared.values():
        assert key.inputs["endpoint"] == f"s3.{key.inputs['region']}.amazonaws.com"
        assert key.secrets == {"key", "secret"}


def test_what_is_made(flashback_project: ProjectFactory, flashback_emulator: Emulator) -> None:
    """The real engine, and a backend on this machine."""
    config = {"workspaceId": flashback_emulator.workspace_id}
    stack = flashback_project(PROJECT).stack(config, SECRETS)
    stack.up()
    rows = flashback_emulator.api_keys()
    assert {row["region"] for row in rows} == REGIONS
    assert stack.outputs()["apiKeyIds"].value == {row["region"]: row["id"] for row in rows}
    stack.up(expect_no_changes=True)

    flashback_emulator.delete_api_key(rows[0]["id"])  # by somebody else
    stack.up(refresh=True)
    assert {row["region"] for row in flashback_emulator.api_keys()} == REGIONS

    stack.destroy()
    assert flashback_emulator.api_keys() == []
