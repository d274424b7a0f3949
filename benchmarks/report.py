"""Writes the tables and the plot of a run, and the figures of docs/performance.md.

``python -m benchmarks.report`` does it again for the results that are there.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from pathlib import Path
from statistics import median

from benchmarks import plot
from benchmarks.contestants import CONTESTANTS
from benchmarks.contestants.base import PHASES
from benchmarks.measure import spread
from benchmarks.results import DIRECTORY, Record, Results
from benchmarks.targets import cell, largest, sizes, verdicts

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PLOT = "performance.svg"


def write(directory: Path) -> None:
    """Write report and plot beside the results; figures of the page only for the kept results."""
    results = Results.load(directory)
    (directory / "results.md").write_text(_report(results))
    plot.write(results, directory / PLOT)
    if directory == DIRECTORY:
        PAGE.write_text(page(results, PAGE.read_text()))
        shutil.copyfile(directory / PLOT, PAGE.with_suffix(".svg"))


def page(results: Results, text: str) -> str:
    """Return the page with the figures of some results between its marks."""
    blocks = {
        "machine": _machine(results),
        "times": "\n\n".join(_times(results, *size) for size in sizes(results)),
        "costs": _costs(results),
        "state": _state(results),
        "settings": _settings(results),
        "targets": _targets(results),
    }
    for name, block in blocks.items():
        mark = re.compile(f"<!-- {name} -->\n.*?<!-- /{name} -->", re.DOTALL)
        text = mark.sub(lambda _, b=block, n=name: f"<!-- {n} -->\n{b}\n<!-- /{n} -->", text)  # type: ignore[misc]
    return text


def _report(results: Results) -> str:
    parts = [
        "# Results\n\nWritten by `make bench`; every figure is in results.json.",
        _machine(results),
        *(_times(results, *size) for size in sizes(results)),
        _costs(results),
        _state(results),
        "## Targets\n\n" + _targets(results),
    ]
    if results.failures:
        parts.append("## Not measured\n\n" + "\n".join(f"- {each}" for each in results.failures))
    return "\n\n".join(parts) + "\n"


def _machine(results: Results) -> str:
    machine = dict(results.machine)
    line = (
        f"{machine.pop('date')}, {machine.pop('cores')} cores ({machine.pop('processor')}), "
        f"{machine.pop('memory_gb')} GB, {machine.pop('system')}, load at the start "
        f"{machine.pop('load_at_start')}; {results.parallel} operations at once"
    )
    return line + "; " + ", ".join(f"{name} {version}" for name, version in machine.items()) + "."


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(each)} |" for each in lines)


def _contestants(results: Results, keys: int, answer_ms: int) -> list[str]:
    found = [
        each.contestant
        for each in results.records
        if (each.keys, each.answer_ms) == (keys, answer_ms)
    ]
    return sorted(dict.fromkeys(found), key=_place)


def _place(name: str) -> tuple[int, str]:
    """The registry's order; a stack with settings stands behind the one without."""
    return list(CONTESTANTS).index(name.partition("+")[0]), name


def _times(results: Results, keys: int, answer_ms: int) -> str:
    rows = []
    for name in _contestants(results, keys, answer_ms):
        row = [name]
        for phase in PHASES:
            seconds = cell(results, name, keys, answer_ms, phase)
            row.append(_seconds(seconds) if seconds else "")
        rows.append(row)
    title = f"{keys} {'key' if keys == 1 else 'keys'}, answers after {answer_ms} ms: seconds"
    return f"**{title}**\n\n" + _table(["", *PHASES], rows)


def _seconds(values: list[float]) -> str:
    middle, least, most = spread(values)
    if len(values) == 1:
        return f"{middle:.2f}"
    return f"{middle:.2f} ({least:.2f} to {most:.2f})"


def _costs(results: Results) -> str:
    """What the largest stack that was measured cost."""
    keys, answer_ms = largest(results)
    rows = []
    for name in _contestants(results, keys, answer_ms):
        ups = [
            each
            for each in results.records
            if (each.contestant, each.keys, each.answer_ms) == (name, keys, answer_ms)
        ]
        by_phase = {each.phase: each for each in ups}
        up = by_phase["up"]
        requests = [
            "/".join(_requests_of(by_phase, phase) for phase in ("up", "refresh", "destroy"))
        ]
        rows.append(
            [
                name,
                f"{up.cpu_seconds:.1f}",
                "" if up.provider_cpu_seconds is None else f"{up.provider_cpu_seconds:.2f}",
                "" if up.provider_bytes is None else f"{up.provider_bytes / 1e6:.0f}",
                str(up.connections),
                *requests,
                "" if up.state_bytes is None else f"{up.state_bytes:.0f}",
            ]
        )
    head = [
        f"{keys} keys at {answer_ms} ms",
        "processor time of `up`, s",
        "of the provider",
        "its memory, MB",
        "connections of `up`",
        "requests of up/refresh/destroy",
        "state per key, bytes",
    ]
    return _table(head, rows)


def _requests_of(by_phase: dict[str, Record], phase: str) -> str:
    record = by_phase.get(phase)
    return "" if record is None else str(sum(record.requests.values()))


def _state(results: Results) -> str:
    """What the state of a key is made of, in bytes."""
    shown = ("native", "dynamic")
    states: dict[str, dict[str, float]] = {each: {} for each in shown}
    for each in results.records:
        if each.contestant in states and each.state:
            states[each.contestant] = each.state
    parts = list(dict.fromkeys(part for name in shown for part in states[name]))
    rows = [
        [f"`{part}`", *(f"{states[n][part]:.0f}" if part in states[n] else "" for n in shown)]
        for part in parts
    ]
    rows.append(["all", *(f"{sum(states[name].values()):.0f}" for name in shown)])
    return _table(["bytes per key", *shown], rows)


def _settings(results: Results) -> str:
    """What settings of the engine do to the processor time of ``up``."""
    rows = []
    for keys, answer_ms in sizes(results):
        for name in _contestants(results, keys, answer_ms):
            stack, _, settings = name.partition("+")
            with_it = _cpu(results, name, keys, answer_ms)
            without = _cpu(results, stack, keys, answer_ms)
            if settings and with_it and without:
                middle, base = median(with_it), median(without)
                change = (middle / base - 1) * 100
                times = f"{base:.1f} s, {middle:.1f} s"
                rows.append([f"`{settings}`", f"{stack}, {keys} keys", times, f"{change:+.0f} %"])
    return _table(["setting", "", "without, with it", "change"], rows)


def _cpu(results: Results, name: str, keys: int, answer_ms: int) -> list[float]:
    return cell(results, name, keys, answer_ms, "up", lambda record: record.cpu_seconds)


def _targets(results: Results) -> str:
    rows = [
        [each.what, each.target, each.found, "yes" if each.met else "**no**"]
        for each in verdicts(results)
    ]
    return _table(["", "target", "found", "met"], rows)


def main() -> int:
    """Write the report again, or say whether the page has the figures of the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare docs/performance.md")
    if parser.parse_args().check:
        text = PAGE.read_text()
        if page(Results.load(DIRECTORY), text) != text:
            print(f"{PAGE} has other figures than the results: run python -m benchmarks.report")
            return 1
        return 0
    write(DIRECTORY)
    return 0


if __name__ == "__main__":
    sys.exit(main())
