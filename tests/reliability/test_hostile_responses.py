"""Responses of a backend that is not to be trusted are one readable line; no crash."""

from __future__ import annotations

import gzip
import json

import pytest

from pulumi_flashback.client import APIConnectionError, ConfigurationError, FlashbackError
from tests.client.conftest import server as server
from tests.client.scripted_server import ScriptedServer, Step, reply

# without the time: these bytes are in the names of the tests, which must be the same in all workers
PACKED = gzip.compress(b'{"apiKeys": [{"id": "x"}]}', mtime=0)
ENDLESS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 1000


GZIP = {"Content-Encoding": "gzip"}
UNPACKED = [
    reply(PACKED[:-9], 200, GZIP),
    reply(PACKED[1:], 200, GZIP),
    reply(b"", 200, GZIP),
    reply(gzip.compress(PACKED, mtime=0), 200, {"Content-Encoding": "gzip, gzip"}),
    reply(b"x", 200, {"Content-Encoding": "br"}),
]
STRANGE = [
    Step(b""),
    Step(b"\x00" * 1000),
    Step(ENDLESS),
    Step(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
    Step(b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 300_000 + b"\r\n\r\n"),
    Step(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"),
    Step(b"HTTP/1.1 999 Strange\r\nContent-Length: 0\r\n\r\n"),
    reply(b"\xff\xfe{"),
    reply(b"[" * 1_000_000),
    reply(b'{"apiKeys": [' + b"1," * 1000 + b"1]}"),
    reply(b'{"apiKeys": [{"id": "x", "key": 5}]}'),
    reply(b'{"message": "' + b"\\u001b[2J" * 100_000 + b'"}', 400),
    reply(b'{"message": ["list"], "error": {"message": 5}}', 500),
]


@pytest.mark.parametrize("step", [*UNPACKED, *STRANGE], ids=lambda step: repr(step)[:60])
def test_strange_responses_are_one_readable_line(server: ScriptedServer, step: Step) -> None:
    server.expect(step)
    with pytest.raises(FlashbackError) as failure:
        server.client(token="t", max_retries=0).api_keys.list().find("x")
    assert not isinstance(failure.value, ConfigurationError)
    assert len(str(failure.value)) < 700
    assert str(failure.value).isprintable()
    if step in UNPACKED:
        assert isinstance(failure.value, APIConnectionError)
        assert "cannot be decompressed" in str(failure.value)


def test_two_rows_with_one_id_are_one_key(server: ScriptedServer) -> None:
    body = json.dumps({"apiKeys": [{"id": "same"}, {"id": "same"}]}).encode()
    server.expect(reply(body))
    assert {row.id for row in server.client(token="t").api_keys.list()} == {"same"}
