"""No secret survives in a foreign text."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_flashback.redaction import MAX_TEXT_LENGTH, WITHHELD, one_line, redact

SECRET = 'pa ss/w+rd="ü\n\\end'
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
    ],
)
def test_every_form_is_replaced(form: str) -> None:
    text = redact(f"before {form} after", [SECRET])
    assert "[secret]" in text
    for word in ("pa ss", "pa%20ss", "pa+ss", "cGEgc3M", "rd="):
        assert word not in text


def test_each_line_of_a_long_secret_is_replaced() -> None:
    assert "MIIEvQIBADANBg" not in redact("bad line MIIEvQIBADANBg!", [PEM])


@pytest.mark.parametrize("secret", ["x", "ab", "é"])
def test_a_text_with_a_very_short_secret_is_withheld(secret: str) -> None:
    assert redact(f"it was {secret}", [secret]) == WITHHELD
    assert redact("QQQ", [secret]) == "QQQ"


@given(st.text(min_size=4, max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_a_secret_never_survives(secret: str, before: str, after: str) -> None:
    secret = f"#{secret}#"
    assert secret not in one_line(before + secret + after, [secret])


def test_escape_sequences_cannot_hide_a_secret() -> None:
    assert "canary-token" not in one_line("canary\x1b[31m-token \x00", ["canary-token"])


@given(st.text())
def test_the_result_is_one_short_line(text: str) -> None:
    line = one_line(text)
    assert len(line) <= MAX_TEXT_LENGTH
    assert len(line.splitlines()) <= 1
    assert "\x1b" not in line


def test_long_texts_are_cut() -> None:
    assert len(one_line("word " * 1_000_000, ["secret-word"])) == MAX_TEXT_LENGTH
