"""Converts property values between the engine's wire format and the core.

The engine wraps secrets and outputs in objects with a signature, and sends a special text for an
unknown value. The core gets plain values, ``UNKNOWN`` and ``Unsupported``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf.struct_pb2 import ListValue, Struct

from pulumi_flashback.core.values import UNKNOWN, Properties, Unsupported

# the texts for unknown values, one for each type
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_UNSUPPORTED = {
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
    values: Properties = field(repr=False)
    secrets: frozenset[str] = frozenset()  # names of properties that are or contain a secret
    hidden: tuple[str, ...] = field(default=(), repr=False)  # all texts marked as secrets


def decode(struct: Struct) -> Bag:
    readers = {name: _Reader() for name in struct}
    values = {name: reader.read(struct[name], False) for name, reader in readers.items()}
    return Bag(
        {name: value for name, value in values.items() if value is not None},
        frozenset(name for name, reader in readers.items() if reader.has_secret),
        tuple(text for reader in readers.values() for text in reader.hidden),
    )


class _Reader:
    """Reads a property, and records whether it contains a secret, and the texts of secrets."""

    def __init__(self) -> None:
        self.has_secret = False
        self.hidden: list[str] = []

    def read(self, value: Any, secret: bool) -> Any:
        self.has_secret |= secret
        if isinstance(value, Struct):
            return self._read_object(dict(value.items()), secret)
        if isinstance(value, ListValue):
            return [self.read(each, secret) for each in value]
        if isinstance(value, str) and value in _UNKNOWN_TEXTS:
            return UNKNOWN
        if isinstance(value, str) and secret:
            self.hidden.append(value)
        # all numbers arrive as floats
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def _read_object(self, fields: dict[str, Any], secret: bool) -> Any:
        signature = str(fields.get(_SIGNATURE))
        if signature in _UNSUPPORTED:
            return Unsupported(_UNSUPPORTED[signature])
        if signature in (_SECRET, _OUTPUT):
            marked = signature == _SECRET or fields.get("secret") is True
            missing = UNKNOWN_TEXT if signature == _OUTPUT else None  # the output is unknown
            return self.read(fields.get("value", missing), secret or marked)
        items = {name: self.read(each, secret) for name, each in fields.items()}
        return {name: each for name, each in items.items() if each is not None}


def encode(values: Mapping[str, Any], secrets: Collection[str] = ()) -> Struct:
    struct = Struct()
    for name, value in values.items():
        if value is not None:
            plain = _encoded(value)
            struct[name] = {_SIGNATURE: _SECRET, "value": plain} if name in secrets else plain
    return struct


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
