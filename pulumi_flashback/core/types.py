"""The types of properties: which values are valid, and which spellings are equivalent.

The validators raise ``ValueError`` with a text that goes after the name of the property and never
quotes the value.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator

from pulumi_flashback.client.identifiers import ID_FORM, is_identifier
from pulumi_flashback.client.matching import without_case


@dataclass(frozen=True)
class Canonical:
    """A canonical form: values that the API may spell differently are equal if it is the same."""

    form: Callable[[Any], Any]
    unordered: bool = False  # a list or an object: a diff compares the canonical form as well


@dataclass(frozen=True, eq=False)  # typing keeps what an optional type is annotated with by hash
class OpenEnum:
    """The known values of a property that accepts other values as well, with descriptions."""

    name: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class ApiForm:
    """The name or form that the API uses for a property, if it differs from the program's."""

    name: str = ""  # the name in requests
    sent: Callable[[Any], Any] = lambda value: value  # (value of the program) -> (of a request)
    shown: Callable[[Any], Any] = lambda value: value  # (value of a row) -> (of the program)


def as_set(item_form: Callable[[Any], Any] = lambda item: item) -> Canonical:
    """Return the comparison of a list whose order does not matter; None equals an empty list."""
    return Canonical(lambda items: frozenset(map(item_form, items or ())), unordered=True)


def as_map() -> Canonical:
    """Return the comparison of an object; None equals an empty object."""
    return Canonical(lambda given: given or {}, unordered=True)


def tidy(value: str | None) -> str:
    """Return the canonical form of a text: a backend may normalize what it stores."""
    lines = re.split(r"[ \t]*\r?\n", unicodedata.normalize("NFC", value or ""))
    return "\n".join(lines).strip()


def caseless(value: str | None) -> str:
    """Return a tidy text with its ASCII letters in lower case; other letters have look-alikes."""
    return without_case(tidy(value))


def endpoint_key(value: str | None) -> str:
    """Return the canonical form of an endpoint."""
    return re.sub(r"^https?://", "", caseless(value)).rstrip("/")


def valid_text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    if "\x00" in value:
        raise ValueError("must not contain a NUL character")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError("must not contain half of a Unicode character")
    return value


def valid_identifier(value: str) -> str:
    valid_text(value)
    if value != value.strip():
        raise ValueError("must not begin or end with white space")
    if not value.isprintable():
        raise ValueError("must not contain control characters")
    return value


def valid_id(value: str) -> str:
    if not is_identifier(value):
        valid_identifier(value)  # its error messages are more specific
        raise ValueError(f"must be an id of the platform: {ID_FORM}")
    return value


def valid_endpoint(value: str) -> str:
    valid_identifier(value)
    url = value if _SCHEME.match(value) else f"//{value}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(_ENDPOINT_FORMS) from None
    mistyped_scheme = not parts.scheme and "//" in value
    if parts.scheme not in ("", "http", "https") or mistyped_scheme or " " in value:
        raise ValueError(_ENDPOINT_FORMS)
    if "@" in parts.netloc:
        raise ValueError("must not contain a user name or password; use key and secret")
    bracketed = "[" in parts.netloc  # only for an IPv6 address
    mistyped_port = port == 0 or parts.netloc.endswith(":")
    if not host or mistyped_port or bracketed is not (":" in host) or not _is_host(host):
        raise ValueError(_ENDPOINT_FORMS)
    return value


_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_LONGEST_HOST = 253
_ENDPOINT_FORMS = (
    "must be a host such as s3.us-east-1.amazonaws.com, a host with a port, or an http(s) URL"
)


def _is_host(host: str) -> bool:
    name = host if ":" in host else host.removesuffix(".")
    labels = name.split(".")
    if ":" in name or labels[-1].isdigit():
        with suppress(ValueError):
            return bool(ip_address(name.partition("%")[0]))
        return False
    return len(name) <= _LONGEST_HOST and all(map(_LABEL.fullmatch, labels))


Text = Annotated[str, AfterValidator(valid_text), Canonical(tidy)]  # any text that is not blank
Name = Annotated[str, AfterValidator(valid_identifier), Canonical(tidy)]  # one line of text
# a name whose case is ignored, such as a region
Word = Annotated[str, AfterValidator(valid_identifier), Canonical(caseless)]
Id = Annotated[str, AfterValidator(valid_id)]  # an id of the platform
Endpoint = Annotated[str, AfterValidator(valid_endpoint), Canonical(endpoint_key)]
