"""What programs in unit tests need."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from pulumi.runtime import mocks, settings

from tests.unit.described import Registrations

# The SDK needs a loop for each output, and the tables of the tests have some. One for the whole run:
# what the SDK keeps of a program is bound to its loop.
LOOP = asyncio.new_event_loop()
asyncio.set_event_loop(LOOP)


@pytest.fixture(autouse=True, scope="session")
def event_loop_of_a_program() -> Iterator[None]:
    yield
    LOOP.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def registrations() -> Iterator[Registrations]:
    """Run the test as a program whose registrations are kept."""
    before = settings.SETTINGS
    kept = Registrations()
    mocks.set_mocks(kept, preview=False)
    yield kept
    settings.configure(before)
