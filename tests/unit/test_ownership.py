"""Which resource holds which object, and how long those who adopt wait for others."""

from __future__ import annotations

import time

import pytest

from pulumi_flashback.resources.ownership import Ownership


def test_an_object_is_held_until_its_last_holder_releases_it() -> None:
    ownership = Ownership()
    ownership.hold("key", "old")
    ownership.hold("key", "new")
    ownership.release("key", "old")
    assert ownership.is_held("key")  # by the resource that adopted it
    ownership.release("key", "new")
    assert not ownership.is_held("key")


def test_what_another_resource_holds_cannot_be_claimed() -> None:
    ownership = Ownership()
    assert ownership.claim("key", "one")
    assert ownership.claim("key", "one")  # its own
    assert not ownership.claim("key", "two")
    ownership.release("key", "one")
    assert ownership.claim("key", "two")


def test_those_who_follow_each_other_wait_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waits = [1000.0], list[float]()
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", waits.append)
    ownership = Ownership()
    for moment in (1000.0, 1000.25, 1001.0, 1001.5, 1002.5, 1003.75, 1004.0):
        now[0] = moment
        ownership.wait_for_others(1.0)
    #               the first, one beside it, three that follow, one after a pause, one beside that
    assert waits == [1.0, 0.75, 0.0, 0.0, 0.0, 1.0, 0.75]
