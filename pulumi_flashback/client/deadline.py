"""How long things may take: an attempt, an operation, and what a cancelled run has left.

httpcore has no deadline for a whole attempt: its timeouts begin anew at each byte, so a server that
sends one byte now and then would hold a request for ever. The deadlines are kept per thread,
because a synchronous request does all its reading and writing in the thread that made it.
"""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore

LONGEST_BLIND_WAIT_SECONDS = 0.5
"""A wait for the network looks so often whether the run was cancelled."""

_present = threading.local()


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
        """Whether the work was cancelled."""
        return self._event.is_set()

    def sleep(self, seconds: float) -> None:
        """Wait, but not longer than until the work is cancelled."""
        self._event.wait(seconds)

    def seconds_left(self) -> float | None:
        """Return the seconds that the operation of this thread has left; None for no limit."""
        ends = [self._end] if self.cancelled else []
        operation_end: float | None = getattr(_present, "operation_end", None)
        if operation_end is not None:
            ends.append(operation_end)
        if not ends:
            return None
        return max(min(ends), getattr(_present, "extra_end", 0.0)) - time.monotonic()

    def may_send(self) -> bool:
        """Say whether this thread may send another request."""
        if has_extra_time():
            return True
        left = self.seconds_left()
        return not self.cancelled and (left is None or left > 0)


@contextmanager
def operation(seconds: float | None) -> Iterator[None]:
    """Let all that this thread does meanwhile end so many seconds from now.

    Args:
        seconds: None for no limit.
    """
    _present.operation_end = None if seconds is None else time.monotonic() + seconds
    try:
        yield
    finally:
        _present.operation_end = None


@contextmanager
def extra_time(seconds: float) -> Iterator[None]:
    """Allow so many seconds at least, although the time is up or the run was cancelled.

    For what must not be left open: whether an object exists that no state knows.
    """
    _present.extra_end = time.monotonic() + seconds
    try:
        yield
    finally:
        _present.extra_end = 0.0


def has_extra_time() -> bool:
    """Say whether this thread is within :func:`extra_time`."""
    end: float = getattr(_present, "extra_end", 0.0)
    return end > time.monotonic()


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Let every wait for the network in this thread end so many seconds from now."""
    _present.end = time.monotonic() + seconds
    try:
        yield
    finally:
        _present.end = None


def keep_quiet(*loggers: str) -> None:
    """Drop what other libraries log of a request of ours: headers may repeat a token.

    Only records of a thread that is at work on a request; what the user's own requests log stays.
    """
    for name in loggers:
        logger = logging.getLogger(name)
        if _not_ours not in logger.filters:
            logger.addFilter(_not_ours)


def _not_ours(_: logging.LogRecord) -> bool:
    return getattr(_present, "end", None) is None


def _left(timeout: float | None, cancellation: Cancellation) -> float | None:
    """Return the seconds that a wait may take."""
    end: float | None = getattr(_present, "end", None)
    limits = [
        timeout,
        None if end is None else end - time.monotonic(),
        cancellation.seconds_left(),
    ]
    known = [each for each in limits if each is not None]
    # not zero, which would mean "do not wait" to a socket
    return max(min(known), 0.001) if known else None


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, cancellation: Cancellation) -> None:
        self._stream = stream
        self._cancellation = cancellation

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        started = time.monotonic()
        while True:
            waited = time.monotonic() - started
            left = self._left(None if timeout is None else timeout - waited)
            if left is not None and left <= 0.001:
                raise httpcore.ReadTimeout("deadline")
            try:
                # in pieces: only so a cancelled run is noticed
                piece = LONGEST_BLIND_WAIT_SECONDS
                return self._stream.read(max_bytes, piece if left is None else min(piece, left))
            except httpcore.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(
            self._stream.start_tls(ssl_context, server_hostname, self._left(timeout)),
            self._cancellation,
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self, timeout: float | None) -> float | None:
        return _left(timeout, self._cancellation)


class Network(httpcore.NetworkBackend):
    """Connections that keep to the deadlines of the thread that uses them."""

    def __init__(self, cancellation: Cancellation) -> None:
        self._backend = httpcore.SyncBackend()
        self._cancellation = cancellation

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host."""
        left = _left(timeout, self._cancellation)
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self._cancellation)

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a socket of this machine."""
        left = _left(timeout, self._cancellation)
        stream = self._backend.connect_unix_socket(path, left, socket_options)
        return _Stream(stream, self._cancellation)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self._backend.sleep(seconds)
