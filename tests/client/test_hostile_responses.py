"""Responses that nobody sends by accident: one readable line each, checked before they cost much."""

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc
from math import inf

import pytest

from pulumi_flashback.client import (
    APIConnectionError,
    ConfigurationError,
    FlashbackError,
    InvalidResponseError,
    ServerError,
    transport,
)
from pulumi_flashback.client.bounded_json import parsed
from pulumi_flashback.client.session import claims_of
from tests.client.scripted_server import ScriptedServer, Step, reply
from tests.client.steps import GZIP

HUGE = "9" * 400

# without the time: these bytes are in the names of the tests, which must be the same in all workers
PACKED = gzip.compress(b'{"apiKeys": [{"id": "x"}]}', mtime=0)
ENDLESS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 1000

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


@pytest.mark.parametrize("row", [b"{}", b'{"a":1}', b"1"])
def test_a_small_response_that_unpacks_to_much_is_refused_cheaply(
    server: ScriptedServer, row: bytes
) -> None:
    rows = b",".join([row] * 5_000_000)
    server.expect(reply(gzip.compress(b'{"apiKeys": [' + rows + b"]}"), 200, GZIP))
    client = server.client(max_retries=0)
    tracemalloc.start()
    try:
        with pytest.raises(APIConnectionError, match="compressed more than 200 to 1"):
            client.api_keys.list()
        assert tracemalloc.get_traced_memory()[1] < 32 * 1024 * 1024
    finally:
        tracemalloc.stop()


TOO_MANY = {
    "objects": b'{"success": true, "apiKeys": [' + b",".join([b"{}"] * 400_000) + b"]}",
    "numbers": b'{"success": true, "apiKeys": [' + b",".join([b"1"] * 4_100_000) + b"]}",
    "nested-arrays": b'{"success": true, "apiKeys": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "nested-objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
}


@pytest.mark.parametrize("body", TOO_MANY.values(), ids=TOO_MANY)
def test_a_response_of_too_many_values_is_not_what_the_api_promises(
    server: ScriptedServer, body: bytes
) -> None:
    server.expect(reply(body))
    with pytest.raises(InvalidResponseError):
        server.client(max_retries=0).api_keys.list()


def test_a_list_of_many_real_keys_is_read(server: ScriptedServer) -> None:
    row = {
        "key": "AKIAIOSFODNN7EXAMPLE",
        "provider": "AWS",
        "region": "us-east-1",
        "tenantId": None,
        "description": "what the key is for, in {words} of [a team], " * 4,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "bucket_count": 1,
    }
    rows = [{"id": f"id-{number}", **row} for number in range(100_000)]
    body = gzip.compress(json.dumps({"success": True, "apiKeys": rows}).encode(), 1)
    server.expect(reply(body, 200, GZIP))
    assert len(server.client(timeout=60.0).api_keys.list()) == 100_000


def test_an_error_is_known_by_its_status_however_long_its_body_is(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_ERROR_BYTES", 1000)
    server.expect(reply(b"x" * 5000, 500), reply({"apiKeys": []}))
    client = server.client(max_retries=0)
    with pytest.raises(ServerError):
        client.api_keys.list()
    assert client.api_keys.list() == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (f'{{"a": {HUGE}, "b": [-{HUGE}, 5]}}', {"a": inf, "b": [-inf, 5]}),
        (f'{{"a": "{HUGE}", "b": 12345678901234567890}}', {"a": HUGE, "b": 12345678901234567890.0}),
        (f"[{2**53}, {-(2**53)}, {2**60}]", [2**53, -(2**53), 2.0**60]),
        ('["a:12345678901234567890", 1.5, -0, true]', ["a:12345678901234567890", 1.5, 0, True]),
        ('"cut \\ud83d"', "cut \ufffd"),
        ('"cut \\ude00 off"', "cut \ufffd off"),
        ('["\\ud83d\\ude00", "\\\\ud83d", "\\ud83d"]', ["\U0001f600", "\\ud83d", "\ufffd"]),
        ('\ufeff{"a": 1}', {"a": 1}),
    ],
)
def test_large_numbers_half_characters_and_a_byte_order_mark_are_read(
    text: str, values: object
) -> None:
    assert parsed(text.encode()) == values


@pytest.mark.parametrize("text", ["", "{", "NaN", f"[{'9' * 5000}]", "[" * 1000 + "]" * 1000])
def test_what_is_not_json_raises_nothing_but_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(text.encode())


@pytest.mark.parametrize("field", ["bucket_count", "extra"])
def test_a_huge_number_raises_no_foreign_error(server: ScriptedServer, field: str) -> None:
    client = server.client(max_retries=0)
    for number in (HUGE, f"-{HUGE}", "1e400", "1e300", "9" * 5000):
        server.expect(reply(f'{{"apiKeys": [{{"id": "a", "{field}": {number}}}]}}'.encode()))
        try:
            (key,) = client.api_keys.list()
        except FlashbackError:
            continue
        assert key.id == "a"
        float(key.bucket_count or 0)  # as both providers send it to the engine


def test_a_huge_number_in_a_token_raises_no_foreign_error() -> None:
    payload = base64.urlsafe_b64encode(f'{{"orgId": "o", "exp": {HUGE}}}'.encode()).decode()
    assert claims_of(f"a.{payload}.b") == {"orgId": "o", "exp": inf}


NUMBERS = ("9" * 19, HUGE, f"-{HUGE}", "9" * 5000)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        *((name, NUMBERS) for name in ("Content-Length", "X-Request-Id", "Age")),
        (
            "Retry-After",
            (
                *NUMBERS,
                "\x80\xff",
                "Thu, 01 Jan 2026 12:00:00 +99999999999999",
                "Thu, 01 Jan 99999999999999999999 12:00:00 GMT",
                "Thu, 99 Jan 2026 99:99:99 GMT",
            ),
        ),
    ],
)
def test_no_header_raises_a_foreign_error(
    server: ScriptedServer, name: str, values: tuple[str, ...]
) -> None:
    client = server.client(max_retries=0, timeout=0.1)
    for value in values:
        server.expect(reply(b"{}", 503, {name: value}))
        with pytest.raises(FlashbackError):
            client.api_keys.list()
