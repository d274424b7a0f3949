"""What the provider process of the dynamic shell keeps. One process serves one stack config."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, Final

from pulumi_flashback.config import Settings, as_text, read_settings
from pulumi_flashback.core.guard import ProviderError
from pulumi_flashback.core.operations import Operations
from pulumi_flashback.core.runtime import Engine, Runtime
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources import resource_type
from pulumi_flashback.settings import ALL_SETTINGS

UPDATE_PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Waits between the attempts of an update whose outcome is not known. Each attempt has its own
retries."""

UPDATE_SECONDS = 40.0
"""No attempt of an update begins later than this."""

_STACK_CONFIG: dict[str, str] = {}


def configure(get: Callable[[str], Any]) -> None:
    """Keep the stack config. Nothing is judged yet: a preview may not need it.

    Args:
        get: Returns the value of a config key, or None.
    """
    found = {option.key: get(option.key) for option in ALL_SETTINGS}
    _STACK_CONFIG.update({key: as_text(value) for key, value in found.items() if value is not None})


def operations(resource: str) -> Operations:
    """Return the operations of a resource of the registry."""
    return Operations(resource_type(resource), RUNTIME)


def update(work: Callable[[], Properties], write_again: str) -> Properties:
    """Update an object, and try again for a while if nobody can say whether the update took effect.

    A dynamic provider cannot report that an update is half done: the state keeps what it was. A
    program that then takes the change back is not different from the state, although the platform
    may be. An update has the same effect however often it is sent.

    Args:
        work: The update.
        write_again: What to do where the program takes the change back; an imperative.

    Raises:
        ProviderError: It failed.
    """
    last = time.monotonic() + UPDATE_SECONDS
    pauses = iter(UPDATE_PAUSES_SECONDS)
    in_doubt = False
    while True:
        try:
            return work()
        except ProviderError as error:
            failure = error
        in_doubt = in_doubt or failure.may_have_taken_effect or failure.partial is not None
        again = failure.may_have_taken_effect and not failure.hopeless
        pause = next(pauses, None)
        if not again or pause is None or time.monotonic() + pause > last:
            break
        time.sleep(pause)
    if in_doubt:
        failure = ProviderError(
            f"{str(failure).rstrip('.')}. The platform may hold the new values; the next "
            "`pulumi up` writes them again. If you take the change back in the program instead, "
            f"{write_again}"
        )
    raise failure


def _read() -> Settings:
    return read_settings(_STACK_CONFIG)


def _engine_address() -> str:
    """The engine starts the process with its address as the last argument."""
    return sys.argv[-1] if len(sys.argv) > 1 else ""


RUNTIME: Final = Runtime(_read, Engine(_engine_address()))
