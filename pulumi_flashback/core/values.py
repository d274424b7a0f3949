"""Property values in the core: plain values by camelCase name, and unknown values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

Properties = dict[str, Any]
"""Property values by camelCase name. None and absent mean the same: not set."""

UNKNOWN: Final[Any] = object()  # a value that is unknown until other resources are created


@dataclass(frozen=True)
class Unsupported:
    kind: str


def contains_unknown(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(contains_unknown, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(contains_unknown, value))
    return value is UNKNOWN


def without_unknowns(value: Any) -> Any:
    if isinstance(value, dict):
        parts = value.items()
        return {n: without_unknowns(v) for n, v in parts if v is not None and v is not UNKNOWN}
    if isinstance(value, list):
        return [without_unknowns(each) for each in value if each is not UNKNOWN]
    return value


def without_nulls(value: Any) -> Any:
    """Return a value without null properties of objects."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    return value


def at(value: Any, path: Sequence[int | str]) -> Any:
    """Return the value at a path; ``UNKNOWN`` inside an unknown value, None if there is none."""
    for part in path:
        if value is UNKNOWN:
            break
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part]
    return value


def kind_of(value: object) -> str:
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
