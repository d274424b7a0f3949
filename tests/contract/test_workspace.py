"""``Workspace`` in both shells."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.testing import EmulatorFactory
from tests.contract.conftest import NativeFactory, ProviderFactory
from tests.contract.driver import UNKNOWN, ProviderFailureError, ProviderProcess, together


@pytest.fixture
def provider(make_provider: ProviderFactory, flashback_emulator: Emulator) -> ProviderProcess:
    return make_provider(flashback_emulator, "Workspace")


def names(emulator: Emulator) -> list[str]:
    return [workspace.name for workspace in emulator.workspaces()]


@pytest.mark.parametrize(
    ("inputs", "failures"),
    [
        ({"name": "Team"}, []),
        ({"name": UNKNOWN}, []),
        ({}, [("name", "name is required")]),
        ({"name": " "}, [("name", "name must not be empty")]),
        ({"name": "Team "}, [("", "name must not begin or end with white space")]),
        ({"name": "a\nb"}, [("", "name must not contain control characters")]),
        ({"name": 5}, [("", "name must be a string, not a number")]),
        ({"name": "Team", "id": "x"}, [("", "id is not a property of Workspace")]),
    ],
)
def test_check(provider: ProviderProcess, inputs: Any, failures: Any) -> None:
    assert provider.check(inputs) == (inputs, failures)


def test_a_life(provider: ProviderProcess, flashback_emulator: Emulator) -> None:
    identifier, state = provider.create({"name": "Team"})
    assert state == {"name": "Team", "workspaceId": identifier, "orgId": "demo-organization"}
    assert flashback_emulator.members(identifier) == {flashback_emulator.user_id: "ADMIN"}
    assert provider.read(identifier, state) == (identifier, state, {"name": "Team"})
    difference = provider.diff(identifier, state, {"name": "Crew"})
    assert (difference.changes, list(difference.replaces)) == (difference.DIFF_SOME, [])
    state = provider.update(identifier, state, {"name": "Crew"})
    assert state["name"] == "Crew"
    flashback_emulator.rename_workspace(identifier, "Drift")
    assert provider.read(identifier, state)[1] == {**state, "name": "Drift"}
    provider.delete(identifier, state)
    assert names(flashback_emulator) == ["Demo", "Second"]
    provider.delete(identifier, state)
    assert provider.read(identifier, state)[0] == ""
    with pytest.raises(ProviderFailureError, match="Run `pulumi refresh`"):
        provider.update(identifier, state, {"name": "Again"})


@pytest.mark.parametrize("fault", ["commit-then-reset", "commit-then-500", "truncated-json"])
def test_a_lost_answer_leaves_one_workspace(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory, fault: str
) -> None:
    emulator = flashback_emulator_factory(faults=True)
    emulator.script_faults({"POST /workspace": [fault]})
    provider = make_provider(emulator, "Workspace")
    identifier, state = provider.create({"name": "Team"})
    assert names(emulator) == ["Demo", "Second", "Team"]
    assert state == {"name": "Team", "workspaceId": identifier, "orgId": "demo-organization"}
    assert emulator.count("POST", "/workspace") <= 1


def test_a_request_that_got_lost_makes_none_and_says_so(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory
) -> None:
    emulator = flashback_emulator_factory(faults=True)
    emulator.script_faults({"POST /workspace": ["reset-before-effect"]})
    provider = make_provider(emulator, "Workspace")
    with pytest.raises(ProviderFailureError, match="no clear answer came"):
        provider.create({"name": "Team"})
    assert names(emulator) == ["Demo", "Second"]


def test_a_workspace_of_the_same_name_is_never_taken_for_the_new_one(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory
) -> None:
    emulator = flashback_emulator_factory(faults=True)
    emulator.script_faults({"POST /workspace": ["reset-before-effect"]})
    provider = make_provider(emulator, "Workspace")
    with pytest.raises(ProviderFailureError, match="none is listed"):
        provider.create({"name": "Demo"})


def test_two_of_one_name_at_once_are_two(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    make = {"name": "Team"}
    results = together(lambda: provider.create(make), lambda: provider.create(make))
    assert len({identifier for identifier, _ in results}) == 2
    assert names(flashback_emulator) == ["Demo", "Second", "Team", "Team"]


@pytest.mark.parametrize("how", ["refused", "refused-also-deleted"])
def test_a_name_that_is_taken(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory, how: Any
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(duplicate_workspace_name=how))
    provider = make_provider(emulator, "Workspace")
    with pytest.raises(ProviderFailureError) as failure:
        provider.create({"name": "Demo"})
    assert f"with id {emulator.workspace_id} exists already" in failure.value.message
    assert "pulumi import flashback:index:Workspace" in failure.value.message


def test_who_may_not_create_is_told_what_it_takes(
    make_provider: ProviderFactory, flashback_emulator: Emulator
) -> None:
    user = flashback_emulator.add_user("user@flashback.example")
    token = flashback_emulator.issue_token(user)
    provider = make_provider(flashback_emulator, "Workspace", token=token)
    with pytest.raises(ProviderFailureError) as failure:
        provider.create({"name": "Team"})
    assert "403 Insufficient permissions to create workspaces" in failure.value.message
    assert "WORKSPACES or higher" in failure.value.message


@pytest.mark.parametrize("status", [403, 404])
def test_a_closed_workspace_is_never_gone(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory, status: Any
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(no_role_status=status))
    identifier, state = make_provider(emulator, "Workspace").create({"name": "Team"})
    stranger = emulator.issue_token(emulator.add_user("stranger@flashback.example"))
    provider = make_provider(emulator, "Workspace", token=stranger)
    for call in (
        lambda: provider.read(identifier, state),
        lambda: provider.delete(identifier, state),
        lambda: provider.update(identifier, state, {"name": "Mine"}),
    ):
        with pytest.raises(ProviderFailureError, match="could not"):
            call()
    assert "Team" in names(emulator)


def test_another_organization_sees_nothing_and_drops_nothing(
    make_provider: ProviderFactory, flashback_emulator: Emulator
) -> None:
    identifier, state = make_provider(flashback_emulator, "Workspace").create({"name": "Team"})
    foreign = flashback_emulator.add_user("other@elsewhere.example", org_id="elsewhere")
    token = flashback_emulator.issue_token(foreign)
    provider = make_provider(flashback_emulator, "Workspace", token=token)
    for call in (
        lambda: provider.read(identifier, state),
        lambda: provider.delete(identifier, state),
    ):
        with pytest.raises(ProviderFailureError):
            call()
    assert "Team" in names(flashback_emulator)


def test_what_is_in_it_is_named(provider: ProviderProcess, flashback_emulator: Emulator) -> None:
    identifier, state = provider.create({"name": "Team"})
    flashback_emulator.mark_workspace_in_use(identifier, buckets=1, repositories=12)
    with pytest.raises(ProviderFailureError) as failure:
        provider.delete(identifier, state)
    message = failure.value.message
    assert "Cannot delete workspace with existing buckets or repos" in message
    assert "In it: buckets bucket-1; repositories repository-1, " in message
    assert "and 2 more. Delete or move them" in message
    assert "Team" in names(flashback_emulator)


@pytest.mark.parametrize("how", ["accepted", "refused"])
def test_keys_in_it_are_named(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory, how: Any
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(delete_workspace_with_keys=how))
    provider = make_provider(emulator, "Workspace")
    identifier, state = provider.create({"name": "Team"})
    key = emulator.add_api_key(identifier)
    if how == "accepted":
        provider.delete(identifier, state)
        assert key in provider.log[-1]
    else:
        with pytest.raises(ProviderFailureError, match=f"In it: API keys {key}"):
            provider.delete(identifier, state)


@pytest.mark.parametrize("how", ["listed", "shown"])
def test_a_deleted_workspace_is_gone_however_it_is_shown(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory, how: Any
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(deleted_workspaces=how))
    provider = make_provider(emulator, "Workspace")
    identifier, state = provider.create({"name": "Team"})
    emulator.delete_workspace(identifier)
    assert provider.read(identifier, state)[0] == ""
    provider.delete(identifier, state)


def test_a_refresh_of_a_workspace_and_its_members_is_one_request(
    native_of: Any, flashback_emulator: Emulator
) -> None:
    workspace, member = native_of("Workspace"), native_of("WorkspaceMember")
    identifier = flashback_emulator.workspace_id
    users = [flashback_emulator.add_user(f"u{n}@flashback.example").id for n in range(30)]
    for user in users:
        flashback_emulator.set_member(identifier, user, "READ")
    state = {"name": "Demo", "workspaceId": identifier, "orgId": "demo-organization"}
    flashback_emulator.requests.clear()
    assert workspace(identifier, state)
    for user in users:
        known = {"workspaceId": identifier, "userId": user, "role": "READ"}
        assert member(f"{identifier}/{user}", known)
    assert flashback_emulator.requests == [("GET", "/workspace/{id}", 200)]


@pytest.fixture
def native_of(make_native: NativeFactory, flashback_emulator: Emulator) -> Any:
    """Return reads of resources of several types by one process, as a refresh makes them."""
    native = make_native(flashback_emulator)

    def of(resource: str) -> Any:
        def read(identifier: str, state: dict[str, Any]) -> str:
            native.resource = resource
            return native.read(identifier, state)[0]

        return read

    return of


def test_import(make_native: NativeFactory, flashback_emulator: Emulator) -> None:
    native = make_native(flashback_emulator)
    native.resource = "Workspace"
    identifier = flashback_emulator.workspace_id
    state = {"name": "Demo", "workspaceId": identifier, "orgId": "demo-organization"}
    assert native.find(identifier) == (identifier, state, {"name": "Demo"})
    for wrong, words in (("missing", "does not exist or is closed"), ("a/b", "nothing else")):
        with pytest.raises(ProviderFailureError, match=words):
            native.find(wrong)
