"""A backend that is not to be trusted: bounded memory, one readable line, no crash."""

from __future__ import annotations

import gzip
import json
import resource
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pulumi_flashback import client as api
from pulumi_flashback.client import FlashbackClient, Rows, transport

MANY = 100_000


@contextmanager
def server(answer: bytes) -> Iterator[str]:
    """Answer every connection with the same bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(10)
                    try:
                        connection.recv(65536)
                        connection.sendall(answer)
                    except OSError:
                        pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def listed(answer: bytes, timeout: float = 30) -> Rows[api.ApiKey]:
    with (
        server(answer) as url,
        FlashbackClient(url, token="t", max_retries=0, timeout=timeout) as client,
    ):
        return client.api_keys.list()


def test_a_gzip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 8 * 1024 * 1024)
    once = gzip.compress(b" " * 300_000_000, 1)
    twice = gzip.compress(once)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(api.APIConnectionError, match="the response is larger than"):
        listed(http(once, "Content-Encoding: gzip"))
    with pytest.raises(api.APIConnectionError, match="cannot be unpacked"):
        listed(http(twice, "Content-Encoding: gzip, gzip"))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 64 * 1024  # kilobytes


def test_a_packed_answer_is_unpacked() -> None:
    packed = gzip.compress(b'{"apiKeys": [{"id": "x"}]}')
    assert listed(http(packed, "Content-Encoding: gzip"))[0].id == "x"
    for wrong in (packed[:-9], packed[1:], b""):
        with pytest.raises(api.APIConnectionError, match="cannot be unpacked"):
            listed(http(wrong, "Content-Encoding: gzip"))


def test_a_list_of_very_many_keys_works() -> None:
    rows = [{"id": f"id-{n}", "key": f"AKIA{n}", "provider": "AWS"} for n in range(MANY)]
    assert len(listed(http(json.dumps({"apiKeys": rows}).encode()))) == MANY


def test_an_endless_answer_ends() -> None:
    endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 1000
    with pytest.raises(api.APIConnectionError):
        listed(endless)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00" * 1000,
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 999 Strange\r\nContent-Length: 0\r\n\r\n",
        http(b"x", "Content-Encoding: gzip"),
        http(b"x", "Content-Encoding: br"),
        http(b"\xff\xfe{"),
        http(b"[" * 1_000_000),
        http(b'{"apiKeys": [' + b"1," * 1000 + b"1]}"),
        http(b'{"apiKeys": [{"id": "x", "key": 5}]}'),
        http(b'{"message": "' + b"\\u001b[2J" * 100_000 + b'"}', status="400 No"),
        http(b'{"message": ["list"], "error": {"message": 5}}', status="500 No"),
    ],
    ids=lambda answer: repr(answer[:40]),
)
def test_strange_answers_are_one_readable_line(answer: bytes) -> None:
    with pytest.raises(api.FlashbackError) as failure:
        listed(answer, timeout=5).find("x")
    assert len(str(failure.value)) < 700
    assert str(failure.value).isprintable()


def test_two_rows_with_one_id_are_one_key() -> None:
    body = json.dumps({"apiKeys": [{"id": "same"}, {"id": "same"}]}).encode()
    assert {row.id for row in listed(http(body))} == {"same"}


@pytest.fixture
def slow_header() -> Iterator[Callable[[], str]]:
    """A server that sends its header one byte at a time, for ever."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = threading.Event()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    while not ended.wait(0.1):
                        connection.sendall(b"a")
                except OSError:
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield lambda: f"http://127.0.0.1:{listener.getsockname()[1]}"
        ended.set()
        thread.join()


def test_a_header_that_drips_ends_in_time(slow_header: Callable[[], str]) -> None:
    with (
        FlashbackClient(slow_header(), token="t", max_retries=0, timeout=1) as client,
        pytest.raises(api.APIConnectionError),
    ):
        client.api_keys.list()
