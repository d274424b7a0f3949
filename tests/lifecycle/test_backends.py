"""The life of an object of every resource on every backend, and of one that exists already."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pulumi_flashback.core.ownership import MARK
from tests.contract.properties import public
from tests.contract.steps import refused
from tests.lifecycle.conftest import (
    Life,
    a_change,
    cases,
    cleared,
    lives,
)
from tests.lifecycle.samples import SAMPLES

Apart = Callable[..., Life]


def different(life: Life) -> dict[str, Any]:
    """Return other values for what does not make an object another one."""
    same = {*life.sample.replaces, *life.sample.identity}
    return {n: v for n, v in life.sample.changes().items() if n not in same}


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
    assert "another resource of this program manages it" in text or "twice" in text
    # under its old name, also from a state of a version that left no mark
    for old in (public(state), {**state, MARK: "of its old name"}):
        life.provider.delete(identifier, old)
        assert list(life.sample.live()) == [existing]
    life.provider.delete(identifier, state)
    assert life.sample.live() == {}


def whole_life(life: Life, *lost: str, lagging: bool = False) -> None:
    """Do all that can be done to an object; the responses to some writes get lost."""
    for operation in {*lost}.intersection(life.sample.requests):
        life.suffer(operation, "commit-then-reset")
    identifier, state = life.provider.create(life.inputs)
    assert list(life.sample.live()) == [identifier]
    assert life.provider.read(identifier, state) == (identifier, state, life.inputs)
    dropped = cleared(type(life.sample), life.resource)[:2]
    wanted = {**life.inputs, **different(life)}
    wanted = {name: value for name, value in wanted.items() if name not in dropped}
    if "update" in life.sample.requests:
        state = life.provider.update(identifier, state, wanted)
    assert not set(dropped) & set(life.shown(identifier))
    if not lagging:
        assert life.provider.read(identifier, state) == (identifier, state, wanted)
    if life.sample.in_use:
        life.sample.use(identifier, 2)
        text = refused(life.provider.delete, identifier, state)
        assert lagging or re.search(life.sample.in_use, text)  # the users are listed, too
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
    assert life.sent("create") == 1 + life.sample.generated


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
    wanted = a_change(there)
    for call in (
        lambda: there.provider.create(another),
        lambda: there.provider.read(identifier, state),
        *([lambda: there.provider.update(identifier, state, wanted)] * bool(wanted)),
        lambda: there.provider.delete(identifier, state),
    ):
        assert "The credentials were not accepted" in refused(call)
    assert list(there.sample.live()) == [identifier]
