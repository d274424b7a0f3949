"""Shapes of inputs, and spellings that mean the same."""

from __future__ import annotations

import pytest

from pulumi_flashback.core.types import (
    endpoint_key,
    valid_endpoint,
    valid_id,
    valid_identifier,
    valid_text,
)
from pulumi_flashback.resources.masked_keys import identifies, is_masked, may_show


@pytest.mark.parametrize(
    "endpoint",
    [
        *("s3.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com.", "localhost", "minio:9000"),
        *("my_minio:9000", "10.0.0.1", "10.0.0.1:9000", "[::1]:9000", "https://s3.example.com"),
        *("http://s3.example.com:8080/path/", "HTTPS://S3.EXAMPLE.COM", "s3.example.com/bucket"),
        *("https://models.example.com/v1?api-version=2026-01-01", "bücher.example"),
        "xn--bcher-kva.example",
    ],
)
def test_hosts_and_urls_are_endpoints(endpoint: str) -> None:
    assert valid_endpoint(endpoint) == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        *("", " ", "two words", " s3.example.com", "s3.example.com\n", "https://", "https:///path"),
        *("ftp://example.com", "s3://bucket", "http//example.com:x", "example.com:", "!", ".."),
        *("example.com:0", "example.com:99999", "example.com:port", "a..b", ".example.com"),
        *("-a.example.com", "a-.example.com", "a" * 64 + ".example.com", ".".join(["a" * 60] * 5)),
        *("999.1.1.1", "[::1", "[nope]:80", "user@example.com", "https://user:pass@example.com"),
        *("example.com\x00", "exa\tmple.com"),
    ],
)
def test_what_cannot_be_a_host_or_url_is_refused(endpoint: str) -> None:
    with pytest.raises(ValueError, match=r"must ") as problem:
        valid_endpoint(endpoint)
    assert "pass" not in str(problem.value).replace("password", "")


def test_texts_and_identifiers() -> None:
    assert valid_text(" spaces and\nlines ") == " spaces and\nlines "
    assert valid_identifier("a word") == "a word"
    for wrong in ("", "  ", "\n", "\x00"):
        with pytest.raises(ValueError, match="must"):
            valid_text(wrong)
    for wrong in (" a", "a ", "a\nb", "a\x1b[0m"):
        with pytest.raises(ValueError, match="must not"):
            valid_identifier(wrong)


def test_ids() -> None:
    assert valid_id("a1b2-c3") == "a1b2-c3"
    for wrong in ("", ".", "..", "%2e%2e", "a/b", "a b", " a", "a\n", "x" * 257):
        with pytest.raises(ValueError, match="must"):
            valid_id(wrong)


KEY = "AKIAIOSFODNN7EXAMPLE"


@pytest.mark.parametrize(
    "listed",
    [KEY, "AKIA****", "****MPLE", "AKIA****MPLE", "AKIA...MPLE", "AKIAxxxxMPLE", "AKIA…", "AKIA"],
)
def test_masks_of_a_key(listed: str) -> None:
    assert may_show(listed, KEY)


@pytest.mark.parametrize(
    "listed", ["AKIB****", "AKIA****MPL", "OTHER", None, "AKIAIOSFODNN7EXAMPLE2"]
)
def test_masks_of_another_key(listed: str | None) -> None:
    assert not may_show(listed, KEY)


@pytest.mark.parametrize(("listed", "expected"), [(KEY, True), ("****MPLE", True), ("****", False)])
@pytest.mark.parametrize("line_end", ["", "\n", "\r\n"])
def test_only_a_telling_end_identifies(listed: str, expected: bool, line_end: str) -> None:
    assert identifies(listed, KEY + line_end) is expected
    assert identifies(listed + line_end, KEY) is expected


def test_display_prefixes_do_not_identify_but_are_no_mask_either() -> None:
    assert not is_masked("AKIA")
    assert not is_masked("AKIAXXXX")
    assert is_masked("AKIA****")


def test_spellings_of_one_endpoint() -> None:
    spellings = ["https://S3.example.com/", "s3.example.com", "http://s3.example.com"]
    assert len(set(map(endpoint_key, spellings))) == 1
    assert endpoint_key(None) == endpoint_key("") == ""
    assert endpoint_key("a.example.com") != endpoint_key("b.example.com")
