"""``WorkspaceMember``: what a response about a workspace proves of its members."""

from __future__ import annotations

import json
import re

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.store import WORKSPACES
from tests.contract.conftest import ProviderFactory
from tests.contract.driver import ProviderProcess
from tests.contract.members import (
    DELETE,
    GET,
    id_of,
    new_member,
    new_user,
    role_of,
    state_of,
)
from tests.contract.steps import SignIn, Start, of, refused, sent, starting, together
from tests.contract.steps import sign_in as sign_in

start = starting("WorkspaceMember")


@pytest.fixture
def provider(make_provider: ProviderFactory, flashback_emulator: Emulator) -> ProviderProcess:
    return make_provider(flashback_emulator, "WorkspaceMember")


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
