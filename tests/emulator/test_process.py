"""The emulator as a process: its command line, its file, its end."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from pulumi_flashback.emulator.__main__ import main
from tests.emulator.asking import BODY

CANARIES = ("YOUR_ACCESS_KEY", "YOUR_SECRET_KEY", "demo-password")


@dataclass
class Running:
    """A started emulator.

    Attributes:
        process: Its process.
        url: Its address.
        token: The token that it printed.
    """

    process: subprocess.Popen[str]
    url: str
    token: str

    def end(self, number: int) -> str:
        self.process.send_signal(number)
        return "".join(self.process.communicate(timeout=10))


@contextmanager
def emulator(*arguments: str) -> Iterator[Running]:
    command = [sys.executable, "-u", "-m", "pulumi_flashback.emulator", "--port", "0", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            text = ""
            while "By hand" not in text:
                line = process.stdout.readline()
                assert line, process.communicate()[1]
                text += line
            url, token = re.search(r"at (\S+)", text), re.search(r"token\s+(\S+)", text)
            assert url is not None
            assert token is not None
            yield Running(process, url[1], token[1])
        finally:
            process.kill()
            process.communicate()


def create(running: Running, **changes: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {running.token}"}
    return httpx.post(f"{running.url}/apikeys", headers=headers, json={**BODY, **changes})


def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    data = str(tmp_path / "flashback.db")
    with emulator("--data", data) as running:
        made = [create(running, key=f"key-{n}").json()["apiKeyId"] for n in range(5)]
        running.end(signal.SIGKILL)
        token = running.token
    with emulator("--data", data) as running:
        for each in (token, running.token):
            rows = httpx.get(
                f"{running.url}/apikeys", headers={"Authorization": f"Bearer {each}"}
            ).json()["apiKeys"]
            assert [row["id"] for row in rows] == made


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_files_and_log_hold_no_secret_and_the_end_is_clean(tmp_path: Path, number: int) -> None:
    with emulator("--data", str(tmp_path / "flashback.db")) as running:
        identifier = create(running).json()["apiKeyId"]
        create(running)
        httpx.get(f"{running.url}/apikeys?workspaceId=query-canary")
        httpx.get(f"{running.url}/path-canary")
        contents = [each.read_bytes() for each in tmp_path.iterdir()]
        printed = running.end(number)
        contents += [each.read_bytes() for each in tmp_path.iterdir()]
        assert running.process.returncode == 0
    assert len(contents) >= 4
    for canary in CANARIES:
        assert canary not in printed
        assert not [each for each in contents if canary.encode() in each]
    for canary in (identifier, "query-canary", "path-canary", running.token, "Traceback"):
        assert canary not in printed
    assert "POST /apikeys 201" in printed
    assert "POST /apikeys 400" in printed


def test_start_errors_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    garbage, used = tmp_path / "garbage.db", tmp_path / "used.db"
    garbage.write_bytes(b"not a database, but long enough to look at" * 100)
    with emulator("--data", str(used)) as running:
        port = running.url.rpartition(":")[2]
        for arguments in (
            ["--port", port],
            ["--port", "99999"],
            ["--port", "0", "--host", "no.such.host.invalid"],
            ["--port", "0", "--data", str(tmp_path / "nowhere" / "x.db")],
            ["--port", "0", "--data", str(tmp_path)],
            ["--port", "0", "--data", str(garbage)],
            ["--port", "0", "--data", str(used)],
            ["--port", "0", "--set", "colour=blue", "--set", "in_use_status=418"],
        ):
            assert main(arguments) == 1
            printed = capsys.readouterr()
            assert printed.out == ""
            assert printed.err.startswith("error: ")
            assert printed.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--port", "x"], ["--nonsense"], ["--token-hours", "nan"]])
def test_wrong_arguments_are_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("error: ")
    assert printed.count("\n") == 1


def test_life_of_the_printed_token_faults_and_log() -> None:
    arguments = ("--token-hours", "2", "--set", "access_token_seconds=0.01", "--faults")
    with emulator(*arguments) as running:
        time.sleep(0.02)
        httpx.post(f"{running.url}/_faults", json={"POST /apikeys": ["commit-then-reset"]})
        with pytest.raises(httpx.TransportError):
            create(running)
        assert httpx.get(f"{running.url}/_faults").json() == {"success": True, "left": {}}
        assert create(running).json()["message"].endswith("already exists")
        running.process.terminate()
        printed, logged = running.process.communicate(timeout=10)
    assert "/apikeys" not in printed.partition("By hand")[0]
    assert [line.rsplit(" ", 2)[0] for line in logged.splitlines() if "/apikeys" in line] == [
        "POST /apikeys 0",
        "POST /apikeys 400",
    ]
