"""Emulators without a socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from tests.emulator.asking import Ask, asking

Make = Callable[..., Emulator]


@pytest.fixture
def make() -> Iterator[Make]:
    """Return a function that creates emulators."""
    with ExitStack() as made:

        def create(settings: EmulatorSettings | None = None, **more: Any) -> Emulator:
            emulator = Emulator(settings, **more)
            made.callback(emulator.stop)
            return emulator

        yield create


@pytest.fixture
def emulator(make: Make) -> Emulator:
    return make()


@pytest.fixture
def faulty(make: Make) -> Emulator:
    return make(faults=True)


@pytest.fixture
def ask(emulator: Emulator) -> Ask:
    return asking(emulator)
