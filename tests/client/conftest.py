"""A scripted server, and clients of the emulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from pulumi_flashback.client import FlashbackClient, retry
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.settings import parse_settings
from pulumi_flashback.testing import EmulatorFactory
from tests.client.scripted_server import ScriptedServer

Client = Callable[..., FlashbackClient]
Start = Callable[..., tuple[Emulator, FlashbackClient]]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """Return a running server with an empty script, whose clients wait little."""
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.001)
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def client_of() -> Iterator[Client]:
    """Return a function that makes a client of an emulator."""
    with ExitStack() as running:

        def make(emulator: Emulator, **settings: Any) -> FlashbackClient:
            return running.enter_context(FlashbackClient(emulator.base_url, **settings))

        yield make


@pytest.fixture
def start(client_of: Client, flashback_emulator_factory: EmulatorFactory) -> Start:
    """Return a function that starts an emulator with settings, and makes its client."""

    def make(*settings: str, faults: bool = False) -> tuple[Emulator, FlashbackClient]:
        emulator = flashback_emulator_factory(parse_settings(settings), faults=faults)
        return emulator, client_of(emulator, token=emulator.token)

    return make
