"""``WorkspaceMember``: a workspace keeps an ADMIN, and the user that is signed in stays in it."""

from __future__ import annotations

from functools import partial

import pytest

from tests.contract.conftest import Start, in_both_providers
from tests.contract.steps import one_fails, refused, together
from tests.contract.test_workspace_member import (
    RESOURCE as RESOURCE,
)
from tests.contract.test_workspace_member import (
    known,
    new_member,
    own,
    role_of,
    state_of,
)

FLAG = {"allowRemovingLastAdmin": True}


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
        partial(provider.update, *known(ada), lesser),
        partial(provider.delete, *known(ada)),
        partial(provider.create, lesser),  # adopted, with a lesser role
    ):
        message = refused(call)
        assert f"user {ada['userId']} is the last ADMIN of workspace" in message
        assert "Give another member the role ADMIN first, or set allowRemovingLastAdmin" in message
    assert emulator.count("PUT") + emulator.count("DELETE") == 0
    assert role_of(emulator, ada) == "ADMIN"


@pytest.mark.parametrize("protected", ["unprotected", "protected"])
def test_the_flag_leaves_it_to_the_api(start: Start, protected: str) -> None:
    emulator, provider = start(f"last_admin={protected}")
    ada = new_member(emulator, role="ADMIN")
    emulator.remove_member(emulator.workspace_id, emulator.user_id)
    flagged = {**ada, **FLAG}
    update = partial(provider.update, *known(flagged), {**flagged, "role": "READ"})
    delete = partial(provider.delete, *known(flagged))
    for call, after in ((update, "READ"), (delete, None)):
        emulator.set_member(ada["workspaceId"], ada["userId"], "ADMIN")
        if protected == "protected":
            assert "400 Workspace must have at least one admin" in refused(call)
            assert role_of(emulator, ada) == "ADMIN"
        else:
            call()
            assert role_of(emulator, ada) == after


@in_both_providers
def test_two_of_two_admins_cannot_go_at_once(start: Start) -> None:
    emulator, provider = start(hasty=False)
    ada, ben = (new_member(emulator, name, "ADMIN") for name in ("ada", "ben"))
    emulator.remove_member(emulator.workspace_id, emulator.user_id)
    _, message = one_fails(
        lambda: provider.update(*known(ada), {**ada, "role": "READ"}),
        lambda: provider.delete(*known(ben)),
    )
    assert "is the last ADMIN" in message
    assert list(emulator.members(emulator.workspace_id).values()).count("ADMIN") == 1


@in_both_providers
def test_an_admin_waits_for_the_one_who_comes_after(start: Start) -> None:
    """The engine changes both at the same time, and knows of no order."""
    emulator, provider = start(hasty=False)
    ada, ben = new_member(emulator, "ada", "ADMIN"), new_member(emulator, "ben", "READ")
    emulator.remove_member(emulator.workspace_id, emulator.user_id)
    former, new = {**ada, "role": "READ"}, {**ben, "role": "ADMIN"}
    results = together(
        lambda: provider.update(*known(ada), former),
        lambda: provider.update(*known(ben, "ben"), new),
    )
    assert results == [state_of(former), state_of(new, "ben")]
    roles = {ada["userId"]: "READ", ben["userId"]: "ADMIN"}
    assert emulator.members(emulator.workspace_id) == roles


def test_the_user_that_is_signed_in_stays(start: Start) -> None:
    emulator, provider = start()
    new_member(emulator, role="ADMIN")
    me = own(emulator)
    identifier, state = known(me, "demo")
    provider.delete(identifier, state)
    assert role_of(emulator, me) == "ADMIN"
    (warning,) = provider.log
    assert f"user {me['userId']} stays a member of workspace" in warning
    assert "To remove it while another ADMIN is left, set allowRemovingLastAdmin" in warning
    provider.delete(identifier, {**state, **FLAG})
    assert role_of(emulator, me) is None
    # an owner of the organization needs no role
    emulator.set_member(me["workspaceId"], me["userId"], "WRITE")
    provider.delete(*known(own(emulator, "WRITE"), "demo"))
    assert role_of(emulator, me) is None


@pytest.mark.parametrize("how", ["changeable", "fixed"])
def test_the_own_role(start: Start, how: str) -> None:
    emulator, provider = start(f"own_role={how}")
    new_member(emulator, role="ADMIN")
    me = own(emulator)
    identifier, state = known(me, "demo")
    for call in (
        partial(provider.update, identifier, state, {**me, "role": "WRITE"}),
        partial(provider.delete, identifier, {**state, **FLAG}),
    ):
        if how == "changeable":
            call()
        else:
            assert "400 You cannot change your own role" in refused(call)
    assert role_of(emulator, me) == (None if how == "changeable" else "ADMIN")


def test_the_last_admin_that_is_signed_in_stays_until_the_workspace_goes(start: Start) -> None:
    emulator, provider = start("organization_admins=as-members")
    me = own(emulator)
    identifier, state = known(me, "demo")
    provider.delete(identifier, {**state, **FLAG})
    assert role_of(emulator, me) == "ADMIN"
    assert f"user {me['userId']} stays a member" in provider.log[0]
