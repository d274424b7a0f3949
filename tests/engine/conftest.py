"""Stacks of the test program with the real CLI and the emulator."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pulumi_flashback.emulator import EmulatorSettings
from pulumi_flashback.testing import EmulatorFactory
from tests.engine.stack import Stack
from tests.engine.team import Team

Start = Callable[..., Stack]


@pytest.fixture
def start(
    pulumi_cli: Path,
    installed_sdk: Path,
    tmp_path: Path,
    flashback_emulator_factory: EmulatorFactory,
) -> Iterator[Start]:
    """Return a function that creates a stack, which declares nothing yet, and its emulator."""

    def make(provider: str = "dynamic", settings: EmulatorSettings | None = None) -> Stack:
        emulator = flashback_emulator_factory(settings, faults=True)
        return Stack.new(pulumi_cli, installed_sdk, tmp_path, emulator, provider)

    yield make
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def team(start: Start) -> Team:
    """Return a stack whose file does not exist yet."""
    return Team(start())
