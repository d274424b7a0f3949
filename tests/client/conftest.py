"""Fixtures of the tests against scripted sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from pulumi_flashback.client import FlashbackClient, retry
from tests.client.scripted_server import ScriptedServer

Client = Callable[..., FlashbackClient]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """Return a running server with an empty script, whose clients wait little."""
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.001)
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def client_of() -> Iterator[Client]:
    """Return a function that makes a client of a server, with a token unless told otherwise."""
    with ExitStack() as running:

        def make(server: ScriptedServer, **settings: Any) -> FlashbackClient:
            if not settings.keys() & {"token", "refresh_token", "email"}:
                settings["token"] = "a-token"
            settings = {"timeout": 5.0, **settings}
            return running.enter_context(FlashbackClient(server.base_url, **settings))

        yield make
