"""``WorkspaceMember`` in both shells."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.testing import EmulatorFactory
from tests.contract.conftest import NativeFactory, ProviderFactory
from tests.contract.driver import UNKNOWN, ProviderFailureError, ProviderProcess

Inputs = dict[str, Any]


@pytest.fixture
def provider(make_provider: ProviderFactory, flashback_emulator: Emulator) -> ProviderProcess:
    return make_provider(flashback_emulator, "WorkspaceMember")


@pytest.fixture
def ada(flashback_emulator: Emulator) -> Inputs:
    user = flashback_emulator.add_user("ada@flashback.example")
    workspace = flashback_emulator.workspace_id
    return {"workspaceId": workspace, "userId": user.id, "role": "WRITE"}


def with_ada(emulator: Emulator) -> Inputs:
    user = emulator.add_user("ada@flashback.example")
    return {"workspaceId": emulator.workspace_id, "userId": user.id, "role": "WRITE"}


def role_of(emulator: Emulator, inputs: Inputs) -> str | None:
    return emulator.members(inputs["workspaceId"]).get(inputs["userId"])


def own(emulator: Emulator, role: str = "ADMIN") -> Inputs:
    return {"workspaceId": emulator.workspace_id, "userId": emulator.user_id, "role": role}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"role": "admin"}, "role must be written in capitals: ADMIN"),
        ({"role": 5}, "role must be a string, not a number"),
        (
            {"allowRemovingLastAdmin": "yes"},
            "allowRemovingLastAdmin must be true or false, not a string",
        ),
        ({"email": "a@b.example"}, "email is not a property of WorkspaceMember"),
        ({"userId": "a "}, "userId must not begin or end with white space"),
    ],
)
def test_check(provider: ProviderProcess, ada: Inputs, change: Inputs, reason: str) -> None:
    assert [text for _, text in provider.check({**ada, **change})[1]] == [reason]


@pytest.mark.parametrize("field", ["workspaceId", "userId", "role"])
def test_unknowns_and_what_replaces(provider: ProviderProcess, ada: Inputs, field: str) -> None:
    wanted = {**ada, field: UNKNOWN}
    assert provider.check(wanted) == (wanted, [])
    assert [
        text for _, text in provider.check({k: v for k, v in ada.items() if k != field})[1]
    ] == [f"{field} is required"]
    difference = provider.diff("id", ada, wanted)
    assert list(difference.replaces) == ([] if field == "role" else [field])


def test_an_undocumented_role_is_warned_of(provider: ProviderProcess, ada: Inputs) -> None:
    assert provider.check({**ada, "role": "OWNER"})[1] == []
    assert "none of READ, WRITE, ADMIN" in provider.log[0]


def test_a_life(provider: ProviderProcess, ada: Inputs, flashback_emulator: Emulator) -> None:
    identifier, state = provider.create(ada)
    assert identifier == f"{ada['workspaceId']}/{ada['userId']}"
    made = {"email": "ada@flashback.example", "orgId": "demo-organization"}
    assert state == {**ada, **made}
    assert role_of(flashback_emulator, ada) == "WRITE"
    assert provider.read(identifier, state) == (identifier, state, ada)
    state = provider.update(identifier, state, {**ada, "role": "READ"})
    assert (state["role"], role_of(flashback_emulator, ada)) == ("READ", "READ")
    flashback_emulator.set_member(ada["workspaceId"], ada["userId"], "ADMIN")
    assert provider.read(identifier, state)[1]["role"] == "ADMIN"
    provider.delete(identifier, state)
    assert role_of(flashback_emulator, ada) is None
    provider.delete(identifier, state)
    assert provider.read(identifier, state)[0] == ""
    with pytest.raises(ProviderFailureError, match="no member any more"):
        provider.update(identifier, {**state, "role": "WRITE"}, {**ada, "role": "READ"})


def test_the_creator_is_adopted_without_a_write(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    _, state = provider.create(own(flashback_emulator))
    assert state["role"] == "ADMIN"
    assert "is a member of workspace" in provider.log[-1]
    assert {method for method, _, _ in flashback_emulator.requests} == {"GET"}


@pytest.mark.parametrize("how", ["refused", "conflict", "fails", "updates", "ignored"])
@pytest.mark.parametrize("listed", ["upper", "lower"])
def test_who_is_a_member_already_gets_the_declared_role(
    make_provider: ProviderFactory,
    flashback_emulator_factory: EmulatorFactory,
    how: Any,
    listed: Any,
) -> None:
    emulator = flashback_emulator_factory(
        EmulatorSettings(member_added_twice=how, listed_role=listed)
    )
    ada = with_ada(emulator)
    emulator.set_member(ada["workspaceId"], ada["userId"], "READ")
    provider = make_provider(emulator, "WorkspaceMember")
    identifier, state = provider.create(ada)
    assert role_of(emulator, ada) == state["role"] == "WRITE"
    assert provider.read(identifier, state)[1] == state


@pytest.mark.parametrize(
    "fault", ["commit-then-reset", "commit-then-500", "truncated-json", "reset-before-effect"]
)
def test_a_lost_answer(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory, fault: str
) -> None:
    emulator = flashback_emulator_factory(faults=True)
    ada = with_ada(emulator)
    emulator.script_faults({"POST /workspace/{id}/users": [fault]})
    provider = make_provider(emulator, "WorkspaceMember")
    if fault == "reset-before-effect":
        with pytest.raises(ProviderFailureError, match="and the user is no member"):
            provider.create(ada)
        assert role_of(emulator, ada) is None
    else:
        provider.create(ada)
        assert role_of(emulator, ada) == "WRITE"


def test_an_unknown_user(provider: ProviderProcess, ada: Inputs) -> None:
    with pytest.raises(ProviderFailureError) as failure:
        provider.create({**ada, "userId": "nobody"})
    assert "the organization has no user nobody" in failure.value.message
    assert "getOrganizationUsers" in failure.value.message


@pytest.mark.parametrize("status", [403, 404])
def test_an_unknown_workspace(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory, status: Any
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(members_of_unknown_workspace=status))
    provider = make_provider(emulator, "WorkspaceMember")
    with pytest.raises(ProviderFailureError, match="nowhere"):
        provider.create({**with_ada(emulator), "workspaceId": "nowhere"})


# the last ADMIN


@pytest.mark.parametrize("protected", ["unprotected", "protected"])
def test_the_last_admin_is_not_demoted(
    make_provider: ProviderFactory, flashback_emulator_factory: EmulatorFactory, protected: Any
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(last_admin=protected))
    provider = make_provider(emulator, "WorkspaceMember")
    identifier, state = provider.create(own(emulator))
    with pytest.raises(ProviderFailureError, match="is the last ADMIN"):
        provider.update(identifier, state, own(emulator, "READ"))
    with pytest.raises(ProviderFailureError, match="is the last ADMIN"):
        provider.create(own(emulator, "WRITE"))  # adopted with a lesser role
    assert role_of(emulator, own(emulator)) == "ADMIN"
    ada = with_ada(emulator)
    emulator.set_member(ada["workspaceId"], ada["userId"], "ADMIN")
    assert provider.update(identifier, state, own(emulator, "READ"))["role"] == "READ"


def test_the_last_admin_is_not_removed(
    make_provider: ProviderFactory, flashback_emulator: Emulator, ada: Inputs
) -> None:
    admin = {**ada, "role": "ADMIN"}
    flashback_emulator.set_member(ada["workspaceId"], ada["userId"], "ADMIN")
    flashback_emulator.remove_member(ada["workspaceId"], flashback_emulator.user_id)
    provider = make_provider(flashback_emulator, "WorkspaceMember")  # an owner of the organization
    identifier = f"{ada['workspaceId']}/{ada['userId']}"
    with pytest.raises(ProviderFailureError, match="is the last ADMIN"):
        provider.delete(identifier, admin)
    assert role_of(flashback_emulator, ada) == "ADMIN"
    provider.delete(identifier, {**admin, "allowRemovingLastAdmin": True})
    assert role_of(flashback_emulator, ada) is None


def test_the_user_that_is_signed_in_stays(
    provider: ProviderProcess, flashback_emulator: Emulator, ada: Inputs
) -> None:
    flashback_emulator.set_member(ada["workspaceId"], ada["userId"], "ADMIN")
    me = own(flashback_emulator)
    identifier = f"{me['workspaceId']}/{me['userId']}"
    provider.delete(identifier, me)
    assert role_of(flashback_emulator, me) == "ADMIN"
    assert "the provider is signed in as this user" in provider.log[-1]
    provider.delete(identifier, {**me, "allowRemovingLastAdmin": True})
    assert role_of(flashback_emulator, me) is None


def test_the_flag_reaches_the_state(
    provider: ProviderProcess, flashback_emulator: Emulator
) -> None:
    me = own(flashback_emulator)
    identifier, state = provider.create(me)
    flagged = {**me, "allowRemovingLastAdmin": True}
    difference = provider.diff(identifier, state, flagged)
    assert difference.changes == difference.DIFF_SOME
    flashback_emulator.requests.clear()
    updated = provider.update(identifier, state, flagged)
    assert updated["allowRemovingLastAdmin"] is True
    assert "allowRemovingLastAdmin" not in provider.update(identifier, updated, me)
    assert flashback_emulator.requests == []


def test_a_member_that_another_resource_adopts_is_not_removed_by_the_old_one(
    provider: ProviderProcess, ada: Inputs, flashback_emulator: Emulator
) -> None:
    identifier, state = provider.create(ada)
    provider.create(ada)
    provider.delete(identifier, state)
    assert role_of(flashback_emulator, ada) == "WRITE"


@pytest.mark.parametrize("role", ["READ", "WRITE"])
def test_who_is_no_admin_is_told_what_it_takes(
    make_provider: ProviderFactory, flashback_emulator: Emulator, ada: Inputs, role: str
) -> None:
    user = flashback_emulator.add_user("low@flashback.example")
    flashback_emulator.set_member(ada["workspaceId"], user.id, role)
    token = flashback_emulator.issue_token(user)
    provider = make_provider(flashback_emulator, "WorkspaceMember", token=token)
    with pytest.raises(ProviderFailureError) as failure:
        provider.create(ada)
    assert "403 Insufficient permissions to manage workspace users" in failure.value.message
    assert "Only an ADMIN of the workspace may do this" in failure.value.message


def test_a_closed_workspace_is_never_gone(
    make_provider: ProviderFactory, flashback_emulator: Emulator, ada: Inputs
) -> None:
    identifier, state = make_provider(flashback_emulator, "WorkspaceMember").create(ada)
    stranger = flashback_emulator.add_user("stranger@flashback.example")
    token = flashback_emulator.issue_token(stranger)
    provider = make_provider(flashback_emulator, "WorkspaceMember", token=token)
    for call in (
        lambda: provider.read(identifier, state),
        lambda: provider.delete(identifier, state),
    ):
        with pytest.raises(ProviderFailureError, match="has no role in it"):
            call()
    assert role_of(flashback_emulator, ada) == "WRITE"


def test_import(make_native: NativeFactory, flashback_emulator: Emulator, ada: Inputs) -> None:
    native = make_native(flashback_emulator)
    native.resource = "WorkspaceMember"
    flashback_emulator.set_member(ada["workspaceId"], ada["userId"], "READ")
    identifier = f"{ada['workspaceId']}/{ada['userId']}"
    found, outputs, inputs = native.find(identifier)
    assert (found, inputs) == (identifier, {**ada, "role": "READ"})
    assert outputs["email"] == "ada@flashback.example"
    for wrong, words in (
        (f"{ada['workspaceId']}/nobody", "is no member of workspace"),
        ("nowhere/nobody", "nowhere"),
        (ada["userId"], "WORKSPACE_ID/USER_ID"),
    ):
        with pytest.raises(ProviderFailureError, match=words):
            native.find(wrong)
