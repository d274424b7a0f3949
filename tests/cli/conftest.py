"""The command as a shell runs it: arguments in; exit code and two texts out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pulumi_flashback.cli.__main__ import main
from pulumi_flashback.emulator import Emulator

KEY = "CANARYKEY7QX2"
SECRET = "canary-secret-Zq8"

HOSTILE = 'it\'s "quoted" \\ ${name} $$ {{ x }} # no: comment\n\'\'\'"""\n\ttab \u202e\x1b[31mred\x07 é 🎉 %s - @ &a *b !c'
"""A text that means something to YAML, to Python, to the terminal or to Pulumi."""


@dataclass(frozen=True)
class Ended:
    """A command that has run.

    Attributes:
        code: Its exit code.
        out: What it printed.
        err: What it printed on the standard error.
    """

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command in this process; nothing shows a canary."""

    def execute(*arguments: str | Path) -> Ended:
        capsys.readouterr()
        try:
            code = main([str(each) for each in arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        printed = capsys.readouterr()
        for canary in (KEY, SECRET):
            assert canary not in printed.out + printed.err
        return Ended(code, printed.out, printed.err)

    return execute


@pytest.fixture
def signed_in(flashback_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return an emulator that the variables of this process sign in to."""
    monkeypatch.setenv("FLASHBACK_BASE_URL", flashback_emulator.base_url)
    monkeypatch.setenv("FLASHBACK_TOKEN", flashback_emulator.token)
    return flashback_emulator


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Return a function that puts a program on PATH, which has nothing else but a shell."""
    directory = tmp_path / "programs"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))

    def put(name: str, script: str) -> None:
        path = directory / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    return put


def error_line(text: str) -> str:
    """Return the one line of an error, without its first word."""
    assert text.startswith("error: ")
    assert text.count("\n") == 1
    assert "Traceback" not in text
    return text.removeprefix("error: ").rstrip("\n")


def environment_of(emulator: Emulator, **changes: str) -> dict[str, str]:
    """Return the variables of a process that is signed in."""
    inherited = {name: text for name, text in os.environ.items() if name != "NO_COLOR"}
    ours = {"FLASHBACK_BASE_URL": emulator.base_url, "FLASHBACK_TOKEN": emulator.token}
    return {**inherited, **ours, **changes}


COMMAND = (sys.executable, "-m", "pulumi_flashback.cli")
