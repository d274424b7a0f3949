"""TLS is verified always; private authorities and proxies come by the usual variables."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
import trustme

from pulumi_flashback.client import APIConnectionError, ConfigurationError, FlashbackClient

BODY = b'{"status": "ok"}'


class Handler(http.server.BaseHTTPRequestHandler):
    """Says that all is well, and notes what was requested."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - a name of the library
        pass


class Running:
    """A running server: its port, and what was requested from it."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.asked: list[str] = []
        handler = type("Noting", (Handler,), {"asked": self.asked})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Running]:
    """A server with a certificate of a private authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with Running(context) as running:
        yield running


def test_an_unknown_authority_is_refused_at_once(secure: Running) -> None:
    with (
        FlashbackClient(f"https://localhost:{secure.port}") as client,
        pytest.raises(APIConnectionError, match="certificate is not trusted") as failure,
    ):
        client.health()
    assert "SSL_CERT_FILE" in str(failure.value)
    assert not failure.value.may_have_taken_effect
    assert secure.asked == []


def test_a_private_authority_is_named_by_a_variable(
    secure: Running, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with FlashbackClient(f"https://localhost:{secure.port}") as client:
        assert client.health().status == "ok"
    with (
        FlashbackClient(f"https://127.0.0.1:{secure.port}") as client,
        pytest.raises(APIConnectionError, match="certificate is not trusted"),
    ):
        client.health()


def test_a_proxy_is_named_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    with Running(None) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        with FlashbackClient("http://backend.example", allow_insecure=True) as client:
            assert client.health().status == "ok"
    assert proxy.asked == ["http://backend.example/health"]


def test_clear_text_to_another_machine_must_be_asked_for() -> None:
    with pytest.raises(ConfigurationError, match="flashback:allowInsecure"):
        FlashbackClient("http://backend.example")


@pytest.mark.parametrize("host", ["127.0.0.1", "LOCALHOST", "[::ffff:127.0.0.1]"])
def test_a_request_to_this_machine_never_goes_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with Running(None) as proxy, Running(None) as backend:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with FlashbackClient(f"http://{host}:{backend.port}") as client:
            assert client.health().status == "ok"
    assert (proxy.asked, backend.asked) == ([], ["/health"])


def test_a_proxy_that_cannot_be_reached_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Running(None) as proxy:
        pass
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:canary@127.0.0.1:{proxy.port}")
    with (
        FlashbackClient("https://backend.example", max_retries=0) as client,
        pytest.raises(APIConnectionError, match="through the proxy of HTTPS_PROXY") as failure,
    ):
        client.health()
    assert "canary" not in str(failure.value)
    assert not failure.value.may_have_taken_effect


@pytest.mark.parametrize("exists", [True, False])
def test_a_wrong_variable_for_certificates_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, exists: bool
) -> None:
    if exists:
        (tmp_path / "ca.pem").write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with pytest.raises(ConfigurationError, match="certificates of SSL_CERT_FILE"):
        FlashbackClient("https://backend.example")
    with FlashbackClient("http://127.0.0.1:1"):
        pass  # without TLS the variable does not matter
