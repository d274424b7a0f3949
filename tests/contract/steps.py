"""What many tests do with a provider process."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.settings import parse_settings
from pulumi_flashback.emulator.store import User
from pulumi_flashback.testing import EmulatorFactory
from tests.contract.conftest import ProviderFactory
from tests.contract.driver import ProviderFailureError, ProviderProcess

Process = TypeVar("Process", bound=ProviderProcess)
Start = Callable[..., tuple[Emulator, ProviderProcess]]
SignIn = Callable[[Emulator, User], ProviderProcess]

FORBIDDEN = {
    "fault": "none",
    "status": 403,
    "body": '{"success": false, "message": "Insufficient permissions"}',
    "times": "forever",
}


def starting(resource: str) -> Any:
    """Return a fixture: a function that starts an emulator with settings, and a provider on it."""

    @pytest.fixture
    def start(make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory) -> Start:
        def make(*settings: str, **config: Any) -> tuple[Emulator, ProviderProcess]:
            emulator = flashback_emulator_factory(parse_settings(settings), faults=True)
            return emulator, make_provider(emulator, resource, **config)

        return make

    return start


@pytest.fixture
def sign_in(make_provider: ProviderFactory) -> SignIn:
    """Return a function that starts a provider process as another user of an emulator."""

    def make(emulator: Emulator, user: User) -> ProviderProcess:
        return make_provider(emulator, "Workspace", token=emulator.issue_token(user))

    return make


def refused(call: Callable[..., object], *arguments: object) -> str:
    """Make a call that must fail, and return its message: one line, whatever went wrong."""
    with pytest.raises(ProviderFailureError) as failure:
        call(*arguments)
    message = failure.value.message
    assert message.startswith("could not ")
    assert str(failure.value).strip().removeprefix("pulumi_flashback.ProviderError: ") == message
    return message


def sent(emulator: Emulator) -> list[str]:
    """Return the requests in order of arrival, and forget them."""
    seen = [f"{method} {path}" for method, path, _ in emulator.requests]
    emulator.requests.clear()
    return seen


def together(*calls: Any) -> list[Any]:
    """Make calls at the same time; an exception takes the place of a result."""
    barrier = threading.Barrier(len(calls))

    def run(call: Any) -> Any:
        barrier.wait()
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - a result like any other
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def of(process: Process, resource: str) -> Process:
    """Return the same process, asked about another resource."""
    other = copy.copy(process)
    other.resource = resource
    return other
