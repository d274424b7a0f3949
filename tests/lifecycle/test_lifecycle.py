"""The ordinary life of an object of every resource, in both providers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_flashback.core.ownership import MARK
from pulumi_flashback.core.resource import Resource
from tests.contract.driver import UNKNOWN, NativeProvider, ProviderFailureError
from tests.contract.workspaces import refused
from tests.lifecycle.conftest import REGISTRY, Life, cases, lives
from tests.lifecycle.samples import SAMPLES, Sample

Apart = Callable[..., Life]
WRONG_KINDS = {
    "a number": 5,
    "a boolean": True,
    "a list": ["a"],
    "an object": {"a": 5},
    "a string": "canary",
}
KINDS = {str: "a string", bool: "true or false", dict: "an object of strings"}
SOME, NONE = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE


def updated(sample: type[Sample], resource: Resource) -> list[str]:
    """The inputs that are changed in place."""
    left_out = {*sample.replaces, *resource.inputs.marked("local")}
    return [name for name in resource.inputs.names() if name not in left_out]


def cleared(sample: type[Sample], resource: Resource) -> list[str]:
    required = resource.inputs.required()
    return [name for name in updated(sample, resource) if name not in required]


def changed_outside(sample: type[Sample], resource: Resource) -> list[str]:
    return [name for name in updated(sample, resource) if name not in sample.hidden]


def changed(life: Life, name: str, value: Any) -> dict[str, Any]:
    """Return the inputs with another value for one of them; None leaves it out."""
    wanted = {**life.inputs, name: value}
    return {n: v for n, v in wanted.items() if v is not None}


def assert_differs(
    life: Life, state: dict[str, Any], wanted: dict[str, Any], name: str, kind: str
) -> None:
    """Make sure that a diff says what of an object changes, and how."""
    replaces = name in life.sample.replaces
    found = life.provider.diff("id", state, wanted)
    assert (found.changes, list(found.replaces)) == (SOME, [name] if replaces else [])
    if isinstance(life.provider, NativeProvider):
        kinds = {
            n: provider_pb2.PropertyDiff.Kind.Name(d.kind) for n, d in found.detailedDiff.items()
        }
        assert kinds == {name: f"{kind}_REPLACE" if replaces else kind}
        assert not found.deleteBeforeReplace


def test_every_resource_has_a_sample_of_every_input() -> None:
    assert set(SAMPLES) == set(REGISTRY)
    for name, resource in REGISTRY.items():
        sample = SAMPLES[name].__dict__
        assert {"inputs", "changes", "outputs", "live", "change", "remove", "requests"} <= set(
            sample
        )
        assert set(SAMPLES[name].replaces) == resource.inputs.marked("replaces")


@lives()
def test_a_sample_is_complete(life: Life) -> None:
    names = set(life.resource.inputs.names())
    local = life.resource.inputs.marked("local")
    assert (set(life.inputs), set(life.sample.changes())) == (names, names - local)
    assert set(life.sample.outputs("id")) == set(life.resource.outputs.names())


# check


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
        assert life.provider.check({"colour": value})[1] == [*missing, unheard]
    for name, value in life.inputs.items():
        for kind, wrong in WRONG_KINDS.items():
            if not isinstance(wrong, type(value)):
                reason = f"{name} must be {KINDS[type(value)]}, not {kind}"
                assert life.provider.check({**life.inputs, name: wrong})[1] == [("", reason)]
        if isinstance(value, str):
            # the engine prints the value of a property that is named
            named = "" if name in secrets else name
            empty = [(named, f"{name} must not be empty")]
            assert life.provider.check({**life.inputs, name: " "})[1] == empty


@lives()
def test_check_and_diff_need_neither_backend_nor_token(life: Life) -> None:
    with type(life.provider)(resource=life.provider.resource, warm=True) as alone:
        assert alone.check(life.inputs) == (life.inputs, [])
        assert alone.diff("id", life.inputs, life.inputs).changes == NONE


# create and read


@lives()
def test_a_create_returns_all_outputs_and_nothing_differs_afterwards(life: Life) -> None:
    identifier, state = life.provider.create(life.inputs)
    assert life.writes() == [life.sample.requests["create"]]
    assert state == {**life.inputs, **life.sample.outputs(identifier)}
    assert life.provider.secrets == life.resource.secrets
    assert list(life.sample.live()) == [identifier]
    assert life.shown(identifier).items() <= life.inputs.items()
    assert life.provider.read(identifier, state) == (identifier, state, life.inputs)
    assert life.provider.secrets == life.resource.secrets
    assert life.provider.diff(identifier, state, life.inputs).changes == NONE
    for name in life.resource.inputs.marked("local"):
        without = {n: v for n, v in life.inputs.items() if n != name}
        assert life.provider.diff(identifier, state, without).changes == NONE
    life.emulator.requests.clear()
    assert life.provider.update(identifier, state, life.inputs) == state
    assert life.emulator.requests == []
    assert life.provider.log == []


@lives(["native"])
def test_a_preview_sends_nothing_and_knows_what_is_known(life: Life) -> None:
    assert isinstance(life.provider, NativeProvider)
    outputs = dict.fromkeys(life.resource.outputs.names(), UNKNOWN)
    wanted = {**life.inputs, next(iter(life.inputs)): UNKNOWN}
    assert life.provider.create(wanted, preview=True) == ("", {**wanted, **outputs})
    state = {**life.inputs, **life.sample.outputs("id")}
    assert life.provider.update("id", state, wanted, preview=True) == {**state, **wanted}
    assert life.emulator.requests == []


@cases(changed_outside)
def test_drift_is_found_each_time(life: Life, case: str) -> None:
    identifier, state = life.create()
    optional = case not in life.resource.inputs.required()
    for value in (life.sample.changes()[case], life.inputs[case], *[None] * optional):
        life.sample.change(identifier, case, value)
        found, outputs, inputs = life.provider.read(identifier, state)
        assert (found, inputs) == (identifier, changed(life, case, value))
        assert outputs == {**inputs, **life.sample.outputs(identifier)}
        assert life.provider.secrets == life.resource.secrets


@lives()
def test_what_has_vanished(life: Life) -> None:
    identifier, state = life.create()
    life.sample.remove(identifier)
    request = provider_pb2.ReadRequest(id=identifier, urn=life.provider.urn)
    request.properties.CopyFrom(life.provider._sent(state))
    answer = life.provider.call("Read", request)
    assert not answer.id
    if isinstance(life.provider, NativeProvider):
        assert not answer.HasField("properties")  # the engine tells gone from empty by that
    name = changed_outside(type(life.sample), life.resource)[0]
    wanted = changed(life, name, life.sample.changes()[name])
    text = refused(life.provider.update, identifier, state, wanted)
    assert "Run `pulumi refresh`" in text
    life.provider.delete(identifier, state)
    assert life.sample.live() == {}


# update and replace


@cases(updated)
def test_an_update_in_place(life: Life, case: str) -> None:
    identifier, state = life.create()
    wanted = changed(life, case, life.sample.changes()[case])
    assert_differs(life, state, wanted, case, "UPDATE")
    assert_differs(life, state, changed(life, case, UNKNOWN), case, "UPDATE")
    state = life.provider.update(identifier, state, wanted)
    assert state == {**wanted, **life.sample.outputs(identifier)}
    assert life.provider.secrets == life.resource.secrets
    assert life.writes() in ([life.sample.requests["update"]], [])
    assert life.shown(identifier).items() <= wanted.items()
    assert (case in life.shown(identifier)) is bool(life.writes() and case != "rotationTriggers")
    assert life.provider.read(identifier, state) == (identifier, state, wanted)


@cases(cleared)
def test_an_optional_input_is_cleared_and_set_again(life: Life, case: str) -> None:
    identifier, state = life.create()
    wanted = changed(life, case, None)
    assert_differs(life, state, wanted, case, "DELETE")
    state = life.provider.update(identifier, state, wanted)
    assert state == {**wanted, **life.sample.outputs(identifier)}
    assert case not in life.shown(identifier)
    assert life.provider.read(identifier, state) == (identifier, state, wanted)
    assert_differs(life, state, life.inputs, case, "ADD")
    state = life.provider.update(identifier, state, life.inputs)
    assert state == {**life.inputs, **life.sample.outputs(identifier)}
    assert life.shown(identifier).items() <= life.inputs.items()


@cases(lambda sample, _: sample.replaces)
def test_a_replacement(life: Life, case: str) -> None:
    old, state = life.create()
    wanted = changed(life, case, life.sample.changes()[case])
    assert_differs(life, state, wanted, case, "UPDATE")
    assert_differs(life, state, changed(life, case, UNKNOWN), case, "UPDATE")
    new, new_state = life.provider.create(wanted)
    life.provider.delete(old, state)
    assert new != old
    assert old not in life.sample.live()
    assert life.provider.read(new, new_state) == (new, new_state, wanted)


# import


def import_id(life: Life, identifier: str, state: dict[str, Any]) -> str:
    return life.sample.import_id.format(**{**state, "id": identifier})


@lives()
def test_what_is_not_managed_is_read_by_its_id(life: Life) -> None:
    identifier, state = life.create()
    if isinstance(life.provider, NativeProvider):
        found, outputs, inputs = life.provider.find(import_id(life, identifier, state))
        left = [name for name in life.required if name in life.sample.hidden]
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


# delete


@lives()
def test_a_delete(life: Life) -> None:
    identifier, state = life.create()
    life.provider.delete(identifier, state)
    assert life.writes() == [life.sample.requests["delete"]]
    assert life.sample.live() == {}
    assert life.provider.read(identifier, state)[0] == ""
    life.provider.delete(identifier, state)
    assert life.provider.log == []


@lives()
def test_a_state_without_what_later_versions_add_can_be_deleted(life: Life) -> None:
    identifier = life.sample.add(life.inputs)
    known = {name: life.inputs[name] for name in life.sample.get}
    life.provider.delete(identifier, {**known, "obsolete": "property"})
    assert life.sample.live() == {}


@cases(lambda sample, _: [sample.in_use] if sample.in_use else [])
def test_what_is_in_use_is_not_deleted(life: Life, case: str) -> None:
    identifier, state = life.create()
    life.sample.use(identifier, 2)
    with pytest.raises(ProviderFailureError, match=case):
        life.provider.delete(identifier, state)
    assert list(life.sample.live()) == [identifier]
    life.sample.use(identifier, 0)
    life.provider.delete(identifier, state)
    assert life.sample.live() == {}


@lives()
def test_what_another_resource_holds_is_not_deleted(life: Life) -> None:
    identifier, state = life.create()
    other = {**state, MARK: "of another resource"}
    life.provider.diff(identifier, other, life.inputs)  # as the engine does for what stays
    life.provider.delete(identifier, state)
    assert list(life.sample.live()) == [identifier]
    assert f"{identifier} is kept: another resource" in life.provider.log[-1]
    life.provider.delete(identifier, other)
    assert life.sample.live() == {}


# adoption


@cases(lambda sample, _: [sample.adopt] if sample.adopt is not None else [])
def test_an_object_that_exists_becomes_what_is_declared(life: Life, case: dict[str, Any]) -> None:
    existing = life.sample.add({**life.inputs, **different(life)})
    wanted = {**life.inputs, **case}
    identifier, state = life.provider.create(wanted)
    assert (identifier, state) == (existing, {**wanted, **life.sample.outputs(existing)})
    assert list(life.sample.live()) == [existing]
    assert life.shown(existing).items() <= wanted.items()
    assert "adopted" in life.provider.log[-1]
    assert life.provider.read(identifier, state) == (identifier, state, wanted)
    text = refused(life.provider.create, wanted)
    assert "another resource of this program holds it" in text or "twice" in text
    life.provider.delete(identifier, state)
    assert life.sample.live() == {}


def different(life: Life) -> dict[str, Any]:
    """Return other values for what does not make an object another one."""
    same = {*life.sample.replaces, "key", "provider", "endpoint"}
    return {n: v for n, v in life.sample.changes().items() if n not in same}


# elsewhere


def whole_life(life: Life, *lost: str, lagging: bool = False) -> None:
    """Do all that can be done to an object; the responses to some writes get lost."""
    for operation in lost:
        life.suffer(operation, "commit-then-reset")
    identifier, state = life.provider.create(life.inputs)
    assert list(life.sample.live()) == [identifier]
    assert life.provider.read(identifier, state) == (identifier, state, life.inputs)
    dropped = cleared(type(life.sample), life.resource)[:2]
    wanted = {**life.inputs, **different(life)}
    wanted = {name: value for name, value in wanted.items() if name not in dropped}
    state = life.provider.update(identifier, state, wanted)
    assert not set(dropped) & set(life.shown(identifier))
    if not lagging:
        assert life.provider.read(identifier, state) == (identifier, state, wanted)
    if life.sample.in_use:
        life.sample.use(identifier, 2)
        assert re.search(life.sample.in_use, refused(life.provider.delete, identifier, state))
        life.sample.use(identifier, 0)
    life.provider.delete(identifier, state)
    assert life.sample.live() == {}
    if not lagging:
        assert life.provider.read(identifier, state)[0] == ""
    life.provider.delete(identifier, state)


@cases(lambda sample, _: [" ".join(each) for each in sample.choices])
def test_a_life_under_each_choice_of_the_backend(life: Life, case: str, apart: Apart) -> None:
    whole_life(apart(*case.split(" ")))


@lives()
def test_a_life_whose_responses_are_lost(life: Life) -> None:
    whole_life(life, "create", "update", "delete")
    assert life.sent("create") == 1


@cases(lambda *_: [1, 2])
def test_a_life_with_lists_that_lag_behind_writes(life: Life, case: int, apart: Apart) -> None:
    whole_life(apart(f"list_lag={case}"), "delete", lagging=True)


@cases(lambda *_: ["none", "commit-then-reset"])
def test_a_removed_object_is_created_again(life: Life, case: str, apart: Apart) -> None:
    """As in a replacement that deletes first; the lists still show the old one."""
    there = apart("list_lag=1")
    created = there.provider.create(there.inputs)
    there.suffer("delete", case)
    there.provider.delete(*created)
    there.provider.create(there.inputs)
    assert len(there.sample.live()) == 1


@lives()
def test_credentials_that_are_not_accepted_say_nothing_of_an_object(
    life: Life, apart: Apart
) -> None:
    there = apart()
    identifier, state = there.create()
    another = SAMPLES[there.provider.resource](there.emulator).inputs()
    there.emulator.expire_tokens()
    name = changed_outside(type(there.sample), there.resource)[0]
    wanted = changed(there, name, there.sample.changes()[name])
    for call in (
        lambda: there.provider.create(another),
        lambda: there.provider.read(identifier, state),
        lambda: there.provider.update(identifier, state, wanted),
        lambda: there.provider.delete(identifier, state),
    ):
        assert "The credentials were not accepted" in refused(call)
    assert list(there.sample.live()) == [identifier]
