"""The emulator as pytest fixtures, for tests of programs that use this provider.

In a ``conftest.py``::

    from pulumi_flashback.testing import flashback_emulator, flashback_emulator_factory

or ``pytest_plugins = ["pulumi_flashback.testing"]``. Needs ``pulumi_flashback[testing]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings

EmulatorFactory = Callable[..., Emulator]
"""Called as ``factory(settings=None, data=None, faults=False)``; returns a running emulator."""


@pytest.fixture
def flashback_emulator_factory() -> Iterator[EmulatorFactory]:
    """Return a function that starts emulators; all are stopped after the test."""
    with ExitStack() as running:

        def start(
            settings: EmulatorSettings | None = None,
            data: Path | None = None,
            faults: bool = False,
        ) -> Emulator:
            return running.enter_context(Emulator(settings, data=data, faults=faults))

        yield start


@pytest.fixture
def flashback_emulator(flashback_emulator_factory: EmulatorFactory) -> Emulator:
    """Return a running emulator with an empty database in memory and a demo user."""
    return flashback_emulator_factory()
