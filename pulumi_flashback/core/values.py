"""Property values as the core has them: plain values by camelCase name, and what is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

Properties = dict[str, Any]
"""Property values by camelCase name. None and absent mean the same: not set."""

UNKNOWN: Final[Any] = object()
"""A value that is not known before other resources are created."""


@dataclass(frozen=True)
class Unsupported:
    """A value of a kind that no property takes, such as ``an asset``."""

    kind: str


def contains_unknown(value: object) -> bool:
    """Say whether a value, or a part of it, is not known yet."""
    if isinstance(value, dict):
        return any(map(contains_unknown, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(contains_unknown, value))
    return value is UNKNOWN


def without_unknowns(value: Any) -> Any:
    """Return a value without its parts that are unknown, and without the null ones of objects."""
    if isinstance(value, dict):
        parts = value.items()
        return {n: without_unknowns(v) for n, v in parts if v is not None and v is not UNKNOWN}
    if isinstance(value, list):
        return [without_unknowns(each) for each in value if each is not UNKNOWN]
    return value


def without_nulls(value: Any) -> Any:
    """Return a value without the parts of objects that are null."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    return value


def at(value: Any, path: Sequence[int | str]) -> Any:
    """Return the part of a value at a path; ``UNKNOWN`` inside of what is unknown, None if none."""
    for part in path:
        if value is UNKNOWN:
            break
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part]
    return value


def kind_of(value: object) -> str:
    """Return the kind of a value, in words."""
    if isinstance(value, Unsupported):
        return value.kind
    if isinstance(value, float) and not value.is_integer():
        return "a fraction"
    return _KINDS.get(type(value), "a list")


_KINDS = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    dict: "an object",
    type(None): "null",
}
