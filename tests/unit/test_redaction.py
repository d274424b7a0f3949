"""No usual encoding hides a secret, nor does anything invisible between its letters."""

from __future__ import annotations

import base64
import itertools
import json
import random
import re
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_flashback.redaction import MAX_TEXT_LENGTH, PLACEHOLDER, WITHHELD, one_line, redact
from tests.unit.encodings import ENCODINGS, Encode, every, octets, points

SECRET = "wJalr/XUtn+FEMI&K7<MDENG=bPxRfi'ü€🔑"
ASCII_SECRET = "wJalr/XUtn+FEMI&K7<MDENG=bPxRfi"
PEM = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqh\nkiG9w0BAQEFAASCB\nKcwggSjAgEAAoIBA\n-----END KEY-----\n"
EXACT = ["clear", "url-path", "url", "form", "base64", "base64-unpadded", "base64-for-urls"]
EXACT += ["json", "json-unicode", "repr"]
"""These are replaced to the last character."""
ALONE = {"full-width", "upper", "lower", "as-latin", "as-windows", "as-ascii"}
"""They change what another encoding begins with or ends in."""
PAIRED = sorted(set(ENCODINGS) - ALONE)

# of letters that PLACEHOLDER and the texts around do not have, and long enough to be replaced
SECRETS = st.text(st.sampled_from("KQZ7/+=% \"\\'üß€𝄞"), min_size=8, max_size=60).filter(
    lambda text: len(text.strip()) >= 8
)
AROUND = st.text(st.sampled_from("abcdfg,.:;(){}"), max_size=20)


@pytest.mark.parametrize("secret", [SECRET, ASCII_SECRET], ids=["unicode", "ascii"])
@pytest.mark.parametrize("name", ENCODINGS)
def test_an_encoded_secret_is_replaced(name: str, secret: str) -> None:
    for show in (redact, one_line):
        clean = show(f"Invalid key <{ENCODINGS[name](secret)}>, try again", [secret])
        assert PLACEHOLDER in clean
        assert clean.startswith("Invalid key <")
        assert clean.endswith(">, try again")
        # quotes round it, padding, and what else belongs to the encoding alone
        assert len(clean) < len(f"Invalid key <{PLACEHOLDER}>, try again") + 16
        pieces = [secret[n : n + 5].lower() for n in range(len(secret) - 4)]
        assert not [piece for piece in pieces if piece in clean.lower()]


@given(SECRETS, AROUND, AROUND, st.sampled_from(EXACT))
def test_the_usual_forms_of_a_secret_are_replaced_to_the_last_character(
    secret: str, before: str, after: str, name: str
) -> None:
    clean = redact(f"{before}{ENCODINGS[name](secret)}{after}", [secret])
    assert clean.replace("=", "") == f"{before}{PLACEHOLDER}{after}"  # padding shows nothing


@given(
    st.text(min_size=8, max_size=40).filter(lambda text: sum(map(str.isalnum, text)) >= 6),
    st.sampled_from(PAIRED),
    st.sampled_from(PAIRED),
)
@settings(max_examples=200)
def test_any_secret_in_any_two_encodings_is_found(secret: str, first: str, second: str) -> None:
    try:
        form = ENCODINGS[second](ENCODINGS[first](secret))
    except UnicodeEncodeError:  # half a surrogate pair has no bytes
        return
    if second.partition("-")[0] in {"base64", "basic", "hexadecimal", "numbers"}:
        form = ENCODINGS[first](secret)  # these are searched in, but not of what is encoded
    clean = redact(f"<{form}>", [secret])
    assert PLACEHOLDER in clean or clean == WITHHELD


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=12), max_size=3), st.randoms())
def test_whatever_it_is_the_result_is_one_printable_line_with_none_of_the_secrets(
    text: str, secrets: list[str], chance: random.Random
) -> None:
    forms = [ENCODINGS[chance.choice(["url", "html", "json-go"])] for _ in secrets]
    try:
        parts = [text, *(form(secret) for form, secret in zip(forms, secrets, strict=True))]
        "".join(secrets).encode()
    except UnicodeEncodeError:
        return
    for show in (redact, one_line):
        clean = show(" ".join(parts), secrets)
        outside = clean.replace(PLACEHOLDER, " ").replace(WITHHELD, " ")
        assert not [secret for secret in secrets if len(secret) > 3 and secret in outside]
    assert len(clean) <= MAX_TEXT_LENGTH
    assert len(clean.splitlines()) <= 1
    assert re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", clean) is None


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("after", range(4))
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_with_something_before_and_after(
    before: int, after: int, encode: Callable[[bytes], bytes]
) -> None:
    text = encode(b"\xff" * before + SECRET.encode() + b"\xff" * after).decode()
    for shown in (text, text.rstrip("="), text.lower()):
        clean = redact(f"token {shown}", [SECRET])
        assert PLACEHOLDER in clean
        assert len(clean) < 45


INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u2028"
    "\u202e\u2060\u2061\u2064\u2066\u2069\u206a\u206f\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9\ufffe"
    "\uffff\ue000\U000e0001\U000e0041\U000e0100\U000f0000\U0001fffe\x00\x01\x7f\x9f\ud800\u2800"
)


