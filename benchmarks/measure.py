"""Runs a command and measures it: time, processor time, and the provider process that it starts."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import psutil

_SAMPLE_SECONDS = 0.05


@dataclass(frozen=True)
class Command:
    """A command to measure, and its whole environment."""

    arguments: Sequence[str]
    directory: Path
    variables: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Measured:
    """What one run of a command took.

    Attributes:
        cpu_seconds: Processor time of the command and all its children.
        provider_cpu_seconds: Of that, the provider process; None if there is none.
        provider_bytes: The most resident memory that the provider process had.
    """

    seconds: float
    cpu_seconds: float
    provider_cpu_seconds: float | None = None
    provider_bytes: int | None = None


class CommandError(Exception):
    """A command failed; the text ends with its last output."""


def run(command: Command, provider: str, timeout: float) -> Measured:
    """Run a command to its end.

    Args:
        command: What to run.
        provider: What the command line of the provider process contains; empty for none.
        timeout: Seconds after which it is killed.

    Raises:
        CommandError: It failed, or did not end in time.
    """
    cpu, started = _cpu_of_children(), perf_counter()
    with subprocess.Popen(
        list(command.arguments),
        cwd=command.directory,
        env=dict(command.variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        with _watched(process.pid, provider) as watch:
            try:
                printed, _ = process.communicate(timeout=timeout)
            except BaseException as error:
                _end(process)
                if isinstance(error, subprocess.TimeoutExpired):
                    raise CommandError(f"not done after {timeout:.0f} seconds") from None
                raise
        seconds = perf_counter() - started
    if process.returncode:
        raise CommandError(f"exit code {process.returncode}: {printed[-2000:].strip()}")
    return Measured(
        seconds, _cpu_of_children() - cpu, watch.cpu_seconds or None, watch.resident or None
    )


@dataclass
class _Watch:
    cpu_seconds: float = 0.0
    resident: int = 0


@contextmanager
def _watched(pid: int, provider: str) -> Iterator[_Watch]:
    """Look at the provider process again and again; its last numbers are those of its end."""
    seen = _Watch()
    stop = threading.Event()

    def look() -> None:
        found: psutil.Process | None = None
        while not stop.wait(_SAMPLE_SECONDS):
            with suppress(psutil.Error):  # it has just ended
                found = found if found and found.is_running() else _find(pid, provider)
                if found is not None:
                    times = found.cpu_times()
                    seen.cpu_seconds = max(seen.cpu_seconds, times.user + times.system)
                    seen.resident = max(seen.resident, found.memory_info().rss)

    watcher = threading.Thread(target=look, daemon=True)
    if provider:
        watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        if provider:
            watcher.join()


def _find(pid: int, provider: str) -> psutil.Process | None:
    for each in psutil.Process(pid).children(recursive=True):
        command = each.cmdline()
        # a script that starts the provider is not the provider
        program = Path(command[0]).name if command else ""
        if any(provider in word for word in command) and program not in ("sh", "bash"):
            return each
    return None


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _end(process: subprocess.Popen[str]) -> None:
    """End a command with all that it started."""
    started: list[psutil.Process] = []
    with suppress(psutil.Error):
        started = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    for each in started:
        with suppress(psutil.Error):  # it has ended by itself
            each.kill()


def spread(values: Iterable[float]) -> tuple[float, float, float]:
    """Return the median, the smallest and the largest value."""
    known = sorted(values)
    return statistics.median(known), known[0], known[-1]


def environment(**more: str) -> dict[str, str]:
    """Return this process's variables without those of the provider, and some more."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("FLASHBACK_")}
    return {**inherited, **more}
