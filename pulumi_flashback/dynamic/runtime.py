"""The state of a dynamic provider process, which serves one stack config."""

import sys
import time
from collections.abc import Callable
from math import inf
from typing import Any, Final

from pulumi_flashback.config import as_text, read_settings
from pulumi_flashback.core.operations import Operations, ProviderError
from pulumi_flashback.core.runtime import Runtime
from pulumi_flashback.core.values import Properties
from pulumi_flashback.engine import Engine
from pulumi_flashback.resources import resource_type
from pulumi_flashback.settings import ALL_SETTINGS

# waits between the attempts of an update with an unclear outcome, each with its own retries
UPDATE_PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0)
UPDATE_SECONDS = 40.0  # no attempt of an update starts later than this

_STACK_CONFIG: dict[str, str] = {}

# the engine passes its address as the last argument of the process
RUNTIME: Final = Runtime(
    lambda: read_settings(_STACK_CONFIG), Engine(sys.argv[-1] if len(sys.argv) > 1 else "")
)


def configure(get: Callable[[str], Any]) -> None:
    """Store the stack config. It is not checked yet, because a preview may not need it."""
    found = {setting.key: get(setting.key) for setting in ALL_SETTINGS}
    _STACK_CONFIG.update({key: as_text(value) for key, value in found.items() if value is not None})


def operations(resource: str) -> Operations:
    return Operations(resource_type(resource), RUNTIME)


def update(work: Callable[[], Properties], write_again: str) -> Properties:
    """Update an object, and retry for a while if it is unclear whether the update took effect."""
    # A dynamic provider cannot report that an update is half done: the state keeps the old values.
    # If the program then reverts the change, it equals the state, although the object may differ;
    # ``write_again`` says what to do in that case. Repeating an update does no harm
    last = time.monotonic() + UPDATE_SECONDS
    pauses = iter((*UPDATE_PAUSES_SECONDS, inf))
    in_doubt = False
    while True:
        try:
            return work()
        except ProviderError as error:
            failure = error
        in_doubt = in_doubt or failure.may_have_taken_effect or failure.partial is not None
        again = failure.may_have_taken_effect and not failure.hopeless
        pause = next(pauses)
        if not again or time.monotonic() + pause > last:
            break
        time.sleep(pause)
    if in_doubt:
        failure = ProviderError(
            f"{str(failure).rstrip('.')}. The platform may have the new values; the next "
            "`pulumi up` writes them again. If you revert the change in the program instead, "
            f"{write_again}"
        )
    raise failure
