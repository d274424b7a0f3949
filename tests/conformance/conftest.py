"""``flashback conformance`` as a user runs it, on an emulator that has a second user."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.emulator.store import USER
from pulumi_flashback.testing import EmulatorFactory
from tests.cli.conftest import Ended, Run, run

__all__ = ["run"]

SECOND = {"email": "Grace.Hopper@flashback.example", "password": "demo-password"}


@dataclass(frozen=True)
class Conformed:
    """A run of the command that has ended.

    Attributes:
        ended: Its exit code and what it printed.
        settings: What it wrote with ``--settings``; nothing if it wrote no file.
        report: The same of ``--report``.
    """

    ended: Ended
    settings: dict[str, Any]
    report: dict[str, Any]

    def reason(self, behavior: str) -> str:
        """Return why a behavior was not observed."""
        found = {each["behavior"]: each for each in self.report["findings"]}
        return str(found[behavior].get("notObserved", ""))


Conform = Callable[..., Conformed]
Start = Callable[..., Emulator]


@pytest.fixture
def start(flashback_emulator_factory: EmulatorFactory) -> Start:
    """Return a function that starts an emulator with a second user."""

    def begin(
        settings: EmulatorSettings | None = None, *, role: int = USER, **more: Any
    ) -> Emulator:
        emulator = flashback_emulator_factory(settings, **more)
        emulator.add_user(SECOND["email"], name="Grace", last_name="Hopper", org_role=role)
        return emulator

    return begin


def variables(emulator: Emulator, *, second: bool = True) -> dict[str, str]:
    """Return the variables that sign in to an emulator."""
    found = {
        "FLASHBACK_BASE_URL": emulator.base_url,
        "FLASHBACK_EMAIL": emulator.email,
        "FLASHBACK_PASSWORD": emulator.password,
    }
    if second:
        found |= {f"FLASHBACK_SECOND_{name.upper()}": value for name, value in SECOND.items()}
    return found


@pytest.fixture
def conform(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Conform:
    """Return a function that runs the command on an emulator with some options."""

    def execute(emulator: Emulator, *options: str, second: bool = True) -> Conformed:
        for name, value in variables(emulator, second=second).items():
            monkeypatch.setenv(name, value)
        files = [tmp_path / "settings.json", tmp_path / "report.json"]
        for each in files:
            each.unlink(missing_ok=True)
        named = ("--settings", files[0], "--report", files[1])
        ended = run("conformance", "--yes", *named, *options)
        written = [json.loads(each.read_text()) if each.exists() else {} for each in files]
        return Conformed(ended, *written)

    return execute
