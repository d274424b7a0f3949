"""Requests byte for byte, answers to accidents, and the pace of it all."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from pulumi_flashback.emulator import Emulator
from tests.emulator.test_api import BODY, NO_TLS, asking, refused
from tests.emulator.test_process import emulator as emulator_process

CURL_BODY = """{
    "workspaceId": "workspace-uuid",
    "key": "YOUR_ACCESS_KEY",
    "secret": "YOUR_SECRET_KEY",
    "provider": "AWS",
    "endpoint": "s3.us-east-1.amazonaws.com",
    "region": "us-east-1"
  }"""
"""The body of the cURL example of the API reference, POST /apikeys."""

GO_BODY = """{
		"workspaceId": "workspace-uuid",
		"key": "YOUR_ACCESS_KEY",
		"secret": "YOUR_SECRET_KEY",
		"provider": "AWS",
		"endpoint": "s3.us-east-1.amazonaws.com",
		"region": "us-east-1"
	}"""
"""The body of its Go example."""

PYTHON_BODY, JAVASCRIPT_BODY = json.dumps(BODY), json.dumps(BODY, separators=(",", ":"))


def raw(emulator: Emulator, request: str) -> tuple[int, dict[str, str], bytes]:
    """Send text as it is; return status, header and body of the answer."""
    host, _, port = emulator.base_url.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request.encode())
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    header = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), header, body


@pytest.mark.parametrize("body", [CURL_BODY, GO_BODY, PYTHON_BODY, JAVASCRIPT_BODY])
def test_the_requests_of_the_reference(flashback_emulator: Emulator, body: str) -> None:
    status, header, content = raw(
        flashback_emulator,
        "POST /apikeys HTTP/1.1\r\nHost: backend.flashback.tech\r\n"
        f"Authorization: Bearer {flashback_emulator.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}",
    )
    assert status == 201
    assert header["content-type"] == "application/json"
    assert header["x-request-id"]
    answer = json.loads(content)
    (row,) = flashback_emulator.api_keys()
    assert answer == {"success": True, "apiKeyId": row["id"]}
    assert {**row, "workspaceId": "workspace-uuid"}.items() >= BODY.items()


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_curl_command_of_the_reference(flashback_emulator: Emulator) -> None:
    done = subprocess.run(
        [
            *("curl", "-sS", "--noproxy", "*", "-X", "POST"),
            f"{flashback_emulator.base_url}/apikeys",
            *("-H", f"Authorization: Bearer {flashback_emulator.token}"),
            *("-H", "Content-Type: application/json", "-d", CURL_BODY),
        ],
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert json.loads(done.stdout)["success"] is True


def test_an_accident_is_answered_without_a_trace(
    flashback_emulator: Emulator, capfd: pytest.CaptureFixture[str]
) -> None:
    flashback_emulator.store.execute("DROP TABLE api_keys")
    answer = asking(flashback_emulator)("POST", "/apikeys", BODY)
    refused(answer, 500, "Internal server error")
    assert answer.headers["x-request-id"]
    assert asking(flashback_emulator)("GET", "/health").status_code == 200
    assert "".join(capfd.readouterr()) == "internal error: OperationalError\n"


def test_a_refused_write_changes_nothing(flashback_emulator: Emulator) -> None:
    """An accident between two statements of one request leaves no half of it."""
    store = flashback_emulator.store
    store.execute("DROP TABLE roles")
    answer = asking(flashback_emulator)("POST", "/workspace", {"name": "Half"})
    assert answer.status_code == 500
    assert asking(flashback_emulator)("GET", "/health").status_code == 200  # it is logged by now
    assert "Half" not in [each.name for each in flashback_emulator.workspaces()]


def test_methods_of_a_path(flashback_emulator: Emulator) -> None:
    ask = asking(flashback_emulator)
    assert ask("PATCH", "/apikeys").headers["allow"] == "GET, HEAD, POST"
    assert ask("GET", "/apikeys/x").headers["allow"] == "DELETE, PUT"
    ask("CANARY", "/apikeys")
    ask("GET", "/canary")
    assert flashback_emulator.requests == [
        ("PATCH", "/apikeys", 405),
        ("GET", "/apikeys/{id}", 405),
        ("OTHER", "/apikeys", 405),
        ("GET", "(unknown path)", 404),
    ]


def test_concurrent_writers_and_readers(flashback_emulator: Emulator) -> None:
    """Every acknowledged create is listed, once, whatever else goes on."""
    ask = asking(flashback_emulator)
    made: list[str] = []

    def work(number: int) -> None:
        for each in range(5):
            body = {**BODY, "key": f"{number}-{each}"}
            made.append(ask("POST", "/apikeys", body).json()["apiKeyId"])
            flashback_emulator.add_api_key(flashback_emulator.second_workspace_id, key=str(each))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = ask("GET", "/apikeys?workspaceId=workspace-uuid").json()["apiKeys"]
    assert sorted(row["id"] for row in rows) == sorted(made)
    assert len(made) == 30


def test_starting_and_answering_take_no_time() -> None:
    """Generous bounds; each stands for a fault that once was: slow ends, delayed answers."""
    whole, creates = [], []
    for _ in range(5):
        started = time.perf_counter()
        with Emulator():
            pass
        whole.append(time.perf_counter() - started)
    assert min(whole) < 0.1
    with Emulator() as emulator, httpx.Client(base_url=emulator.base_url, verify=NO_TLS) as client:
        headers = {"Authorization": f"Bearer {emulator.token}"}
        for number in range(20):
            started = time.perf_counter()
            client.post("/apikeys", headers=headers, json={**BODY, "key": str(number)})
            creates.append(time.perf_counter() - started)
    assert min(creates) < 0.03


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
        time.sleep(0.05)
        started = time.perf_counter()
        flashback_emulator.stop()
        assert time.perf_counter() - started < 1
    assert not flashback_emulator.running


def test_the_log_goes_to_stderr(tmp_path: Path) -> None:
    with emulator_process("--token-hours", "2", "--set", "access_token_seconds=1") as running:
        time.sleep(1.1)
        headers = {"Authorization": f"Bearer {running.token}"}
        assert httpx.get(f"{running.url}/apikeys", headers=headers).status_code == 200
        running.process.terminate()
        printed, logged = running.process.communicate(timeout=10)
    assert "/apikeys 200" not in printed
    assert logged.startswith("GET /apikeys 200 ")
    assert len(logged.splitlines()) == 1


@pytest.mark.parametrize(
    "use",
    [
        "from pulumi_flashback.testing import flashback_emulator, flashback_emulator_factory",
        'pytest_plugins = ["pulumi_flashback.testing"]',
    ],
)
def test_the_fixtures_in_a_project_of_a_user(tmp_path: Path, use: str) -> None:
    (tmp_path / "conftest.py").write_text(use + "\n")
    (tmp_path / "test_theirs.py").write_text(
        "def test_it(flashback_emulator):\n"
        "    assert flashback_emulator.base_url and flashback_emulator.token\n"
        "    assert flashback_emulator.api_keys(flashback_emulator.workspace_id) == []\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": str(Path(__file__).parents[2]),  # also where it is not installed
        },
        check=False,
        timeout=60,
    )
    assert "1 passed" in done.stdout, done.stdout
