"""The guard around every entry point of both providers: only one readable line gets out."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import PurePath
from typing import TypeVar

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.core.lifecycle import PartialFailureError
from pulumi_flashback.redaction import printable, redact, secrets_at_hand

_SHORTEST_REDACTED = 8
"""Our own texts hold no secret; redacting shorter values would only black out words of them."""

Result = TypeVar("Result")


class ProviderError(Exception):
    """What the user reads when an operation fails: one line, without secrets, without a cause.

    Attributes:
        partial: Set if an object exists although the operation failed.
        may_have_taken_effect: It could not be determined whether the operation took effect.
        hopeless: The same operation would fail in the same way.
    """

    partial: PartialFailureError | None = None
    may_have_taken_effect: bool = False
    hopeless: bool = False

    # the last line of the traceback that the SDK prints begins with this name
    __module__ = "pulumi_flashback"

    def __init__(self, text: str) -> None:
        super().__init__(printable(text))  # ids and names in it come from the API


def guarded(
    action: str, secrets: Callable[[], Iterable[object]], work: Callable[[], Result]
) -> Result:
    """Do some work and return its result.

    Args:
        action: What is being done, in words that go after "could not".
        secrets: The values that the text of an error must not contain.
        work: The operation.

    Raises:
        ProviderError: It failed. The original error is not attached: it may hold requests.
    """
    cause = FlashbackError()
    known: list[str] = []
    try:
        # inside the guard as well: they come from the settings, which may be wrong
        known = [str(secret) for secret in secrets() if secret is not None]
        with secrets_at_hand(known):
            return work()
    except FlashbackError as error:
        reason = str(error)
        cause = error
    except (Exception, SystemExit) as error:  # noqa: BLE001 - sys.exit would hang the engine
        reason = unexpected(error)
    long = [secret for secret in known if len(secret) >= _SHORTEST_REDACTED]
    failure = ProviderError(redact(f"could not {action}: {reason}", long))
    failure.partial = cause if isinstance(cause, PartialFailureError) else None
    failure.may_have_taken_effect = cause.may_have_taken_effect
    failure.hopeless = cause.hopeless
    raise failure


def unexpected(error: BaseException) -> str:
    """Return the kind and the place of an error: its own text may hold anything."""
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):  # even if sys.tracebacklimit is 0
        place = f" at {PurePath(frame.f_code.co_filename).name}:{line}"
    ours = version("pulumi_flashback")
    return f"unexpected {type(error).__name__}{place} in version {ours}. Report it with this line"
