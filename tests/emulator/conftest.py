"""Emulators without a socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings, app, backend
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


class Clock:
    """Stands still until a test moves it."""

    now = 1_000_000.0

    def time(self) -> float:
        return self.now

    monotonic = perf_counter = time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock by which emulators count requests and let tokens expire."""
    standing = Clock()
    for module in (app, backend):
        monkeypatch.setattr(module, "time", standing)
    return standing


@pytest.fixture
def emulator(make: Make) -> Emulator:
    return make()


@pytest.fixture
def faulty(make: Make) -> Emulator:
    return make(faults=True)


@pytest.fixture
def ask(emulator: Emulator) -> Ask:
    return asking(emulator)
