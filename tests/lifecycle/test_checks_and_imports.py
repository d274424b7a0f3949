"""Checks, and imports of what is not managed yet, of every resource in both providers."""

from __future__ import annotations

from typing import Any

from pulumi.runtime import rpc

from tests.contract.driver import NativeProvider
from tests.contract.properties import UNKNOWN, secret
from tests.contract.steps import refused
from tests.lifecycle.conftest import (
    REGISTRY,
    Life,
    lives,
)
from tests.lifecycle.samples import SAMPLES

WRONG_KINDS = {
    "a number": 5,
    "a boolean": True,
    "a list": ["a"],
    "an object": {"a": 5},
    "a string": "canary",
}


NATIVE_KINDS = {
    "an asset": {rpc._special_sig_key: rpc._special_asset_sig, "text": "x"},
    "an archive": {rpc._special_sig_key: rpc._special_archive_sig, "path": "x"},
    "a resource": {rpc._special_sig_key: rpc._special_resource_sig, "urn": "x", "id": "y"},
}
KINDS = {str: "a string", bool: "true or false", dict: "an object of strings", list: "a list"}


def test_every_resource_has_a_sample_of_every_input() -> None:
    assert set(SAMPLES) == set(REGISTRY)
    for name, resource in REGISTRY.items():
        assert set(SAMPLES[name].replaces) == resource.inputs.marked("replaces")


@lives()
def test_a_sample_is_complete(life: Life) -> None:
    names = set(life.resource.inputs.names())
    names -= {*life.sample.unused}
    ignored = {*life.sample.ignored}
    assert (set(life.inputs), set(life.sample.changes())) == (names, names - ignored)
    assert set(life.sample.outputs("id")) == set(life.resource.outputs.names())


@lives()
def test_check_accepts_what_is_good_or_not_known_yet(life: Life) -> None:
    unknown = [{**life.inputs, name: UNKNOWN} for name in life.inputs]
    for wanted in (life.inputs, life.required, dict.fromkeys(life.inputs, UNKNOWN), *unknown):
        assert life.provider.check(wanted) == (wanted, [])
        assert life.provider.secrets == life.resource.secrets & set(wanted)


@lives()
def test_check_names_all_that_is_wrong_and_no_value(life: Life) -> None:
    required = life.resource.inputs.required()
    secrets = life.resource.secrets
    missing = [("" if n in secrets else n, f"{n} is required") for n in required]
    unheard = ("", f"colour is not a property of {life.provider.resource}")
    for value in ("canary", UNKNOWN):
        wanted = {n: life.inputs[n] for n in life.sample.needed}
        assert life.provider.check({**wanted, "colour": value})[1] == [*missing, unheard]
    kinds = {**WRONG_KINDS, **(NATIVE_KINDS if life.kind == "native" else {})}
    for name, value in life.inputs.items():
        for kind, wrong in kinds.items():
            if not isinstance(wrong, type(value)):
                reason = f"{name} must be {KINDS[type(value)]}, not {kind}"
                assert life.provider.check({**life.inputs, name: wrong})[1] == [("", reason)]
        if isinstance(value, str):
            # the engine prints the value of a property that is named
            named = "" if name in secrets else name
            empty = [(named, f"{name} must not be empty")]
            assert life.provider.check({**life.inputs, name: " "})[1] == empty


@lives(["native"])
def test_what_came_as_a_secret_stays_one(life: Life) -> None:
    for name, value in life.inputs.items():
        assert life.provider.check({**life.inputs, name: secret(value)}) == (life.inputs, [])
        assert life.provider.secrets == life.resource.inputs.marked("secret") | {name}
    identifier, state = life.provider.create({n: secret(v) for n, v in life.inputs.items()})
    assert life.provider.secrets == {*life.inputs, *life.resource.secrets}
    assert state == {**life.inputs, **life.sample.outputs(identifier)}


@lives()
def test_check_and_diff_need_neither_backend_nor_token(life: Life) -> None:
    with type(life.provider)(resource=life.provider.resource, warm=True) as alone:
        assert alone.check(life.inputs) == (life.inputs, [])
        same = alone.diff("id", life.inputs, life.inputs)
        assert same.changes == same.DIFF_NONE


def import_id(life: Life, identifier: str, state: dict[str, Any]) -> str:
    return life.sample.import_id.format(**{**state, "id": identifier})


@lives()
def test_what_is_not_managed_is_read_by_its_id(life: Life) -> None:
    identifier, state = life.create()
    if isinstance(life.provider, NativeProvider):
        found, outputs, inputs = life.provider.find(import_id(life, identifier, state))
        unread = {*life.sample.hidden} - {*life.sample.ignored}
        left = [name for name in life.required if name in unread]
        assert all(f"put the real {name} here" in inputs.pop(name) for name in left)
    else:
        by = {name: life.inputs[name] for name in life.sample.get}
        found, outputs, inputs = life.provider.read(identifier, by)
    assert (found, outputs, inputs) == (identifier, life.visible(state), life.visible(life.inputs))
    assert life.provider.secrets >= life.resource.secrets & set(outputs)


@lives()
def test_what_does_not_exist_cannot_be_read_by_its_id(life: Life) -> None:
    identifier, state = life.create()
    parts = import_id(life, identifier, state).split("/")
    missing = ["/".join([*parts[:n], "missing", *parts[n + 1 :]]) for n in range(len(parts))]
    if isinstance(life.provider, NativeProvider):
        malformed = ["/".join([*parts, "more"])]
        if len(parts) > 1:
            malformed += [parts[-1], f"/{parts[-1]}", f"{parts[0]}/"]
        for each in (*missing, *malformed):
            text = refused(life.provider.find, each)
            assert text.startswith(f"could not import {life.provider.resource} {each}: ")
            assert each in missing or "_ID" in text  # the form that it should have
    else:
        by = {name: life.inputs[name] for name in life.sample.get}
        alone = "missing" if life.sample.get else missing[-1]
        text = refused(life.provider.read, alone, by)
        assert text.startswith(f"could not read {life.provider.resource} {alone}: ")
    assert list(life.sample.live()) == [identifier]
