"""A bare backend with a set answer time, in a process of its own: it costs next to nothing.

It keeps API keys in memory, checks nothing, and counts connections and requests. Beside what the
platform has, it answers ``GET /apikeys/{id}``, which the generic Terraform provider needs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import urllib.request
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import Self

WORKSPACE = "benchmark-workspace"
TOKEN = "eyJhbGciOiJub25lIn0.eyJvcmdJZCI6ImJlbmNobWFyayJ9.none"
"""It names an organization, as the platform's tokens do."""

_CREATED_AT = "2026-01-01T00:00:00.000Z"


@dataclass
class Keys:
    """The stored keys, and the counters."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    connections: int = 0

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        """Return status and JSON body."""
        identifier = path.removeprefix("/apikeys").strip("/")
        self.requests[f"{method} /apikeys" + ("/{id}" if identifier else "")] += 1
        if identifier and identifier not in self.rows:
            return 404, {"success": False, "message": "API key not found"}
        if method == "POST":
            identifier = str(uuid.uuid4())
            given = {
                k: v for k, v in json.loads(body).items() if k not in ("secret", "workspaceId")
            }
            self.rows[identifier] = {"id": identifier, **given, "createdAt": _CREATED_AT}
            return 201, {"success": True, "apiKeyId": identifier, "id": identifier}
        if method == "PUT":
            changed = json.loads(body)
            self.rows[identifier] |= {k: v for k, v in changed.items() if k in _SHOWN}
        elif method == "DELETE":
            del self.rows[identifier]
        elif identifier:
            return 200, self.rows[identifier]
        else:
            return 200, {"success": True, "apiKeys": list(self.rows.values())}
        return 200, {"success": True}

    def counted(self) -> dict[str, Any]:
        """Return the counters and begin anew."""
        counters = {"connections": self.connections, "requests": dict(self.requests)}
        self.connections, self.requests = 0, Counter()
        return counters


_SHOWN = frozenset({"key", "provider", "endpoint", "region", "description"})


class _Connection(asyncio.Protocol):
    def __init__(self, keys: Keys, answer_time: float) -> None:
        self._keys = keys
        self._answer_time = answer_time
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._keys.connections += 1

    def data_received(self, data: bytes) -> None:
        self._received += data
        while True:
            head, end, rest = self._received.partition(b"\r\n\r\n")
            if not end:
                return
            length = _content_length(head)
            if len(rest) < length:
                return
            self._received = rest[length:]
            self._answer(head, rest[:length])

    def _answer(self, head: bytes, body: bytes) -> None:
        method, target, _ = head.split(b" ", 2)
        path = target.decode().partition("?")[0]
        if path == "/counters":
            self._keys.connections -= 1
            self._send(200, self._keys.counted())
            return
        status, content = self._keys.answer(method.decode(), path, body)
        asyncio.get_running_loop().call_later(self._answer_time, self._send, status, content)

    def _send(self, status: int, content: Any) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        body = json.dumps(content).encode()
        head = (
            f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._transport.write(head.encode() + body)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


class Backend:
    """A running backend, for the side that measures.

    Args:
        answer_time: Seconds before each answer.
    """

    def __init__(self, answer_time: float = 0.0) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.backend", str(answer_time)],
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,  # it ends with this process
            text=True,
        )
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def counters(self) -> dict[str, Any]:
        """Return connections and requests since the last call."""
        with urllib.request.urlopen(f"{self.url}/counters", timeout=60) as answer:
            counters: dict[str, Any] = json.load(answer)
        return counters

    def variables(self) -> dict[str, str]:
        """Return what tells a client of this backend."""
        return {"FLASHBACK_BASE_URL": self.url, "FLASHBACK_TOKEN": TOKEN}


async def _serve(answer_time: float) -> None:
    keys = Keys()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(keys, answer_time), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("answer_time", type=float, help="seconds before each answer")
    asyncio.run(_serve(parser.parse_args().answer_time))


if __name__ == "__main__":
    main()
