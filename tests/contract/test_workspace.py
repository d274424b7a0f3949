"""``Workspace`` in both providers."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.store import ADMINISTRATOR, WORKSPACES
from tests.contract.conftest import ProviderFactory
from tests.contract.driver import ProviderProcess
from tests.contract.steps import (
    FORBIDDEN,
    SignIn,
    Start,
    refused,
    sent,
    starting,
)
from tests.contract.steps import sign_in as sign_in

TEAM = {"name": "Team"}


CREW = {"name": "Crew"}


start = starting("Workspace")


@pytest.fixture
def provider(make_provider: ProviderFactory, flashback_emulator: Emulator) -> ProviderProcess:
    return make_provider(flashback_emulator, "Workspace")


def names(emulator: Emulator) -> list[str]:
    """Return the names of the workspaces that a test has made."""
    return [workspace.name for workspace in emulator.workspaces()][2:]


def state_of(identifier: str, name: str = "Team") -> dict[str, Any]:
    return {"name": name, "workspaceId": identifier, "orgId": "demo-organization"}


def test_drift_is_found_each_time(provider: ProviderProcess, flashback_emulator: Emulator) -> None:
    identifier, state = provider.create(TEAM)
    for name in ("Drift", "Équipe"):
        flashback_emulator.rename_workspace(identifier, name)
        assert provider.read(identifier, state)[1:] == (state_of(identifier, name), {"name": name})
    flashback_emulator.rename_workspace(identifier, " Team ")
    assert provider.read(identifier, state)[1] == state  # white space round it is no drift


# not 404 and empty: such a backend answers exactly as for a deleted workspace
@pytest.mark.parametrize(
    ("status", "listed"),
    [
        ("403", "forbidden"),
        ("403", "empty"),
        ("403", "not-found"),
        ("404", "forbidden"),
        ("404", "not-found"),
    ],
)
def test_a_workspace_that_the_user_loses_the_role_in_is_never_gone(
    start: Start, sign_in: SignIn, status: str, listed: str
) -> None:
    emulator, _ = start(f"no_role_status={status}", f"foreign_workspace_list={listed}")
    me = emulator.add_user("me@flashback.example", org_role=WORKSPACES)
    provider = sign_in(emulator, me)
    identifier, state = provider.create(TEAM)
    assert provider.read(identifier, state)[0] == identifier
    emulator.remove_member(identifier, me)
    for call in (
        lambda: provider.read(identifier, state),
        lambda: provider.delete(identifier, state),
        lambda: provider.read(identifier, {}),
    ):
        message = refused(call)
        assert "closed to this user" in message or "this user has no role in it" in message
    refused(lambda: provider.update(identifier, state, CREW))
    assert names(emulator) == ["Team"]
    emulator.set_member(identifier, me, "READ")
    assert provider.read(identifier, state) == (identifier, state, TEAM)


@pytest.mark.parametrize("listed", ["forbidden", "empty", "not-found"])
def test_another_organization_sees_nothing_and_drops_nothing(
    start: Start, sign_in: SignIn, listed: str
) -> None:
    emulator, provider = start(f"foreign_workspace_list={listed}")
    identifier, state = provider.create(TEAM)
    foreign = emulator.add_user("other@elsewhere.example", org_id="elsewhere", org_role=WORKSPACES)
    stranger = sign_in(emulator, foreign)
    for call in (
        lambda: stranger.read(identifier, state),
        lambda: stranger.delete(identifier, state),
    ):
        message = refused(call)
        assert "belongs to organization demo-organization" in message or (
            "Check the credentials" in message
        )
    refused(lambda: stranger.update(identifier, state, CREW))
    assert names(emulator) == ["Team"]


def test_without_an_organization_in_the_state_nothing_is_gone(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    identifier, state = provider.create(TEAM)
    flashback_emulator.delete_workspace(identifier)
    del state["orgId"]
    message = refused(lambda: provider.read(identifier, state))
    assert "remove it from the state with `pulumi state delete URN`" in message


@pytest.mark.parametrize("shown", ["hidden", "listed", "shown"])
@pytest.mark.parametrize("keys", ["hidden", "listed", "as-foreign"])
def test_a_deleted_workspace_is_gone_where_that_can_be_told(
    start: Start, shown: str, keys: str
) -> None:
    emulator, provider = start(f"deleted_workspaces={shown}", f"keys_of_deleted_workspace={keys}")
    identifier, state = provider.create(TEAM)
    emulator.delete_workspace(identifier)
    if keys == "as-foreign" and shown != "shown":
        for call in (
            lambda: provider.read(identifier, state),
            lambda: provider.delete(identifier, state),
        ):
            message = refused(call)
            assert "does not exist or is closed to this user" in message
            assert "`pulumi state delete URN --target-dependents`" in message
        return
    assert provider.read(identifier, state)[0] == ""
    provider.delete(identifier, state)
    assert "Run `pulumi refresh`" in refused(lambda: provider.update(identifier, state, CREW))


@pytest.mark.parametrize("role", ["READ", "WRITE"])
def test_who_is_no_admin_is_told_who_may(
    sign_in: SignIn, flashback_emulator: Emulator, role: str
) -> None:
    identifier = flashback_emulator.add_workspace("Team").id
    user = flashback_emulator.add_user("user@flashback.example")
    flashback_emulator.set_member(identifier, user, role)
    provider = sign_in(flashback_emulator, user)
    state = state_of(identifier)
    assert provider.read(identifier, state)[1] == state
    for call in (
        lambda: provider.update(identifier, state, CREW),
        lambda: provider.delete(identifier, state),
    ):
        message = refused(call)
        assert "403 Insufficient permissions to" in message
        assert "Only an ADMIN of the workspace may do this" in message
    assert names(flashback_emulator) == ["Team"]


@pytest.mark.parametrize("power", ["administer", "read", "as-members"])
def test_what_an_administrator_of_the_organization_may_do(
    start: Start, sign_in: SignIn, power: str
) -> None:
    emulator, _ = start(f"organization_admins={power}")
    identifier = emulator.add_workspace("Team").id
    state = state_of(identifier)
    provider = sign_in(emulator, emulator.add_user("a@flashback.example", org_role=ADMINISTRATOR))
    if power == "administer":
        assert provider.read(identifier, state)[1] == state
        provider.update(identifier, state, CREW)
        provider.delete(identifier, state)
        assert names(emulator) == []
        return
    if power == "read":
        assert provider.read(identifier, state)[1] == state
    else:
        assert "closed to this user" in refused(lambda: provider.read(identifier, state))
    assert "403" in refused(lambda: provider.update(identifier, state, CREW))
    assert "403" in refused(lambda: provider.delete(identifier, state))
    assert names(emulator) == ["Team"]


def test_delete_asks_for_keys_and_deletes(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    identifier, state = provider.create(TEAM)
    sent(flashback_emulator)
    provider.delete(identifier, state)
    assert sent(flashback_emulator) == ["GET /apikeys", "DELETE /workspace/{id}"]
    assert names(flashback_emulator) == []
    assert provider.log == []
    provider.delete(identifier, state)  # gone already


def test_what_is_in_it_is_named(provider: ProviderProcess, flashback_emulator: Emulator) -> None:
    identifier, state = provider.create(TEAM)
    flashback_emulator.mark_workspace_in_use(identifier, buckets=1, repositories=12)
    message = refused(lambda: provider.delete(identifier, state))
    assert "400 Cannot delete workspace with existing buckets or repos" in message
    assert "In it: buckets bucket-1; repositories repository-1, " in message
    assert "and 2 more. Delete or move them, then run the same command again" in message
    assert names(flashback_emulator) == ["Team"]
    flashback_emulator.mark_workspace_in_use(identifier)
    provider.delete(identifier, state)
    assert names(flashback_emulator) == []


def test_what_cannot_be_listed_is_not_named(start: Start) -> None:
    emulator, provider = start()
    identifier, state = provider.create(TEAM)
    emulator.mark_workspace_in_use(identifier, buckets=1, repositories=1)
    lists = ("GET /bucket", "GET /repo", "GET /apikeys")
    emulator.script_faults({each: [FORBIDDEN] for each in lists})
    message = refused(lambda: provider.delete(identifier, state))
    assert "Cannot delete workspace with existing buckets or repos" in message
    assert "the API does not report which ones they are" in message


@pytest.mark.parametrize("how", ["accepted", "refused"])
def test_keys_in_it_are_named(start: Start, how: str) -> None:
    emulator, provider = start(f"delete_workspace_with_keys={how}")
    identifier, state = provider.create(TEAM)
    key = emulator.add_api_key(identifier)
    if how == "accepted":
        provider.delete(identifier, state)
        (told,) = provider.log
        assert f"was deleted with API keys in it, which nobody can list any more: {key}" in told
    else:
        message = refused(lambda: provider.delete(identifier, state))
        assert f"In it: API keys {key}. Delete or move them" in message
        assert names(emulator) == ["Team"]


def test_that_keys_cannot_be_named_bars_no_deletion(start: Start) -> None:
    emulator, provider = start()
    identifier, state = provider.create(TEAM)
    sent(emulator)
    emulator.script_faults({"GET /apikeys": [{"fault": "503", "times": "forever"}]})
    provider.delete(identifier, state)
    assert sent(emulator) == ["GET /apikeys", "DELETE /workspace/{id}"]  # asked once, no more


def test_a_deletion_of_which_nothing_can_be_told_says_so(start: Start) -> None:
    emulator, provider = start(maxRetries="0")
    identifier, state = provider.create(TEAM)
    emulator.script_faults(
        {"DELETE /workspace/{id}": ["commit-then-reset"], "GET /workspace/{id}": ["503"]}
    )
    message = refused(lambda: provider.delete(identifier, state))
    assert "DELETE /workspace/{id}: the connection broke" in message
    assert "and could not determine whether it still exists (GET /workspace/{id}: 503" in message
    provider.delete(identifier, state)
