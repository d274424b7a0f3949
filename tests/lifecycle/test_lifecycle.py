"""The ordinary life of an object of every resource, in both providers."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_flashback.core.ownership import MARK
from tests.contract.driver import NativeProvider, ProviderFailureError
from tests.contract.properties import UNKNOWN
from tests.contract.steps import refused
from tests.lifecycle.conftest import (
    Life,
    a_change,
    cases,
    changed,
    changed_outside,
    cleared,
    lives,
    updated,
)

SOME, NONE = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE


def assert_differs(
    life: Life, state: dict[str, Any], wanted: dict[str, Any], name: str, kind: str
) -> None:
    """Make sure that a diff says what of an object changes, and how."""
    replaces = name in life.sample.replaces
    found = life.provider.diff("id", state, wanted)
    assert (found.changes, list(found.replaces)) == (SOME, [name] if replaces else [])
    assert found.deleteBeforeReplace == life.resource.delete_before_replace
    if isinstance(life.provider, NativeProvider):
        kinds = {
            n: provider_pb2.PropertyDiff.Kind.Name(d.kind) for n, d in found.detailedDiff.items()
        }
        assert kinds == {name: f"{kind}_REPLACE" if replaces else kind}


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
    for name in life.sample.ignored:
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
    if wanted := a_change(life):
        text = refused(life.provider.update, identifier, state, wanted)
        assert "Run `pulumi refresh`" in text
    life.provider.delete(identifier, state)
    assert life.sample.live() == {}


@cases(updated)
def test_an_update_in_place(life: Life, case: str) -> None:
    identifier, state = life.create()
    wanted = changed(life, case, life.sample.changes()[case])
    assert_differs(life, state, wanted, case, "UPDATE")
    assert_differs(life, state, changed(life, case, UNKNOWN), case, "UPDATE")
    state = life.provider.update(identifier, state, wanted)
    assert state == {**wanted, **life.sample.outputs(identifier)}
    assert life.provider.secrets == life.resource.secrets
    assert life.writes() == [life.sample.requests["update"]] * (case not in life.sample.unsent)
    assert case not in life.sample.unsent or life.emulator.requests == []
    assert life.shown(identifier).items() <= wanted.items()
    assert case in life.shown(identifier) or case in life.sample.hidden
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


@cases(
    lambda sample, _: [n for n in sample.replaces if n not in (*sample.unused, *sample.elsewhere)]
)
def test_a_replacement(life: Life, case: str) -> None:
    old, state = life.create()
    wanted = changed(life, case, life.sample.changes()[case])
    assert_differs(life, state, wanted, case, "UPDATE")
    assert_differs(life, state, changed(life, case, UNKNOWN), case, "UPDATE")
    if life.resource.delete_before_replace:
        life.provider.delete(old, state)
    new, new_state = life.provider.create(wanted)
    if not life.resource.delete_before_replace:
        life.provider.delete(old, state)
    assert new != old
    assert old not in life.sample.live()
    assert life.provider.read(new, new_state) == (new, new_state, wanted)


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


@lives(["native"])
def test_the_time_of_an_operation(life: Life) -> None:
    """The option customTimeouts; what may have been created is looked up all the same."""
    life.suffer("create", {"fault": "stall-after-commit", "stallAfter": 60})
    if life.sample.generated:  # there is no time to create another one
        assert refused(lambda: life.provider.create(life.inputs, timeout=2))
        assert life.sample.live() == {}
    identifier, state = life.provider.create(life.inputs, timeout=2)
    assert list(life.sample.live()) == [identifier]
    life.emulator.requests.clear()
    life.suffer("delete", {"fault": "500", "times": "forever"})
    assert refused(lambda: life.provider.delete(identifier, state, timeout=0.01))
    assert life.sent("delete") <= 1
