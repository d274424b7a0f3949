"""No usual encoding hides a secret, nor does anything invisible between its letters."""

from __future__ import annotations

import base64
import html
import itertools
import json
import random
import textwrap
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_flashback.redaction import PLACEHOLDER, WITHHELD, one_line, redact

SECRET = "wJalr/XUtn+FEMI&K7<MDENG=bPxRfi'ü€🔑"
ASCII_SECRET = "wJalr/XUtn+FEMI&K7<MDENG=bPxRfi"


def units(text: str) -> list[int]:
    """Return the UTF-16 code units of a text."""
    raw = text.encode("utf-16-be")
    return [int.from_bytes(raw[n : n + 2], "big") for n in range(0, len(raw), 2)]


def every(pattern: str) -> Callable[[str], str]:
    """Escape every UTF-16 code unit."""
    return lambda text: "".join(pattern.format(unit) for unit in units(text))


def octets(pattern: str) -> Callable[[str], str]:
    """Escape every byte."""
    return lambda text: "".join(pattern.format(byte) for byte in text.encode())


def points(pattern: str) -> Callable[[str], str]:
    """Escape every character."""
    return lambda text: "".join(pattern.format(ord(letter)) for letter in text)


def punctuation(escape: Callable[[str], str]) -> Callable[[str], str]:
    """Escape all that is no letter or digit."""
    return lambda text: "".join(c if c.isascii() and c.isalnum() else escape(c) for c in text)


def wrapped(text: str, width: int = 10) -> str:
    """Break base64 into lines."""
    return "\n".join(textwrap.wrap(base64.b64encode(text.encode()).decode(), width))


ENCODINGS: dict[str, Callable[[str], str]] = {
    "json-php": lambda text: json.dumps(text).replace("/", "\\/"),
    "json-go": lambda text: json.dumps(text).replace("&", "\\u0026").replace("<", "\\u003c"),
    "json-net": punctuation(every("\\u{:04X}")),
    "json-all-lower": every("\\u{:04x}"),
    "json-in-json": lambda text: json.dumps(json.dumps(text)),
    "json-in-json-in-json": lambda text: json.dumps(json.dumps(json.dumps(text))),
    "javascript-braces": points("\\u{{{:x}}}"),
    "python-wide": points("\\U{:08x}"),
    "bytes-repr": lambda text: repr(text.encode()),
    "c-hexadecimal": octets("\\x{:02X}"),
    "octal": octets("\\{:03o}"),
    "backslashes": punctuation(lambda letter: f"\\{letter}"),
    "html": html.escape,
    "html-decimal": points("&#{};"),
    "html-hexadecimal": points("&#x{:X};"),
    "html-padded": points("&#x{:06x};"),
    "html-more-padded": points("&#{:012d};"),
    "html-unended": points("&#{}"),
    "html-hexadecimal-unended": points("&#x{:x}"),
    "html-names-unended": lambda text: text.replace("&", "&amp").replace("<", "&lt"),
    "html-of-html": lambda text: html.escape(html.escape(text)),
    "html-names": lambda text: text.replace("+", "&plus;").replace("/", "&sol;"),
    "url": lambda text: quote(text, safe=""),
    "url-lower": lambda text: quote(text, safe="").swapcase().swapcase().lower(),
    "url-all": octets("%{:02x}"),
    "url-all-upper": octets("%{:02X}"),
    "url-twice": lambda text: quote(quote(text, safe=""), safe=""),
    "url-thrice": lambda text: quote(quote(quote(text, safe=""), safe=""), safe=""),
    "form": quote_plus,
    "form-twice": lambda text: quote_plus(quote_plus(text)),
    "url-units": every("%u{:04X}"),
    "url-of-json": lambda text: quote(json.dumps(text)),
    "json-of-url": lambda text: json.dumps(quote(text)),
    "html-of-json": lambda text: html.escape(json.dumps(text)),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal-upper": lambda text: text.encode().hex().upper(),
    "hexadecimal-colons": lambda text: text.encode().hex(":"),
    "hexadecimal-dashes": lambda text: text.encode().hex("-").upper(),
    "hexadecimal-spaces": lambda text: text.encode().hex(" "),
    "hexadecimal-list": lambda text: ", ".join(map(hex, text.encode())),
    "hexadecimal-words": lambda text: " ".join(map("0x{:02X}".format, text.encode())),
    "hexadecimal-utf-16": lambda text: text.encode("utf-16-le").hex(),
    "hexadecimal-json": lambda text: json.dumps(text).encode().hex(),
    "base64-utf-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "base64-json": lambda text: base64.b64encode(json.dumps(text).encode()).decode(),
    "base64-json-php": lambda text: base64.b64encode(
        json.dumps(text).replace("/", "\\/").encode()
    ).decode(),
    "as-latin": lambda text: text.encode().decode("latin-1"),
    "as-windows": lambda text: text.encode().decode("cp1252", "replace"),
    "as-ascii": lambda text: text.encode("ascii", "replace").decode(),
    "numbers": lambda text: str(list(text.encode())),
    "numbers-go": lambda text: str(list(text.encode())).replace(",", ""),
    "base64-wrapped": wrapped,
    "base64-wrapped-json": lambda text: json.dumps(wrapped(text)),
    "base64-url": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
    "basic-auth": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
    "upper": str.upper,
    "lower": str.lower,
    "full-width": lambda text: "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text
    ),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "sql": lambda text: text.replace("'", "''"),
    "shell": lambda text: text.replace("'", "'\"'\"'"),
}


