"""``WorkspaceMember`` in both providers."""

from __future__ import annotations

import json

import pytest

from pulumi_flashback.core.ownership import MARK
from pulumi_flashback.emulator import Emulator
from tests.contract.conftest import ProviderFactory
from tests.contract.driver import ProviderProcess
from tests.contract.members import (
    DELETE,
    GET,
    POST,
    PUT,
    Inputs,
    id_of,
    new_member,
    new_user,
    own,
    role_of,
    state_of,
)
from tests.contract.steps import Start, of, refused, sent, starting
from tests.contract.steps import sign_in as sign_in

start = starting("WorkspaceMember")


@pytest.fixture
def provider(make_provider: ProviderFactory, flashback_emulator: Emulator) -> ProviderProcess:
    return make_provider(flashback_emulator, "WorkspaceMember")


GOOD = {"workspaceId": "w", "userId": "u", "role": "WRITE"}


def test_check_names_what_is_wrong(provider: ProviderProcess) -> None:
    wrong: tuple[tuple[Inputs, str], ...] = (
        ({"role": "admin"}, "role must be written in capitals: ADMIN"),
        ({"role": "Write"}, "role must be written in capitals: WRITE"),
        ({"role": " "}, "role must not be empty"),
        ({"role": "READ "}, "role must not begin or end with white space"),
        ({"role": 5}, "role must be a string, not a number"),
        ({"role": ["READ"]}, "role must be a string, not a list"),
        ({"userId": ""}, "userId must not be empty"),
        ({"userId": "a\nb"}, "userId must not contain control characters"),
        ({"userId": {"id": "u"}}, "userId must be a string, not an object"),
        ({"workspaceId": True}, "workspaceId must be a string, not a boolean"),
        ({"workspaceId": " w"}, "workspaceId must not begin or end with white space"),
        (
            {"allowRemovingLastAdmin": "yes"},
            "allowRemovingLastAdmin must be true or false, not a string",
        ),
        (
            {"allowRemovingLastAdmin": 1},
            "allowRemovingLastAdmin must be true or false, not a number",
        ),
        ({"email": "a@b.example"}, "email is not a property of WorkspaceMember"),
    )
    for change, reason in wrong:
        assert [text for _, text in provider.check({**GOOD, **change})[1]] == [reason]


def test_an_undocumented_role_is_warned_of_once(provider: ProviderProcess) -> None:
    for _ in range(2):
        assert provider.check({**GOOD, "role": "OWNER"})[1] == []
    (told,) = provider.log
    assert "(known: READ, WRITE, ADMIN); sending it unchanged" in told


def test_the_creator_is_adopted_without_a_write(start: Start) -> None:
    emulator, provider = start()
    made, _ = of(provider, "Workspace").create({"name": "Team"})
    me = {**own(emulator), "workspaceId": made}
    sent(emulator)
    assert provider.create(me)[1] == state_of(me, "demo")
    assert sent(emulator) == [GET]
    assert f"is a member of workspace {made} already: adopted" in provider.log[-1]


