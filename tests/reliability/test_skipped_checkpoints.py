"""A run that writes its state only at the end is killed: the next one adopts what was made."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from pulumi_flashback.emulator import Emulator
from tests.engine.conftest import pulumi_cli
from tools.pulumi_project import Project

__all__ = ["pulumi_cli"]

pytestmark = pytest.mark.engine

KEYS = 300
ENGINE = Path(__file__).parents[1] / "engine"
FAST = {"PULUMI_SKIP_CHECKPOINTS": "true", "PULUMI_EXPERIMENTAL": "true"}


@pytest.fixture(params=["dynamic", "native"])
def stack(
    request: pytest.FixtureRequest, pulumi_cli: Path, tmp_path: Path
) -> Iterator[tuple[Project, Emulator]]:
    """A stack that declares three hundred keys, with the switch that skips checkpoints."""
    native = request.param == "native"
    program = shutil.copytree(
        ENGINE / ("native_program" if native else "program"), tmp_path / "program"
    )
    workspace = "workspaceId" if native else "workspace_id"
    path = os.pathsep.join(map(str, [pulumi_cli, Path(sys.executable).parent, os.environ["PATH"]]))
    with Emulator(faults=True) as emulator:
        variables = {
            "FLASHBACK_BASE_URL": emulator.base_url,
            "FLASHBACK_TOKEN": emulator.token,
            "PATH": path,
            **FAST,
        }
        project = Project(program, pulumi_cli, variables, home=tmp_path / "home")
        project.create_stack()
        keys = {
            f"key-{n}": {
                workspace: emulator.workspace_id,
                "key": f"CANARYKEY-{n}",
                "secret": f"canary-secret-{n}",
                "provider": "AWS",
            }
            for n in range(KEYS)
        }
        project.configure({"keys": json.dumps(keys)}, secret=True)
        yield project, emulator
    shutil.rmtree(tmp_path, ignore_errors=True)


def kill_in_the_middle(project: Project, emulator: Emulator) -> None:
    """Start ``pulumi up``, kill the CLI after half of the keys, and then what it leaves behind."""
    half = [
        {"fault": "none", "times": KEYS // 2},
        {"fault": "stall-before-commit", "times": "forever"},
    ]
    emulator.script_faults({"POST /apikeys": half})
    with project.started("up") as running:
        while len(emulator.api_keys()) < KEYS // 2:
            assert running.poll() is None
            time.sleep(0.01)
        left = psutil.Process(running.pid).children(recursive=True)
        running.send_signal(signal.SIGKILL)
        running.wait()
        for each in left:
            with suppress(psutil.NoSuchProcess):  # some see themselves that the CLI is gone
                each.kill()
        psutil.wait_procs(left)
    emulator.clear_faults()


def test_the_next_run_adopts_what_no_state_knows(stack: tuple[Project, Emulator]) -> None:
    project, emulator = stack
    kill_in_the_middle(project, emulator)
    lost = {row["id"] for row in emulator.api_keys()}
    assert len(lost) == KEYS // 2
    assert project.resources("ApiKey") == []  # the price of the switch

    project.pulumi("cancel", "--yes", "--stack", "dev", check=False)
    project.variables["FLASHBACK_ADOPT_EXISTING"] = "true"
    project.up()
    rows = emulator.api_keys()
    assert sorted(row["key"] for row in rows) == sorted(f"CANARYKEY-{n}" for n in range(KEYS))
    assert {row["id"] for row in rows} == {each["id"] for each in project.resources("ApiKey")}
    assert lost <= {row["id"] for row in rows}
    for row in rows:
        assert row["secret"] == row["key"].replace("CANARYKEY", "canary-secret")
    project.up("--expect-no-changes")
