"""How texts that others write spell a secret."""

from __future__ import annotations

import base64
import html
import json
import textwrap
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, quote_plus

Encode = Callable[[str], str]


def every(pattern: str) -> Encode:
    """Escape every UTF-16 code unit."""

    def encode(text: str) -> str:
        raw = text.encode("utf-16-be")
        units = (int.from_bytes(raw[n : n + 2], "big") for n in range(0, len(raw), 2))
        return "".join(map(pattern.format, units))

    return encode


def octets(pattern: str) -> Encode:
    """Escape every byte."""
    return lambda text: "".join(map(pattern.format, text.encode()))


def points(pattern: str) -> Encode:
    """Escape every character."""
    return lambda text: "".join(map(pattern.format, map(ord, text)))


def punctuation(escape: Encode) -> Encode:
    """Escape all that is neither letter nor digit."""
    return lambda text: "".join(c if c.isascii() and c.isalnum() else escape(c) for c in text)


def in_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def wrapped(text: str) -> str:
    """Break base64 into lines."""
    return "\n".join(textwrap.wrap(in_base64(text.encode()), 10))


# fmt: off
ENCODINGS: dict[str, Encode] = {
    "clear": str,
    "json": lambda text: json.dumps(text)[1:-1],
    "json-unicode": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json-php": lambda text: json.dumps(text).replace("/", "\\/"),
    "json-go": lambda text: json.dumps(text).replace("&", "\\u0026").replace("<", "\\u003c"),
    "json-net": punctuation(every("\\u{:04X}")),
    "json-all-lower": every("\\u{:04x}"),
    "json-in-json": lambda text: json.dumps(json.dumps(text)),
    "json-in-json-in-json": lambda text: json.dumps(json.dumps(json.dumps(text))),
    "javascript-braces": points("\\u{{{:x}}}"),
    "python-wide": points("\\U{:08x}"),
    "repr": lambda text: repr(text)[1:-1],
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
    "url-path": quote,
    "url-lower": lambda text: quote(text, safe="").lower(),
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
    "base64": lambda text: in_base64(text.encode()),
    "base64-unpadded": lambda text: in_base64(text.encode()).rstrip("="),
    "base64-for-urls": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64-utf-16": lambda text: in_base64(text.encode("utf-16-le")),
    "base64-json": lambda text: in_base64(json.dumps(text).encode()),
    "base64-json-php": lambda text: in_base64(json.dumps(text).replace("/", "\\/").encode()),
    "base64-wrapped": wrapped,
    "base64-wrapped-json": lambda text: json.dumps(wrapped(text)),
    "base64-url": lambda text: quote(in_base64(text.encode()), safe=""),
    "basic-auth": lambda text: in_base64(f"user:{text}".encode()),
    "as-latin": lambda text: text.encode().decode("latin-1"),
    "as-windows": lambda text: text.encode().decode("cp1252", "replace"),
    "as-ascii": lambda text: text.encode("ascii", "replace").decode(),
    "numbers": lambda text: str(list(text.encode())),
    "numbers-go": lambda text: str(list(text.encode())).replace(",", ""),
    "upper": str.upper,
    "lower": str.lower,
    "full-width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "sql": lambda text: text.replace("'", "''"),
    "shell": lambda text: text.replace("'", "'\"'\"'"),
}
# fmt: on
