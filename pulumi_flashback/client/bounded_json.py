"""Parses JSON of an untrusted backend within limits of memory and time."""

import codecs
import json
import re
from itertools import islice
from typing import Any

from pydantic_core import from_json

from pulumi_flashback.client.models import LARGEST_NUMBER

# the limits allow lists of 100,000 real keys
MAX_VALUES = 4_000_000  # values in a text, counted by commas
MAX_OBJECTS = 300_000  # objects and arrays: an invalid row costs more than a valid one

_OBJECT = re.compile(rb"(?<=[\[{,:])\s*[\[{]")
_LARGE_NUMBER = re.compile(rb"\d{16}")
_HIGH, _LOW = rb"\\u[dD][89abAB][0-9a-fA-F]{2}", rb"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_HALF_CHARACTER = re.compile(
    rb"(?<!\\)((?:\\\\)*)(?:" + _HIGH + rb"(?!" + _LOW + rb")|(?<!" + _HIGH + rb")" + _LOW + rb")"
)


def parsed(text: bytes) -> Any:
    """Return the values of a JSON text; whole numbers that are too large are floats."""
    text = text.removeprefix(codecs.BOM_UTF8)
    if text.count(b",") > MAX_VALUES or _has_many_objects(text):
        raise ValueError("too many values")
    try:
        values = from_json(text, allow_inf_nan=False)
    except ValueError:  # a text may be cut within a character, as by JavaScript's slice
        text = _HALF_CHARACTER.sub(rb"\1\\ufffd", text)
        values = from_json(text, allow_inf_nan=False)
    if _LARGE_NUMBER.search(text):  # the parser above cannot limit them
        values = json.loads(text, parse_int=_whole_number)
    return values


def _has_many_objects(text: bytes) -> bool:
    if text.count(b"{") + text.count(b"[") <= MAX_OBJECTS:
        return False
    # strings may contain brackets, too: count only those that begin a value
    return any(islice(_OBJECT.finditer(text), MAX_OBJECTS, None))


def _whole_number(digits: str) -> float:
    if len(digits) > len(str(LARGEST_NUMBER)) + 1 or abs(int(digits)) > LARGEST_NUMBER:
        return float(digits)
    return int(digits)
