"""Writes the tables and the plot of a run; the tables are those of docs/performance.md."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median

from benchmarks import plot
from benchmarks.contestants import CONTESTANTS
from benchmarks.measure import spread
from benchmarks.results import Results
from benchmarks.targets import cell, largest, sizes, verdicts

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def write(results: Results, directory: Path) -> None:
    """Write the page with the figures of some results, and its plot, into a directory."""
    (directory / PAGE.name).write_text(page(results, PAGE.read_text()))
    plot.write(results, directory / PAGE.with_suffix(".svg").name)


def page(results: Results, text: str) -> str:
    """Return the page with the figures of some results between its marks."""
    blocks = {
        "machine": _machine(results),
        "times": _times(results),
        "costs": _costs(results, *largest(results)),
        "state": _state(results),
        "settings": _settings(results),
        "targets": _table(
            ["", "target", "found", "met"],
            [[*each[:3], "yes" if each.met else "**no**"] for each in verdicts(results)],
        ),
    }

    def filled(mark: re.Match[str]) -> str:
        return f"<!-- {mark[1]} -->\n{blocks.pop(mark[1])}\n<!-- /{mark[1]} -->"

    text = re.sub(r"<!-- (\w+) -->\n.*?<!-- /\1 -->", filled, text, flags=re.DOTALL)
    if blocks:
        raise ValueError(f"{PAGE.name} has no marks for {', '.join(blocks)}")
    return text


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
    """In the registry's order; a stack with settings stands behind the one without."""
    size = (keys, answer_ms)
    found = {each.contestant for each in results.records if (each.keys, each.answer_ms) == size}
    return sorted(found, key=lambda it: (list(CONTESTANTS).index(it.partition("+")[0]), it))


def _times(results: Results) -> str:
    """The seconds of ``up``, for each contestant; the plot has the other phases."""
    found = {size: _contestants(results, *size) for size in sizes(results)}
    # a stack that is compared only with itself, under other settings, has a table of its own
    measured = [
        size
        for size, names in found.items()
        if len(names) == 1 or len({name.partition("+")[0] for name in names}) > 1
    ]
    names = list(
        dict.fromkeys(name for size in measured for name in found[size] if "+" not in name)
    )
    rows = [
        [
            f"{keys}, {answer_ms} ms",
            *(_seconds(cell(results, name, keys, answer_ms, "up")) for name in names),
        ]
        for keys, answer_ms in measured
    ]
    return _table(["keys, responses after", *names], rows)


def _seconds(values: list[float]) -> str:
    if len(values) < 2:
        return "".join(f"{each:.2f}" for each in values)
    return "{:.2f} ({:.2f} to {:.2f})".format(*spread(values))


def _costs(results: Results, keys: int, answer_ms: int) -> str:
    """The costs of the largest stack that was measured."""
    rows = []
    for name in _contestants(results, keys, answer_ms):
        by_phase = {
            each.phase: each
            for each in results.records
            if (each.contestant, each.keys, each.answer_ms) == (name, keys, answer_ms)
        }
        up = by_phase["up"]
        requests = (
            str(sum(by_phase[phase].requests.values())) if phase in by_phase else ""
            for phase in ("up", "refresh", "destroy")
        )
        row = [
            f"{up.cpu_seconds:.1f}",
            "" if up.provider_cpu_seconds is None else f"{up.provider_cpu_seconds:.2f}",
            "" if up.provider_bytes is None else f"{up.provider_bytes / 1e6:.0f}",
            str(up.connections),
            "/".join(requests),
            "" if up.state_bytes is None else f"{up.state_bytes:.0f}",
        ]
        rows.append([name, *row])
    head = [
        "processor time of `up`, s",
        "of the provider",
        "its memory, MB",
        "connections of `up`",
        "requests of up/refresh/destroy",
        "state per key, bytes",
    ]
    return _table([f"{keys} keys at {answer_ms} ms", *head], rows)


def _state(results: Results) -> str:
    """The parts of the state of a key, in bytes."""
    states = {
        name: next((r.state for r in results.records[::-1] if r.contestant == name and r.state), {})
        for name in ("native", "dynamic")
    }
    parts = dict.fromkeys(part for state in states.values() for part in state)
    rows = [
        [f"`{part}`", *(f"{state[part]:.0f}" if part in state else "" for state in states.values())]
        for part in parts
    ]
    rows.append(["all", *(f"{sum(state.values()):.0f}" for state in states.values())])
    return _table(["bytes per key", *states], rows)


def _settings(results: Results) -> str:
    """The effect of settings of the engine on the processor time of ``up``."""
    rows = []
    for keys, answer_ms in sizes(results):
        for name in _contestants(results, keys, answer_ms):
            stack, _, settings = name.partition("+")
            without, with_it = (
                cell(results, each, keys, answer_ms, "up", lambda record: record.cpu_seconds)
                for each in (stack, name)
            )
            if settings and with_it and without:
                before, after = median(without), median(with_it)
                times = f"{before:.1f} s, {after:.1f} s"
                change = f"{(after / before - 1) * 100:+.0f} %"
                rows.append([f"`{settings}`", f"{stack}, {keys} keys", times, change])
    return _table(["setting", "", "without, with it", "change"], rows)
