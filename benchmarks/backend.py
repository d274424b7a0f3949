"""A bare backend with a set response time, in a process of its own: it costs next to nothing.

It keeps API keys in memory, checks nothing, and counts connections and requests. Beside what the
platform has, it answers ``GET /apikeys/{id}``, which the generic Terraform provider needs.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import urllib.request
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

WORKSPACE = "benchmark-workspace"
TOKEN = "eyJhbGciOiJub25lIn0.eyJvcmdJZCI6ImJlbmNobWFyayJ9.none"
"""It names an organization, as the platform's tokens do."""

_SHOWN = frozenset({"key", "provider", "endpoint", "region", "description"})
_LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)


@dataclass
class Keys:
    """The stored keys, and the counters."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    workspaces: dict[str, str] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    open: int = 0
    connections: int = 0  # the most that were open at once
    accepted: int = 0

    def respond(self, method: str, path: str, query: str, body: bytes) -> tuple[int, Any]:
        """Return status and JSON body."""
        identifier = path.removeprefix("/apikeys").strip("/")
        self.requests[f"{method} /apikeys" + ("/{id}" if identifier else "")] += 1
        if identifier and identifier not in self.rows:
            return 404, {"success": False, "message": "API key not found"}
        if method == "POST":
            identifier = str(uuid.uuid4())
            given = json.loads(body)
            self.workspaces[identifier] = given["workspaceId"]
            given = {name: value for name, value in given.items() if name in _SHOWN}
            created = "2026-01-01T00:00:00.000Z"
            self.rows[identifier] = {"id": identifier, **given, "createdAt": created}
            return 201, {"success": True, "apiKeyId": identifier, "id": identifier}
        if method == "PUT":
            changed = json.loads(body).items()
            self.rows[identifier] |= {name: v for name, v in changed if name in _SHOWN}
        elif method == "DELETE":
            del self.rows[identifier]
        elif identifier:
            return 200, self.rows[identifier]
        else:
            wanted = query.removeprefix("workspaceId=")
            rows = [row for n, row in self.rows.items() if wanted in ("", self.workspaces[n])]
            return 200, {"success": True, "apiKeys": rows}
        return 200, {"success": True}

    def counted(self) -> dict[str, Any]:
        """Return the counters and reset them."""
        counters = {
            "connections": self.connections,
            "accepted": self.accepted,
            "requests": dict(self.requests),
        }
        self.connections, self.accepted, self.requests = 0, 0, Counter()
        return counters


async def _serve(answer_time: float) -> None:
    keys = Keys()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected = False
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1])) if length else b""
                method, target, _ = head.decode().split(" ", 2)
                path, _, query = target.partition("?")
                if path == "/counters":
                    status, content = 200, keys.counted()
                else:
                    if not connected:  # that of the side that measures is not counted
                        connected = True
                        keys.open += 1
                        keys.accepted += 1
                    keys.connections = max(keys.connections, keys.open)
                    status, content = keys.respond(method, path, query, body)
                    await asyncio.sleep(answer_time)
                text = json.dumps(content).encode()
                fields = f"Content-Type: application/json\r\nContent-Length: {len(text)}"
                writer.write(f"HTTP/1.1 {status} OK\r\n{fields}\r\n\r\n".encode() + text)
        except (asyncio.IncompleteReadError, ConnectionError):
            keys.open -= connected
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


class Backend:
    """A running backend, as the side that measures sees it.

    Args:
        answer_time: Seconds before each response.
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
        """Return what was counted since the last call."""
        with urllib.request.urlopen(f"{self.url}/counters", timeout=60) as response:
            counters: dict[str, Any] = json.load(response)
        return counters

    def variables(self) -> dict[str, str]:
        """Return the variables with which a client finds this backend."""
        return {"FLASHBACK_BASE_URL": self.url, "FLASHBACK_TOKEN": TOKEN}


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
