"""Which resource has which object, and how long those who adopt wait for others."""

from __future__ import annotations

import time

import pytest

from pulumi_flashback.resources.base import Claims


def test_those_who_follow_each_other_wait_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waits = [1000.0], list[float]()
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", waits.append)
    claims = Claims()
    for moment in (1000.0, 1000.25, 1001.0, 1001.5, 1002.5, 1003.75, 1004.0):
        now[0] = moment
        claims.wait_for_others(1.0)
    #               the first, one beside it, three that follow, one after a pause, one beside that
    assert waits == [1.0, 0.75, 0.0, 0.0, 0.0, 1.0, 0.75]
