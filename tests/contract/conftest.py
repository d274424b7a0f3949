"""A provider process on an emulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.settings import parse_settings
from pulumi_flashback.emulator.store import User
from tests.contract.driver import PROVIDERS, NativeProvider, ProviderProcess

Start = Callable[..., tuple[Emulator, ProviderProcess]]
StartNative = Callable[..., tuple[Emulator, NativeProvider]]
SECRET = "canary-secret-wJalrXUtnFEMI"
KEY = "CANARYKEY7QX2"


def signed_in(emulator: Emulator, user: User | None = None) -> dict[str, Any]:
    """Return the stack config of a user of an emulator."""
    token = emulator.issue_token(user) if user else emulator.token
    return {"flashback:baseUrl": emulator.base_url, "flashback:token": token}


def starting(kind: str, resource: str) -> Iterator[Callable[..., Any]]:
    """Yield a function that starts an emulator and a provider process on it.

    It takes settings of the emulator, or a running emulator ``on``; a ``user`` of the emulator; and
    the config of the provider.
    """
    with ExitStack() as running:

        def start(
            *settings: str,
            on: Emulator | None = None,
            user: User | None = None,
            hasty: bool = True,
            **config: Any,
        ) -> tuple[Emulator, ProviderProcess]:
            emulator = on or running.enter_context(Emulator(parse_settings(settings), faults=True))
            named = {f"flashback:{name}": value for name, value in config.items()}
            everything = {**signed_in(emulator, user), **named}
            provider = PROVIDERS[kind](everything, resource=resource, warm=True, hasty=hasty)
            return emulator, running.enter_context(provider)

        yield start


@pytest.fixture
def start(request: pytest.FixtureRequest) -> Iterator[Start]:
    """Start a provider, about the RESOURCE of the module."""
    yield from starting(request.param, getattr(request.module, "RESOURCE", "ApiKey"))


in_both_providers = pytest.mark.parametrize("start", PROVIDERS, indirect=True)
"""For what each provider does on its own: threads, the file of a run, the old inputs of a check."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Alternate between the two providers from test to test of a module.

    These tests are about the core. tests/lifecycle shows that both providers behave the same, for
    each operation of each resource.
    """
    marks = metafunc.definition.iter_markers("parametrize")
    if "start" in metafunc.fixturenames and not any(mark.args[0] == "start" for mark in marks):
        tests = [name for name in vars(metafunc.module) if name.startswith("test_")]
        kind = [*PROVIDERS][tests.index(metafunc.function.__name__) % len(PROVIDERS)]
        metafunc.parametrize("start", [kind], indirect=True)


@pytest.fixture
def start_native() -> Iterator[StartNative]:
    """Start the native provider."""
    yield from starting("native", "ApiKey")


@pytest.fixture
def inputs() -> dict[str, Any]:
    """Return the inputs of a key in the first workspace of any emulator."""
    return {
        "workspaceId": "workspace-uuid",
        "key": KEY,
        "secret": SECRET,
        "provider": "AWS",
        "endpoint": "s3.us-east-1.amazonaws.com",
        "region": "us-east-1",
    }
