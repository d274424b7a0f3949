"""What many tests do with a provider process."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from pulumi_flashback.emulator import Emulator
from tests.contract.driver import ProviderFailureError, ProviderProcess

Process = TypeVar("Process", bound=ProviderProcess)

FORBIDDEN = {
    "fault": "none",
    "status": 403,
    "body": '{"success": false, "message": "Insufficient permissions"}',
    "times": "forever",
}


def failed(call: Callable[..., object], *arguments: object) -> str:
    """Make a call that must fail, and return its message: one line, whatever went wrong."""
    with pytest.raises(ProviderFailureError) as failure:
        call(*arguments)
    message = failure.value.message
    assert str(failure.value).strip().removeprefix("pulumi_flashback.ProviderError: ") == message
    return message


def refused(call: Callable[..., object], *arguments: object) -> str:
    """The same for an operation on a resource; its message says what could not be done."""
    message = failed(call, *arguments)
    assert message.startswith("could not "), message
    return message


def responds(emulator: Emulator, operation: str, body: object, **more: Any) -> None:
    """Let an operation respond with a body from now on, and do nothing."""
    text = body if isinstance(body, str) else json.dumps(body)
    fault = {"fault": "none", "commit": False, "body": text, "status": 200, "times": "forever"}
    emulator.script_faults({operation: [{**fault, **more}]})


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


def one_fails(*calls: Any) -> tuple[Any, str]:
    """Make calls at the same time, of which one fails; return the result and the message."""
    results = together(*calls)
    (failure,) = [each for each in results if isinstance(each, ProviderFailureError)]
    (success,) = [each for each in results if not isinstance(each, Exception)]
    return success, failure.message


def of(process: Process, resource: str) -> Process:
    """Return the same process, asked about another resource."""
    other = copy.copy(process)
    other.resource = resource
    return other
