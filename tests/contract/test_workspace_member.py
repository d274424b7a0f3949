"""``WorkspaceMember`` in both shells."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from pulumi_flashback.core.ownership import MARK
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.store import ADMINISTRATOR, WORKSPACES
from tests.contract.conftest import NativeFactory, ProviderFactory
from tests.contract.driver import (
    NativeProvider,
    ProviderFailureError,
    ProviderProcess,
    of,
    together,
)
from tests.contract.workspaces import SignIn, Start, refused, sent, starting
from tests.contract.workspaces import sign_in as sign_in

Inputs = dict[str, Any]

GET, POST = "GET /workspace/{id}", "POST /workspace/{id}/users"
PUT, DELETE = "PUT /workspace/{id}/users/{userId}", "DELETE /workspace/{id}/users/{userId}"

start = starting("WorkspaceMember")


@pytest.fixture
def provider(make_provider: ProviderFactory, flashback_emulator: Emulator) -> ProviderProcess:
    return make_provider(flashback_emulator, "WorkspaceMember")


@pytest.fixture
def native(make_native: NativeFactory, flashback_emulator: Emulator) -> NativeProvider:
    return of(make_native(flashback_emulator), "WorkspaceMember")


def new_user(emulator: Emulator, name: str = "ada", role: str = "WRITE", **more: Any) -> Inputs:
    """Add a user to the organization, and return the inputs that make a member of it."""
    user = emulator.add_user(f"{name}@flashback.example", **more)
    return {"workspaceId": emulator.workspace_id, "userId": user.id, "role": role}


def new_member(emulator: Emulator, name: str = "ada", role: str = "WRITE") -> Inputs:
    """Add a user who is a member already, and return its inputs."""
    inputs = new_user(emulator, name, role)
    emulator.set_member(inputs["workspaceId"], inputs["userId"], role)
    return inputs


def own(emulator: Emulator, role: str = "ADMIN") -> Inputs:
    """Return the inputs of the user that is signed in."""
    return {"workspaceId": emulator.workspace_id, "userId": emulator.user_id, "role": role}


def id_of(inputs: Inputs) -> str:
    return f"{inputs['workspaceId']}/{inputs['userId']}"


def state_of(inputs: Inputs, name: str = "ada") -> Inputs:
    return {**inputs, "email": f"{name}@flashback.example", "orgId": "demo-organization"}


def role_of(emulator: Emulator, inputs: Inputs) -> str | None:
    return emulator.members(inputs["workspaceId"]).get(inputs["userId"])


# check and diff

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
    assert "none of READ, WRITE, ADMIN; it is sent as written" in told


# create


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
    assert "no clear answer came (POST /workspace/{id}/users: the connection broke" in message
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
        assert ("400 Invalid role" if how == "refused" else "no clear answer came") in message
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


# read


@pytest.mark.parametrize(("how", "gone"), [("ends", True), ("stays", False)])
def test_a_user_who_is_deleted(start: Start, how: str, gone: bool) -> None:
    emulator, provider = start(f"membership_of_deleted_user={how}")
    ada = new_member(emulator)
    user = emulator.user("ada@flashback.example")
    assert user is not None
    emulator.delete_user(user)
    assert (provider.read(id_of(ada), state_of(ada))[0] == "") is gone
    sent(emulator)
    provider.delete(id_of(ada), state_of(ada))
    assert sent(emulator) == ([GET] if gone else [GET, DELETE])


def test_a_workspace_that_is_closed_to_the_user_never_means_gone(
    start: Start, sign_in: SignIn
) -> None:
    emulator, _ = start()
    me = emulator.add_user("me@flashback.example", org_role=WORKSPACES)
    emulator.set_member(emulator.workspace_id, me, "ADMIN")
    provider = of(sign_in(emulator, me), "WorkspaceMember")
    ada = new_user(emulator)
    identifier, state = provider.create(ada)
    emulator.remove_member(emulator.workspace_id, me)
    for call in (
        lambda: provider.read(identifier, state),
        lambda: provider.read(identifier, {}),
        lambda: provider.update(identifier, state, {**ada, "role": "READ"}),
        lambda: provider.delete(identifier, state),
        lambda: provider.create(ada),
    ):
        assert re.search("closed to this user|has no role in it", refused(call))
    assert role_of(emulator, ada) == "WRITE"


@pytest.mark.parametrize("listed", ["forbidden", "empty"])
def test_another_organization_sees_nothing_and_drops_nothing(
    start: Start, sign_in: SignIn, listed: str
) -> None:
    emulator, _ = start(f"foreign_workspace_list={listed}")
    ada = new_member(emulator)
    foreign = emulator.add_user("other@elsewhere.example", org_id="elsewhere")
    provider = of(sign_in(emulator, foreign), "WorkspaceMember")
    words = {"forbidden": "Check the credentials", "empty": "closed to this user"}
    for call in (
        lambda: provider.read(id_of(ada), state_of(ada)),
        lambda: provider.delete(id_of(ada), state_of(ada)),
    ):
        assert words[listed] in refused(call)
    assert role_of(emulator, ada) == "WRITE"


def test_the_members_of_a_deleted_workspace_are_gone(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    ada = new_member(flashback_emulator)
    flashback_emulator.delete_workspace(flashback_emulator.workspace_id)
    assert provider.read(id_of(ada), state_of(ada))[0] == ""
    provider.delete(id_of(ada), state_of(ada))
    assert flashback_emulator.count("DELETE") == 0


def test_a_platform_that_does_not_tell_members_tells_nothing(start: Start) -> None:
    emulator, provider = start()
    ada = new_member(emulator)
    body = json.dumps({"success": True, "workspace": {"id": emulator.workspace_id}})
    emulator.script_faults({GET: [{"fault": "none", "body": body, "times": "forever"}]})
    for call in (
        lambda: provider.create(ada),
        lambda: provider.read(id_of(ada), state_of(ada)),
        lambda: provider.update(id_of(ada), state_of(ada), {**ada, "role": "READ"}),
        lambda: provider.delete(id_of(ada), state_of(ada)),
    ):
        assert "did not return the members of workspace" in refused(call)
    assert role_of(emulator, ada) == "WRITE"


def test_an_empty_list_of_members_tells_a_member_nothing(start: Start, sign_in: SignIn) -> None:
    emulator, _ = start()
    me = emulator.add_user("me@flashback.example", org_role=WORKSPACES)
    emulator.set_member(emulator.workspace_id, me, "ADMIN")
    provider = of(sign_in(emulator, me), "WorkspaceMember")
    ada = new_member(emulator)
    body = json.dumps({"success": True, "workspace": {"id": emulator.workspace_id, "users": []}})
    emulator.script_faults({GET: [{"fault": "none", "body": body, "times": "forever"}]})
    for call in (
        lambda: provider.read(id_of(ada), state_of(ada)),
        lambda: provider.delete(id_of(ada), state_of(ada)),
    ):
        assert "did not return the members of workspace" in refused(call)
    assert role_of(emulator, ada) == "WRITE"


@pytest.mark.parametrize("users", ["shown", "absent", "empty"])
def test_a_refresh_of_a_workspace_and_its_members_is_one_request(start: Start, users: str) -> None:
    emulator, provider = start(f"users_in_workspace_list={users}")
    members = [new_member(emulator, f"u{number}") for number in range(30)]
    workspace = {"name": "Demo", "workspaceId": emulator.workspace_id, "orgId": "demo-organization"}
    found = together(
        lambda: of(provider, "Workspace").read(emulator.workspace_id, workspace),
        *(
            lambda n=n, each=each: provider.read(id_of(each), state_of(each, f"u{n}"))
            for n, each in enumerate(members)
        ),
    )
    assert [each[0] for each in found] == [emulator.workspace_id, *map(id_of, members)]
    assert [each[2] for each in found[1:]] == members
    assert sent(emulator) == [GET]


# update


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


# the last ADMIN


@pytest.mark.parametrize("listed", ["upper", "lower"])
@pytest.mark.parametrize("protected", ["unprotected", "protected"])
def test_the_last_admin_is_neither_demoted_nor_removed(
    start: Start, listed: str, protected: str
) -> None:
    emulator, provider = start(f"last_admin={protected}", f"listed_role={listed}")
    ada = new_member(emulator, role="ADMIN")
    emulator.remove_member(emulator.workspace_id, emulator.user_id)  # who owns the organization
    lesser = {**ada, "role": "READ"}
    for call in (
        lambda: provider.update(id_of(ada), state_of(ada), lesser),
        lambda: provider.delete(id_of(ada), state_of(ada)),
        lambda: provider.create(lesser),  # adopted, with a lesser role
    ):
        message = refused(call)
        assert f"user {ada['userId']} is the last ADMIN of workspace" in message
        assert "Make another member ADMIN first, or set allowRemovingLastAdmin" in message
    assert emulator.count("PUT") + emulator.count("DELETE") == 0
    assert role_of(emulator, ada) == "ADMIN"


@pytest.mark.parametrize("step", ["update", "delete"])
@pytest.mark.parametrize("protected", ["unprotected", "protected"])
def test_the_flag_leaves_it_to_the_platform(start: Start, step: str, protected: str) -> None:
    emulator, provider = start(f"last_admin={protected}")
    ada = {**new_member(emulator, role="ADMIN"), "allowRemovingLastAdmin": True}
    emulator.remove_member(emulator.workspace_id, emulator.user_id)

    def call() -> None:
        if step == "update":
            provider.update(id_of(ada), state_of(ada), {**ada, "role": "READ"})
        else:
            provider.delete(id_of(ada), state_of(ada))

    if protected == "protected":
        assert "400 Workspace must have at least one admin" in refused(call)
        assert role_of(emulator, ada) == "ADMIN"
    else:
        call()
        assert role_of(emulator, ada) == ("READ" if step == "update" else None)


def test_two_of_two_admins_cannot_go_at_once(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    emulator = flashback_emulator
    ada, ben = (new_member(emulator, name, "ADMIN") for name in ("ada", "ben"))
    emulator.remove_member(emulator.workspace_id, emulator.user_id)
    results = together(
        lambda: provider.update(id_of(ada), state_of(ada), {**ada, "role": "READ"}),
        lambda: provider.delete(id_of(ben), state_of(ben)),
    )
    (failure,) = [each for each in results if isinstance(each, ProviderFailureError)]
    assert "is the last ADMIN" in failure.message
    assert list(emulator.members(emulator.workspace_id).values()).count("ADMIN") == 1


def test_an_admin_waits_for_the_one_who_comes_after(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    """The engine changes both at the same time, and knows of no order."""
    emulator = flashback_emulator
    ada, ben = new_member(emulator, "ada", "ADMIN"), new_member(emulator, "ben", "READ")
    emulator.remove_member(emulator.workspace_id, emulator.user_id)
    former, new = {**ada, "role": "READ"}, {**ben, "role": "ADMIN"}
    results = together(
        lambda: provider.update(id_of(ada), state_of(ada), former),
        lambda: provider.update(id_of(ben), state_of(ben, "ben"), new),
    )
    assert results == [state_of(former), state_of(new, "ben")]
    assert emulator.members(emulator.workspace_id) == {
        ada["userId"]: "READ",
        ben["userId"]: "ADMIN",
    }


def test_the_user_that_is_signed_in_stays(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    emulator = flashback_emulator
    new_member(emulator, role="ADMIN")
    me = own(emulator)
    provider.delete(id_of(me), state_of(me, "demo"))
    assert role_of(emulator, me) == "ADMIN"
    (told,) = provider.log
    assert f"user {me['userId']} stays a member of workspace" in told
    assert "While another ADMIN is left, allowRemovingLastAdmin lets it go" in told
    provider.delete(id_of(me), {**state_of(me, "demo"), "allowRemovingLastAdmin": True})
    assert role_of(emulator, me) is None


def test_the_user_that_is_signed_in_goes_where_it_needs_no_role(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    """An owner of the organization, who is no ADMIN of this workspace."""
    emulator = flashback_emulator
    new_member(emulator, role="ADMIN")
    me = own(emulator, "WRITE")
    emulator.set_member(me["workspaceId"], me["userId"], "WRITE")
    provider.delete(id_of(me), state_of(me, "demo"))
    assert role_of(emulator, me) is None


@pytest.mark.parametrize("how", ["changeable", "fixed"])
def test_the_own_role(start: Start, how: str) -> None:
    emulator, provider = start(f"own_role={how}")
    new_member(emulator, role="ADMIN")
    me = own(emulator)
    state = {**state_of(me, "demo"), "allowRemovingLastAdmin": True}
    for call in (
        lambda: provider.update(id_of(me), state_of(me, "demo"), {**me, "role": "WRITE"}),
        lambda: provider.delete(id_of(me), state),
    ):
        if how == "changeable":
            call()
        else:
            assert "400 You cannot change your own role" in refused(call)
    assert role_of(emulator, me) == (None if how == "changeable" else "ADMIN")


# who may do what


@pytest.mark.parametrize("role", ["READ", "WRITE"])
def test_who_is_no_admin_is_told_who_may(
    sign_in: SignIn, flashback_emulator: Emulator, role: str
) -> None:
    emulator = flashback_emulator
    user = emulator.add_user("low@flashback.example", org_role=WORKSPACES)
    emulator.set_member(emulator.workspace_id, user, role)
    provider = of(sign_in(emulator, user), "WorkspaceMember")
    ada, ben = new_user(emulator), new_member(emulator, "ben")
    assert provider.read(id_of(ben), state_of(ben, "ben"))[2] == ben
    for call in (
        lambda: provider.create(ada),
        lambda: provider.update(id_of(ben), state_of(ben, "ben"), {**ben, "role": "READ"}),
        lambda: provider.delete(id_of(ben), state_of(ben, "ben")),
    ):
        message = refused(call)
        assert "403 Insufficient permissions to manage workspace users" in message
        assert "Only an ADMIN of the workspace may do this" in message
    assert role_of(emulator, ada) is None
    assert role_of(emulator, ben) == "WRITE"
    assert provider.create(ben)[0] == id_of(ben)  # who is as declared needs no change


@pytest.mark.parametrize("power", ["administer", "read", "as-members"])
def test_what_an_administrator_of_the_organization_may_do(
    start: Start, sign_in: SignIn, power: str
) -> None:
    emulator, _ = start(f"organization_admins={power}")
    user = emulator.add_user("a@flashback.example", org_role=ADMINISTRATOR)
    provider = of(sign_in(emulator, user), "WorkspaceMember")
    ada = new_user(emulator)
    if power == "administer":
        identifier, state = provider.create(ada)
        provider.update(identifier, state, {**ada, "role": "READ"})
        provider.delete(identifier, state)
        assert emulator.count("POST") + emulator.count("PUT") + emulator.count("DELETE") == 3
    else:
        words = {"read": "Only an ADMIN of the workspace", "as-members": "has no role in it"}
        assert words[power] in refused(lambda: provider.create(ada))
    assert role_of(emulator, ada) is None


# delete


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


def test_the_last_admin_that_the_provider_is_signed_in_as_stays_until_the_workspace_goes(
    start: Start,
) -> None:
    emulator, provider = start("organization_admins=as-members")
    me = own(emulator)
    emulator.set_member(me["workspaceId"], me["userId"], "ADMIN")
    provider.delete(id_of(me), {**state_of(me, "demo"), "allowRemovingLastAdmin": True})
    assert role_of(emulator, me) == "ADMIN"
    assert f"user {me['userId']} stays a member" in provider.log[0]


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
    assert (
        "and could not determine whether the user is still a member: GET /workspace/{id}" in message
    )


# import


# getOrganizationUsers


def users_of(process: NativeProvider, **arguments: Any) -> Any:
    return process.invoke("flashback:index:getOrganizationUsers", arguments)


def test_a_user_is_found_by_the_address(
    native: NativeProvider, flashback_emulator: Emulator
) -> None:
    ada = flashback_emulator.add_user("Ada@flashback.example", name="Ada", last_name="Lovelace")
    shown = {
        "id": ada.id,
        "email": "Ada@flashback.example",
        "name": "Ada",
        "lastName": "Lovelace",
        "orgRole": 0,
    }
    for address in ("Ada@flashback.example", "ada@FLASHBACK.example", " ada@flashback.example\n"):
        assert users_of(native, email=address) == {"users": [shown], "total": 1}
    everybody = users_of(native)
    assert (everybody["users"][1], everybody["total"]) == (shown, 2)
    with pytest.raises(ProviderFailureError, match="email must not be empty"):
        users_of(native, email=" ")
    with pytest.raises(ProviderFailureError, match="no user of the organization has this email"):
        users_of(native, email="nobody@flashback.example")
    flashback_emulator.delete_user(ada)
    with pytest.raises(ProviderFailureError, match="no user of the organization has this email"):
        users_of(native, email="ada@flashback.example")


def test_a_list_of_users_that_is_cut_off(
    make_native: NativeFactory, flashback_emulator_factory: Any
) -> None:
    from pulumi_flashback.emulator import EmulatorSettings

    emulator = flashback_emulator_factory(EmulatorSettings(organization_users_limit=1))
    native = make_native(emulator)
    emulator.add_user("ada@flashback.example")
    found = users_of(native)
    assert (len(found["users"]), found["total"]) == (1, 2)
    with pytest.raises(ProviderFailureError, match="1 rows, total is 2"):
        users_of(native, email="ada@flashback.example")


def test_who_may_not_see_users_is_told_what_it_takes(
    make_native: NativeFactory, flashback_emulator: Emulator
) -> None:
    user = flashback_emulator.add_user("low@flashback.example")
    native = make_native(flashback_emulator, token=flashback_emulator.issue_token(user))
    with pytest.raises(ProviderFailureError, match="for the role WORKSPACES or higher"):
        users_of(native)