ALONE = {"full-width", "upper", "lower", "as-latin", "as-windows", "as-ascii"}
"""They change what another encoding begins with or ends in."""

PAIRED = sorted(set(ENCODINGS) - ALONE)


def pieces(text: str, secret: str) -> list[str]:
    """Return the runs of a secret that a text shows, however they are written."""
    runs = [secret[n : n + 5] for n in range(len(secret) - 4)]
    return [run for run in runs if run.lower() in text.lower()]


@pytest.mark.parametrize("secret", [SECRET, ASCII_SECRET], ids=["unicode", "ascii"])
@pytest.mark.parametrize("name", ENCODINGS)
def test_an_encoded_secret_is_replaced(name: str, secret: str) -> None:
    form = ENCODINGS[name](secret)
    for show in (redact, one_line):
        clean = show(f"Invalid key <{form}>, try again", [secret])
        assert PLACEHOLDER in clean
        assert clean.startswith("Invalid key <")
        assert clean.endswith(">, try again")
        # quotes round it, padding, and what else belongs to the encoding alone
        assert len(clean) < len(f"Invalid key <{PLACEHOLDER}>, try again") + 16
        assert not pieces(clean, secret)


@given(
    st.text(min_size=8, max_size=40).filter(lambda text: sum(map(str.isalnum, text)) >= 6),
    st.sampled_from(PAIRED),
    st.sampled_from(PAIRED),
)
@settings(max_examples=300)
def test_any_secret_in_any_two_encodings_is_found(secret: str, first: str, second: str) -> None:
    try:
        form = ENCODINGS[second](ENCODINGS[first](secret))
    except UnicodeEncodeError:  # half a surrogate pair has no bytes
        return
    once = {"base64", "basic", "hexadecimal", "numbers"}
    if second.partition("-")[0] in once:  # these are searched in, but not of what is encoded
        form = ENCODINGS[first](secret)
    clean = redact(f"<{form}>", [secret])
    assert PLACEHOLDER in clean or clean == WITHHELD


@pytest.mark.parametrize("before", range(7))
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
    assert one_line(f"<{sign.join(secret)}>", [secret]) == f"<{PLACEHOLDER}>"
    assert one_line(f"<{secret}>", [sign.join(secret)]) == f"<{PLACEHOLDER}>"
    assert one_line(f"a{sign}b") == "a b"
    escaped = f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
    assert one_line(f"<{escaped.join(secret)}>", [secret]) == f"<{PLACEHOLDER}>"


@pytest.mark.parametrize("text", ["déjà vu", "日本語", "עברית", "🔑 key", "naïve “quoted” €", "ß"])
def test_readable_letters_stay(text: str) -> None:
    assert one_line(text) == text


@pytest.mark.parametrize("end", ["", "...", "…", '"', "\\", " (cut)"])
def test_a_secret_that_the_backend_cuts_is_replaced_from_its_half(end: str) -> None:
    secret = "0123456789abcdefghijklmnopqrstuvwxyz"
    for length in range(18, len(secret)):
        clean = redact(f"bad key {secret[:length]}{end}", [secret])
        assert clean == f"bad key {PLACEHOLDER}{end}"


def test_ordinary_texts_stay_as_they_are() -> None:
    texts = (
        "Workspace not found or access denied",
        "%2F is not allowed in 'C:\\Users\\key', use \\\\server & co; &amp; &nosuch; 100%",
        "\\u12 \\x \\ud800 %u12 &#xffffffff; &#0; \\U99999999 \\",
    )
    for text, secret in itertools.product(texts, ("canary-secret", "~!", SECRET)):
        assert redact(text, [secret]) == text


@pytest.mark.parametrize("encode", [lambda text: json.dumps(text)[1:-1], quote])
def test_a_text_without_an_end_of_encodings_is_withheld(encode: Callable[[str], str]) -> None:
    text = "%22\\"
    for _ in range(12):
        text = encode(text)
    assert redact(text, ["canary-secret"]) == WITHHELD
    assert redact(text, []) == text


def test_a_short_secret_is_found_in_its_encodings() -> None:
    for form in ("&#126;&#126;", "%7e%7E", "\\u007E~", "\\x7e\\x7e"):
        assert redact(f"it is {form}", ["~~"]) == WITHHELD


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=12), max_size=3), st.randoms())
def test_whatever_it_is_the_result_has_none_of_the_secrets(
    text: str, secrets: list[str], chance: random.Random
) -> None:
    parts = [text, *(ENCODINGS[chance.choice(["url", "html", "json-go"])](s) for s in secrets)]
    try:
        "".join(secrets).encode()
    except UnicodeEncodeError:
        return
    clean = redact(" ".join(parts), secrets)
    outside = clean.replace(PLACEHOLDER, " ").replace(WITHHELD, " ")
    assert not [secret for secret in secrets if len(secret) > 3 and secret in outside]
