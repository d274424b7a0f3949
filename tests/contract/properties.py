"""Property values as the engine sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

from pulumi_flashback.core.ownership import MARK

UNKNOWN = rpc.UNKNOWN


class State(dict[str, Any]):
    """Properties that a provider returned; comparisons leave out what is internal to it."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and public(self) == public(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # as that of a dict


def public(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name != MARK}


def is_secret(value: Any) -> bool:
    return isinstance(value, dict) and value.get(rpc._special_sig_key) == rpc._special_secret_sig


def unwrapped(value: Any) -> Any:
    return value["value"] if is_secret(value) else value


def to_struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update({k: v for k, v in properties.items() if v is not None})
    return message


def from_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    properties: dict[str, Any] = json_format.MessageToDict(struct)
    properties.pop("__provider", None)
    return properties


def secret(value: object) -> dict[str, Any]:
    """Return a value as the engine marks a secret."""
    return {rpc._special_sig_key: rpc._special_secret_sig, "value": value}
