"""The one place that decides how a secret is kept out of a text.

Texts of our own never contain a secret. What comes from elsewhere (a message of the backend, an
exception of a library) may, and passes through here before anybody sees it.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import quote, quote_plus

PLACEHOLDER = "[secret]"
WITHHELD = "[withheld: the text repeats a secret]"
MAX_TEXT_LENGTH = 300
"""Characters of a foreign text that are shown."""

_SHORTEST_REPLACED = 4
"""Replacing one, two or three characters would show the secret by what is missing."""

_SHORTEST_LINE = 8
"""A line of a longer secret (a PEM file, say) counts as a secret from this length on."""

_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?")
_PERCENT = re.compile("%[0-9A-F]{2}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\s]+")


_at_hand = threading.local()


@contextmanager
def secrets_at_hand(secrets: Iterable[str]) -> Iterator[None]:
    """Keep these secrets out of every foreign text that this thread shows meanwhile.

    Args:
        secrets: Those of the operation at hand, also where no request carries them.
    """
    _at_hand.secrets = tuple(secrets)
    try:
        yield
    finally:
        _at_hand.secrets = ()


def one_line(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a foreign text as one short printable line that contains none of the secrets.

    Args:
        text: A text that somebody else wrote.
        secrets: Values that must not appear, in clear or encoded.
    """
    known = {*secrets, *getattr(_at_hand, "secrets", ())} - {""}
    printable = _UNPRINTABLE.sub(" ", _ESCAPE_SEQUENCE.sub("", redact(text, known))).strip()
    # once more: what was removed may have stood in the middle of a secret
    clean = redact(printable, known)
    return clean if len(clean) <= MAX_TEXT_LENGTH else clean[: MAX_TEXT_LENGTH - 1] + "…"


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return the text with each form of each secret replaced.

    A text that contains a secret too short to be replaced is withheld whole.

    Args:
        text: Any text.
        secrets: Values that must not appear: in clear, URL-encoded, base64 or JSON-escaped.
    """
    forms = {form for secret in secrets for form in _forms(secret)}
    # the longest first: what is left of a longer one would show how it goes on
    for form in sorted(forms, key=len, reverse=True):
        if form not in text:
            continue
        if len(form) < _SHORTEST_REPLACED:
            return WITHHELD
        text = text.replace(form, PLACEHOLDER)
    return text


def _forms(secret: str) -> set[str]:
    """Every spelling of a secret that a text may contain."""
    raw = secret.encode("utf-8", "surrogatepass")
    encoded = base64.b64encode(raw).decode()
    forms = {
        secret,
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        encoded,
        encoded.rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
    }
    forms.update([_PERCENT.sub(lambda match: match[0].lower(), form) for form in forms])
    forms.update(line for line in secret.splitlines() if len(line) >= _SHORTEST_LINE)
    return forms - {""}
