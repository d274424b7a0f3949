"""Many keys in one run: how many requests they cost, and that a provider process lasts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from benchmarks.backend import WORKSPACE, Backend
from pulumi_flashback.emulator import Emulator
from tests.contract.conftest import KEY
from tests.contract.driver import ProviderProcess

Inputs = dict[str, Any]

KEYS = 60
AT_ONCE = 16


def create_many(provider: ProviderProcess, inputs: Inputs) -> list[tuple[str, dict[str, Any]]]:
    wanted = [{**inputs, "key": f"{KEY}-{n}"} for n in range(KEYS)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(provider.create, wanted))


def test_a_create_costs_one_request_and_the_next_refresh_finds_no_drift(
    provider: ProviderProcess, inputs: Inputs, flashback_emulator: Emulator
) -> None:
    made = create_many(provider, inputs)
    assert flashback_emulator.count("POST", "/apikeys") == KEYS
    before_the_first = 1
    assert flashback_emulator.count("GET", "/apikeys") == before_the_first

    flashback_emulator.requests.clear()
    for identifier, outputs in made:
        _, read, found_inputs = provider.read(identifier, outputs)
        assert read == outputs
        assert {name: read.get(name) for name in found_inputs} == found_inputs
        difference = provider.diff(identifier, read, found_inputs)
        assert difference.changes == difference.DIFF_NONE
    assert flashback_emulator.requests == [("GET", "/apikeys", 200)]


def test_deleting_many_costs_one_request_each(
    provider: ProviderProcess, inputs: Inputs, flashback_emulator: Emulator
) -> None:
    made = create_many(provider, inputs)
    flashback_emulator.requests.clear()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda each: provider.delete(*each), made))
    assert [method for method, _, _ in flashback_emulator.requests] == ["DELETE"] * KEYS
    assert flashback_emulator.api_keys() == []


@pytest.mark.parametrize("at_once", [1, 8])
def test_connections_are_kept_and_no_more_than_operations_at_once(
    provider_class: type[ProviderProcess], inputs: Inputs, at_once: int
) -> None:
    with Backend(answer_time=0.005) as backend:
        with provider_class(environment=backend.variables(), warm=True) as provider:
            wanted = [
                {**inputs, "workspaceId": WORKSPACE, "key": f"{KEY}-{n}"} for n in range(KEYS)
            ]
            with ThreadPoolExecutor(at_once) as pool:
                made = list(pool.map(provider.create, wanted))
                list(pool.map(lambda each: provider.read(*each), made))
                list(pool.map(lambda each: provider.delete(*each), made))
        counted = backend.counters()
    assert counted["requests"]["DELETE /apikeys/{id}"] == KEYS
    assert counted["connections"] <= at_once
