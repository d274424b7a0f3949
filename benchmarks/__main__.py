"""Measures all contestants side by side and writes the results, the report and the plot."""

from __future__ import annotations

import argparse
import compileall
import os
import signal
import sys
import tempfile
from dataclasses import asdict
from itertools import product, starmap
from pathlib import Path
from time import monotonic
from typing import Any

from benchmarks import report
from benchmarks.backend import Backend
from benchmarks.contestants import CONTESTANTS, contestant
from benchmarks.contestants.base import PHASES, Case
from benchmarks.contestants.pulumi_stack import Stack
from benchmarks.measure import run
from benchmarks.process import measure_imports, measure_process
from benchmarks.results import DIRECTORY, Record, Results, machine
from benchmarks.targets import DYNAMIC_THREADS
from tools.cache import UnavailableError
from tools.pulumi_cli import ensure_cli

PACKAGE = Path(__file__).parents[1] / "pulumi_flashback"
COMMAND_TIMEOUT_SECONDS = 1800.0
DEFAULT = ("floor", "dynamic", "native", "script-16", "terraform")
ROOM = 1.3  # the time limit, as a multiple of what the first round is expected to take


def measure(plan: argparse.Namespace, results: Results) -> None:
    """Measure all contestants in turn, and save the results after each life.

    All cells are measured once, and then again as long as the time limit allows.

    Args:
        plan: The arguments of the command line.
        results: Gets the records, and what failed.
    """
    cells = [*product(plan.keys, plan.answer_times)]
    took: dict[tuple[str, int, int], float] = {}
    unavailable: set[str] = set()

    def live(name: str, keys: int, answer_ms: int, number: int) -> None:
        began = monotonic()
        try:
            records = _live(name, keys, answer_ms, number, plan)
        except UnavailableError as reason:
            unavailable.add(name)
            results.failures.append(f"{name}: {reason}")
        except Exception as reason:  # noqa: BLE001 - the others go on
            what = _described(name, keys, answer_ms, number)
            results.failures.append(f"{what}: {type(reason).__name__}: {reason}")
        else:
            took[name, keys, answer_ms] = monotonic() - began
            results.records += records if number else []

    for name in plan.contestants:
        live(name, 1, 0, 0)  # a warm-up, which is not kept, but shows how fast this machine is
    pace = sum(took.values()) / (sum(starmap(_expected, took)) or 1)
    names = [name for name in plan.contestants if name not in unavailable]
    once = pace * sum(_expected(name, *each) for name, each in product(names, cells)) / 60
    limit = once * ROOM if plan.time_limit is None else plan.time_limit
    end = monotonic() + limit * 60
    _say(
        f"{len(cells)} sizes, {len(names)} contestants: the first round takes about {once:.0f} "
        f"minutes; {plan.rounds - 1} more follow as far as they end within {limit:.0f} minutes"
    )
    for number, (keys, answer_ms), name in product(range(1, plan.rounds + 1), cells, names):
        left = end - monotonic()
        if number > 1 and left < took.get((name, keys, answer_ms), 0):
            continue  # the first round has filled this cell
        what = _described(name, keys, answer_ms, number)
        if left < 0:
            results.failures.append(f"{what}: not begun, the time limit was reached")
            continue
        _say(f"{what} ({left / 60:.0f} minutes left)")
        live(name, keys, answer_ms, number)
        results.save(plan.out)
    for failure in results.failures:
        _say(failure)


def _described(name: str, keys: int, answer_ms: int, number: int) -> str:
    return f"{name}, {keys} keys, {answer_ms} ms, round {number}"


def _expected(name: str, keys: int, answer_ms: int) -> float:
    """The seconds of a life on the machine of docs/performance.md, for the announcement alone."""
    waits = 3 * keys * answer_ms / 1000 / DYNAMIC_THREADS  # up, update and destroy
    if not isinstance(contestant(name), Stack):
        return 3 + 0.03 * keys + waits
    # the engine writes the whole state at each step
    return 6 + 0.02 * keys + 3e-4 * keys**2 + waits


