"""Responses that cost much more than they weigh: what is checked before any of it is paid."""

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc
from math import inf

import pytest

from pulumi_flashback.client import (
    APIConnectionError,
    FlashbackError,
    InvalidResponseError,
    ServerError,
    transport,
)
from pulumi_flashback.client.bounded_json import parsed
from pulumi_flashback.client.session import claims_of
from tests.client.scripted_server import ScriptedServer, reply

GZIP = {"Content-Encoding": "gzip"}
HUGE = "9" * 400


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
