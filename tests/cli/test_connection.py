"""The settings: variables, and the config of a stack by the user's own CLI."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_flashback.cli.connection import read_configuration
from pulumi_flashback.client import FlashbackError
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.settings import ALL_SETTINGS, BASE_URL, EMAIL, TIMEOUT, TOKEN
from tests.cli.conftest import Run, error_line

Programs = Callable[[str, str], None]


def config(**values: str) -> str:
    """A script that prints what ``pulumi config --json`` prints, and keeps how it was called."""
    entries = {key.replace("__", ":"): {"value": text} for key, text in values.items()}
    entries["flashback:list"] = {"objectValue": []}  # type: ignore[dict-item] # a config has these
    entries["project:token"] = {"value": "another"}
    return f'echo "$@" >> "$CALLED"; echo {shlex.quote(json.dumps(entries))}'


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CALLED", str(tmp_path / "called"))
    return tmp_path / "called"


def test_variables_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASHBACK_TOKEN", "a-token")
    monkeypatch.setenv("FLASHBACK_TIMEOUT", " ")
    found = read_configuration(None)
    assert found.settings.credentials == {"token": "a-token"}
    assert found.origin(TOKEN) == "from FLASHBACK_TOKEN"
    assert found.origin(TIMEOUT) == "default"
    assert found.origin(EMAIL) == "not set"


def test_the_config_of_a_stack(
    programs: Programs, called: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs("pulumi", config(flashback__token="t", flashback__timeout="7", flashback__email="e"))
    monkeypatch.setenv("FLASHBACK_TIMEOUT", "8")
    found = read_configuration("org/dev")
    assert called.read_text().split() == [
        "--non-interactive",
        "config",
        "--json",
        "--show-secrets",
        "--stack=org/dev",
    ]
    assert set(found.stack_config) == {"flashback:token", "flashback:timeout", "flashback:email"}
    assert found.settings.timeout == 8
    assert found.origin(TIMEOUT) == "from FLASHBACK_TIMEOUT"
    assert found.origin(TOKEN) == "from the config of stack org/dev"
    assert found.origin(BASE_URL) == "default"
    assert "'t'" not in repr(found)


def test_every_setting_has_an_origin() -> None:
    found = read_configuration(None)
    assert {found.origin(each) for each in ALL_SETTINGS} == {"default", "not set"}


def test_without_the_cli(programs: Programs) -> None:
    with pytest.raises(FlashbackError, match="no pulumi on PATH"):
        read_configuration("dev")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'first'; printf 'error: no stack\\033[0m\\n\\n' >&2; exit 255", "error: no stack"),
        ("exit 1", "no reason given"),
        ("echo warning", "pulumi does not print JSON"),
    ],
)
def test_a_cli_that_fails(script: str, words: str, programs: Programs, run: Run) -> None:
    programs("pulumi", script)
    ended = run("workspaces", "list", "--config-of", "dev")
    assert ended.code == 1
    assert error_line(ended.err) == f"the config of stack dev cannot be read: {words}"


@pytest.mark.parametrize(
    "command",
    [
        ["doctor"],
        ["workspaces", "list"],
        ["keys", "list", "--workspace", "W"],
        ["keys", "delete", "K", "--yes", "--workspace", "W"],
        ["orphans", "--workspace", "W", "--state", os.devnull],
        ["import", "W", "--out", "x"],
    ],
)
def test_every_command_signs_in_with_it(
    command: list[str],
    programs: Programs,
    called: Path,
    run: Run,
    flashback_emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    state = tmp_path / "state.json"
    state.write_text('{"deployment": {}}')
    monkeypatch.chdir(tmp_path)
    emulator = flashback_emulator
    identifier = emulator.add_api_key()
    programs(
        "pulumi", config(flashback__token=emulator.token, flashback__baseUrl=emulator.base_url)
    )
    ids = {"W": emulator.workspace_id, "K": identifier, os.devnull: str(state)}
    ended = run(*(ids.get(word, word) for word in command), "--config-of", "dev")
    assert ended.err == ""
    assert ended.code == 0
    assert called.read_text().splitlines()[0].endswith(" --stack=dev")
