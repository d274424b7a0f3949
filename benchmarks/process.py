"""A provider process alone, driven over gRPC: its start, its processor time, its memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter
from typing import Any

import psutil

from benchmarks.backend import WORKSPACE, Backend
from tests.contract.driver import PROVIDERS, ProviderProcess

_STARTS = 5
_THREADS = 4
_IMPORTS = """
import json, time
def took(statement):
    start = time.perf_counter()
    exec(statement)
    return (time.perf_counter() - start) * 1000
statements = ["import pulumi", "import pulumi_flashback", "from pulumi_flashback import ApiKey"]
print(json.dumps({each: took(each) for each in statements}))
"""


def _inputs(number: int) -> dict[str, Any]:
    return {
        "workspaceId": WORKSPACE,
        "key": f"AKIAIOSFODNN7EX{number:05}",
        "secret": f"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMP{number:05}",
        "provider": "AWS",
        "region": "us-east-1",
    }


def measure_process(provider: str, keys: int) -> dict[str, float]:
    """Create, read, update and delete keys in one process.

    Returns:
        ``start_ms`` to the first response of any kind and ``first_check_ms`` to the first checked
        inputs, as medians; ``create_cpu_ms`` and so on per operation; ``resident_mb`` at the end of
        the reads; ``connections`` and ``requests`` of the creates.
    """
    with Backend() as backend:
        starts = [_start(provider, backend) for _ in range(_STARTS)]
        found = {
            "keys": float(keys),
            "start_ms": median(first for first, _ in starts),
            "first_check_ms": median(check for _, check in starts),
        }
        with PROVIDERS[provider](environment=backend.variables()) as process:
            backend.counters()
            found.update(_life(process, backend, keys))
    return found


def _start(provider: str, backend: Backend) -> tuple[float, float]:
    started = perf_counter()
    # the driver waits for the response to Configure
    with PROVIDERS[provider](environment=backend.variables()) as process:
        first = perf_counter() - started
        process.check(_inputs(0))
        return first * 1000, (perf_counter() - started) * 1000


def _life(provider: ProviderProcess, backend: Backend, keys: int) -> dict[str, float]:
    process = psutil.Process(provider.process.pid)
    found = {"threads": float(_THREADS)}

    def phase(name: str, work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        before = process.cpu_times()
        with ThreadPoolExecutor(_THREADS) as pool:
            results = list(pool.map(work, items))
        after = process.cpu_times()
        used = after.user + after.system - before.user - before.system
        found[f"{name}_cpu_ms"] = used / keys * 1000
        return results

    provider.create(_inputs(keys))  # loads what the first one needs
    made = phase("create", lambda number: provider.create(_inputs(number)), range(keys))
    counters = backend.counters()
    found["connections"] = counters["connections"]
    found["requests"] = sum(counters["requests"].values())
    phase("read", lambda each: provider.read(each[0], each[1]), made)
    found["resident_mb"] = process.memory_info().rss / 1e6
    changed = [(*each[:2], {**_inputs(n), "region": "eu-west-1"}) for n, each in enumerate(made)]
    phase("update", lambda each: provider.update(*each), changed)
    phase("delete", lambda each: provider.delete(each[0], each[1]), made)
    return found


def measure_imports() -> dict[str, float]:
    """Return the milliseconds of each import in a program, as medians."""
    runs = [
        json.loads(subprocess.check_output([sys.executable, "-c", _IMPORTS], text=True))
        for _ in range(_STARTS)
    ]
    return {name: median(run[name] for run in runs) for name in runs[0]}
