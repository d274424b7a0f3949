"""How long things may take. Kept per thread, in which a request does all its waiting."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

LONGEST_BLIND_WAIT_SECONDS = 0.5  # until a wait looks whether the run was cancelled


class _Present(threading.local):
    attempt_end: float | None = None
    operation_end: float | None = None
    extra_end: float = 0.0


_present = _Present()


class Cancellation:
    """Ends the work of a client early. Thread-safe."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._end = 0.0

    def cancel(self, grace: float) -> None:
        """Let running requests go on for so many seconds; no other is sent."""
        if not self._event.is_set():
            self._end = time.monotonic() + grace
            self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def sleep(self, seconds: float) -> None:
        self._event.wait(seconds)

    def seconds_left(self) -> float | None:
        ends = [self._end] if self.cancelled else []
        if _present.operation_end is not None:
            ends.append(_present.operation_end)
        return max(min(ends), _present.extra_end) - time.monotonic() if ends else None

    def may_wait(self, seconds: float) -> bool:
        """Say whether there is time to wait so long and send a request afterwards."""
        left = self.seconds_left()
        return not self.cancelled and (left is None or seconds < left)

    def may_send(self) -> bool:
        return has_extra_time() or self.may_wait(0)

    def seconds_to_wait(self, timeout: float | None) -> float | None:
        end = _present.attempt_end
        limits = (timeout, None if end is None else end - time.monotonic(), self.seconds_left())
        known = [each for each in limits if each is not None]
        # not zero, which would mean "do not wait" to a socket
        return max(min(known), 0.001) if known else None


@contextmanager
def _until(name: str, end: float | None) -> Iterator[None]:
    before = getattr(_present, name)
    setattr(_present, name, end)
    try:
        yield
    finally:
        setattr(_present, name, before)


def operation(seconds: float | None) -> AbstractContextManager[None]:
    """Let all that this thread does meanwhile end so many seconds from now; None for no limit.

    An operation inside of another one ends no later than that.
    """
    ends = [] if seconds is None else [time.monotonic() + seconds]
    if _present.operation_end is not None:
        ends.append(_present.operation_end)
    return _until("operation_end", min(ends, default=None))


def extra_time(seconds: float) -> AbstractContextManager[None]:
    """Allow so many seconds at least, to find out whether an object exists that no state knows."""
    return _until("extra_end", time.monotonic() + seconds)


def deadline(seconds: float) -> AbstractContextManager[None]:
    """Let every wait for the network in this thread end so many seconds from now."""
    return _until("attempt_end", time.monotonic() + seconds)


def has_extra_time() -> bool:
    return _present.extra_end > time.monotonic()


def keep_quiet(*loggers: str) -> None:
    """Drop what other libraries log of a request of ours, in its thread: it may repeat a token."""
    for name in loggers:
        logger = logging.getLogger(name)
        if _not_ours not in logger.filters:
            logger.addFilter(_not_ours)


def _not_ours(_: logging.LogRecord) -> bool:
    return _present.attempt_end is None
