"""Responses that many readers share, by what was asked for.

The API has no request for one key or one member: reading one means reading all of its workspace. A
refresh of thousands would do so as often, so readers share a response if that cannot be noticed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

SHARED_GAP_SECONDS = 2.0
"""A shared response is dropped when nobody has read from it for so long."""

SHARED_AGE_SECONDS = 60.0
"""A shared response is never older than this."""

LAG_WAITS_SECONDS = (0.5, 1.5)
"""Waits before what contradicts an earlier response is read again: lists lag behind writes."""

Value = TypeVar("Value")


def settled(fetch: Callable[[], Value], satisfies: Callable[[Value], bool]) -> Value:
    """Return a value, read again for a while as long as it is not what a write has just made it.

    Args:
        fetch: Sends the request; what it raises is raised.
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
class _Response:
    value: Any
    started: float
    last_read: float
    served: set[str] = field(default_factory=set)

    def serves(self, reader: str, written: float) -> bool:
        """Say whether a reader may have it. Who asks again wants to know what has changed since."""
        now = time.monotonic()
        return (
            reader not in self.served
            and self.started > written
            and now - self.last_read < SHARED_GAP_SECONDS
            and now - self.started < SHARED_AGE_SECONDS
        )


@dataclass
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    first_lock: threading.Lock = field(default_factory=threading.Lock)
    responses: dict[str, _Response] = field(default_factory=dict)
    written: float = 0.0


class ListCache:
    """Shares responses between threads, by key: what is listed, and of which parent."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, _Entry] = {}
        self._guard = threading.Lock()

    def cached(self, key: Hashable, reader: str, fetch: Callable[[], Value]) -> Value:
        """Return a response for a refresh, which other readers share.

        Args:
            key: What is asked for.
            reader: Who asks; the same reader gets each response once.
            fetch: Sends the request; what it raises is raised.
        """
        return self._shared("cached", key, reader, fetch)

    def later(self, key: Hashable, reader: str, fetch: Callable[[], Value]) -> tuple[Value, ...]:
        """Return what the API responds a little later, for a reader who misses something.

        A list can be older than the object that it lacks, so one list never proves that an object
        is gone. Readers share these responses like those of :meth:`cached`.
        """

        def fetch_later() -> tuple[Value, ...]:
            values = []
            for wait in LAG_WAITS_SECONDS:
                time.sleep(wait)
                values.append(fetch())
            return tuple(values)

        return self._shared("later", key, reader, fetch_later)

    def fresh(self, key: Hashable, fetch: Callable[[], Value]) -> Value:
        """Return a response to a request that was sent after this call began.

        Threads that call at the same time share one request.
        """
        begin = time.monotonic()
        entry = self._entry(key)
        with entry.lock:
            found = entry.responses.get("fresh")
            if found is None or found.started < begin:
                started = time.monotonic()
                found = entry.responses["fresh"] = _Response(fetch(), started, started)
            value: Value = found.value
            return value

    def first(self, key: Hashable, fetch: Callable[[], Value]) -> Value:
        """Return the response to the first request: what there was before this process wrote."""
        entry = self._entry(key)
        with entry.first_lock:
            if "first" not in entry.responses:
                entry.responses["first"] = _Response(fetch(), 0.0, 0.0)
            value: Value = entry.responses["first"].value
            return value

    def latest(self, key: Hashable) -> Any:
        """Return the last response of :meth:`fresh`; None before the first."""
        found = self._entry(key).responses.get("fresh")
        return None if found is None else found.value

    def invalidate(self, key: Hashable) -> None:
        """Note that something was written: responses from before are out of date."""
        self._entry(key).written = time.monotonic()

    def _shared(self, use: str, key: Hashable, reader: str, fetch: Callable[[], Value]) -> Value:
        entry = self._entry(key)
        with entry.lock:  # readers that wait here find the response that the first one fetched
            found = entry.responses.get(use)
            if found is None or not found.serves(reader, entry.written):
                started = time.monotonic()
                found = entry.responses[use] = _Response(fetch(), started, started)
            found.last_read = time.monotonic()
            found.served.add(reader)
            value: Value = found.value
            return value

    def _entry(self, key: Hashable) -> _Entry:
        with self._guard:
            return self._entries.setdefault(key, _Entry())
