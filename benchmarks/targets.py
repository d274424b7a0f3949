"""What the provider is to reach, compared with a run. A verdict is never a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from typing import NamedTuple

from benchmarks.results import Record, Results

DYNAMIC_THREADS = 4
"""The threads of the SDK's server for dynamic providers."""

# of `up`, against the floor and the ideal wait; by contestant and number of keys
_RATIOS = {("native", 1): 1.15, ("dynamic", 1): 1.25, ("dynamic", 50): 1.10}
_RATIO = 1.05
_START_MS = 150
_STATES = (("native", "floor", 1.01), ("dynamic", "native", 1.10))
_AGAINST_TERRAFORM = ("no-op preview", "no-op up", "refresh", "destroy")


class Verdict(NamedTuple):
    """One target: what is measured, the bound and the result in words, and whether it holds."""

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
    """Return the values of all rounds of one cell; what was not measured is left out."""
    wanted = (contestant, keys, answer_ms, phase)
    found = [
        value(each)
        for each in results.records
        if (each.contestant, each.keys, each.answer_ms, each.phase) == wanted
    ]
    return [each for each in found if each is not None]


def sizes(results: Results) -> list[tuple[int, int]]:
    """Return the pairs of number of keys and response time that were measured, in order."""
    return sorted({(each.keys, each.answer_ms) for each in results.records})


def largest(results: Results) -> tuple[int, int]:
    """Return the largest number of keys with a complete life."""
    refreshed = {(each.keys, each.answer_ms) for each in results.records if each.phase == "refresh"}
    return max(refreshed or sizes(results), default=(0, 0))


def verdicts(results: Results) -> list[Verdict]:
    """Compare a run with all targets that it measures."""
    at_once = {"native": results.parallel, "dynamic": DYNAMIC_THREADS}
    return [
        *_against_the_floor(results, at_once),
        *_of_the_largest(results, *largest(results), at_once),
        *_of_processes(results),
    ]


def _count(keys: int) -> str:
    return f"{keys} key{'s' * (keys != 1)}"


def _below(what: str, found: float, bound: float, unit: str = "", digits: str = ".2f") -> Verdict:
    limit = f"{bound:g}" if unit or digits == ".0f" else f"{bound:.2f}"
    return Verdict(
        what, f"≤ {limit} {unit}".strip(), f"{found:{digits}} {unit}".strip(), found <= bound
    )


def _against_the_floor(results: Results, at_once: dict[str, int]) -> Iterator[Verdict]:
    for keys, answer_ms in sizes(results):
        floor = cell(results, "floor", keys, answer_ms, "up")
        for name, operations in at_once.items():
            mine = cell(results, name, keys, answer_ms, "up")
            if floor and mine:
                # The seconds for which the responses alone keep everybody waiting: the list of what
                # exists, which comes before the first create, and the creates
                wait = answer_ms / 1000 * (1 + keys / min(operations, keys))
                what = (
                    f"`up` of {_count(keys)} at {answer_ms} ms, {name}, against the floor and the"
                )
                ratio = median(mine) / (median(floor) + wait)
                yield _below(f"{what} ideal wait", ratio, _RATIOS.get((name, keys), _RATIO))


def _of_the_largest(
    results: Results, keys: int, answer_ms: int, at_once: dict[str, int]
) -> Iterator[Verdict]:
    at = f"{_count(keys)} at {answer_ms} ms"

    def values(
        name: str, phase: str, value: Callable[[Record], float | None] = lambda it: it.seconds
    ) -> list[float]:
        return cell(results, name, keys, answer_ms, phase, value)

    for name, operations in at_once.items():
        lists = values(name, "refresh", lambda it: sum(it.requests.values()))
        if lists:
            what = f"requests of a refresh, {at}, {name}"
            yield Verdict(what, "1", f"{max(lists):.0f}", max(lists) <= 1)
        opened = values(name, "up", lambda it: it.connections)
        if opened:
            yield _below(
                f"connections of `up`, {at}, {name}", max(opened), operations, digits=".0f"
            )
        for phase in _AGAINST_TERRAFORM:
            other, mine = values("terraform", phase), values(name, phase)
            if other and mine:
                what = f"`{phase}`, {at}, {name}, against Terraform"
                yield _below(what, median(mine) / median(other), 1)
    for name, reference, bound in _STATES:
        mine, other = (values(it, "up", lambda it: it.state_bytes) for it in (name, reference))
        if mine and other:
            yield _below(f"state per key, {name}, against {reference}", mine[0] / other[0], bound)


def _of_processes(results: Results) -> Iterator[Verdict]:
    for name, create_ms in (("native", 2.0), ("dynamic", 2.5)):
        process = results.processes.get(name)
        if process:
            memory = f"resident memory with {process['keys']:.0f} keys, {name}"
            cpu, start = process["create_cpu_ms"], process["start_ms"]
            yield _below(f"processor time per create, {name}", cpu, create_ms, "ms")
            yield _below(f"start to the first response, {name}", start, _START_MS, "ms", ".0f")
            yield _below(memory, process["resident_mb"], 80, "MB", ".0f")
            opened, threads = process["connections"], process["threads"]
            yield _below(f"connections of the process, {name}", opened, threads, digits=".0f")
    added = results.imports.get("import pulumi_flashback")
    if added is not None:
        both = added + results.imports.get("from pulumi_flashback import ApiKey", 0)
        what = "what importing `ApiKey` adds to `import pulumi`"
        yield _below(what, both, 60, "ms", ".0f")
