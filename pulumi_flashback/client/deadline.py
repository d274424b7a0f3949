"""Deadlines and cancellation. Deadlines are per thread, as a request waits only in its thread."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

LONGEST_BLIND_WAIT_SECONDS = 0.5  # until a wait checks whether the run was cancelled


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
        """Give running requests this many seconds, and send no new ones."""
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
        """Return whether there is time to wait this long and send a request afterwards."""
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
    """Limit everything that this thread does inside to this many seconds; None for no limit.

    An operation inside another one ends no later than the outer one.
    """
    ends = [] if seconds is None else [time.monotonic() + seconds]
    if _present.operation_end is not None:
        ends.append(_present.operation_end)
    return _until("operation_end", min(ends, default=None))


def extra_time(seconds: float) -> AbstractContextManager[None]:
    """Allow at least this many seconds, to look for an object that is in no state."""
    return _until("extra_end", time.monotonic() + seconds)


def deadline(seconds: float) -> AbstractContextManager[None]:
    """End every network wait of this thread this many seconds from now."""
    return _until("attempt_end", time.monotonic() + seconds)


def has_extra_time() -> bool:
    return _present.extra_end > time.monotonic()


def keep_quiet(*loggers: str) -> None:
    """Drop log records of other libraries in this thread: they may contain a token."""
    for name in loggers:
        logger = logging.getLogger(name)
        if _not_ours not in logger.filters:
            logger.addFilter(_not_ours)


def _not_ours(_: logging.LogRecord) -> bool:
    return _present.attempt_end is None
