"""What the provider is to reach, and what a run says of it. A verdict is never a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks.results import Record, Results

DYNAMIC_THREADS = 4
"""The SDK's server for dynamic providers works on so many threads."""

ALLOWED_RATIO = 1.10


@dataclass(frozen=True)
class Verdict:
    """One target.

    Attributes:
        what: What is measured.
        target: The bound, in words.
        found: What was found, in words.
        met: Whether it holds.
    """

    what: str
    target: str
    found: str
    met: bool


def cell(
    results: Results,
    contestant: str,
    keys: int,
    answer_ms: int,
    phase: str,
    value: Callable[[Record], float | None] = lambda record: record.seconds,
) -> list[float]:
    """Return what all rounds of one cell found; what was not measured is left out."""
    wanted = (contestant, keys, answer_ms, phase)
    found = [
        value(each)
        for each in results.records
        if (each.contestant, each.keys, each.answer_ms, each.phase) == wanted
    ]
    return [each for each in found if each is not None]


def ideal_wait(keys: int, answer_ms: int, at_once: int) -> float:
    """Return the seconds for which the answers alone keep everybody waiting."""
    return answer_ms / 1000 * keys / min(at_once, keys)


def sizes(results: Results) -> list[tuple[int, int]]:
    """Return the pairs of number of keys and answer time that were measured, in order."""
    return sorted({(each.keys, each.answer_ms) for each in results.records})


def largest(results: Results) -> tuple[int, int]:
    """Return the largest number of keys of which the whole life was measured."""
    refreshed = {(each.keys, each.answer_ms) for each in results.records if each.phase == "refresh"}
    return max(refreshed or sizes(results), default=(0, 0))


def verdicts(results: Results) -> list[Verdict]:
    """Compare a run with all targets that it says something about."""
    found: list[Verdict] = []
    for keys, answer_ms in sizes(results):
        found += _against_the_floor(results, keys, answer_ms)
    found += _of_the_largest(results, *largest(results))
    found += _of_processes(results)
    return found


def _against_the_floor(results: Results, keys: int, answer_ms: int) -> list[Verdict]:
    found = []
    floor = cell(results, "floor", keys, answer_ms, "up")
    for name, at_once in (("native", results.parallel), ("dynamic", DYNAMIC_THREADS)):
        mine = cell(results, name, keys, answer_ms, "up")
        if floor and mine:
            bound = ALLOWED_RATIO * (median(floor) + ideal_wait(keys, answer_ms, at_once))
            ratio = median(mine) / bound * ALLOWED_RATIO
            found.append(
                Verdict(
                    f"`up` of {keys} keys at {answer_ms} ms, {name}, against the floor and the "
                    "ideal wait",
                    f"≤ {ALLOWED_RATIO:.2f}",
                    f"{ratio:.2f}",
                    ratio <= ALLOWED_RATIO,
                )
            )
    return found


def _of_the_largest(results: Results, keys: int, answer_ms: int) -> list[Verdict]:
    """What is said of a stack at all, of the largest that was measured."""
    found = []
    at = f"{keys} keys at {answer_ms} ms"
    for name, at_once in (("native", results.parallel), ("dynamic", DYNAMIC_THREADS)):
        lists = cell(results, name, keys, answer_ms, "refresh", _requests)
        if lists:
            most = max(lists)
            found.append(
                Verdict(f"requests of a refresh, {at}, {name}", "1", f"{most:.0f}", most <= 1)
            )
        opened = cell(results, name, keys, answer_ms, "up", lambda record: record.connections)
        if opened:
            most = max(opened)
            found.append(
                Verdict(
                    f"connections of `up`, {at}, {name}",
                    f"≤ {at_once}",
                    f"{most:.0f}",
                    most <= at_once,
                )
            )
        for phase in ("no-op preview", "no-op up", "refresh", "destroy"):
            other = cell(results, "terraform", keys, answer_ms, phase)
            mine = cell(results, name, keys, answer_ms, phase)
            if other and mine:
                ratio = median(mine) / median(other)
                found.append(
                    Verdict(
                        f"`{phase}`, {at}, {name}, against Terraform",
                        "≤ 1.00",
                        f"{ratio:.2f}",
                        ratio <= 1,
                    )
                )
    sizes_of_states = {
        name: cell(results, name, keys, answer_ms, "up", lambda record: record.state_bytes)
        for name in ("native", "dynamic")
    }
    if sizes_of_states["native"]:
        size = sizes_of_states["native"][0]
        found.append(Verdict("state per key, native", "≤ 1000 bytes", f"{size:.0f}", size <= 1000))
    return found


def _requests(record: Record) -> float:
    return sum(record.requests.values())


def _of_processes(results: Results) -> list[Verdict]:
    found = []
    for name, limit in (("native", 2.0), ("dynamic", 2.5)):
        process = results.processes.get(name)
        if not process:
            continue
        bounds = (
            ("processor time per create", "create_cpu_ms", limit, "ms"),
            ("start to the first answer", "start_ms", 250, "ms"),
            (f"resident memory with {process['keys']:.0f} keys", "resident_mb", 80, "MB"),
            ("connections of the process", "connections", process["threads"], ""),
        )
        for what, key, bound, unit in bounds:
            value = process[key]
            shown = f"{value:.2f}" if value < 10 else f"{value:.0f}"
            found.append(
                Verdict(
                    f"{what}, {name}",
                    f"≤ {bound:g} {unit}".strip(),
                    f"{shown} {unit}".strip(),
                    value <= bound,
                )
            )
    added = results.imports.get("import pulumi_flashback")
    if added is not None:
        both = added + results.imports.get("from pulumi_flashback import ApiKey", 0)
        found.append(
            Verdict(
                "what importing `ApiKey` adds to `import pulumi`",
                "≤ 60 ms",
                f"{both:.0f} ms",
                both <= 60,
            )
        )
    return found
