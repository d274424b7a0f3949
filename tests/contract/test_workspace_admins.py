"""``WorkspaceMember``: a workspace keeps an ADMIN, and only an ADMIN changes its members."""

from __future__ import annotations

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.store import ADMINISTRATOR, WORKSPACES
from tests.contract.conftest import ProviderFactory
from tests.contract.driver import ProviderFailureError, ProviderProcess
from tests.contract.members import (
    id_of,
    new_member,
    new_user,
    own,
    role_of,
    state_of,
)
from tests.contract.steps import SignIn, Start, of, refused, starting, together
from tests.contract.steps import sign_in as sign_in

start = starting("WorkspaceMember")


@pytest.fixture
def provider(make_provider: ProviderFactory, flashback_emulator: Emulator) -> ProviderProcess:
    return make_provider(flashback_emulator, "WorkspaceMember")


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
    make_provider: ProviderFactory, flashback_emulator: Emulator
) -> None:
    emulator = flashback_emulator
    provider = make_provider(emulator, "WorkspaceMember", hasty=False)
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
    make_provider: ProviderFactory, flashback_emulator: Emulator
) -> None:
    """The engine changes both at the same time, and knows of no order."""
    emulator = flashback_emulator
    provider = make_provider(emulator, "WorkspaceMember", hasty=False)
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


def test_the_last_admin_that_the_provider_is_signed_in_as_stays_until_the_workspace_goes(
    start: Start,
) -> None:
    emulator, provider = start("organization_admins=as-members")
    me = own(emulator)
    emulator.set_member(me["workspaceId"], me["userId"], "ADMIN")
    provider.delete(id_of(me), {**state_of(me, "demo"), "allowRemovingLastAdmin": True})
    assert role_of(emulator, me) == "ADMIN"
    assert f"user {me['userId']} stays a member" in provider.log[0]


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
