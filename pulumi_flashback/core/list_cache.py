"""Answers of the backend, fetched once for many readers.

The API has no request for one key or one member: reading one means reading all of its workspace. A
refresh of thousands would do so as often, so readers share an answer where that cannot be noticed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

SHARED_GAP_SECONDS = 2.0
"""A shared answer is dropped when nobody has read from it for so long."""

SHARED_AGE_SECONDS = 60.0
"""A shared answer is never older than this."""

LAG_WAITS_SECONDS = (0.5, 1.5)
"""Waits before what contradicts an earlier response is read again: lists lag behind writes."""

Value = TypeVar("Value")


def settled(fetch: Callable[[], Value], satisfies: Callable[[Value], bool]) -> Value:
    """Return a value, read again for a while as long as it is not what a write has just made it.

    Args:
        fetch: Asks the backend; what it raises is raised.
        satisfies: Says whether a value is as expected.
    """
    value = fetch()
    for wait in LAG_WAITS_SECONDS:
        if satisfies(value):
            break
        time.sleep(wait)
        value = fetch()
    return value


@dataclass
class _View(Generic[Value]):
    """One answer."""

    value: Value
    started: float
    last_read: float
    served: set[str] = field(default_factory=set)

    def serves(self, reader: str, written: float, now: float) -> bool:
        """Say whether a reader may have this answer.

        Who asks again wants to know what has changed since.
        """
        return (
            reader not in self.served
            and self.started > written
            and now - self.last_read < SHARED_GAP_SECONDS
            and now - self.started < SHARED_AGE_SECONDS
        )


class Shared(Generic[Value]):
    """Shares the answers about one thing between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: _View[Value] | None = None
        self._fresh: _View[Value] | None = None
        self._later: _View[tuple[Value, ...]] | None = None
        self._written = 0.0

    def get(self, reader: str, fetch: Callable[[], Value]) -> Value:
        """Return an answer for a refresh, which other readers share.

        Args:
            reader: Who asks; the same reader gets each answer once.
            fetch: Asks the backend; what it raises is raised.
        """
        with self._lock:  # readers that wait here find the answer that the first one fetched
            now = time.monotonic()
            view = self._read
            if view is None or not view.serves(reader, self._written, now):
                view = self._read = _View(fetch(), now, now)
            view.last_read = time.monotonic()
            view.served.add(reader)
            return view.value

    def later(self, reader: str, fetch: Callable[[], Value]) -> tuple[Value, ...]:
        """Return what the backend answers a little later, for a reader who misses something.

        A list can be older than the object that it lacks, so one list never proves that an object
        is gone. Readers share these values like those of :meth:`get`.

        Args:
            reader: Who asks; the same reader gets each value once.
            fetch: Asks the backend; what it raises is raised.
        """
        with self._lock:
            now = time.monotonic()
            view = self._later
            if view is None or not view.serves(reader, self._written, now):
                values = []
                for wait in LAG_WAITS_SECONDS:
                    time.sleep(wait)
                    values.append(fetch())
                view = self._later = _View(tuple(values), now, now)
            view.last_read = time.monotonic()
            view.served.add(reader)
            return view.value

    def now(self, fetch: Callable[[], Value]) -> Value:
        """Return an answer that was asked for after this call began.

        Threads that call at the same time share one request.
        """
        begin = time.monotonic()
        with self._lock:
            view = self._fresh
            if view is None or view.started < begin:
                started = time.monotonic()
                view = self._fresh = _View(fetch(), started, started)
            return view.value

    @property
    def latest(self) -> Value | None:
        """The last answer of :meth:`now`; None before the first."""
        return None if self._fresh is None else self._fresh.value

    def written(self) -> None:
        """Note that something was written: answers from before are out of date."""
        self._written = time.monotonic()
