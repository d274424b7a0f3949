"""Requests byte for byte, wrong ones, internal errors, and the pace of it all."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable

import httpx
import pytest

from pulumi_flashback.emulator import Emulator
from tests.emulator.asking import BODY, NO_TLS, Ask, asking, refused

CURL_BODY = """{
    "workspaceId": "workspace-uuid",
    "key": "YOUR_ACCESS_KEY",
    "secret": "YOUR_SECRET_KEY",
    "provider": "AWS",
    "endpoint": "s3.us-east-1.amazonaws.com",
    "region": "us-east-1"
  }"""
"""The body of the cURL example of the API reference, POST /apikeys."""

GO_BODY = CURL_BODY.replace("    ", "\t\t").replace("  }", "\t}")
"""The body of its Go example."""

BODIES = [CURL_BODY, GO_BODY, json.dumps(BODY), json.dumps(BODY, separators=(",", ":"))]


@pytest.mark.parametrize("body", BODIES, ids=["curl", "go", "python", "javascript"])
def test_the_requests_of_the_reference(flashback_emulator: Emulator, body: str) -> None:
    host, _, port = flashback_emulator.base_url.removeprefix("http://").rpartition(":")
    request = (
        "POST /apikeys HTTP/1.1\r\nHost: backend.flashback.tech\r\n"
        f"Authorization: Bearer {flashback_emulator.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    )
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request.encode())
        response = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, content = response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 201 ")
    assert b"\r\ndate: " in head
    assert b"\r\ncontent-type: application/json\r\n" in head
    assert b"\r\nx-request-id: " in head
    (row,) = flashback_emulator.api_keys()
    assert json.loads(content) == {"success": True, "apiKeyId": row["id"]}
    assert {**row, "workspaceId": "workspace-uuid"}.items() >= BODY.items()


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", "/apikeys", b"{", 400),
        ("POST", "/apikeys", b"", 400),
        ("POST", "/apikeys", b"[]", 400),
        ("POST", "/apikeys", b"null", 400),
        ("POST", "/apikeys", b"\xff\xfe", 400),
        ("POST", "/apikeys", b"[" * 200_000, 400),
        ("POST", "/apikeys", b'{"workspaceId": "\\ud800"}', 400),
        ("POST", "/apikeys", b'{"workspaceId": "a\\u0000"}', 400),
        ("POST", "/apikeys", b'{"a": ' + b"1" * 10_000 + b"}", 400),
        ("POST", "/apikeys", b"x" * 2_000_000, 413),
        *(("POST", "/user/login", b'{"x": %s}' % n, 400) for n in (b"NaN", b"-Infinity", b"1e999")),
        ("GET", "/nowhere", b"", 404),
        ("GET", "/apikeys/some-id", b"", 405),
        ("PATCH", "/apikeys", b"", 405),
        ("PUT", "/apikeys/..%2f..", b"{}", 404),
        ("GET", "/apikeys/", b"", 404),
        ("POST", "/workspace", b'{"name": "a\\u0000"}', 400),
        ("POST", "/user/login", b'{"email": "a\\u0000", "password": "x"}', 401),
        ("DELETE", "/apikeys/%00", b"", 404),
        ("DELETE", "/apikeys/%ed%a0%80", b"", 404),
        ("GET", "/apikeys?workspaceId=%00%ff", b"", 403),
        ("GET", "/apikeys?capability=" + "9" * 5000, b"", 400),
        ("GET", "/_faults", b"", 404),
    ],
)
def test_wrong_requests_get_json_and_no_trace(
    flashback_emulator: Emulator, method: str, path: str, content: bytes, status: int
) -> None:
    ask = asking(flashback_emulator, socket=True)
    response = ask(method, path, content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    assert response.json()["success"] is False
    assert "Traceback" not in response.text
    assert len(response.text) < 200


def test_methods_of_a_path(ask: Ask, emulator: Emulator) -> None:
    assert ask("PATCH", "/apikeys").headers["allow"] == "GET, HEAD, POST"
    assert ask("GET", "/apikeys/x").headers["allow"] == "DELETE, PUT"
    ask("CANARY", "/apikeys")
    ask("GET", "/canary")
    assert emulator.requests == [
        ("PATCH", "/apikeys", 405),
        ("GET", "/apikeys/{id}", 405),
        ("OTHER", "/apikeys", 405),
        ("GET", "(unknown path)", 404),
    ]


def test_an_internal_error_has_no_trace_and_no_effect(
    ask: Ask, emulator: Emulator, capfd: pytest.CaptureFixture[str]
) -> None:
    emulator.store.execute("DROP TABLE api_keys")
    response = ask("POST", "/apikeys", BODY)
    refused(response, 500, "Internal server error")
    assert response.headers["x-request-id"]
    assert "".join(capfd.readouterr()) == "internal error: OperationalError\n"
    emulator.store.execute("DROP TABLE roles")  # between two statements of one request
    assert ask("POST", "/workspace", {"name": "Half"}).status_code == 500
    assert [each.name for each in emulator.workspaces()] == ["Demo", "Second"]


def is_quick(work: Callable[[int], object], seconds: float) -> bool:
    """Whether something takes less than so long at least once: the machine may be busy."""

    def measured(number: int) -> float:
        started = time.perf_counter()
        work(number)
        return time.perf_counter() - started

    return any(measured(number) < seconds for number in range(100))


def test_starting_and_responding_take_no_time() -> None:
    """Each bound stands for a fault that once was: slow ends, delayed responses."""
    assert is_quick(lambda _: Emulator().__enter__().stop(), 0.1)
    with Emulator() as emulator, httpx.Client(base_url=emulator.base_url, verify=NO_TLS) as client:
        headers = {"Authorization": f"Bearer {emulator.token}"}

        def create(number: int) -> None:
            client.post("/apikeys", headers=headers, json={**BODY, "key": str(number)})

        assert is_quick(create, 0.03)


def test_an_end_with_open_and_busy_connections(flashback_emulator: Emulator) -> None:
    """Idle connections and half-sent requests do not hold up the end."""
    host, _, port = flashback_emulator.base_url.removeprefix("http://").rpartition(":")
    with (
        socket.create_connection((host, int(port))),
        socket.create_connection((host, int(port))) as half,
        httpx.Client(base_url=flashback_emulator.base_url, verify=NO_TLS) as idle,
    ):
        idle.get("/health")
        half.sendall(
            b"POST /user/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 10\r\n\r\n{"
        )
        while not flashback_emulator.in_flight("POST /user/login"):
            time.sleep(0.001)
        flashback_emulator.stop()  # after five seconds it gives up
        assert not flashback_emulator.running
