"""A process that ends leaves no socket open, whoever forgot to close the client."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.client.scripted_server import ScriptedServer, Step, reply

SCRIPT = """
import sys
from pulumi_flashback.client import FlashbackClient, FlashbackError

def use():
    client = FlashbackClient(sys.argv[1], token="t", max_retries=0, timeout=0.2)
    try:
        client.api_keys.list()
    except FlashbackError:
        pass
    return client

kept = use()
use()  # nobody keeps this one
"""


@pytest.mark.parametrize(
    ("scheme", "step"),
    [
        ("http", reply({"success": True, "apiKeys": []})),
        ("http", Step(silence=1.0)),
        ("http", Step(b"garbage\r\n\r\n")),
        ("http", reply(b"x" * 1000, 200, {"Content-Encoding": "gzip"})),
        ("https", Step(b"this is not TLS", read=False)),
    ],
    ids=["good", "silence", "garbage", "packed-garbage", "no-tls"],
)
def test_python_finds_no_socket_left_open(server: ScriptedServer, scheme: str, step: Step) -> None:
    server.otherwise = step
    url = server.base_url.replace("http", scheme)
    ran = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error::ResourceWarning", "-c", SCRIPT, url],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDEVMODE": "1"},
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
