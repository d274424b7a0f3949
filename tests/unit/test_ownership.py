"""Which resource holds which object, and how long those who adopt wait for others."""

from __future__ import annotations

import gc
import os
import stat
import tempfile
import time
from pathlib import Path
from unittest.mock import Mock

import pytest

from pulumi_flashback.core.context import Context
from pulumi_flashback.core.ownership import MARK, Ownership
from pulumi_flashback.resources.api_key import API_KEY


def test_an_object_is_held_until_its_last_holder_releases_it() -> None:
    ownership = Ownership()
    assert ownership.claim("key", "old")
    assert ownership.claim("key", "old")  # its own
    assert not ownership.claim("key", "new")
    ownership.hold("key", "new")
    ownership.release("key", "old")
    assert ownership.is_held("key")  # by the resource that adopted it
    ownership.release("key", "new")
    assert not ownership.is_held("key")


@pytest.mark.parametrize("mark", ["", "of-a-create"])
def test_outputs_have_the_mark_of_their_resource(mark: str) -> None:
    context = Context(Mock(organization_id="o"), mark=mark)
    assert API_KEY.completed(context, "k", {}).get(MARK, "") == mark


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return where the processes of a run share what they know."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    user = os.getuid() if hasattr(os, "getuid") else None
    return tmp_path / f"pulumi-flashback-{user}"


def test_the_processes_of_a_run_know_what_each_other_hold(shared: Path) -> None:
    old, new, other = Ownership("run"), Ownership("run"), Ownership("other run")
    new.hold("key", "new")
    assert not old.claim("key", "old")
    old.release("key", "old")
    assert old.is_held("key")
    assert not other.is_held("key")
    new.release("key", "new")
    assert not old.is_held("key")
    assert all(b"key" not in file.read_bytes() for file in shared.iterdir())


def test_a_run_does_not_know_what_an_earlier_run_at_the_same_address_held(shared: Path) -> None:
    earlier = Ownership("run")
    earlier.hold("key", "old")
    assert Ownership("run").is_held("key")
    del earlier
    gc.collect()
    assert not Ownership("run").is_held("key")


def test_logs_of_earlier_runs_are_removed(shared: Path) -> None:
    Ownership("first").hold("key", "one")
    (first,) = shared.iterdir()
    os.utime(first, (0, 0))
    Ownership("second").hold("key", "one")
    assert first not in set(shared.iterdir())


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="a directory per user")
def test_a_directory_that_others_can_write_to_is_not_used(shared: Path, tmp_path: Path) -> None:
    Ownership("run").hold("key", "one")
    assert stat.S_IMODE(shared.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in shared.iterdir()} == {0o600}
    shared.chmod(0o777)
    alone = Ownership("run")
    assert not alone.is_held("key")
    alone.hold("key", "two")
    assert alone.is_held("key")
    shared.rename(tmp_path / "elsewhere")
    shared.symlink_to(tmp_path / "elsewhere")
    assert not Ownership("run").is_held("key")


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
