"""A stack of many keys, and a run of it that is interrupted at a known moment.

A kill at a random moment shows another thing in each run. Here the emulator carries out so many
requests and holds the next ones back; once the state file has all that happened, the run is at
rest, and a signal finds the same there each time.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from pulumi_flashback.emulator import Emulator
from tests.engine.stack import Stack, key
from tools.pulumi_project import Project
from tools.record_state import install_sdk

AT_ONCE = 4
"""How many requests a run has under way; the engine gets it as ``--parallel``."""

FOR_EVER = 3600.0
HANGS_SECONDS = 90.0
"""After that long, a run that was interrupted will not end any more."""

SKIPPED = {"PULUMI_SKIP_CHECKPOINTS": "true"}
"""With these variables a run writes its state only at the end."""

OPERATIONS = {"up": "POST /apikeys", "destroy": "DELETE /apikeys/{id}"}


@dataclass
class Keys:
    """A stack that declares keys.

    Attributes:
        project: Where it lives.
        emulator: The backend.
        count: How many keys.
    """

    project: Project
    emulator: Emulator
    count: int

    def known(self) -> set[str]:
        """Return the ids of the keys that the state holds."""
        return {each["id"] for each in self.project.resources("ApiKey")}

    def live(self) -> set[str]:
        """Return the ids of the keys that the backend holds."""
        return {row["id"] for row in self.emulator.api_keys()}

    def interrupt(
        self,
        command: str,
        number: signal.Signals,
        whom: str = "cli",
        *,
        done: int,
        stall: str = "stallAfter",
        seconds: float = FOR_EVER,
    ) -> int:
        """Start a command, send a signal in the middle, and return how it ended.

        Requests that wait for ever bring the run to rest first. If they wait for some seconds only,
        so that a run may finish them after the signal, it comes as soon as one of them waits.

        Args:
            command: ``up`` or ``destroy``.
            number: The signal.
            whom: Who gets it: ``cli`` or ``provider``.
            done: How many requests are carried out before; the next ones wait.
            stall: ``stallBefore`` they are carried out, or ``stallAfter``.
            seconds: How long they wait.
        """
        held = {"fault": "none", stall: seconds, "times": "forever"}
        before = [{"fault": "none", "times": done}] if done else []
        self.emulator.script_faults({OPERATIONS[command]: [*before, held]})
        waiting = min(AT_ONCE, self.count - done)
        effects = done + (waiting if stall == "stallAfter" else 0)
        with self.project.started(command, "--parallel", str(AT_ONCE)) as running:
            while not (
                self._is_at_rest(command, done, waiting, effects)
                if seconds == FOR_EVER
                else self._is_waiting(command, done)
            ):
                assert running.poll() is None, "it ended before it was interrupted"
                time.sleep(0.01)
            started = psutil.Process(running.pid).children(recursive=True)
            targets = [running.pid] if whom == "cli" else [p.pid for p in started if _provides(p)]
            assert targets
            for target in targets:
                os.kill(target, number)
            code = running.wait(HANGS_SECONDS)
            end(started)
        self.emulator.clear_faults()
        return code

    def _is_waiting(self, command: str, done: int) -> bool:
        """Whether a request that is held back is under way."""
        return self.emulator.in_flight(OPERATIONS[command]) > 0 and (
            self._written(command, self.known()) >= done
        )

    def _written(self, command: str, keys: set[str]) -> int:
        """How many requests of a command the keys that somebody knows are the result of."""
        return len(keys) if command == "up" else self.count - len(keys)

    def _is_at_rest(self, command: str, done: int, waiting: int, effects: int) -> bool:
        """Whether nothing moves: the requests wait, and the state file has all that was done.

        A request counts as under way before it is carried out, so the backend is looked at, too.
        """
        if self.emulator.in_flight(OPERATIONS[command]) != waiting:
            return False
        if self._written(command, self.live()) != effects:
            return False
        if SKIPPED.items() <= self.project.variables.items():
            return True
        pending = self.project.state().get("pending_operations") or ()
        return len(pending) == waiting and self._written(command, self.known()) == done


def keys_of(
    cli: Path, directory: Path, count: int, provider: str, **variables: str
) -> Iterator[Keys]:
    """Create a stack that declares keys, in a directory; remove it in the end."""
    with Emulator(faults=True) as emulator:
        sdk = install_sdk(directory / "sdk")
        stack = Stack.new(cli, sdk, directory, emulator, provider, **variables)
        workspace = emulator.workspace_id
        stack.declare(
            {
                f"key-{n}": key(workspace, key=f"CANARYKEY-{n}", secret=f"canary-secret-{n}")
                for n in range(count)
            }
        )
        yield Keys(stack.project, emulator, count)
    shutil.rmtree(directory, ignore_errors=True)


def _provides(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        command = process.cmdline()
        return "pulumi.dynamic" in command or any(
            each.endswith("pulumi-resource-flashback") for each in command
        )
    return False


def end(processes: list[psutil.Process]) -> None:
    """End what a killed CLI left behind."""
    for each in processes:
        with suppress(psutil.NoSuchProcess):  # some see themselves that the CLI is gone
            each.kill()
    psutil.wait_procs(processes)
