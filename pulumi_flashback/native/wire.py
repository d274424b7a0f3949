"""Property values on the wire of the engine, and as the core has them.

The engine wraps secrets and outputs in objects with a signature and sends a certain text for what
is not known yet. The core sees plain values, ``UNKNOWN`` and, for what it cannot use, a
:class:`Unsupported` value that no model accepts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf import struct_pb2

from pulumi_flashback.core.values import UNKNOWN, Properties, Unsupported

UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands for a value that is not known yet, of any type."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_FOREIGN = {
    "c44067f5952c0a294b673a41bacd8c17": "an asset",
    "0def7320c3a5731c473e5ecbe6d01bc7": "an archive",
    "5cf8f73096256a8f31e491e813e4eb8e": "a resource",
}
_UNKNOWN_TEXTS = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


@dataclass(frozen=True)
class Bag:
    """Properties as they arrived.

    Attributes:
        values: By name, without those that are null.
        secrets: The names of those that are secret, or contain a secret.
        hidden: Every text in them that was marked as a secret.
    """

    values: Properties = field(repr=False)
    secrets: frozenset[str] = frozenset()
    hidden: tuple[str, ...] = field(default=(), repr=False)


def decode(struct: struct_pb2.Struct) -> Bag:
    """Return properties as the core takes them."""
    values: Properties = {}
    secrets: set[str] = set()
    hidden: list[str] = []
    for name, value in struct.fields.items():
        found: list[str] = []
        plain, secret = _decoded(value, False, found)
        if plain is not None:
            values[name] = plain
        if secret:
            secrets.add(name)
            hidden += found
    return Bag(values, frozenset(secrets), tuple(hidden))


def encode(values: Mapping[str, Any], secrets: Collection[str] = ()) -> struct_pb2.Struct:
    """Return properties as the engine takes them.

    Args:
        values: By name; None is left out.
        secrets: The names of those to mark as secret.
    """
    struct = struct_pb2.Struct()
    for name, value in values.items():
        if value is not None:
            plain = _encoded(value)
            struct[name] = {_SIGNATURE: _SECRET, "value": plain} if name in secrets else plain
    return struct


def _decoded(value: struct_pb2.Value, inside: bool, hidden: list[str]) -> tuple[Any, bool]:
    """Return a plain value, and whether it is or contains a secret."""
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _decoded_object(dict(value.struct_value.fields), inside, hidden)
    if kind == "list_value":
        items = [_decoded(each, inside, hidden) for each in value.list_value.values]
        return [plain for plain, _ in items], inside or any(secret for _, secret in items)
    plain = _decoded_word(value, kind)
    if inside and isinstance(plain, str):
        hidden.append(plain)
    return plain, inside


def _decoded_word(value: struct_pb2.Value, kind: str | None) -> Any:
    if kind == "string_value":
        return UNKNOWN if value.string_value in _UNKNOWN_TEXTS else value.string_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return None


def _decoded_object(
    fields: dict[str, struct_pb2.Value], inside: bool, hidden: list[str]
) -> tuple[Any, bool]:
    signature = fields[_SIGNATURE].string_value if _SIGNATURE in fields else ""
    if signature in _FOREIGN:
        return Unsupported(_FOREIGN[signature]), inside
    if signature in (_SECRET, _OUTPUT):
        marked = signature == _SECRET or ("secret" in fields and fields["secret"].bool_value)
        if "value" not in fields:  # an output that is not known yet
            return (UNKNOWN if signature == _OUTPUT else None), inside or marked
        return _decoded(fields["value"], inside or marked, hidden)
    items = {name: _decoded(each, inside, hidden) for name, each in fields.items()}
    secret = inside or any(secret for _, secret in items.values())
    return {name: plain for name, (plain, _) in items.items() if plain is not None}, secret


def _encoded(value: Any) -> Any:
    if value is UNKNOWN:
        return UNKNOWN_TEXT
    if isinstance(value, Unsupported):
        return value.kind
    if isinstance(value, Mapping):
        return {name: _encoded(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encoded(each) for each in value]
    return value
