"""``Workspace``: created once, whatever else has its name; deleted with a word on what is in it."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.store import User
from tests.contract.conftest import Start
from tests.contract.steps import FORBIDDEN, one_fails, refused, responds, sent, together

RESOURCE = "Workspace"
TEAM, CREW = {"name": "Team"}, {"name": "Crew"}
LOST = "commit-then-reset"


def names(emulator: Emulator) -> list[str]:
    """Return the names of the workspaces that a test has made."""
    return [workspace.name for workspace in emulator.workspaces()][2:]


def state_of(identifier: str) -> dict[str, Any]:
    return {"name": "Team", "workspaceId": identifier, "orgId": "demo-organization"}


def team_of(emulator: Emulator, *users: User | str, role: str = "ADMIN") -> str:
    """Add a workspace that is named as the one of a test; return its id."""
    workspace = emulator.add_workspace("Team").id
    for user in users:
        emulator.set_member(workspace, user, role)
    return workspace


def add_ada(emulator: Emulator) -> User:
    return emulator.add_user("ada@flashback.example")


def test_one_list_serves_all_creates_and_the_user_becomes_admin(start: Start) -> None:
    emulator, provider = start()
    identifier, _ = provider.create(TEAM)
    assert emulator.members(identifier) == {emulator.user_id: "ADMIN"}
    provider.create(CREW)
    assert sent(emulator) == ["GET /workspace", "POST /workspace", "POST /workspace"]


def test_what_an_interrupted_run_has_left_is_not_created_a_second_time(start: Start) -> None:
    emulator, provider = start()
    left = team_of(emulator, emulator.user_id)
    message = refused(provider.create, TEAM)
    assert f"workspace {left} already has this name" in message
    cleanup = f"delete it with `flashback workspaces delete {left}` and run `pulumi up` again"
    assert cleanup in message
    assert f"`pulumi import flashback:index:Workspace NAME {left}`" in message
    assert "aliases" in message
    assert emulator.count("POST") == 0


def test_a_workspace_of_the_same_name_that_is_in_use_is_another_one(start: Start) -> None:
    emulator, provider = start()
    with_key, with_member = (team_of(emulator, emulator.user_id) for _ in range(2))
    emulator.add_api_key(with_key)
    emulator.set_member(with_member, add_ada(emulator), "READ")
    of_others = team_of(emulator, emulator.add_user("ben@flashback.example"), role="READ")
    assert provider.create(TEAM)[0] not in (with_key, with_member, of_others)
    assert names(emulator) == ["Team"] * 4


def test_the_workspace_of_another_resource_of_the_program_is_another_one(start: Start) -> None:
    emulator, provider = start()
    first = team_of(emulator, emulator.user_id)
    provider.diff(first, state_of(first), TEAM)  # as the engine does for what the state has
    assert provider.create(TEAM)[0] != first


def test_what_others_create_meanwhile_is_not_taken_for_the_new_one(start: Start) -> None:
    emulator, provider = start()
    provider.create(CREW)  # from here on everything is new
    theirs = team_of(emulator, add_ada(emulator))
    emulator.script_faults({"POST /workspace": ["reset-before-effect", LOST]})
    assert "none is listed" in refused(provider.create, TEAM)
    assert provider.create(TEAM)[0] != theirs
    assert names(emulator) == ["Crew", "Team", "Team"]


def test_what_cannot_be_told_apart_is_named(start: Start) -> None:
    emulator, provider = start()
    provider.create(CREW)
    team_of(emulator, emulator.user_id)  # of another run of the same user
    emulator.script_faults({"POST /workspace": [LOST]})
    message = refused(provider.create, TEAM)
    for each in emulator.workspaces()[3:]:
        assert each.id in message
    assert "`flashback workspaces delete WORKSPACE_ID`" in message


@pytest.mark.parametrize("fault", ["none", LOST])
def test_two_of_one_name_at_once_are_two(start: Start, fault: str) -> None:
    emulator, provider = start()
    emulator.script_faults({"POST /workspace": [fault] * 2})
    results = together(*[partial(provider.create, TEAM)] * 2)
    created = {identifier for identifier, _ in results}
    assert created == {each.id for each in emulator.workspaces()[2:]}
    assert len(created) == 2


@pytest.mark.parametrize("how", ["refused", "refused-also-deleted"])
def test_a_name_that_is_taken(start: Start, how: str) -> None:
    emulator, provider = start(f"duplicate_workspace_name={how}")
    (identifier, state), message = one_fails(*[partial(provider.create, CREW)] * 2)
    assert f"workspace {identifier} already has this name" in message
    taken = team_of(emulator, add_ada(emulator))
    message = refused(provider.create, TEAM)
    reason = "already has this name (POST /workspace: 400 Workspace name"
    assert f"workspace {taken} {reason}" in message
    assert f"`pulumi import flashback:index:Workspace NAME {taken}`" in message
    message = refused(provider.update, identifier, state, TEAM)
    assert "400 Workspace name already exists" in message
    assert names(emulator) == ["Crew", "Team"]


@pytest.mark.parametrize(
    ("how", "passes"), [("accepted", True), ("refused", True), ("refused-also-deleted", False)]
)
def test_the_name_of_a_deleted_workspace(start: Start, how: str, passes: bool) -> None:
    emulator, provider = start(f"duplicate_workspace_name={how}")
    emulator.delete_workspace(team_of(emulator))
    if passes:
        provider.create(TEAM)
    else:  # nobody can name it
        assert "the name of a deleted workspace" in refused(provider.create, TEAM)
    assert names(emulator) == (["Team"] if passes else [])


def test_nothing_is_sent_if_what_exists_cannot_be_listed(start: Start) -> None:
    emulator, provider = start()
    emulator.script_faults({"GET /workspace": [FORBIDDEN]})
    assert "GET /workspace: 403" in refused(provider.create, TEAM)
    assert emulator.count("POST") == 0


def test_the_error_message_of_the_api_reaches_the_user(start: Start) -> None:
    emulator, provider = start("longest_workspace_name=3")
    assert "400 Workspace name is too long" in refused(provider.create, TEAM)
    assert names(emulator) == []


def test_a_recovered_workspace_needs_no_further_request(start: Start) -> None:
    emulator, provider = start(maxRetries="0")
    broken = {"fault": "503", "times": "forever"}
    emulator.script_faults({"POST /workspace": [LOST], "GET /workspace": ["none", "none", broken]})
    identifier, state = provider.create(TEAM)
    assert state == state_of(identifier)  # with the organization


def test_a_response_without_users_tells_nobody_whose_a_workspace_is(start: Start) -> None:
    for before in (None, CREW):
        emulator, provider = start()
        if before:
            provider.create(before)  # from here on everything is new
        theirs = team_of(emulator, add_ada(emulator))
        responds(emulator, "GET /workspace/{id}", {"workspace": {**state_of(theirs), "id": theirs}})
        if before:
            emulator.script_faults({"POST /workspace": ["reset-before-effect"]})
            message = refused(provider.create, TEAM)
            assert f"the API did not return the members of workspace {theirs}" in message
        else:
            assert provider.create(TEAM)[0] != theirs


def test_without_an_organization_in_the_state_nothing_is_gone(start: Start) -> None:
    emulator, provider = start()
    identifier, state = provider.create(TEAM)
    emulator.delete_workspace(identifier)
    del state["orgId"]
    message = refused(provider.read, identifier, state)
    assert "remove it from the state with `pulumi state delete URN`" in message


@pytest.mark.parametrize("shown", ["hidden", "listed", "shown"])
@pytest.mark.parametrize("keys", ["hidden", "listed", "as-foreign"])
def test_a_deleted_workspace_is_gone_if_that_is_certain(
    start: Start, shown: str, keys: str
) -> None:
    emulator, provider = start(f"deleted_workspaces={shown}", f"keys_of_deleted_workspace={keys}")
    identifier, state = provider.create(TEAM)
    emulator.delete_workspace(identifier)
    if keys == "as-foreign" and shown != "shown":
        for call in (provider.read, provider.delete):
            message = refused(call, identifier, state)
            assert "does not exist or this user has no access to it" in message
            assert "`pulumi state delete URN --target-dependents`" in message
        return
    assert provider.read(identifier, state)[0] == ""
    provider.delete(identifier, state)
    assert "Run `pulumi refresh`" in refused(provider.update, identifier, state, CREW)


def test_what_is_in_it_is_named_as_far_as_it_can_be_listed(start: Start) -> None:
    emulator, provider = start()
    identifier, state = provider.create(TEAM)
    emulator.mark_workspace_in_use(identifier, buckets=1, repositories=12)
    message = refused(provider.delete, identifier, state)
    assert "400 Cannot delete workspace with existing buckets or repos" in message
    assert "In it: buckets bucket-1; repositories repository-1, " in message
    assert "and 2 more. Delete or move them, then run the same command again" in message
    lists = ("GET /bucket", "GET /repo", "GET /apikeys")
    emulator.script_faults({each: [FORBIDDEN] for each in lists})
    message = refused(provider.delete, identifier, state)
    assert "Cannot delete workspace with existing buckets or repos" in message
    assert "the API does not report which ones they are" in message
    assert names(emulator) == ["Team"]


@pytest.mark.parametrize("how", ["accepted", "refused"])
def test_keys_in_it_are_named(start: Start, how: str) -> None:
    emulator, provider = start(f"delete_workspace_with_keys={how}")
    identifier, state = provider.create(TEAM)
    key = emulator.add_api_key(identifier)
    if how == "accepted":
        provider.delete(identifier, state)
        (warning,) = provider.log
        assert f"was deleted with API keys in it, which can no longer be listed: {key}" in warning
    else:
        message = refused(provider.delete, identifier, state)
        assert f"In it: API keys {key}. Delete or move them" in message
        assert names(emulator) == ["Team"]


@pytest.mark.parametrize("fault", ["none", "503"])
def test_a_delete_asks_for_keys_once_and_deletes(start: Start, fault: str) -> None:
    """A list of keys that fails is no obstacle."""
    emulator, provider = start()
    identifier, state = provider.create(TEAM)
    sent(emulator)
    emulator.script_faults({"GET /apikeys": [{"fault": fault, "times": "forever"}]})
    provider.delete(identifier, state)
    assert sent(emulator) == ["GET /apikeys", "DELETE /workspace/{id}"]
    assert provider.log == []
