"""What is special about a user of the organization: who comes back, and who must stay."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.emulator.faults import FOREVER
from pulumi_flashback.emulator.store import OWNER, User
from tests.contract.conftest import Start, in_both_providers
from tests.contract.steps import of, refused, sent

RESOURCE = "OrganizationUser"
ADA: dict[str, Any] = {
    "email": "Ada@example.com",
    "name": "Ada",
    "lastName": "Lovelace",
    "orgRole": "WORKSPACES",
    "password": "canary-first-password",
}


def test_an_invited_user_becomes_a_member_in_the_same_program(start: Start) -> None:
    emulator, provider = start()
    identifier, state = provider.create(ADA)
    assert state == {**ADA, "userId": identifier, "orgId": "demo-organization"}
    (row,) = emulator.store.find(User, id=identifier)
    assert (row.org_role, row.validated) == (2, False)
    members = of(provider, "WorkspaceMember")
    members.create({"workspaceId": emulator.workspace_id, "userId": identifier, "role": "READ"})
    assert identifier in emulator.members(emulator.workspace_id)


@in_both_providers
def test_a_password_is_for_a_new_user_only(start: Start) -> None:
    _, provider = start()
    without = {n: v for n, v in ADA.items() if n != "password"}
    assert provider.check(without)[1] == [("", "password is required for a new user")]
    assert provider.check(without, {**without, "userId": "u"})[1] == []
    _, state = provider.create(ADA)
    found = provider.diff("id", state, {**ADA, "password": "another", "sendInvite": True})
    assert found.changes == found.DIFF_NONE


def test_the_case_of_an_email_address_is_no_difference(start: Start) -> None:
    _, provider = start()
    _, state = provider.create(ADA)
    same = provider.diff("id", state, {**ADA, "email": "ada@example.com"})
    assert same.changes == same.DIFF_NONE
    another = provider.diff("id", state, {**ADA, "email": "adam@example.com"})
    assert list(another.replaces) == ["email"]


@pytest.mark.parametrize("wrong", ["ada", "@example.com", "ada@", "a da@example.com"])
def test_what_an_email_address_is(start: Start, wrong: str) -> None:
    _, provider = start()
    assert provider.check({**ADA, "email": wrong})[1] == [("", "email must be an email address")]


@pytest.mark.parametrize("listed", ["listed", "hidden"])
def test_a_deleted_user_comes_back(start: Start, listed: str) -> None:
    emulator, provider = start(f"deleted_organization_users={listed}")
    ada = emulator.add_user(ADA["email"])
    if listed == "listed":
        emulator.delete_user(ada)
    else:  # by a replacement: the same process knows who that was
        provider.delete(ada.id, {**ADA, "userId": ada.id})
    emulator.script_faults({"POST /organization/users/{id}/activate": ["commit-then-reset"]})
    identifier, state = provider.create(ADA)
    assert identifier == ada.id
    assert {**ADA, "userId": ada.id}.items() <= state.items()
    assert "reactivated with the previous password" in provider.log[-1]
    found, outputs, _ = provider.read(identifier, state)
    assert (found, outputs) == (identifier, state)


def test_a_deleted_user_who_comes_back_in_part_is_in_the_state(start: Start) -> None:
    emulator, provider = start("deleted_organization_users=listed")
    ada = emulator.add_user(ADA["email"])
    emulator.delete_user(ada)
    emulator.script_faults({"PUT /organization/users/{id}": [{"fault": "500", "times": FOREVER}]})
    text = refused(provider.create, ADA)
    assert f"user {ada.id} had this address, was deleted, and is active again" in text


@pytest.mark.parametrize("activate", ["refused", "accepted"])
def test_an_address_that_is_taken(start: Start, activate: str) -> None:
    emulator, provider = start(f"activate_active_user={activate}")
    ada = emulator.add_user(ADA["email"])
    text = refused(provider.create, ADA)
    assert f"import flashback:index:OrganizationUser NAME {ada.id}" in text
    emulator.delete_user(ada)  # and nobody lists who that was
    assert "it is that of a deleted user" in refused(provider.create, ADA)
    other = {**ADA, "email": "grace@example.com"}
    provider.create(other)
    assert "Declare each user once" in refused(provider.create, other)


def test_the_last_owner_and_the_caller_stay(start: Start) -> None:
    emulator, provider = start()
    owner = emulator.add_user("owner@example.com", org_role=OWNER)
    about = {n: v for n, v in ADA.items() if n not in ("password", "orgRole")}
    state = {**about, "orgRole": "OWNER", "orgId": "demo-organization"}
    caller = emulator.user_id
    sent(emulator)
    text = refused(provider.delete, caller, {**state, "userId": caller})
    assert "signed in as this user" in text
    assert [each for each in sent(emulator) if not each.startswith("GET")] == []
    for change in ({"validated": False}, {"deleted_at": "2026"}, {"org_role": 2}):
        emulator.store.change(User, change, id=owner.id)
        old = {**state, "userId": caller}
        lesser = {**about, "orgRole": "USER"}
        assert "is the last OWNER" in refused(provider.update, caller, old, lesser)
        assert [each for each in sent(emulator) if not each.startswith("GET")] == []
        back = {"validated": True, "deleted_at": None, "org_role": OWNER}
        emulator.store.change(User, back, id=owner.id)
    provider.delete(owner.id, {**state, "userId": owner.id})
    assert "DELETE /organization/users/{id}" in sent(emulator)


def test_the_last_owner_is_not_deleted_by_another_user(start: Start) -> None:
    emulator, _ = start()
    admin = emulator.add_user("admin@example.com", org_role=0xFE)
    _, provider = start(on=emulator, user=admin)
    state = {**ADA, "orgRole": "OWNER", "orgId": "demo-organization", "userId": emulator.user_id}
    sent(emulator)
    assert "is the last OWNER" in refused(provider.delete, emulator.user_id, state)
    assert not [each for each in sent(emulator) if each.startswith("DELETE")]


def test_roles_above_the_own_one_are_refused_with_advice(start: Start) -> None:
    emulator, _ = start()
    _, provider = start(on=emulator, user=emulator.add_user("m@example.com", org_role=2))
    assert "Only the role WORKSPACES or higher can manage users" in refused(provider.create, ADA)


def test_a_read_that_the_list_contradicts_is_not_believed(start: Start) -> None:
    emulator, provider = start()
    identifier, state = provider.create(ADA)
    gone = '{"success": false, "message": "User not found"}'
    fault = {"fault": "none", "status": 404, "body": gone, "times": FOREVER}
    emulator.script_faults({"GET /organization/users/{id}": [fault]})
    assert "the API lists it" in refused(provider.read, identifier, state)
