"""``Workspace`` in both shells."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.store import ADMINISTRATOR, WORKSPACES
from pulumi_flashback.testing import EmulatorFactory
from tests.contract.conftest import NativeFactory, ProviderFactory
from tests.contract.driver import (
    NativeProvider,
    ProviderFailureError,
    ProviderProcess,
    of,
    together,
)
from tests.contract.workspaces import (
    FORBIDDEN,
    SignIn,
    Start,
    refused,
    sent,
    starting,
)
from tests.contract.workspaces import sign_in as sign_in

TEAM = {"name": "Team"}
CREW = {"name": "Crew"}

start = starting("Workspace")


@pytest.fixture
def provider(make_provider: ProviderFactory, flashback_emulator: Emulator) -> ProviderProcess:
    return make_provider(flashback_emulator, "Workspace")


@pytest.fixture
def native(make_native: NativeFactory, flashback_emulator: Emulator) -> NativeProvider:
    return of(make_native(flashback_emulator), "Workspace")


def names(emulator: Emulator) -> list[str]:
    """Return the names of the workspaces that a test has made."""
    return [workspace.name for workspace in emulator.workspaces()][2:]


def state_of(identifier: str, name: str = "Team") -> dict[str, Any]:
    return {"name": name, "workspaceId": identifier, "orgId": "demo-organization"}


# check and diff


# create


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
    assert "no clear answer came (POST /workspace: the connection broke" in message
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


# a life under each choice of the backend


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


# read


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


# update


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


# delete


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
    assert "the API does not tell which ones they are" in message


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
    assert "and could not determine whether it still exists: GET /workspace/{id}: 503" in message
    provider.delete(identifier, state)


# functions


def test_get_workspace(
    native: NativeProvider, make_native: NativeFactory, flashback_emulator: Emulator
) -> None:
    emulator = flashback_emulator
    user = emulator.add_user("ada@flashback.example", name="Ada", last_name="Lovelace")
    emulator.set_member(emulator.workspace_id, user, "READ")

    def call(process: NativeProvider, identifier: str) -> Any:
        return process.invoke("flashback:index:getWorkspace", {"workspaceId": identifier})

    found = call(native, emulator.workspace_id)
    assert (found["id"], found["name"]) == (emulator.workspace_id, "Demo")
    assert found["orgId"] == "demo-organization"
    assert found["members"][1] == {
        "userId": user.id,
        "role": "READ",
        "email": "ada@flashback.example",
        "name": "Ada",
        "lastName": "Lovelace",
    }
    stranger = make_native(
        emulator, token=emulator.issue_token(emulator.add_user("x@flashback.example"))
    )
    for process, identifier in ((native, "missing"), (stranger, emulator.workspace_id)):
        with pytest.raises(ProviderFailureError, match="404 Workspace not found or access denied"):
            call(process, identifier)
    with pytest.raises(ProviderFailureError, match="workspaceId must not be empty"):
        call(native, " ")


def test_get_workspace_in_lower_case(
    make_native: NativeFactory, flashback_emulator_factory: EmulatorFactory
) -> None:
    from pulumi_flashback.emulator import EmulatorSettings

    emulator = flashback_emulator_factory(EmulatorSettings(listed_role="lower"))
    by = {"workspaceId": emulator.workspace_id}
    found: Any = make_native(emulator).invoke("flashback:index:getWorkspace", by)
    assert [each["role"] for each in found["members"]] == ["ADMIN"]
