"""The results of a run: plain records in a JSON file, which is not committed."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from itertools import product
from pathlib import Path
from typing import Any

import psutil

DIRECTORY = Path(__file__).parent / "results"
FILE = "results.json"


@dataclass(frozen=True)
class Record:
    """One phase of one life of one contestant.

    Attributes:
        answer_ms: The response time of the backend, in milliseconds.
        round: The number of the repetition, from 1.
        cpu_seconds: Processor time of the command and all its children.
        provider_cpu_seconds: Of that, the provider process; ``provider_bytes`` is the most memory.
        connections: The most that were open at once; ``accepted``, all: one that was idle for some
            seconds is replaced. ``requests``, by method and path.
        state: The bytes that are stored of one key, by part; after ``up`` only.
    """

    contestant: str
    keys: int
    answer_ms: int
    round: int
    phase: str
    seconds: float
    cpu_seconds: float
    provider_cpu_seconds: float | None = None
    provider_bytes: int | None = None
    connections: int = 0
    accepted: int = 0
    requests: dict[str, int] = field(default_factory=dict)
    state: dict[str, float] = field(default_factory=dict)

    @property
    def state_bytes(self) -> float | None:
        """The bytes that are stored of one key; None for nothing."""
        return sum(self.state.values()) or None


@dataclass
class Results:
    """The results of a run.

    Attributes:
        machine: The machine, and the versions that matter.
        parallel: Operations at once.
        processes: Measurements of provider processes alone, by provider.
        imports: Milliseconds of imports.
        failures: What failed or was left out, in words.
    """

    machine: dict[str, Any]
    parallel: int
    records: list[Record] = field(default_factory=list)
    processes: dict[str, dict[str, float]] = field(default_factory=dict)
    imports: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def save(self, directory: Path) -> None:
        """Write ``results.json``; a run that is killed leaves the former one."""
        directory.mkdir(parents=True, exist_ok=True)
        unfinished = directory / f"{FILE}.unfinished"
        unfinished.write_text(json.dumps(asdict(self), indent=1) + "\n")
        unfinished.replace(directory / FILE)

    def keep(
        self,
        earlier: Results,
        contestants: Collection[str],
        keys: Collection[int],
        answer_times: Collection[int],
    ) -> None:
        """Take over the results of an earlier run, except for what is measured again."""
        self.processes, self.imports = earlier.processes, earlier.imports
        again = set(product(contestants, keys, answer_times))
        self.records += [
            each
            for each in earlier.records
            if (each.contestant, each.keys, each.answer_ms) not in again
        ]

    @classmethod
    def load(cls, directory: Path) -> Results:
        """Read what :meth:`save` wrote."""
        found = json.loads((directory / FILE).read_text())
        return cls(**{**found, "records": [Record(**each) for each in found["records"]]})


def machine(commands: Mapping[str, list[str]]) -> dict[str, Any]:
    """Describe this machine and the versions that matter.

    Args:
        commands: By name, commands that print their version in the first line.
    """
    packages = ("pulumi_flashback", "pulumi", "httpx", "grpcio")
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "load_at_start": round(psutil.getloadavg()[0], 1),
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in packages},
        **{name: _first_line(command) for name, command in commands.items()},
    }


def _first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "none"
    return (done.stdout.splitlines() or ["none"])[0]


def _processor() -> str:
    with suppress(OSError):
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        if found:
            return found[1]
    return platform.processor()
