"""Converts property values between the engine's wire format and the core.

The engine wraps secrets and outputs in objects with a signature, and sends a special text for an
unknown value. The core gets plain values, ``UNKNOWN`` and ``Unsupported``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf.struct_pb2 import NULL_VALUE, Struct, Value

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
_UNKNOWN_VALUE = Value(string_value=UNKNOWN_TEXT)
_NULL = Value(null_value=NULL_VALUE)


@dataclass(frozen=True)
class Bag:
    values: Properties = field(repr=False)
    secrets: frozenset[str] = frozenset()  # names of properties that are or contain a secret
    hidden: tuple[str, ...] = field(default=(), repr=False)  # all texts marked as secrets


def decode(struct: Struct) -> Bag:
    reader = _Reader()
    values: Properties = {}
    secrets = []
    for name, field_value in struct.fields.items():
        reader.has_secret = False
        value = reader.read(field_value, False)
        if value is not None:
            values[name] = value
        if reader.has_secret:
            secrets.append(name)
    return Bag(values, frozenset(secrets), tuple(reader.hidden))


class _Reader:
    """Reads values, and records whether they contain a secret, and the texts of secrets."""

    # with the library's conversion of a Struct this takes twice as long

    def __init__(self) -> None:
        self.has_secret = False
        self.hidden: list[str] = []

    def read(self, value: Value, secret: bool) -> Any:
        self.has_secret |= secret
        match value.WhichOneof("kind"):
            case "string_value":
                return self._read_text(value.string_value, secret)
            case "number_value":  # all numbers arrive as floats
                number = value.number_value
                return int(number) if number.is_integer() else number
            case "bool_value":
                return value.bool_value
            case "struct_value":
                return self._read_object(value.struct_value.fields, secret)
            case "list_value":
                return [self.read(each, secret) for each in value.list_value.values]
        return None

    def _read_text(self, text: str, secret: bool) -> Any:
        if text in _UNKNOWN_TEXTS:
            return UNKNOWN
        if secret:
            self.hidden.append(text)
        return text

    def _read_object(self, fields: Mapping[str, Value], secret: bool) -> Any:
        signature = fields[_SIGNATURE].string_value if _SIGNATURE in fields else ""
        if signature in _UNSUPPORTED:
            return Unsupported(_UNSUPPORTED[signature])
        if signature in (_SECRET, _OUTPUT):
            marked = signature == _SECRET or ("secret" in fields and fields["secret"].bool_value)
            missing = _UNKNOWN_VALUE if signature == _OUTPUT else _NULL  # the output is unknown
            return self.read(fields.get("value", missing), secret or marked)
        items = {name: self.read(each, secret) for name, each in fields.items()}
        return {name: each for name, each in items.items() if each is not None}


def encode(values: Mapping[str, Any], secrets: Collection[str] = ()) -> Struct:
    struct = Struct()
    for name, value in values.items():
        if value is not None:
            wrapped = {_SIGNATURE: _SECRET, "value": value} if name in secrets else value
            _write(struct.fields[name], wrapped)
    return struct


def _write(target: Value, value: Any) -> None:
    if value is UNKNOWN:
        target.string_value = UNKNOWN_TEXT
    elif isinstance(value, Unsupported):
        target.string_value = value.kind
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, (int, float)):
        target.number_value = value
    elif isinstance(value, Mapping):
        target.struct_value.SetInParent()  # also if it is empty
        for name, each in value.items():
            _write(target.struct_value.fields[name], each)
    elif isinstance(value, (list, tuple)):
        target.list_value.SetInParent()
        for each in value:
            _write(target.list_value.values.add(), each)
    else:
        target.null_value = NULL_VALUE
