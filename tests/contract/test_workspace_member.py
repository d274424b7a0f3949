"""``WorkspaceMember``: who becomes a member, with which role, and what a refusal says."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from tests.contract.conftest import Start, in_both_providers
from tests.contract.steps import of, refused, responds, sent, together

RESOURCE = "WorkspaceMember"
Inputs = dict[str, Any]
GET, POST = "GET /workspace/{id}", "POST /workspace/{id}/users"
PUT, DELETE = "PUT /workspace/{id}/users/{userId}", "DELETE /workspace/{id}/users/{userId}"
GOOD = {"workspaceId": "w", "userId": "u", "role": "WRITE"}


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


def known(inputs: Inputs, name: str = "ada") -> tuple[str, Inputs]:
    """Return what a state has of a member: id and outputs."""
    return id_of(inputs), state_of(inputs, name)


def role_of(emulator: Emulator, inputs: Inputs) -> str | None:
    return emulator.members(inputs["workspaceId"]).get(inputs["userId"])


def test_check_names_what_is_wrong(start: Start) -> None:
    _, provider = start()
    for change, reason in (
        ({"role": "admin"}, "role must be written in capitals: ADMIN"),
        ({"role": "Write"}, "role must be written in capitals: WRITE"),
        ({"role": "READ "}, "role must not begin or end with white space"),
        ({"userId": "a\nb"}, "userId must not contain control characters"),
        ({"workspaceId": " w"}, "workspaceId must not begin or end with white space"),
        ({"email": "a@b.example"}, "email is not a property of WorkspaceMember"),
    ):
        assert [text for _, text in provider.check({**GOOD, **change})[1]] == [reason]
    for _ in range(2):
        assert provider.check({**GOOD, "role": "OWNER"})[1] == []
    (warning,) = provider.log
    assert "(known: READ, WRITE, ADMIN); sending it unchanged" in warning


def test_a_membership_that_exists_is_announced_before_it_is_adopted(start: Start) -> None:
    emulator, provider = start()
    ada, me = new_member(emulator), own(emulator)
    provider.check(new_user(emulator, "ben@flashback.example"))
    provider.check(me)  # it stays anyway
    provider.check({**ada, "role": "READ"}, ada)  # it is managed already
    provider.check({**ada, "role": "READ"})  # the same for a replacement
    assert provider.log == []
    provider.check(ada)
    (warning,) = provider.log
    assert f"user {ada['userId']} is already a member of workspace {ada['workspaceId']}" in warning
    assert "retain_on_delete=True" in warning
    assert {method for method, _, _ in emulator.requests} == {"GET"}


def test_who_is_as_declared_is_adopted_without_a_write(start: Start) -> None:
    emulator, provider = start()
    created, _ = of(provider, "Workspace").create({"name": "Team"})
    me = {**own(emulator), "workspaceId": created}
    sent(emulator)
    assert provider.create(me)[1] == state_of(me, "demo")
    assert f"is already a member of workspace {created}: adopted" in provider.log[-1]
    ada = new_member(emulator, role="Editor")  # not documented
    assert provider.create(ada) == known(ada)
    ben = new_member(emulator, "ben", role="READ")
    outdated = state_of({**ben, "role": "WRITE"}, "ben")  # changed behind the back of the state
    assert provider.update(id_of(ben), outdated, ben) == state_of(ben, "ben")
    assert sent(emulator) == [GET] * 3


def test_a_user_that_is_declared_twice_is_refused(start: Start) -> None:
    emulator, provider = start()
    ada = new_user(emulator)
    created = provider.create(ada)
    text = refused(provider.create, {**ada, "role": "READ"})
    assert "declares user" in text
    assert "twice" in text
    assert role_of(emulator, ada) == "WRITE"
    provider.delete(*created)  # in a process that serves several runs
    assert provider.create(ada) == created


@pytest.mark.parametrize("how", ["refused", "conflict", "fails", "updates", "ignored"])
@pytest.mark.parametrize("listed", ["upper", "lower"])
def test_who_becomes_a_member_at_the_same_time_gets_the_declared_role(
    start: Start, how: str, listed: str
) -> None:
    """Nobody knows of it when the request to add the user is sent."""
    emulator, provider = start(f"member_added_twice={how}", f"listed_role={listed}")
    before = {"id": emulator.workspace_id, "name": "Demo", "orgId": "demo-organization"}
    users = [{"userId": emulator.user_id, "role": "ADMIN"}]
    responds(emulator, GET, {"workspace": {**before, "users": users}}, times=1)
    ada = new_member(emulator, role="READ")
    wanted = {**ada, "role": "WRITE"}
    assert provider.create(wanted) == known(wanted)
    assert role_of(emulator, ada) == "WRITE"
    assert sent(emulator) == [GET, POST, GET, *([] if how == "updates" else [PUT])]
    assert provider.read(*known(wanted))[1] == state_of(wanted)


def test_an_unknown_user_is_told_from_an_unknown_workspace(start: Start) -> None:
    emulator, provider = start()
    ada = new_user(emulator)
    stranger = emulator.add_user("x@elsewhere.example", org_id="elsewhere").id
    deleted = emulator.add_user("gone@flashback.example")
    emulator.delete_user(deleted)
    for user in ("nobody", stranger, deleted.id):
        message = refused(provider.create, {**ada, "userId": user})
        assert f"the organization has no user {user}" in message
        assert "getOrganizationUsers" in message


@pytest.mark.parametrize("listed", ["empty", "forbidden"])
@pytest.mark.parametrize("status", ["403", "404"])
def test_a_workspace_that_does_not_exist(start: Start, status: str, listed: str) -> None:
    emulator, provider = start(
        f"members_of_unknown_workspace={status}", f"foreign_workspace_list={listed}"
    )
    ada, deleted = new_user(emulator), emulator.second_workspace_id
    emulator.delete_workspace(deleted)
    for workspace in ("nowhere", deleted):
        message = refused(provider.create, {**ada, "workspaceId": workspace})
        assert f"workspace {workspace} does not exist, or this user has no role in it" in message
    assert emulator.count("POST") == 0


@pytest.mark.parametrize("status", ["403", "404"])
def test_a_workspace_that_is_deleted_at_the_same_time(start: Start, status: str) -> None:
    """It is there when it is looked at, and gone when the request arrives."""
    emulator, provider = start(f"members_of_unknown_workspace={status}")
    ada, ben = new_user(emulator), new_member(emulator, "ben")
    users = [{"userId": ben["userId"], "role": "WRITE"}]
    shown = {"id": emulator.workspace_id, "orgId": "demo-organization", "users": users}
    emulator.delete_workspace(emulator.workspace_id)
    for call, *arguments in (
        (provider.create, ada),
        (provider.update, *known(ben), {**ben, "role": "READ"}),
    ):
        responds(emulator, GET, {"workspace": shown}, times=1)
        assert f" {status} " in refused(call, *arguments)
    responds(emulator, GET, {"workspace": shown}, times=1)
    provider.delete(*known(ben))  # gone is gone


@pytest.mark.parametrize("how", ["accepted", "refused"])
def test_somebody_who_is_invited_only(start: Start, how: str) -> None:
    emulator, provider = start(f"unvalidated_member={how}")
    ada = new_user(emulator, validated=False)
    if how == "accepted":
        assert provider.create(ada)[0] == id_of(ada)
    else:
        message = refused(provider.create, ada)
        assert "an invited user may have to validate the account first" in message


@pytest.mark.parametrize("how", ["refused", "fails", "accepted"])
@pytest.mark.parametrize("role", ["EDITOR", "Editor"])
def test_a_role_that_is_not_documented(start: Start, how: str, role: str) -> None:
    emulator, provider = start(f"unknown_role={how}")
    ada = new_user(emulator, role=role)
    if how != "accepted":
        message = refused(provider.create, ada)
        assert ("400 Invalid role" if how == "refused" else "no clear response came") in message
        assert role_of(emulator, ada) is None
        return
    provider.create(ada)
    assert role_of(emulator, ada) == role
    sent(emulator)
    assert provider.read(*known(ada))[1] == state_of(ada)  # no drift by its case
    assert sent(emulator) == [GET]


@pytest.mark.parametrize(("how", "gone"), [("ends", True), ("stays", False)])
def test_a_user_who_is_deleted(start: Start, how: str, gone: bool) -> None:
    emulator, provider = start(f"membership_of_deleted_user={how}")
    ada = new_member(emulator)
    user = emulator.user("ada@flashback.example")
    assert user is not None
    emulator.delete_user(user)
    assert (provider.read(*known(ada))[0] == "") is gone
    sent(emulator)
    provider.delete(*known(ada))
    assert sent(emulator) == ([GET] if gone else [GET, DELETE])


@in_both_providers
@pytest.mark.parametrize("users", ["shown", "absent", "empty"])
def test_a_refresh_of_a_workspace_and_its_members_is_one_request(start: Start, users: str) -> None:
    emulator, provider = start(f"users_in_workspace_list={users}")
    members = {f"u{number}": new_member(emulator, f"u{number}") for number in range(30)}
    workspace = {"name": "Demo", "workspaceId": emulator.workspace_id, "orgId": "demo-organization"}
    found = together(
        lambda: of(provider, "Workspace").read(emulator.workspace_id, workspace),
        *(lambda of=(each, name): provider.read(*known(*of)) for name, each in members.items()),
    )
    assert [each[0] for each in found] == [emulator.workspace_id, *map(id_of, members.values())]
    assert [each[2] for each in found[1:]] == list(members.values())
    assert sent(emulator) == [GET]
