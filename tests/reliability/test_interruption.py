"""Commands that are interrupted in the middle of twenty keys: the next run puts all in order."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from tests.engine.conftest import PROGRAM, pulumi_cli
from tools.pulumi_project import Project

__all__ = ["pulumi_cli"]

pytestmark = pytest.mark.engine

KEYS = 20
SIGINT_SECONDS = 30.0
"""After an interrupt the running requests finish, and the command ends within this time."""

STALL_SECONDS = 0.15
MOMENTS = random.Random(20260101)
CASES = [
    *((signal.SIGINT, "cli", round(MOMENTS.uniform(0.2, 1.0), 2)) for _ in range(3)),
    *((signal.SIGTERM, "cli", round(MOMENTS.uniform(0.2, 1.0), 2)) for _ in range(2)),
    *((signal.SIGKILL, "cli", round(MOMENTS.uniform(0.2, 1.0), 2)) for _ in range(2)),
    *((signal.SIGINT, "provider", round(MOMENTS.uniform(0.2, 1.0), 2)) for _ in range(1)),
    *((signal.SIGTERM, "provider", round(MOMENTS.uniform(0.2, 1.0), 2)) for _ in range(1)),
    *((signal.SIGKILL, "provider", round(MOMENTS.uniform(0.2, 1.0), 2)) for _ in range(1)),
]


@pytest.fixture
def project(
    pulumi_cli: Path,
    tmp_path: Path,
) -> Iterator[tuple[Project, Emulator]]:
    """A stack that declares twenty keys, on a backend that takes its time."""
    shutil.copytree(PROGRAM, tmp_path / "program")
    with Emulator(faults=True) as emulator:
        variables = {"FLASHBACK_BASE_URL": emulator.base_url, "FLASHBACK_TOKEN": emulator.token}
        project = Project(tmp_path / "program", pulumi_cli, variables, home=tmp_path / "home")
        project.create_stack()
        declare(project, emulator)
        yield project, emulator
    shutil.rmtree(tmp_path, ignore_errors=True)


def declare(project: Project, emulator: Emulator, **more: Any) -> None:
    keys = {
        f"key-{n}": {
            "workspace_id": emulator.workspace_id,
            "key": f"CANARYKEY-{n}",
            "secret": f"canary-secret-{n}",
            "provider": "AWS",
            **more,
        }
        for n in range(KEYS)
    }
    project.configure({"keys": json.dumps(keys)}, secret=True)


def interrupted_up(
    project: Project, emulator: Emulator, number: int, whom: str, progress: float
) -> float:
    """Start ``pulumi up``, send a signal at some point of its progress; return how long it took."""
    slow = {"fault": "none", "stallBefore": STALL_SECONDS, "times": "forever"}
    emulator.script_faults({"POST /apikeys": [slow]})
    with project.started_up() as process:
        while len(emulator.api_keys()) < progress * KEYS - 1 and process.poll() is None:
            time.sleep(0.005)
        started = time.monotonic()
        if whom == "cli":
            process.send_signal(number)
        else:
            for each in provider_processes(emulator):
                os.kill(each, number)
        process.wait(SIGINT_SECONDS * 3)
        seconds = time.monotonic() - started
    for each in provider_processes(emulator):  # what a killed CLI leaves behind
        os.kill(each, signal.SIGKILL)
    emulator.clear_faults()
    return seconds


def provider_processes(emulator: Emulator) -> list[int]:
    """Return the provider processes that work on this emulator."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            command = (each / "cmdline").read_bytes()
            environment = (each / "environ").read_bytes()
        except OSError:
            continue
        if b"pulumi.dynamic" in command and emulator.base_url.encode() in environment:
            found.append(int(each.name))
    return found


def settled(emulator: Emulator) -> set[str]:
    """Return the live keys once no request is under way any more."""
    time.sleep(STALL_SECONDS * 2)
    return {row["id"] for row in emulator.api_keys()}


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds processes in /proc")
@pytest.mark.parametrize(
    ("number", "whom", "progress"), CASES, ids=lambda v: getattr(v, "name", str(v))
)
def test_the_next_run_puts_all_in_order(
    project: tuple[Project, Emulator], number: int, whom: str, progress: float
) -> None:
    stack, emulator = project
    seconds = interrupted_up(stack, emulator, number, whom, progress)
    live = settled(emulator)
    known = {each["id"] for each in stack.resources()}
    assert known <= live
    if (number, whom) == (signal.SIGINT, "cli"):
        assert seconds < SIGINT_SECONDS
        assert known == live  # running requests finished, and their keys are in the state
    orphans = live - known

    stack.pulumi("cancel", "--yes", "-s", "dev", check=False)
    stack.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates", "-s", "dev")
    every = ("up", "--yes", "--skip-preview", "--continue-on-error", "-s", "dev")
    printed = stack.pulumi(*every, check=not orphans)
    for each in orphans:
        assert f"an identical API key with id {each} exists already" in printed
    if orphans:
        declare(stack, emulator, adopt_existing=True)
        stack.pulumi("up", "--yes", "--skip-preview", "-s", "dev")
    rows = emulator.api_keys()
    assert sorted(row["key"] for row in rows) == sorted(f"CANARYKEY-{n}" for n in range(KEYS))
    assert {row["id"] for row in rows} == {each["id"] for each in stack.resources()}
    assert live <= {row["id"] for row in rows}
