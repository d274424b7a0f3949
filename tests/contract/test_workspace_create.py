"""``Workspace``: created once, whatever else has its name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from tests.contract.conftest import ProviderFactory
from tests.contract.driver import ProviderFailureError, ProviderProcess
from tests.contract.steps import (
    FORBIDDEN,
    SignIn,
    Start,
    refused,
    sent,
    starting,
    together,
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


def test_create_makes_one_whose_admin_is_the_user(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    identifier, state = provider.create(TEAM)
    assert state == state_of(identifier)
    assert sent(flashback_emulator) == ["GET /workspace", "POST /workspace"]
    assert names(flashback_emulator) == ["Team"]
    assert flashback_emulator.members(identifier) == {flashback_emulator.user_id: "ADMIN"}
    provider.create(CREW)
    assert sent(flashback_emulator) == ["POST /workspace"]  # one list for all of a run


def test_a_request_that_got_lost_makes_none_and_the_next_run_makes_one(start: Start) -> None:
    emulator, provider = start()
    emulator.script_faults({"POST /workspace": ["reset-before-effect"]})
    message = refused(lambda: provider.create(TEAM))
    assert "no clear response came (POST /workspace: the connection broke" in message
    assert "none is listed. Wait a minute, then run `pulumi up` again" in message
    assert names(emulator) == []
    provider.create(TEAM)
    assert names(emulator) == ["Team"]


def test_what_an_interrupted_run_has_left_is_not_made_a_second_time(start: Start) -> None:
    emulator, provider = start()
    left = emulator.add_workspace("Team")
    emulator.set_member(left.id, emulator.user_id, "ADMIN")
    message = refused(lambda: provider.create(TEAM))
    assert f"workspace {left.id} has this name already" in message
    assert (
        f"delete it with `flashback workspaces delete {left.id}` and run `pulumi up` again"
        in message
    )
    assert f"`pulumi import flashback:index:Workspace NAME {left.id}`" in message
    assert "aliases" in message
    assert emulator.count("POST") == 0


def test_a_workspace_of_the_same_name_that_is_in_use_is_another_one(start: Start) -> None:
    emulator, provider = start()
    with_key, with_member, of_others = (emulator.add_workspace("Team").id for _ in range(3))
    for each in (with_key, with_member):
        emulator.set_member(each, emulator.user_id, "ADMIN")
    emulator.add_api_key(with_key)
    for each in (with_member, of_others):
        emulator.set_member(each, emulator.add_user(f"{each}@flashback.example"), "READ")
    identifier, _ = provider.create(TEAM)
    assert identifier not in (with_key, with_member, of_others)
    assert names(emulator) == ["Team"] * 4


def test_the_workspace_of_another_resource_of_the_program_is_another_one(start: Start) -> None:
    emulator, provider = start()
    first = emulator.add_workspace("Team").id
    emulator.set_member(first, emulator.user_id, "ADMIN")
    provider.diff(first, state_of(first), TEAM)  # as the engine does for what the state has
    identifier, _ = provider.create(TEAM)
    assert identifier != first


def test_what_others_make_meanwhile_is_not_taken_for_the_new_one(start: Start) -> None:
    emulator, provider = start()
    provider.create(CREW)  # from here on everything is new
    theirs = emulator.add_workspace("Team").id
    emulator.set_member(theirs, emulator.add_user("ada@flashback.example"), "ADMIN")
    emulator.script_faults({"POST /workspace": ["reset-before-effect", "commit-then-reset"]})
    assert "none is listed" in refused(lambda: provider.create(TEAM))
    identifier, _ = provider.create(TEAM)
    assert identifier != theirs
    assert names(emulator) == ["Crew", "Team", "Team"]


def test_what_cannot_be_told_apart_is_named(start: Start) -> None:
    emulator, provider = start()
    provider.create(CREW)
    theirs = emulator.add_workspace("Team").id  # of another run of the same user
    emulator.set_member(theirs, emulator.user_id, "ADMIN")
    emulator.script_faults({"POST /workspace": ["commit-then-reset"]})
    message = refused(lambda: provider.create(TEAM))
    for each in emulator.workspaces()[3:]:
        assert each.id in message
    assert "`flashback workspaces delete WORKSPACE_ID`" in message


def test_two_of_one_name_at_once_are_two(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    results = together(lambda: provider.create(TEAM), lambda: provider.create(TEAM))
    assert len({identifier for identifier, _ in results}) == 2
    assert names(flashback_emulator) == ["Team", "Team"]


def test_two_of_one_name_whose_answers_are_lost_are_two(start: Start) -> None:
    emulator, provider = start()
    emulator.script_faults({"POST /workspace": ["commit-then-reset"] * 2})
    results = together(lambda: provider.create(TEAM), lambda: provider.create(TEAM))
    made = {identifier for identifier, _ in results}
    assert made == {each.id for each in emulator.workspaces()[2:]}
    assert len(made) == 2


@pytest.mark.parametrize("how", ["refused", "refused-also-deleted"])
def test_two_of_one_name_where_a_name_is_taken_once_are_one_and_an_error(
    start: Start, how: str
) -> None:
    emulator, provider = start(f"duplicate_workspace_name={how}")
    results = together(lambda: provider.create(TEAM), lambda: provider.create(TEAM))
    (failure,) = [each for each in results if isinstance(each, ProviderFailureError)]
    ((identifier, _),) = [each for each in results if not isinstance(each, Exception)]
    assert f"workspace {identifier} has this name already" in failure.message
    assert names(emulator) == ["Team"]


@pytest.mark.parametrize("how", ["refused", "refused-also-deleted"])
def test_a_name_that_is_taken(start: Start, how: str) -> None:
    emulator, provider = start(f"duplicate_workspace_name={how}")
    taken = emulator.add_workspace("Team").id
    emulator.set_member(taken, emulator.add_user("ada@flashback.example"), "ADMIN")
    message = refused(lambda: provider.create(TEAM))
    assert (
        f"workspace {taken} has this name already (POST /workspace: 400 Workspace name" in message
    )
    assert f"`pulumi import flashback:index:Workspace NAME {taken}`" in message
    identifier, state = provider.create(CREW)
    message = refused(lambda: provider.update(identifier, state, TEAM))
    assert "400 Workspace name already exists" in message
    assert names(emulator) == ["Team", "Crew"]


@pytest.mark.parametrize(
    ("how", "passes"), [("accepted", True), ("refused", True), ("refused-also-deleted", False)]
)
def test_the_name_of_a_deleted_workspace(start: Start, how: str, passes: bool) -> None:
    emulator, provider = start(f"duplicate_workspace_name={how}")
    emulator.delete_workspace(emulator.add_workspace("Team").id)
    if passes:
        provider.create(TEAM)
    else:  # nobody can name it
        assert "the name of a deleted workspace" in refused(lambda: provider.create(TEAM))
    assert names(emulator) == (["Team"] if passes else [])


def test_who_may_not_create_is_told_what_it_takes(
    sign_in: SignIn, flashback_emulator: Emulator
) -> None:
    provider = sign_in(flashback_emulator, flashback_emulator.add_user("user@flashback.example"))
    message = refused(lambda: provider.create(TEAM))
    assert "403 Insufficient permissions to create workspaces" in message
    assert "for the role WORKSPACES or higher" in message


def test_nothing_is_sent_where_what_exists_cannot_be_listed(start: Start) -> None:
    emulator, provider = start()
    emulator.script_faults({"GET /workspace": [FORBIDDEN]})
    assert "GET /workspace: 403" in refused(lambda: provider.create(TEAM))
    assert emulator.count("POST") == 0
    emulator.clear_faults()
    provider.create(TEAM)
    assert names(emulator) == ["Team"]


def test_the_words_of_the_platform_reach_the_user(start: Start) -> None:
    emulator, provider = start("longest_workspace_name=3")
    assert "400 Workspace name is too long" in refused(lambda: provider.create(TEAM))
    assert names(emulator) == []


def test_a_recovered_workspace_needs_no_further_request(start: Start) -> None:
    emulator, provider = start(maxRetries="0")
    broken = {"fault": "503", "times": "forever"}
    emulator.script_faults(
        {"POST /workspace": ["commit-then-reset"], "GET /workspace": ["none", "none", broken]}
    )
    identifier, state = provider.create(TEAM)
    assert state == state_of(identifier)  # with the organization


def without_users(emulator: Emulator, identifier: str, name: str) -> None:
    """Let the responses about a workspace lack its users."""
    row = {"id": identifier, "name": name, "orgId": "demo-organization"}
    body = json.dumps({"success": True, "workspace": row})
    emulator.script_faults(
        {"GET /workspace/{id}": [{"fault": "none", "body": body, "times": "forever"}]}
    )


def test_a_response_without_users_does_not_make_a_workspace_a_leftover(start: Start) -> None:
    emulator, provider = start()
    theirs = emulator.add_workspace("Team").id
    emulator.set_member(theirs, emulator.add_user("ada@flashback.example"), "ADMIN")
    without_users(emulator, theirs, "Team")
    identifier, _ = provider.create(TEAM)
    assert identifier != theirs


def test_a_response_without_users_does_not_make_a_workspace_ours(start: Start) -> None:
    emulator, provider = start()
    provider.create(CREW)  # from here on everything is new
    theirs = emulator.add_workspace("Team").id
    without_users(emulator, theirs, "Team")
    emulator.script_faults({"POST /workspace": ["reset-before-effect"]})
    message = refused(lambda: provider.create(TEAM))
    assert f"the API did not return the members of workspace {theirs}" in message