def _live(
    name: str, keys: int, answer_ms: int, number: int, plan: argparse.Namespace
) -> list[Record]:
    """Let a contestant live through the phases once."""
    runner = contestant(name)
    records = []
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as home,
        Backend(answer_ms / 1000) as backend,
    ):
        runner.set_up(Case(Path(home), backend.variables(), keys, plan.parallel))
        for phase in PHASES:
            command = runner.command(phase)
            if command is None or phase not in (*plan.phases, "up", "destroy"):
                continue
            backend.counters()
            measured: dict[str, Any] = {
                **asdict(run(command, runner.provider, COMMAND_TIMEOUT_SECONDS)),
                **backend.counters(),
                "state": runner.state() if phase == "up" else {},
            }
            records.append(Record(name, keys, answer_ms, number, phase, **measured))
    return records


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _contestant(name: str) -> str:
    contestant(name)
    return name


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--contestants", nargs="+", default=DEFAULT, type=_contestant, metavar="NAME",
        help=f"of {', '.join(CONTESTANTS)}, or native+NAME=VALUE for a stack with an environment "
        f"variable; default: {' '.join(DEFAULT)}")  # fmt: skip
    add("--keys", nargs="+", type=int, default=(1, 50, 200, 1000), help="default: 1 50 200 1000")
    add("--answer-times", nargs="+", type=int, default=(0, 50, 200), metavar="MS",
        help="default: 0 50 200")  # fmt: skip
    add("--rounds", type=int, default=3, help="default: 3")
    add("--phases", nargs="+", default=PHASES, choices=PHASES, metavar="PHASE",
        help=f"of {', '.join(PHASES)}; default: all")  # fmt: skip
    add("--parallel", type=int, default=4 * (os.cpu_count() or 1),
        help="operations at once; default: 4 per core, as the engine")  # fmt: skip
    add("--time-limit", type=float, metavar="MINUTES",
        help=f"default: {ROOM} times what the first round is expected to take")  # fmt: skip
    add("--quick", action="store_true", help="two keys, one round: shows that it works")
    add("--process-keys", type=int, default=1000,
        help="keys for the provider process alone; 0 leaves it out; default: 1000")  # fmt: skip
    add("--add", action="store_true", help="keep what the directory holds of other sizes")
    add("--out", type=Path, default=DIRECTORY, help="default: benchmarks/results")
    add("--publish", action="store_true", help="write the figures into docs/performance.md, too")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Measure and write.

    Args:
        arguments: Those of the command line; None for the process's own.
    """
    plan = _parser().parse_args(arguments)
    if plan.quick:
        plan.keys, plan.answer_times, plan.rounds = (2,), (50,), 1
        plan.process_keys = min(plan.process_keys, 20)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends what is being measured, too
    compileall.compile_dir(PACKAGE, quiet=1)  # as an installation does
    versions = {
        "pulumi CLI": [str(ensure_cli().directory / "pulumi"), "version"],
        "terraform": [os.environ.get("BENCHMARK_TERRAFORM", "terraform"), "version"],
    }
    results = Results(machine(versions), plan.parallel)
    if plan.add:
        results.keep(Results.load(plan.out), plan.contestants, plan.keys, plan.answer_times)
    if plan.process_keys:
        results.imports = measure_imports()
        for provider in ("dynamic", "native"):
            _say(f"the process of the {provider} provider alone, {plan.process_keys} keys")
            results.processes[provider] = measure_process(provider, plan.process_keys)
    try:
        measure(plan, results)
    finally:  # what there is so far, even if the run is stopped
        results.save(plan.out)
        report.write(results, plan.out)
    if plan.publish:
        report.write(results, report.PAGE.parent)
    _say(f"written to {plan.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
