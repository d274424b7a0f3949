"""A tiny HTTP server on a real socket that does to each request what a script says."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from pulumi_flashback.client import FlashbackClient

_DROP_SECONDS = 0.1


@dataclass(frozen=True)
class Request:
    """A request as it came over the wire; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def token(self) -> str | None:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme == "Bearer" else None


@dataclass(frozen=True)
class Step:
    """What happens to one request."""

    data: bytes = b""  # sent at once
    drops: bytes = b""  # sent after it, one every 100 ms
    read: bool = True  # the request is read first
    silence: float = 0.0  # seconds before the first byte
    close: bool = True  # the connection ends afterwards
    reset: bool = False  # with a TCP reset


Script = Step | Callable[[Request], Step]


def head(status: int, headers: Mapping[str, str], reason: str | None = None) -> bytes:
    """Return a status line with headers."""
    words = HTTPStatus(status).phrase if reason is None else reason
    lines = [f"HTTP/1.1 {status} {words}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def reply(body: object = None, status: int = 200, headers: Mapping[str, str] | None = None) -> Step:
    """Return a well-formed response; a body that is not bytes is sent as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body or {"success": True}).encode()
    if status == 204:
        return Step(head(status, headers or {}), close=False)
    framing = {"Content-Type": "application/json", "Content-Length": str(len(raw))}
    return Step(head(status, {**framing, **(headers or {})}) + raw, close=False)


def refusal(status: int, message: str = "no", **headers: str) -> Step:
    """Return the API's usual refusal; ``retry_after="1"`` gives a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return reply({"success": False, "message": message}, status, named)


class ScriptedServer:
    """Consumes one step of its script for each request; use it as a context manager.

    Attributes:
        requests: The requests that were read, in order.
        served: Steps that were begun; also counts requests that were not read.
        connections: Connections that were accepted.
        otherwise: What happens when the script is at its end.
    """

    def __init__(self, otherwise: Script | None = None, port: int = 0) -> None:
        self.requests: list[Request] = []
        self.served = 0
        self.connections = 0
        self.otherwise = otherwise or refusal(501, "the script is at its end")
        self._script: list[Script] = []
        self._clients: list[FlashbackClient] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for client in self._clients:
            client.close()
        socket.create_connection(("127.0.0.1", self.port)).close()  # wakes the accepting thread
        with self._lock:
            for connection in self._open:
                _shut(connection)
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def client(self, **settings: Any) -> FlashbackClient:
        """Return a client that is closed with the server; it has a token unless settings say else."""
        if not settings.keys() & {"token", "refresh_token", "email"}:
            settings["token"] = "a-token"
        self._clients.append(FlashbackClient(self.base_url, **{"timeout": 30.0, **settings}))
        return self._clients[-1]

    def expect(self, *steps: Script) -> None:
        """Add steps to the script."""
        with self._lock:
            self._script.extend(steps)

    def served_in_the_end(self, count: int) -> int:
        """Return ``served``, after a wait for so many: a client may give up before they are read."""
        end = time.monotonic() + 10
        while self.served < count and time.monotonic() < end:
            time.sleep(0.005)
        return self.served

    def wait_until_closed(self) -> None:
        """Wait until no connection is open on this side."""
        while self._open:
            time.sleep(0.001)

    def asked(self, method: str, path: str) -> list[Request]:
        """Return the requests of one operation."""
        return [each for each in self.requests if (each.method, each.path) == (method, path)]

    def _run(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._over.is_set():
                connection.close()
                return
            with self._lock:
                self.connections += 1
                self._open.add(connection)
            self._run(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            with suppress(OSError), connection, connection.makefile("rb") as stream:
                while stream.peek(1) and self._play(connection, stream):
                    pass
        finally:
            with self._lock:
                self._open.discard(connection)

    def _play(self, connection: socket.socket, stream: Any) -> bool:
        with self._lock:
            self.served += 1
            step = self._script.pop(0) if self._script else self.otherwise
        if not isinstance(step, Step) or step.read:
            request = _read(stream)
            with self._lock:
                self.requests.append(request)
            step = step if isinstance(step, Step) else step(request)
        self._over.wait(step.silence)
        self._send(connection, step)
        if step.reset:
            linger_not = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
        elif step.close and step.read:
            _shut(connection)
        return not (step.close or step.reset)

    def _send(self, connection: socket.socket, step: Step) -> None:
        connection.sendall(step.data)
        for drop in step.drops:
            connection.sendall(bytes([drop]))
            if self._over.wait(_DROP_SECONDS):
                return


def _read(stream: Any) -> Request:
    method, target, _ = stream.readline().decode("latin-1").split()
    headers: dict[str, str] = {}
    while (line := stream.readline().decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Request(method, target, headers, stream.read(int(headers.get("content-length", "0"))))


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # closed already
        connection.shutdown(socket.SHUT_RDWR)


def run_together(count: int, work: Callable[[], object]) -> list[BaseException]:
    """Do the same work in threads that begin at once, and return what they raised."""
    barrier = threading.Barrier(count)

    def run(_: int) -> None:
        barrier.wait()
        work()

    with ThreadPoolExecutor(count) as threads:
        raised = [future.exception(30) for future in [threads.submit(run, n) for n in range(count)]]
    return [error for error in raised if error is not None]


class Stopwatch:
    """Measures what runs below ``with``."""

    seconds: float

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.monotonic() - self._started
