"""Measures all contestants side by side and writes the results, the report and the plot."""

from __future__ import annotations

import argparse
import compileall
import os
import signal
import sys
import tempfile
from dataclasses import asdict
from itertools import product
from pathlib import Path
from time import monotonic
from typing import Any

from benchmarks import report
from benchmarks.backend import Backend
from benchmarks.contestants import CONTESTANTS, contestant
from benchmarks.contestants.base import PHASES, Case
from benchmarks.measure import run
from benchmarks.process import measure_imports, measure_process
from benchmarks.results import DIRECTORY, Record, Results, machine
from tools.cache import UnavailableError
from tools.pulumi_cli import ensure_cli

PACKAGE = Path(__file__).parents[1] / "pulumi_flashback"
COMMAND_TIMEOUT_SECONDS = 1800.0
DEFAULT = ("floor", "dynamic", "native", "script-4", "script-16", "script-32", "terraform")


def measure(plan: argparse.Namespace, results: Results) -> None:
    """Measure all contestants in turn, and save the results after each life.

    Args:
        plan: The arguments of the command line.
        results: Gets the records, and what failed.
    """
    end = monotonic() + plan.time_limit * 60
    unavailable: set[str] = set()
    rounds = [
        (1, 0, 0),  # a warm-up, which is not kept
        *product(plan.keys, plan.answer_times, range(1, plan.rounds + 1)),
    ]
    for keys, answer_ms, number in sorted(rounds, key=lambda each: each[2]):
        for name in plan.contestants:
            what = f"{name}, {keys} keys, {answer_ms} ms, round {number}"
            if name in unavailable or (not number and name not in DEFAULT):
                continue
            if monotonic() > end:
                results.failures.append(f"{what}: not begun, the time limit was reached")
                continue
            _say(f"{what} ({max(0, end - monotonic()) / 60:.0f} minutes left)")
            try:
                records = _live(name, keys, answer_ms, number, plan)
            except UnavailableError as reason:
                unavailable.add(name)
                results.failures.append(f"{name}: {reason}")
            except Exception as reason:  # noqa: BLE001 - the others go on
                results.failures.append(f"{what}: {type(reason).__name__}: {reason}")
            else:
                results.records += records if number else []
        results.save(plan.out)
    for failure in results.failures:
        _say(failure)


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
    add("--keys", nargs="+", type=int, default=(1, 50, 200), help="default: 1 50 200")
    add("--answer-times", nargs="+", type=int, default=(50,), metavar="MS", help="default: 50")
    add("--rounds", type=int, default=3, help="default: 3")
    add("--phases", nargs="+", default=PHASES, choices=PHASES, metavar="PHASE",
        help=f"of {', '.join(PHASES)}; default: all")  # fmt: skip
    add("--parallel", type=int, default=4 * (os.cpu_count() or 1),
        help="operations at once; default: 4 per core, as the engine")  # fmt: skip
    add("--time-limit", type=float, default=20, metavar="MINUTES", help="default: 20")
    add("--full", action="store_true",
        help="1, 50, 200, 1000 keys, 0, 20, 50, 200 ms, 3 rounds, no limit: hours")  # fmt: skip
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
    if plan.full:
        plan.keys, plan.answer_times, plan.rounds = (1, 50, 200, 1000), (0, 20, 50, 200), 3
        plan.time_limit = float("inf")
    if plan.quick:
        plan.keys, plan.rounds, plan.process_keys = (2,), 1, min(plan.process_keys, 20)
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
