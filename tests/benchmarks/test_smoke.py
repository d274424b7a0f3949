"""The benchmark runs and writes its report. No assertion depends on a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import main
from benchmarks.results import Record, Results
from benchmarks.targets import verdicts

KEYS = 3
WRITTEN = {"results.json", "performance.md", "performance.svg"}


def measured(directory: Path, *arguments: str) -> Results:
    sizes = ("--keys", str(KEYS), "--answer-times", "0", "--rounds", "1", "--process-keys", "0")
    assert main([*sizes, "--out", str(directory), *arguments]) == 0
    assert {each.name for each in directory.iterdir()} == WRITTEN
    return Results.load(directory)


@pytest.mark.engine
def test_a_small_run(pulumi_cli: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cannot run is reported, and the others go on."""
    monkeypatch.setenv("BENCHMARK_TERRAFORM", "/nowhere/terraform")
    run = ("floor", "native", "script-4")
    contestants = ("--contestants", "terraform", *run)
    found = measured(tmp_path, *contestants, "--phases", "up", "refresh", "destroy")
    assert {each.partition(" ")[0].rstrip(":,") for each in found.failures} == {"terraform"}
    records = {(each.contestant, each.phase): each for each in found.records}
    assert set(records) == {(n, phase) for n in run for phase in ("up", "refresh", "destroy")}
    assert records["floor", "up"].requests == {}
    for name in ("native", "script-4"):
        assert records[name, "up"].requests["POST /apikeys"] == KEYS
        assert records[name, "destroy"].requests["DELETE /apikeys/{id}"] == KEYS
    assert records["native", "refresh"].requests == {"GET /apikeys": 1}
    assert records["native", "up"].provider_bytes
    assert records["native", "up"].state_bytes


def test_nothing_is_begun_after_the_time_limit(
    pulumi_cli: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = measured(tmp_path, "--contestants", "script-4", "--time-limit", "-1")
    assert "1 sizes, 1 contestants: the first round takes about " in capsys.readouterr().err
    assert found.records == []
    assert all("the time limit was reached" in each for each in found.failures)


def record(contestant: str, seconds: float, **more: Any) -> Record:
    return Record(contestant, 100, 50, 1, "up", seconds, 1.0, **more)


def test_the_targets_compare_within_one_run() -> None:
    slow = [record("floor", 10.0), record("native", 11.0), record("dynamic", 20.0)]
    found = {each.what: each for each in verdicts(Results({}, 10, slow))}
    native = found["`up` of 100 keys at 50 ms, native, against the floor and the ideal wait"]
    assert (native.found, native.met) == ("1.04", True)  # 11 / (10 + 0.05 + 0.5)
    dynamic = found["`up` of 100 keys at 50 ms, dynamic, against the floor and the ideal wait"]
    assert (dynamic.found, dynamic.met) == ("1.77", False)  # 20 / (10 + 0.05 + 1.25)