def test_a_user_that_is_declared_twice_is_refused(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    ada = new_user(flashback_emulator)
    identifier, state = provider.create(ada)
    text = refused(provider.create, {**ada, "role": "READ"})
    assert "declares user" in text
    assert "twice" in text
    assert role_of(flashback_emulator, ada) == "WRITE"
    # a process that serves several runs
    provider.delete(identifier, state)
    assert provider.create(ada) == (identifier, state)


@pytest.mark.parametrize("how", ["refused", "conflict", "fails", "updates", "ignored"])
@pytest.mark.parametrize("listed", ["upper", "lower"])
def test_who_becomes_a_member_at_the_same_time_gets_the_declared_role(
    start: Start, how: str, listed: str
) -> None:
    """Nobody knows of it when the request to add the user is sent."""
    emulator, provider = start(f"member_added_twice={how}", f"listed_role={listed}")
    before = {"id": emulator.workspace_id, "name": "Demo", "orgId": "demo-organization"}
    users = [{"userId": emulator.user_id, "role": "ADMIN"}]
    hidden = json.dumps({"success": True, "workspace": {**before, "users": users}})
    emulator.script_faults({GET: [{"fault": "none", "body": hidden}]})
    ada = new_member(emulator, role="READ")
    wanted = {**ada, "role": "WRITE"}
    assert provider.create(wanted) == (id_of(ada), state_of(wanted))
    assert role_of(emulator, ada) == "WRITE"
    assert sent(emulator) == [GET, POST, GET, *([] if how == "updates" else [PUT])]
    assert provider.read(id_of(ada), state_of(wanted))[1] == state_of(wanted)


def test_a_request_that_got_lost_makes_none_and_the_next_run_makes_one(start: Start) -> None:
    emulator, provider = start()
    ada = new_user(emulator)
    emulator.script_faults({POST: ["reset-before-effect"]})
    message = refused(lambda: provider.create(ada))
    assert "no clear response came (POST /workspace/{id}/users: the connection broke" in message
    assert "and the user is not a member. Run `pulumi up` again" in message
    assert role_of(emulator, ada) is None
    provider.create(ada)
    assert role_of(emulator, ada) == "WRITE"


@pytest.mark.parametrize("fault", ["commit-then-reset", "none"])
def test_a_create_of_which_nothing_can_be_told_says_so(start: Start, fault: str) -> None:
    emulator, provider = start(maxRetries="0")
    ada = new_user(emulator)
    emulator.script_faults({POST: [fault], GET: ["none", "503"]})
    message = refused(lambda: provider.create(ada))
    assert "could not determine whether the user is a member now" in message
    assert "who is a member already is adopted" in message
    assert provider.create(ada)[0] == id_of(ada)
    assert emulator.count("POST") == 1


def test_an_unknown_user_is_told_from_an_unknown_workspace(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    ada = new_user(flashback_emulator)
    stranger = flashback_emulator.add_user("x@elsewhere.example", org_id="elsewhere").id
    deleted = flashback_emulator.add_user("gone@flashback.example")
    flashback_emulator.delete_user(deleted)
    for user in ("nobody", stranger, deleted.id):
        message = refused(provider.create, {**ada, "userId": user})
        assert f"the organization has no user {user}" in message
        assert "getOrganizationUsers" in message
    message = refused(lambda: provider.create({**ada, "workspaceId": "nowhere"}))
    assert "workspace nowhere does not exist, or this user has no role in it" in message


@pytest.mark.parametrize("status", ["403", "404"])
def test_a_workspace_that_does_not_exist(start: Start, status: str) -> None:
    emulator, provider = start(
        f"members_of_unknown_workspace={status}", "foreign_workspace_list=empty"
    )
    ada = {**new_user(emulator), "workspaceId": "nowhere"}
    assert "workspace nowhere does not exist, or this user has no role in it" in refused(
        lambda: provider.create(ada)
    )
    emulator.delete_workspace(emulator.second_workspace_id)
    ada["workspaceId"] = emulator.second_workspace_id
    assert "does not exist, or this user has no role in it" in refused(lambda: provider.create(ada))
    assert emulator.count("POST") == 0


@pytest.mark.parametrize("status", ["403", "404"])
def test_a_workspace_that_is_deleted_at_the_same_time(start: Start, status: str) -> None:
    """It is there when it is looked at, and gone when the request arrives."""
    emulator, provider = start(f"members_of_unknown_workspace={status}")
    ada, ben = new_user(emulator), new_member(emulator, "ben")
    users = [{"userId": ben["userId"], "role": "WRITE"}]
    shown = {"id": emulator.workspace_id, "orgId": "demo-organization", "users": users}
    there = {"fault": "none", "status": 200, "body": json.dumps({"workspace": shown})}
    emulator.delete_workspace(emulator.workspace_id)
    for call in (
        lambda: provider.create(ada),
        lambda: provider.update(id_of(ben), state_of(ben), {**ben, "role": "READ"}),
    ):
        emulator.script_faults({GET: [there]})
        assert f" {status} " in refused(call)
    emulator.script_faults({GET: [there]})
    provider.delete(id_of(ben), state_of(ben))  # gone is gone


@pytest.mark.parametrize("how", ["accepted", "refused"])
def test_somebody_who_is_invited_only(start: Start, how: str) -> None:
    emulator, provider = start(f"unvalidated_member={how}")
    ada = new_user(emulator, validated=False)
    if how == "accepted":
        assert provider.create(ada)[0] == id_of(ada)
    else:
        message = refused(lambda: provider.create(ada))
        assert "somebody who is invited may have to validate the account first" in message


@pytest.mark.parametrize("how", ["refused", "fails", "accepted"])
@pytest.mark.parametrize("role", ["EDITOR", "Editor"])
def test_a_role_that_is_not_documented(start: Start, how: str, role: str) -> None:
    emulator, provider = start(f"unknown_role={how}")
    ada = new_user(emulator, role=role)
    if how != "accepted":
        message = refused(lambda: provider.create(ada))
        assert ("400 Invalid role" if how == "refused" else "no clear response came") in message
        assert role_of(emulator, ada) is None
        return
    provider.create(ada)
    assert role_of(emulator, ada) == role
    sent(emulator)
    assert provider.read(id_of(ada), state_of(ada))[1] == state_of(ada)  # no drift by its case
    assert sent(emulator) == [GET]


def test_an_undocumented_role_that_somebody_has_already_is_not_written(start: Start) -> None:
    emulator, provider = start("unknown_role=accepted")
    ada = new_member(emulator, role="Editor")
    assert provider.create(ada) == (id_of(ada), state_of(ada))
    assert sent(emulator) == [GET]


def test_a_role_that_is_as_wanted_already_is_not_written(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    ada = new_member(flashback_emulator, role="READ")
    state = state_of({**ada, "role": "WRITE"})  # changed behind the back of the state
    assert provider.update(id_of(ada), state, ada) == state_of(ada)
    assert sent(flashback_emulator) == [GET]


def test_the_flag_reaches_the_state_without_a_request(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    ada = new_user(flashback_emulator)
    identifier, state = provider.create(ada)
    sent(flashback_emulator)
    flagged = {**ada, "allowRemovingLastAdmin": True}
    updated = provider.update(identifier, state, flagged)
    assert updated == state_of(flagged)
    assert provider.update(identifier, updated, ada) == state
    assert sent(flashback_emulator) == []
    assert provider.read(identifier, updated) == (identifier, updated, flagged)


def test_a_member_that_another_resource_adopts_is_not_removed_by_the_old_one(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    ada = new_member(flashback_emulator)
    identifier, state = provider.create(ada)
    provider.delete(identifier, state_of(ada))  # of a first version, without a mark
    provider.delete(identifier, {**state, MARK: "of another resource"})
    assert role_of(flashback_emulator, ada) == "WRITE"
    assert f"{identifier} is kept: another resource" in provider.log[-1]
    provider.delete(identifier, state)
    assert role_of(flashback_emulator, ada) is None


def test_a_membership_that_exists_is_announced_before_it_is_adopted(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    ada, me = new_member(flashback_emulator), own(flashback_emulator)
    provider.check(new_user(flashback_emulator, "ben@flashback.example"))
    provider.check(me)  # it stays anyway
    provider.check({**ada, "role": "READ"}, ada)  # it is managed already
    provider.check({**ada, "role": "READ"})  # the same for a replacement
    assert provider.log == []
    provider.check(ada)
    (warning,) = provider.log
    assert f"user {ada['userId']} is a member of workspace {ada['workspaceId']} already" in warning
    assert "retain_on_delete=True" in warning
    assert {method for method, _, _ in flashback_emulator.requests} == {"GET"}


def test_a_lost_answer_to_a_delete(start: Start) -> None:
    emulator, provider = start(maxRetries="0")
    ada = new_member(emulator)
    emulator.script_faults({DELETE: ["commit-then-reset", "reset-before-effect"]})
    provider.delete(id_of(ada), state_of(ada))
    assert role_of(emulator, ada) is None
    emulator.set_member(ada["workspaceId"], ada["userId"], "READ")
    assert "the connection broke" in refused(lambda: provider.delete(id_of(ada), state_of(ada)))
    assert role_of(emulator, ada) == "READ"
    emulator.script_faults({DELETE: ["commit-then-reset"], GET: ["none", "503"]})
    message = refused(lambda: provider.delete(id_of(ada), state_of(ada)))
    assert "and could not determine whether it still exists (GET /workspace/{id}" in message
