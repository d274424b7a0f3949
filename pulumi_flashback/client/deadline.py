"""A deadline for a whole attempt, which httpx does not have: its timeouts begin anew at each byte.

A server that sends one byte now and then would hold a request for ever. The deadline is kept per
thread, because a synchronous request does all its reading and writing in the thread that made it.
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

_present = threading.local()


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Let every wait for the network in this thread end so many seconds from now."""
    _present.end = time.monotonic() + seconds
    try:
        yield
    finally:
        _present.end = None


def guard(client: Any) -> None:
    """Make the connections of an ``httpx.Client`` keep to the deadline of their thread.

    httpcore takes a network backend for this purpose; httpx does not pass one on.
    """
    for each in (client._transport, *client._mounts.values()):
        pool = getattr(each, "_pool", None)
        if pool is not None:
            pool._network_backend = _Backend(pool._network_backend)


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


def _left(timeout: float | None) -> float | None:
    """Return the seconds that a wait may take."""
    end: float | None = getattr(_present, "end", None)
    if end is None:
        return timeout
    # not zero, which would mean "do not wait" to a socket
    left = max(end - time.monotonic(), 0.001)
    return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _left(timeout)
        if left is not None and left <= 0.001:
            raise httpcore.ReadTimeout("deadline")
        return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(
            self._backend.connect_tcp(host, port, _left(timeout), local_address, socket_options)
        )

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._backend.connect_unix_socket(path, _left(timeout), socket_options))

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)
