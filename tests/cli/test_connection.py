"""The settings: variables, and the config of a stack by the user's own CLI."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import pytest

from pulumi_flashback.cli.connection import read_configuration
from pulumi_flashback.client import FlashbackError
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.settings import BASE_URL, EMAIL, TIMEOUT, TOKEN
from tests.cli.conftest import Programs, Run, error_line


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file in which ``config`` notes how it was called."""
    monkeypatch.setenv("CALLED", str(tmp_path / "called"))
    return tmp_path / "called"


def config(**values: str) -> str:
    """Return a script that prints what ``pulumi config --json`` prints."""
    entries: dict[str, object] = {f"flashback:{n}": {"value": text} for n, text in values.items()}
    others = {"flashback:list": {"objectValue": []}, "project:token": {"value": "another"}}
    return f'echo "$@" >> "$CALLED"; echo {shlex.quote(json.dumps({**entries, **others}))}'


def test_variables_and_the_config_of_a_stack(
    programs: Programs, called: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs("pulumi", config(token="t", timeout="7", email="e"))
    monkeypatch.setenv("FLASHBACK_TIMEOUT", "8")
    monkeypatch.setenv("FLASHBACK_EMAIL", " ")
    found = read_configuration("org/dev")
    command = "--non-interactive config --json --show-secrets --stack=org/dev"
    assert called.read_text() == f"{command}\n"
    assert set(found.stack_config) == {"flashback:token", "flashback:timeout", "flashback:email"}
    assert found.settings.timeout == 8
    assert [found.source(each) for each in (TIMEOUT, TOKEN, EMAIL, BASE_URL)] == [
        "FLASHBACK_TIMEOUT",
        *["the config of stack org/dev"] * 2,
        "",
    ]
    assert "'t'" not in repr(found)
    assert read_configuration(None).settings.credentials == {}


def test_without_the_cli(programs: Programs) -> None:
    with pytest.raises(FlashbackError, match="no pulumi on PATH"):
        read_configuration("dev")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'first'; printf 'error: no stack\\033[0m\\n\\n' >&2; exit 255", "no stack"),
        ("exit 1", "pulumi returned no error message"),
        ("echo warning", "pulumi did not print JSON"),
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
        ["workspaces", "delete", "W2", "--yes"],
        ["keys", "list", "--workspace", "W"],
        ["keys", "delete", "K", "--yes", "--workspace", "W"],
        ["orphans", "--workspace", "W", "--state", os.devnull],
        ["import", "W", "--out", "x"],
    ],
    ids=lambda command: " ".join(command[:2]),
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
    programs("pulumi", config(token=emulator.token, baseUrl=emulator.base_url))
    ids = {"W": emulator.workspace_id, "W2": emulator.second_workspace_id, "K": identifier}
    words = {**ids, os.devnull: str(state)}
    ended = run(*(words.get(word, word) for word in command), "--config-of", "dev")
    assert ended.err == ""
    assert ended.code == 0
    assert called.read_text().splitlines()[0].endswith(" --stack=dev")
