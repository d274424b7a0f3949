"""An event loop for the SDK: from Python 3.12 on it warns where a program has none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest


# one for the whole run: what the SDK keeps of a program is bound to its loop
@pytest.fixture(autouse=True, scope="session")
def event_loop_of_a_program() -> Iterator[None]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.close()
    asyncio.set_event_loop(None)
