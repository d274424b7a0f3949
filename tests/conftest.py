"""Fixtures of all tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.testing import (
    EmulatorFactory,
    flashback_emulator,
    flashback_emulator_factory,
)

# no deadline: a slow machine is no failure; the same examples in every run
settings.register_profile("tests", deadline=None, derandomize=True)
settings.load_profile("tests")

__all__ = ["flashback_emulator", "flashback_emulator_factory"]


@pytest.fixture(autouse=True)
def no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep variables of the person who runs the tests out of them."""
    for name in list(os.environ):
        if name.startswith("FLASHBACK_") and not name.startswith("FLASHBACK_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def faulty_emulator(flashback_emulator_factory: EmulatorFactory) -> Emulator:
    """Return an emulator that takes faults to make."""
    return flashback_emulator_factory(faults=True)
