"""Property values between the engine and the core."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.output import Unknown
from pulumi.runtime import rpc

from pulumi_flashback.core.values import UNKNOWN, Unsupported
from pulumi_flashback.native.wire import decode, encode

SIGNATURE = rpc._special_sig_key
SECRET = rpc._special_secret_sig
OUTPUT = rpc._special_output_value_sig


def struct(**values: Any) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "value": value}


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ("text", "text"),
        ("", ""),
        (True, True),
        (3.0, 3),
        (0.5, 0.5),
        (rpc.UNKNOWN, UNKNOWN),
        ([1, [rpc.UNKNOWN]], [1, [UNKNOWN]]),
        ({"a": {"b": "c"}}, {"a": {"b": "c"}}),
        ({SIGNATURE: OUTPUT, "value": "known"}, "known"),
        ({SIGNATURE: OUTPUT}, UNKNOWN),
        ({SIGNATURE: rpc._special_asset_sig, "text": "x"}, Unsupported("an asset")),
        ({SIGNATURE: rpc._special_archive_sig, "path": "x"}, Unsupported("an archive")),
        ({SIGNATURE: rpc._special_resource_sig, "urn": "x"}, Unsupported("a resource")),
        ({SIGNATURE: "something new", "x": 1}, {SIGNATURE: "something new", "x": 1}),
    ],
)
def test_a_plain_value(sent: Any, value: Any) -> None:
    bag = decode(struct(name=sent))
    assert bag.values == {"name": value}
    assert type(bag.values["name"]) is type(value)
    assert (bag.secrets, bag.hidden) == (frozenset(), ())


@pytest.mark.parametrize(
    ("sent", "value", "hidden"),
    [
        (secret("text"), "text", ("text",)),
        (secret(rpc.UNKNOWN), UNKNOWN, ()),
        (secret(secret("twice")), "twice", ("twice",)),
        ({SIGNATURE: OUTPUT, "value": "o", "secret": True}, "o", ("o",)),
        ({SIGNATURE: OUTPUT, "secret": True}, UNKNOWN, ()),
        ([secret("inside"), "outside"], ["inside", "outside"], ("inside",)),
        ({"a": {"b": secret("deep")}, "c": "d"}, {"a": {"b": "deep"}, "c": "d"}, ("deep",)),
        (secret({"a": ["x", 1]}), {"a": ["x", 1]}, ("x",)),
    ],
)
def test_a_secret_value(sent: Any, value: Any, hidden: tuple[str, ...]) -> None:
    bag = decode(struct(name=sent, other="plain"))
    assert bag.values == {"name": value, "other": "plain"}
    assert bag.secrets == {"name"}
    assert bag.hidden == hidden


def test_null_is_left_out_in_both_directions() -> None:
    assert decode(struct(a=None, b=secret(None))).values == {}
    assert decode(struct(a={"b": None, "c": "d"})).values == {"a": {"c": "d"}}
    assert encode({"a": None}, {"a"}) == struct()


def test_the_signatures_are_those_of_the_engine() -> None:
    assert encode({"a": "b"}, {"a"}) == struct(a=secret("b"))
    assert encode({"a": UNKNOWN}, {"a"}) == struct(a=secret(rpc.UNKNOWN))


words = st.text(max_size=8).filter(lambda text: text != rpc.UNKNOWN)
values = st.recursive(
    words | st.booleans() | st.integers(-(2**50), 2**50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(words, values, max_size=5), st.sets(words))
def test_what_is_encoded_is_decoded(properties: dict[str, Any], names: set[str]) -> None:
    bag = decode(encode(properties, names))
    assert bag.values == properties
    assert bag.secrets == names & properties.keys()


def test_the_sdk_reads_what_is_encoded() -> None:
    sent = encode({"key": UNKNOWN, "n": 1, "list": ["x"], "secret": "s"}, {"secret"})
    read = rpc.deserialize_properties(sent, keep_unknowns=True)
    assert isinstance(read["key"], Unknown)
    assert rpc.unwrap_rpc_secret(read["secret"]) == "s"
    assert (read["n"], read["list"]) == (1.0, ["x"])
