"""A cache of list responses that many readers share.

The API has no request for one key or one member: reading one means listing its whole workspace. A
refresh of thousands would send as many lists, so readers share a response if this has no effect.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

SHARED_GAP_SECONDS = 2.0  # a shared response is dropped if nobody has used it for this long

SHARED_AGE_SECONDS = 60.0  # a shared response is never older than this
# waits before a response that contradicts an earlier one is read again: lists lag behind writes
LAG_WAITS_SECONDS = (0.5, 1.5)

Value = TypeVar("Value")


def settled(fetch: Callable[[], Value], satisfies: Callable[[Value], bool]) -> Value:
    """Fetch a value, repeatedly for a while, until it satisfies what a write implies; return it."""
    value = fetch()
    for wait in LAG_WAITS_SECONDS:
        if satisfies(value):
            break
        time.sleep(wait)
        value = fetch()
    return value


@dataclass
class _Response:
    """The last response for one use; the lock is held while the next one is fetched."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    value: Any = None
    started: float = 0.0
    last_read: float = 0.0
    served: set[str] = field(default_factory=set)

    def serves(self, reader: str, written: float) -> bool:
        """Return whether a reader may get it: one that asks again wants to see later changes."""
        now = time.monotonic()
        return (
            reader not in self.served
            and self.started > written
            and now - self.last_read < SHARED_GAP_SECONDS
            and now - self.started < SHARED_AGE_SECONDS
        )


class ListCache:
    """Shares responses between threads, by a key: the kind of object and its parent."""

    def __init__(self) -> None:
        self._responses: defaultdict[Hashable, _Response] = defaultdict(_Response)
        self._written: dict[Hashable, float] = {}
        self._guard = threading.Lock()

    def cached(self, key: Hashable, reader: str, fetch: Callable[[], Value]) -> Value:
        """Return a response for a refresh; the same reader gets each response once."""
        return self._value("cached", key, fetch, reader)

    def later(self, key: Hashable, reader: str, fetch: Callable[[], Value]) -> tuple[Value, ...]:
        """Return the responses of a little later, for a reader that misses something."""
        # A list can be older than a missing object, so a single list never proves that an object is
        # gone. Readers share these responses as well

        def fetch_later() -> tuple[Value, ...]:
            values = []
            for wait in LAG_WAITS_SECONDS:
                time.sleep(wait)
                values.append(fetch())
            return tuple(values)

        return self._value("later", key, fetch_later, reader)

    def fresh(self, key: Hashable, fetch: Callable[[], Value]) -> Value:
        """Return a response to a request that was sent after this call began."""
        # threads that call at the same time share one request
        begin = time.monotonic()
        return self._value("fresh", key, fetch, usable=lambda found: found.started >= begin)

    def first(self, key: Hashable, fetch: Callable[[], Value]) -> Value:
        """Return the response to the first request: the objects before this process wrote any."""
        return self._value("first", key, fetch, usable=lambda found: found.started > 0)

    def latest(self, key: Hashable) -> Any:
        """Return the last response of :meth:`fresh`; None before the first."""
        return self._response("fresh", key).value

    def invalidate(self, key: Hashable) -> None:
        self._written[key] = time.monotonic()

    def _value(
        self,
        use: str,
        key: Hashable,
        fetch: Callable[[], Value],
        reader: str = "",
        usable: Callable[[_Response], bool] | None = None,
    ) -> Value:
        response = self._response(use, key)
        with response.lock:  # readers that wait here get the response that the first one fetched
            written = self._written.get(key, 0.0)
            if not (usable(response) if usable else response.serves(reader, written)):
                started = time.monotonic()
                response.value = fetch()
                response.started, response.served = started, set()
            response.last_read = time.monotonic()
            response.served.add(reader)
            value: Value = response.value
            return value

    def _response(self, use: str, key: Hashable) -> _Response:
        with self._guard:
            return self._responses[use, key]
