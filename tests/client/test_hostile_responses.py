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
from pulumi_flashback.client.session import claims_of as _claims
from pulumi_flashback.client.bounded_json import parsed
from tests.client.conftest import Client
from tests.client.scripted_server import ScriptedServer, answer

GZIP = {"Content-Encoding": "gzip"}
MEBIBYTE = 1024 * 1024
HUGE = "9" * 400


def bomb(row: bytes, count: int) -> bytes:
    return gzip.compress(b'{"success": true, "apiKeys": [' + b",".join([row] * count) + b"]}")


@pytest.mark.parametrize("row", [b"{}", b"[]", b'{"a":1}', b"1", b'""', b"null"])
def test_a_small_response_that_unpacks_to_much_is_refused_cheaply(
    server: ScriptedServer, client_of: Client, row: bytes
) -> None:
    server.expect(answer(bomb(row, 5_000_000), 200, GZIP))
    client = client_of(server, max_retries=0)
    tracemalloc.start()
    try:
        with pytest.raises(APIConnectionError, match="packed more than 200 to 1"):
            client.api_keys.list()
        assert tracemalloc.get_traced_memory()[1] < 32 * MEBIBYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "body",
    [
        b'{"success": true, "apiKeys": [' + b",".join([b"{}"] * 400_000) + b"]}",
        b'{"success": true, "apiKeys": [' + b",".join([b"1"] * 4_100_000) + b"]}",
        b'{"success": true, "apiKeys": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    ],
    ids=["objects", "numbers", "nested-arrays", "nested-objects"],
)
def test_a_response_of_too_many_values_is_not_what_the_api_promises(
    server: ScriptedServer, client_of: Client, body: bytes
) -> None:
    server.expect(answer(body))
    client = client_of(server, max_retries=0)
    with pytest.raises(InvalidResponseError):
        client.api_keys.list()


def test_a_list_of_many_real_keys_is_read(server: ScriptedServer, client_of: Client) -> None:
    row = {
        "key": "AKIAIOSFODNN7EXAMPLE",
        "provider": "AWS",
        "endpoint": None,
        "region": "us-east-1",
        "tenantId": None,
        "subscriptionId": None,
        "description": "what the key is for, in {words} of [a team], " * 4,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "bucket_count": 1,
        "aillm_count": 0,
    }
    rows = [{"id": f"id-{number}", **row} for number in range(100_000)]
    body = gzip.compress(json.dumps({"success": True, "apiKeys": rows}).encode())
    server.expect(answer(body, 200, GZIP))
    assert len(client_of(server, timeout=60.0).api_keys.list()) == 100_000


def test_an_error_is_known_by_its_status_however_long_its_body_is(
    server: ScriptedServer, client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_ERROR_BYTES", 1000)
    server.expect(answer(b"x" * 5000, 500), answer({"apiKeys": []}))
    client = client_of(server, max_retries=0)
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
    ],
)
def test_whole_numbers_that_are_too_large_are_floats(text: str, values: object) -> None:
    assert parsed(text.encode()) == values


@pytest.mark.parametrize("text", ["", "{", "NaN", f"[{'9' * 5000}]", "[" * 1000 + "]" * 1000])
def test_what_is_not_json_raises_nothing_but_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(text.encode())


@pytest.mark.parametrize("number", [HUGE, f"-{HUGE}", "1e400", "1e300", "9" * 5000])
@pytest.mark.parametrize("field", ["bucket_count", "extra"])
def test_a_huge_number_raises_no_foreign_error(
    server: ScriptedServer, client_of: Client, number: str, field: str
) -> None:
    server.expect(answer(f'{{"apiKeys": [{{"id": "a", "{field}": {number}}}]}}'.encode()))
    try:
        (key,) = client_of(server, max_retries=0).api_keys.list()
    except FlashbackError:
        return
    assert key.id == "a"
    float(key.bucket_count or 0)  # as both providers send it to the engine


def test_a_huge_number_in_a_token_raises_no_foreign_error() -> None:
    payload = base64.urlsafe_b64encode(f'{{"orgId": "o", "exp": {HUGE}}}'.encode()).decode()
    assert _claims(f"a.{payload}.b") == {"orgId": "o", "exp": inf}


@pytest.mark.parametrize("name", ["Content-Length", "Retry-After", "X-Request-Id", "Age"])
@pytest.mark.parametrize("number", ["9" * 19, HUGE, f"-{HUGE}", "9" * 5000])
def test_a_huge_number_in_a_header_raises_no_foreign_error(
    server: ScriptedServer, client_of: Client, name: str, number: str
) -> None:
    server.otherwise = answer(b"{}", 503, {name: number})
    with pytest.raises(FlashbackError):
        client_of(server, max_retries=0, timeout=0.3).api_keys.list()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'"cut \\ud83d"', "cut \ufffd"),
        (b'"cut \\ude00 off"', "cut \ufffd off"),
        (b'["\\ud83d\\ude00", "\\\\ud83d", "\\ud83d"]', ["\U0001f600", "\\ud83d", "\ufffd"]),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
    ],
)
def test_half_a_character_and_a_byte_order_mark_are_read(text: bytes, value: object) -> None:
    assert parsed(text) == value
