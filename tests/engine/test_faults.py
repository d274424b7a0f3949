"""Faults through the whole stack: the CLI, the provider process, the network, the backend."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from tests.engine.conftest import PROGRAM, Stack
from tools.pulumi_project import CommandFailedError, Project

pytestmark = pytest.mark.engine


@pytest.fixture
def faulty_stack(pulumi_cli: Path, tmp_path: Path, faulty_emulator: Emulator) -> Iterator[Stack]:
    """A stack on a backend that takes faults to make."""
    shutil.copytree(PROGRAM, tmp_path / "program")
    variables = {
        "FLASHBACK_BASE_URL": faulty_emulator.base_url,
        "FLASHBACK_TOKEN": faulty_emulator.token,
        "FLASHBACK_TIMEOUT": "1",
        "FLASHBACK_MAX_RETRIES": "1",
    }
    project = Project(tmp_path / "program", pulumi_cli, variables, home=tmp_path / "home")
    project.create_stack()
    yield Stack(project, faulty_emulator)
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.parametrize(
    "fault",
    [
        "commit-then-reset",
        "commit-then-503",
        "stall-after-commit",
        "truncated-json",
        "without-id",
        "cut-off",
        "slow-drip",
    ],
)
def test_a_lost_answer_to_a_create_leaves_one_key_that_the_state_knows(
    faulty_stack: Stack, fault: str
) -> None:
    faulty_stack.emulator.script_faults({"POST /apikeys": [fault]})
    faulty_stack.declare(
        {
            "key": faulty_stack.inputs(),
            "other": faulty_stack.inputs(key="CANARYKEY-OTHER"),
        }
    )
    faulty_stack.up()
    assert faulty_stack.emulator.faults_left() == {}
    assert len(faulty_stack.emulator.api_keys()) == 2
    assert faulty_stack.emulator.count("POST", "/apikeys") == 2
    faulty_stack.assert_sound()
    assert "3 unchanged" in faulty_stack.refresh()
    assert "3 unchanged" in faulty_stack.up()
    faulty_stack.assert_sound()


@pytest.mark.parametrize("fault", ["refuse", "reset-before-effect", "500", "html-502", "redirect"])
def test_a_create_without_effect_is_an_error_and_the_next_run_succeeds(
    faulty_stack: Stack, fault: str
) -> None:
    faulty_stack.emulator.script_faults({"POST /apikeys": [fault]})
    faulty_stack.declare({"key": faulty_stack.inputs()})
    with pytest.raises(CommandFailedError) as failure:
        faulty_stack.up()
    assert "could not create the ApiKey: no clear answer came" in failure.value.output
    faulty_stack.assert_sound()
    faulty_stack.up()
    assert len(faulty_stack.emulator.api_keys()) == 1
    faulty_stack.assert_sound()


@pytest.mark.parametrize("fault", ["commit-then-reset", "503", "truncated-json", "rate-limit"])
def test_everything_else_is_repeated(faulty_stack: Stack, fault: str) -> None:
    emulator = faulty_stack.emulator
    faulty_stack.declare({"key": faulty_stack.inputs()})
    faulty_stack.up()
    emulator.script_faults(
        {each: [fault] for each in ("PUT /apikeys/{id}", "GET /apikeys", "DELETE /apikeys/{id}")}
    )
    faulty_stack.declare({"key": faulty_stack.inputs(secret="canary-secret-2")})
    faulty_stack.up()
    assert emulator.api_keys()[0]["secret"] == "canary-secret-2"
    assert "2 unchanged" in faulty_stack.refresh()
    faulty_stack.assert_sound()
    faulty_stack.destroy()
    assert emulator.api_keys() == []
    assert emulator.faults_left() == {}
    faulty_stack.assert_sound()


def test_a_backend_that_repeats_every_secret_shows_none(faulty_stack: Stack) -> None:
    token = faulty_stack.project.variables["FLASHBACK_TOKEN"]
    inputs = faulty_stack.inputs()
    echo = f"{inputs['secret']} {inputs['key']} {token}"
    body = json.dumps({"success": False, "message": echo})
    faulty_stack.emulator.script_faults({"POST /apikeys": [{"fault": "500", "body": body}]})
    faulty_stack.declare({"key": inputs})
    with pytest.raises(CommandFailedError) as failure:
        faulty_stack.up()
    assert "[secret]" in failure.value.output
    assert token not in failure.value.output
    faulty_stack.assert_sound()
