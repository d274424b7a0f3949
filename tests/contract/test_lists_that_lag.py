"""Lists that are older than a response of the same process, which they contradict."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from pulumi_flashback.emulator import EmulatorSettings
from pulumi_flashback.testing import EmulatorFactory
from tests.contract.conftest import KEY, SECRET, ProviderFactory
from tests.contract.driver import ProviderFailureError

DELETES = {
    "ApiKey": "DELETE /apikeys/{id}",
    "Workspace": "DELETE /workspace/{id}",
    "WorkspaceMember": "DELETE /workspace/{id}/users/{userId}",
}


@pytest.mark.parametrize("resource", DELETES)
def test_a_delete_whose_response_is_lost_is_done(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory, resource: str
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(list_lag=1), faults=True)
    user = emulator.add_user("ada@flashback.example").id
    inputs: dict[str, dict[str, Any]] = {
        "ApiKey": {
            "workspaceId": emulator.workspace_id,
            "key": KEY,
            "secret": SECRET,
            "provider": "AWS",
        },
        "Workspace": {"name": "Team"},
        "WorkspaceMember": {
            "workspaceId": emulator.workspace_id,
            "userId": user,
            "role": "READ",
        },
    }
    provider = make_provider(emulator, resource)
    identifier, state = provider.create(inputs[resource])
    with suppress(ProviderFailureError):  # this list is from before the create, the next is not
        provider.read(identifier, state)
    emulator.script_faults({DELETES[resource]: ["commit-then-reset"]})  # sent again: 404
    provider.delete(identifier, state)
    assert emulator.api_keys() == []
    assert [each.name for each in emulator.workspaces()] == ["Demo", "Second"]
    assert user not in emulator.members(emulator.workspace_id)


@pytest.mark.parametrize("lost", [False, True])
def test_who_was_removed_a_moment_ago_is_added_again(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory, lost: bool
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(list_lag=1), faults=True)
    user = emulator.add_user("ada@flashback.example").id
    inputs = {"workspaceId": emulator.workspace_id, "userId": user, "role": "READ"}
    provider = make_provider(emulator, "WorkspaceMember")
    created = provider.create(inputs)
    if lost:
        emulator.script_faults({DELETES["WorkspaceMember"]: ["commit-then-reset"]})
    provider.delete(*created)
    provider.create(inputs)  # as in a replacement that deletes first
    assert emulator.members(emulator.workspace_id)[user] == "READ"
