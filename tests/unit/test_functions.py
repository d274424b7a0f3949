"""Functions as a program calls them, with mocks in the place of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks, settings

import pulumi_flashback as flashback

RESULTS: dict[str, Any] = {
    "flashback:index:getApiKeys": {"apiKeys": [{"id": "k1", "createdAt": "2026-01-01"}]},
    "flashback:index:getWorkspaces": {"workspaces": [{"id": "w1", "orgId": "o1"}]},
    "flashback:index:getProviders": {"providers": [{"name": "AWS", "capabilities": 1}]},
    "flashback:index:getCurrentUser": {"id": "u1", "lastName": "Doe"},
}


class Mocks(pulumi.runtime.Mocks):
    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> Any:
        raise NotImplementedError

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        self.calls.append((args.token, args.args))
        return RESULTS[args.token]


@pytest.fixture
def mocked() -> Iterator[Mocks]:
    before = settings.SETTINGS
    double = Mocks()
    mocks.set_mocks(double, preview=False)
    yield double
    settings.configure(before)


def test_plain_functions_reach_the_mocks(mocked: Mocks) -> None:
    (key,) = flashback.get_api_keys("w1", provider="AWS").api_keys
    assert (key.id, key.created_at, key.region) == ("k1", "2026-01-01", None)
    assert flashback.get_workspaces().workspaces[0].org_id == "o1"
    assert flashback.get_providers().providers[0].capabilities == 1
    assert flashback.get_current_user().last_name == "Doe"
    given = {"workspaceId": "w1", "provider": "AWS"}
    assert mocked.calls[0] == ("flashback:index:getApiKeys", given)


def test_output_functions_take_outputs(mocked: Mocks) -> None:
    ids: list[str] = []

    def program() -> pulumi.Output[None]:
        found = flashback.get_api_keys_output(pulumi.Output.from_input("w1"), capability=2)
        return found.apply(lambda result: ids.extend(key.id for key in result.api_keys))

    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call] # the SDK's
    assert ids == ["k1"]
    assert mocked.calls == [("flashback:index:getApiKeys", {"workspaceId": "w1", "capability": 2})]


def test_wrong_arguments_are_named_together(mocked: Mocks) -> None:
    with pytest.raises(pulumi.RunError) as error:
        flashback.get_api_keys(" ", provider=5, capability="x")  # type: ignore[arg-type]
    assert str(error.value) == (
        "could not call getApiKeys: workspaceId must not be empty; provider must be a string, not "
        "a number; capability must be a whole number, not a string"
    )
    assert mocked.calls == []
