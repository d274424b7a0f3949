"""Measures all contestants side by side and writes the results, the report and the plot."""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

from benchmarks import report
from benchmarks.backend import Backend
from benchmarks.contestants import CONTESTANTS, contestant
from benchmarks.contestants.base import PHASES, Case, UnavailableError
from benchmarks.measure import run
from benchmarks.process import measure_imports, measure_process
from benchmarks.results import DIRECTORY, Record, Results, machine
from tools.pulumi_cli import ensure_cli

PACKAGE = Path(__file__).parents[1] / "pulumi_flashback"
COMMAND_TIMEOUT_SECONDS = 1800.0
DEFAULT = ("floor", "dynamic", "native", "script-4", "script-16", "script-32", "terraform")


@dataclass(frozen=True)
class Plan:
    """What is to be measured.

    Attributes:
        contestants: By name.
        keys: Numbers of keys.
        answer_times: Of the backend, in milliseconds.
        rounds: How often everything is repeated.
        phases: Those of a life that are measured; ``up`` and ``destroy`` always run.
        parallel: Operations at once.
        seconds: Nothing new is begun afterwards.
    """

    contestants: Sequence[str]
    keys: Sequence[int]
    answer_times: Sequence[int]
    rounds: int
    phases: Sequence[str]
    parallel: int
    seconds: float


def measure(plan: Plan, results: Results, directory: Path) -> None:
    """Measure what is planned, all contestants in turn, and save after each life.

    Args:
        plan: What is measured.
        results: Takes the records, and what failed.
        directory: Where the results are saved.
    """
    end = monotonic() + plan.seconds
    unavailable: set[str] = set()
    rounds = [
        (1, 0, 0),  # a warm-up, which is not kept
        *(
            (keys, answer_ms, number)
            for number in range(1, plan.rounds + 1)
            for keys in plan.keys
            for answer_ms in plan.answer_times
        ),
    ]
    for keys, answer_ms, number in rounds:
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
        results.save(directory)
    for failure in results.failures:
        _say(failure)


def _live(name: str, keys: int, answer_ms: int, number: int, plan: Plan) -> list[Record]:
    """Let a contestant live through the phases once."""
    runner = contestant(name)
    home = Path(tempfile.mkdtemp(prefix="benchmark-"))
    try:
        with Backend(answer_ms / 1000) as backend:
            runner.set_up(Case(home, backend.variables(), keys, plan.parallel))
            records = []
            for phase in PHASES:
                command = runner.command(phase)
                if command is None or phase not in (*plan.phases, "up", "destroy"):
                    continue
                backend.counters()
                taken = run(command, runner.provider, COMMAND_TIMEOUT_SECONDS)
                counters = backend.counters()
                state = runner.state() if phase == "up" else {}
                records.append(
                    Record(
                        name,
                        keys,
                        answer_ms,
                        number,
                        phase,
                        **asdict(taken),
                        **counters,
                        state=state,
                    )
                )
            return records
    finally:
        shutil.rmtree(home, ignore_errors=True)


def measure_alone(results: Results, directory: Path, keys: int) -> None:
    """Measure the provider processes without an engine, and the imports."""
    results.imports = measure_imports()
    for shell in ("dynamic", "native"):
        _say(f"the process of the {shell} form alone, {keys} keys")
        results.processes[shell] = measure_process(shell, keys)
    results.save(directory)


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
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Measure and write.

    Args:
        arguments: Those of the command line; None for the process's own.
    """
    given = _parser().parse_args(arguments)
    if given.full:
        given.keys, given.answer_times, given.rounds = (1, 50, 200, 1000), (0, 20, 50, 200), 3
        given.time_limit = float("inf")
    if given.quick:
        given.keys, given.rounds, given.process_keys = (2,), 1, min(given.process_keys, 20)
    plan = Plan(
        given.contestants,
        given.keys,
        given.answer_times,
        given.rounds,
        given.phases,
        given.parallel,
        given.time_limit * 60,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends what is being measured, too
    compileall.compile_dir(PACKAGE, quiet=1)  # as an installation does
    results = Results(
        machine(
            [
                ("pulumi CLI", [str(ensure_cli().directory / "pulumi"), "version"]),
                ("terraform", [os.environ.get("BENCHMARK_TERRAFORM", "terraform"), "version"]),
            ]
        ),
        plan.parallel,
    )
    if given.add:
        results.keep(Results.load(given.out), plan.contestants, plan.keys, plan.answer_times)
    if given.process_keys:
        measure_alone(results, given.out, given.process_keys)
    try:
        measure(plan, results, given.out)
    finally:  # what there is so far, also where the run is stopped
        results.save(given.out)
        report.write(given.out)
    _say(f"written to {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
