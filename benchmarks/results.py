"""What a run found, as it is kept: plain records in a JSON file, and as CSV."""

from __future__ import annotations

import csv
import json
import os
import platform
import subprocess
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

DIRECTORY = Path(__file__).parent / "results"
FILE = DIRECTORY / "results.json"


@dataclass(frozen=True)
class Record:
    """One phase of one life of one contestant.

    Attributes:
        contestant: Its name in the registry.
        keys: How many API keys there are.
        answer_ms: How long the backend takes for each answer, in milliseconds.
        round: The number of the repetition, from 1.
        phase: ``preview``, ``up`` and so on.
        seconds: From start to end of the command.
        cpu_seconds: Processor time of the command and all its children.
        provider_cpu_seconds: Of that, the provider process.
        provider_bytes: The most resident memory of the provider process.
        connections: Connections that the backend accepted.
        requests: Requests that it answered, by method and path.
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
    requests: dict[str, int] = field(default_factory=dict)
    state: dict[str, float] = field(default_factory=dict)

    @property
    def state_bytes(self) -> float | None:
        """The bytes that are stored of one key; None where nothing is."""
        return sum(self.state.values()) or None


@dataclass
class Results:
    """All that a run found.

    Attributes:
        machine: What it ran on, with which versions.
        parallel: Operations at once.
        records: What was measured.
        processes: What was measured of provider processes alone, by shell.
        imports: Milliseconds of imports.
        failures: What did not work or was left out, in words.
    """

    machine: dict[str, Any]
    parallel: int
    records: list[Record] = field(default_factory=list)
    processes: dict[str, dict[str, float]] = field(default_factory=dict)
    imports: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def save(self, directory: Path) -> None:
        """Write ``results.json`` and ``results.csv``; what was there is replaced whole."""
        directory.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), indent=1) + "\n"
        _replace(directory / FILE.name, text)
        names = [each.name for each in fields(Record)]
        with (directory / "results.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            for record in self.records:
                sums = {"requests": sum(record.requests.values()), "state": record.state_bytes}
                writer.writerow({**asdict(record), **sums})

    def keep(
        self,
        earlier: Results,
        contestants: Collection[str],
        keys: Collection[int],
        answer_times: Collection[int],
    ) -> None:
        """Take over what an earlier run found, but for what is measured anew."""
        self.processes, self.imports = earlier.processes, earlier.imports
        self.records += [
            each
            for each in earlier.records
            if not (
                each.contestant in contestants
                and each.keys in keys
                and each.answer_ms in answer_times
            )
        ]

    @classmethod
    def load(cls, directory: Path) -> Results:
        """Read what :meth:`save` wrote."""
        found = json.loads((directory / FILE.name).read_text())
        return cls(**{**found, "records": [Record(**each) for each in found["records"]]})


def _replace(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text)
    unfinished.replace(path)


def machine(commands: Iterable[tuple[str, list[str]]]) -> dict[str, Any]:
    """Describe this machine and the versions that matter.

    Args:
        commands: Names, and commands that print their version in the first line.
    """
    versions = {
        name: metadata.version(name) for name in ("pulumi_flashback", "pulumi", "httpx", "grpcio")
    }
    for name, command in commands:
        versions[name] = _first_line(command)
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "load_at_start": round(psutil.getloadavg()[0], 1),
        "python": platform.python_version(),
        **versions,
    }


def _first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "not there"
    return (done.stdout.splitlines() or ["not there"])[0]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
