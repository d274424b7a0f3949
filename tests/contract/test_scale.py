"""Many keys in one run: how many requests they cost, and that connections are kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from benchmarks.backend import WORKSPACE, Backend
from tests.contract.conftest import KEY, Start, in_both_providers
from tests.contract.driver import PROVIDERS

Inputs = dict[str, Any]
KEYS = 60


@in_both_providers
def test_many_keys_cost_one_list_and_one_request_each(start: Start, inputs: Inputs) -> None:
    emulator, provider = start()
    wanted = [{**inputs, "key": f"{KEY}-{n}"} for n in range(KEYS)]
    with ThreadPoolExecutor(16) as pool:
        created = list(pool.map(provider.create, wanted))
        assert emulator.count("POST", "/apikeys") == KEYS
        assert emulator.count("GET", "/apikeys") == 1  # before the first one

        emulator.requests.clear()
        found = list(pool.map(lambda each: provider.read(*each), created))
        assert found == [(*each, one) for each, one in zip(created, wanted, strict=True)]
        assert emulator.requests == [("GET", "/apikeys", 200)]

        emulator.requests.clear()
        list(pool.map(lambda each: provider.delete(*each), created))
        assert [method for method, _, _ in emulator.requests] == ["DELETE"] * KEYS
    assert emulator.api_keys() == []


@pytest.mark.parametrize("at_once", [1, 8])
@pytest.mark.parametrize("kind", PROVIDERS)
def test_connections_are_kept_and_no_more_than_operations_at_once(
    kind: str, inputs: Inputs, at_once: int
) -> None:
    wanted = [{**inputs, "workspaceId": WORKSPACE, "key": f"{KEY}-{n}"} for n in range(KEYS)]
    with Backend(answer_time=0.005) as backend:
        with (
            PROVIDERS[kind](environment=backend.variables(), warm=True) as provider,
            ThreadPoolExecutor(at_once) as pool,
        ):
            created = list(pool.map(provider.create, wanted))
            list(pool.map(lambda each: provider.read(*each), created))
            list(pool.map(lambda each: provider.delete(*each), created))
        counted = backend.counters()
    assert counted["requests"]["DELETE /apikeys/{id}"] == KEYS
    assert counted["connections"] <= at_once
    assert counted["accepted"] <= at_once