@pytest.mark.parametrize("sign", INVISIBLE, ids=lambda sign: f"U+{ord(sign):04X}")
def test_invisible_characters_do_not_hide_a_secret_and_are_not_printed(sign: str) -> None:
    secret = "CANARY-TOKEN-of-somebody"
    escaped = f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
    for text in (sign.join(secret), escaped.join(secret)):
        assert one_line(f"<{text}>", [secret]) == f"<{PLACEHOLDER}>"
    assert one_line(f"<{secret}>", [sign.join(secret)]) == f"<{PLACEHOLDER}>"
    assert one_line(f"a{sign}b") == "a b"


@pytest.mark.parametrize("color", ["\x1b[31m", "\x1b[0;1m", "\x1b]0;t\x07"])
def test_a_color_in_the_middle_of_a_secret_does_not_hide_it(color: str) -> None:
    for position in range(1, len(ASCII_SECRET)):
        text = ASCII_SECRET[:position] + color + ASCII_SECRET[position:]
        assert one_line(f"<{text}>", [ASCII_SECRET]) == f"<{PLACEHOLDER}>"


@pytest.mark.parametrize("end", ["", "...", "…", '"', "\\", " (cut)"])
def test_a_secret_that_the_backend_cuts_is_replaced_from_its_half(end: str) -> None:
    secret = "0123456789abcdefghijklmnopqrstuvwxyz"
    for length in range(18, len(secret)):
        clean = redact(f"bad key {secret[:length]}{end}", [secret])
        assert clean == f"bad key {PLACEHOLDER}{end}"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_secret_that_begins_like_another_leaves_nothing_of_the_longer_one(
    order: tuple[int, ...],
) -> None:
    secrets = ["CANARY", "CANARY-and-more", "x-CANARY-and-more-still"]
    clean = redact(f"it was {secrets[2]} or {secrets[1]}", [secrets[i] for i in order])
    assert clean == f"it was {PLACEHOLDER} or {PLACEHOLDER}"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\\n", " ", ", "])
def test_the_lines_of_a_key_file_are_secrets_however_they_are_joined(end: str) -> None:
    lines = PEM.splitlines()
    clean = redact("cannot parse " + end.join(lines), [PEM])
    assert not any(line in clean for line in lines)
    for line in lines:
        assert redact(f"line {line} is bad", [PEM]) == f"line {PLACEHOLDER} is bad"


@pytest.mark.parametrize("secret", ["a", "ab", "abc", "ü", "~~"])
def test_a_text_with_a_secret_too_short_to_replace_is_withheld(secret: str) -> None:
    for form in (
        secret,
        points("&#{};")(secret),
        octets("%{:02x}")(secret),
        every("\\u{:04X}")(secret),
    ):
        assert redact(f"it is <{form}>", [secret]) == WITHHELD
        assert one_line(f"it is <{form}>", [secret, "another"]) == WITHHELD
    assert redact("0 0 0", [secret]) == "0 0 0"
    assert redact("it is <wxyz>", ["wxyz"]) == f"it is <{PLACEHOLDER}>"


def test_ordinary_texts_stay_as_they_are() -> None:
    texts = (
        "Workspace not found or access denied",
        "%2F is not allowed in 'C:\\Users\\key', use \\\\server & co; &amp; &nosuch; 100%",
        "\\u12 \\x \\ud800 %u12 &#xffffffff; &#0; \\U99999999 \\",
        *("déjà vu", "日本語", "עברית", "🔑 key", "naïve “quoted” €", "ß"),
    )
    for text, secret in itertools.product(texts, ("canary-secret", "~!", SECRET, "")):
        assert redact(text, [secret]) == text
        assert one_line(text, [secret]) == text


@pytest.mark.parametrize("encode", [lambda text: json.dumps(text)[1:-1], quote])
def test_a_text_without_an_end_of_encodings_is_withheld(encode: Encode) -> None:
    text = "%22\\"
    for _ in range(12):
        text = encode(text)
    assert redact(text, ["canary-secret"]) == WITHHELD
    assert redact(text, []) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\n\t b", "a b"),
        ("  a  ", "a"),
        ("a\u2028b\u2029c\x85d\u202ee", "a b c d e"),
        ("\n\n", ""),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;https://x\x1b\\red\x1b]8;;\x07", "red"),
        ("\x1b(red", "red"),
        ("r\x07e\x08d\x1b", "r e d"),
        ("\ufeffred\u200b", "red"),
    ],
)
def test_no_control_character_reaches_a_terminal(text: str, expected: str) -> None:
    assert one_line(text) == expected


def test_a_long_text_is_cut_after_its_secrets_were_replaced() -> None:
    assert one_line("x" * MAX_TEXT_LENGTH) == "x" * MAX_TEXT_LENGTH
    assert one_line("x" * (MAX_TEXT_LENGTH + 1)) == "x" * (MAX_TEXT_LENGTH - 1) + "…"
    for offset in range(-12, 3):
        line = one_line("x" * (MAX_TEXT_LENGTH + offset) + "CANARY-TOKEN", ["CANARY-TOKEN"])
        assert "CAN" not in line


@pytest.mark.parametrize(
    "piece", ["x", "\x1b]", "\x1b[0", " \n", "\x00", "CANARY-TOKE", "CANARY-TOKEN"]
)
def test_a_million_characters_take_little_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    line = one_line(text, ["CANARY-TOKEN", "another-secret"])
    assert time.process_time() - started < 2
    assert "CANARY-TOKEN" not in line
    assert len(line) <= MAX_TEXT_LENGTH
