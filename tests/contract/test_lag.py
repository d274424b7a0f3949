"""Lists that lag behind writes: what contradicts a response is read again before it is believed."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.testing import EmulatorFactory
from tests.contract.conftest import ProviderFactory
from tests.contract.driver import ProviderProcess, of

Inputs = dict[str, Any]


@pytest.fixture(params=[1, 2])
def lagging(
    request: pytest.FixtureRequest, flashback_emulator_factory: EmulatorFactory
) -> Emulator:
    """An emulator whose lists are so many responses behind each write."""
    return flashback_emulator_factory(EmulatorSettings(list_lag=request.param))


@pytest.fixture
def lagging_provider(make_provider: ProviderFactory, lagging: Emulator) -> ProviderProcess:
    return make_provider(lagging)


def test_a_refresh_does_not_drop_a_key(
    lagging_provider: ProviderProcess, lagging: Emulator, inputs: Inputs
) -> None:
    identifier, state = lagging_provider.create(inputs)
    assert lagging_provider.read(identifier, state) == (identifier, state, inputs)


def test_a_cleared_field_is_cleared(
    lagging_provider: ProviderProcess, lagging: Emulator, inputs: Inputs
) -> None:
    identifier, state = lagging_provider.create(inputs)
    cleared = {name: value for name, value in inputs.items() if name != "region"}
    assert "region" not in lagging_provider.update(identifier, state, cleared)
    assert not lagging.api_keys()[0].get("region")


def test_a_lost_create_is_found(
    lagging_provider: ProviderProcess, lagging: Emulator, inputs: Inputs
) -> None:
    lagging.script_faults({"POST /apikeys": ["commit-then-reset"]})
    identifier, _ = lagging_provider.create(inputs)
    assert [row["id"] for row in lagging.api_keys()] == [identifier]


def test_a_member_that_was_added_is_a_member(
    lagging_provider: ProviderProcess, lagging: Emulator
) -> None:
    provider = of(lagging_provider, "WorkspaceMember")
    user = lagging.add_user("ada@flashback.example").id
    wanted = {"workspaceId": lagging.workspace_id, "userId": user, "role": "WRITE"}
    identifier, state = provider.create(wanted)
    assert lagging.members(lagging.workspace_id)[user] == "WRITE"
    assert provider.read(identifier, state)[0] == identifier
    assert "role" in provider.update(identifier, state, {**wanted, "role": "READ"})
    provider.delete(identifier, state)
    assert user not in lagging.members(lagging.workspace_id)


def test_a_workspace_that_was_created_exists(
    lagging_provider: ProviderProcess, lagging: Emulator
) -> None:
    provider = of(lagging_provider, "Workspace")
    identifier, state = provider.create({"name": "Team"})
    assert provider.read(identifier, state)[0] == identifier
