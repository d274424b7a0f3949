"""Redaction of several secrets at once, of hostile texts, and in bounded time."""

from __future__ import annotations

import base64
import itertools
import json
import re
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pulumi_flashback.redaction import MAX_TEXT_LENGTH, PLACEHOLDER, WITHHELD, one_line, redact

FORMS: dict[str, Callable[[str], str]] = {
    "clear": str,
    "quoted": quote,
    "quoted-all": lambda text: quote(text, safe=""),
    "quoted-plus": quote_plus,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64-unpadded": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64-url": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "json": lambda text: json.dumps(text)[1:-1],
    "json-unicode": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "repr": lambda text: repr(text)[1:-1],
}

# of letters that PLACEHOLDER and the texts around do not have, and long enough to be replaced
SECRETS = st.text(st.sampled_from("KQZ7/+=% \"\\'üß€𝄞"), min_size=8, max_size=60).filter(
    lambda text: len(text.strip()) >= 8
)
AROUND = st.text(st.sampled_from("abcdfg,.:;(){}"), max_size=20)


@given(SECRETS, AROUND, AROUND, st.sampled_from(sorted(FORMS)))
def test_no_form_of_a_secret_survives(secret: str, before: str, after: str, name: str) -> None:
    form = FORMS[name](secret)
    clean = redact(f"{before}{form}{after}", [secret])
    assert form not in clean
    assert clean.replace("=", "") == f"{before}{PLACEHOLDER}{after}"  # padding tells nothing


@pytest.mark.parametrize("secret", ["CANARY/one", "CANARY+two=", "CANARYü"])
def test_lower_case_percent_codes_are_found_too(secret: str) -> None:
    form = re.sub("%..", lambda match: match[0].lower(), quote(secret, safe=""))
    assert redact(f"<{form}>", [secret]) == f"<{PLACEHOLDER}>"


@given(st.lists(SECRETS, min_size=2, max_size=4), AROUND)
def test_none_of_several_secrets_survives(secrets: list[str], between: str) -> None:
    clean = redact(between.join(secrets), secrets)
    assert not any(secret in clean for secret in secrets)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_secret_that_begins_like_another_leaves_nothing_of_the_longer_one(
    order: tuple[int, ...],
) -> None:
    secrets = ["CANARY", "CANARY-and-more", "x-CANARY-and-more-still"]
    clean = redact(f"it was {secrets[2]} or {secrets[1]}", [secrets[i] for i in order])
    assert "more" not in clean
    assert "still" not in clean


@given(SECRETS, st.integers(1, 7), st.sampled_from(["\x1b[31m", "\x1b[0;1m", "\x1b]0;t\x07"]))
def test_a_colour_in_the_middle_of_a_secret_does_not_hide_it(
    secret: str, position: int, colour: str
) -> None:
    assume(secret == one_line(secret))
    text = secret[:position] + colour + secret[position:]
    assert one_line(f"<{text}>", [secret]) == f"<{PLACEHOLDER}>"


PEM = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqh\nkiG9w0BAQEFAASCB\nKcwggSjAgEAAoIBA\n-----END KEY-----\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\\n", " ", ", "])
def test_the_lines_of_a_key_file_are_found_however_they_are_joined(end: str) -> None:
    clean = redact("cannot parse " + end.join(PEM.splitlines()), [PEM])
    assert not any(line in clean for line in PEM.splitlines())


@pytest.mark.parametrize("line", PEM.splitlines())
def test_one_line_of_a_key_file_is_a_secret(line: str) -> None:
    assert redact(f"line {line} is bad", [PEM]) == f"line {PLACEHOLDER} is bad"


@pytest.mark.parametrize("secret", ["a", "ab", "abc", "ü"])
def test_a_text_with_a_secret_too_short_to_replace_is_withheld(secret: str) -> None:
    assert redact(f"it is <{secret}>", [secret]) == WITHHELD
    assert one_line(f"it is <{secret}>", [secret, "another"]) == WITHHELD
    assert redact("0 0 0", [secret]) == "0 0 0"


def test_four_letters_are_replaced_and_the_rest_stays() -> None:
    assert redact("it is <wxyz>", ["wxyz"]) == f"it is <{PLACEHOLDER}>"


@pytest.mark.parametrize("secrets", [[], [""], ["", ""]])
def test_without_secrets_nothing_is_replaced(secrets: list[str]) -> None:
    assert one_line("plain text", secrets) == "plain text"


@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_and_any_secrets_give_one_printable_line(text: str, secrets: list[str]) -> None:
    line = one_line(text, secrets)
    assert len(line) <= max(MAX_TEXT_LENGTH, len(WITHHELD))
    assert len(line.splitlines()) <= 1
    assert re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", line) is None


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[31mred\x1b[0m",
        "\x1b]8;;https://x\x1b\\red\x1b]8;;\x07",
        "\x1b(red",
        "r\x07e\x08d",
        "red\x1b",
        "\ufeffred\u200b",
    ],
)
def test_no_control_character_reaches_a_terminal(text: str) -> None:
    assert "\x1b" not in one_line(text)
    assert re.sub(r"[^a-z]", "", one_line(text)).endswith("red")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb", "a b"),
        ("a\r\n\t b", "a b"),
        ("  a  ", "a"),
        ("a\u2028b\u2029c", "a b c"),
        ("a\x85b", "a b"),
        ("\n\n", ""),
        ("a\u202eb", "a b"),
    ],
)
def test_white_space_becomes_one_space(text: str, expected: str) -> None:
    assert one_line(text) == expected


@pytest.mark.parametrize("length", [MAX_TEXT_LENGTH, MAX_TEXT_LENGTH + 1])
def test_a_text_is_cut_with_a_sign_only_where_it_is_too_long(length: int) -> None:
    line = one_line("x" * length)
    assert len(line) == MAX_TEXT_LENGTH
    assert line.endswith("…") is (length > MAX_TEXT_LENGTH)


@pytest.mark.parametrize("offset", range(-12, 3))
def test_a_secret_at_the_cut_is_replaced_before_the_text_is_cut(offset: int) -> None:
    line = one_line("x" * (MAX_TEXT_LENGTH + offset) + "CANARY-TOKEN", ["CANARY-TOKEN"])
    assert "CAN" not in line


@pytest.mark.parametrize(
    "piece",
    [
        "x",
        "\x1b",
        "\x1b[",
        "\x1b]",
        "\x1b[0",
        " \n",
        "\x00",
        "CANARY-TOKE",
        "CANARY-TOKEN",
        "\x1b[;",
    ],
)
def test_a_million_characters_take_little_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    line = one_line(text, ["CANARY-TOKEN", "another-secret"])
    assert time.process_time() - started < 2
    assert "CANARY-TOKEN" not in line
    assert len(line) <= MAX_TEXT_LENGTH
