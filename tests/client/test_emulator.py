"""``FlashbackClient`` against the emulator, under its choices where the documentation is silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_flashback import client as api
from pulumi_flashback.client import FlashbackClient
from pulumi_flashback.client.call import Call, Response
from pulumi_flashback.emulator.store import OWNER
from pulumi_flashback.testing import EmulatorFactory
from tests.client.conftest import Client, Start
from tests.client.scripted_server import ScriptedServer, reply

WORKSPACE = "workspace-uuid"
KEY = {"workspace_id": WORKSPACE, "key": "CANARY-KEY", "secret": "CANARY", "provider": "AWS"}


def test_a_list_of_keys_is_filtered_and_has_what_uses_them(start: Start) -> None:
    """The life-cycle suite has the rest of what happens to a key, a workspace or a member."""
    _, client = start()
    client.api_keys.create(**{**KEY, "provider": "OPENAI"})
    created = client.api_keys.create(**KEY)
    find = client.api_keys.list
    for (row,) in (find(provider="aws"), find(provider="AWS"), find(capability=1)):
        assert (row.id, row.bucket_count, row.aillm_count) == (created.api_key_id, 0, 0)
    assert client.api_keys.get(row.id) == row
    assert client.api_keys.list(provider="GCP") == []
    client.api_keys.delete(row.id)
    assert client.api_keys.get(row.id, workspace_id=WORKSPACE) is None


def test_a_workspace_shows_who_its_members_are(start: Start) -> None:
    emulator, client = start()
    made = client.workspaces.create("New")
    assert (made.name, made.org_id, made.members) == ("New", "demo-organization", None)
    read = client.workspaces.get(made.id)
    creator = read.member(emulator.user_id)
    assert creator is not None
    assert creator.user is not None
    assert (creator.role, creator.user.email, creator.user.org_role) == (
        "ADMIN",
        emulator.email,
        OWNER,
    )
    assert read.member("nobody") is None


@pytest.mark.parametrize("setting", ["documented", "401"])
def test_an_expired_token_is_recognized_in_every_family(
    start: Start, client_of: Client, setting: str
) -> None:
    emulator, _ = start(f"unknown_caller_of_workspaces={setting}")
    login = {"email": emulator.email, "password": emulator.password}
    for write in ("create", "update"):
        WRITES[write](client_of(emulator, token="old", **login), WORKSPACE, emulator.user_id)
    assert client_of(emulator, token="old", **login).workspaces.get(WORKSPACE).name == "New"
    assert len(client_of(emulator, token="old", **login).organization.list_users()) == 1
    with pytest.raises(api.AuthenticationError, match="FLASHBACK_TOKEN"):
        client_of(emulator, token="old").workspaces.get(WORKSPACE)


Write = Callable[[FlashbackClient, str, str], object]
WRITES: dict[str, Write] = {
    "create": lambda c, w, u: c.workspaces.create("New"),
    "update": lambda c, w, u: c.workspaces.update(w, name="New"),
    "delete": lambda c, w, u: c.workspaces.delete(w),
    "add": lambda c, w, u: c.workspaces.add_member(w, user_id=u, role="READ"),
    "change": lambda c, w, u: c.workspaces.update_member(w, u, role="WRITE"),
    "remove": lambda c, w, u: c.workspaces.remove_member(w, u),
    "create key": lambda c, w, u: c.api_keys.create(**{**KEY, "workspace_id": w}),
    "create odd key": lambda c, w, u: c.api_keys.create(**{**KEY, "provider": "IBM"}),
    "delete key": lambda c, w, u: c.api_keys.delete("nope"),
}
ME = "the user who is signed in"
REFUSALS: list[tuple[str, str, str, str, type[api.APIError]]] = [
    ("", "update", "nowhere", "", api.WorkspaceNotFoundError),
    ("", "delete", "nowhere", "", api.WorkspaceNotFoundError),
    ("", "add", WORKSPACE, "nobody", api.UserNotFoundError),
    ("", "change", WORKSPACE, "nobody", api.MemberNotFoundError),
    ("", "remove", WORKSPACE, "nobody", api.MemberNotFoundError),
    *(
        (f"members_of_unknown_workspace={status}", write, "nowhere", "nobody", error)
        for write in ("add", "change", "remove")
        for status, error in ((403, api.PermissionDeniedError), (404, api.WorkspaceNotFoundError))
    ),
    ("duplicate_workspace_name=refused", "create", "", "", api.DuplicateError),
    ("duplicate_workspace_name=refused", "update", "workspace-uuid-2", "", api.DuplicateError),
    ("member_added_twice=refused", "add", WORKSPACE, ME, api.DuplicateError),
    ("member_added_twice=conflict", "add", WORKSPACE, ME, api.DuplicateError),
    ("member_added_twice=fails", "add", WORKSPACE, ME, api.ServerError),
    ("last_admin=protected", "change", WORKSPACE, ME, api.BadRequestError),
    ("own_role=fixed", "remove", WORKSPACE, ME, api.BadRequestError),
    ("delete_workspace_with_keys=refused", "delete", WORKSPACE, "", api.WorkspaceInUseError),
    ("", "create key", WORKSPACE, "", api.DuplicateError),
    ("", "create key", "another", "", api.PermissionDeniedError),
    ("", "create odd key", "", "", api.BadRequestError),
    ("", "delete key", "", "", api.NotFoundError),
]


def test_what_a_writer_may_not_do(start: Start, client_of: Client) -> None:
    emulator, _ = start()
    user = emulator.add_user("writer@x.example")
    emulator.set_member(WORKSPACE, user, "WRITE")
    client = client_of(emulator, token=emulator.issue_token(user))
    for write in ("create", "update", "delete", "add", "change", "remove"):
        with pytest.raises(api.PermissionDeniedError, match="Insufficient permissions to "):
            WRITES[write](client, WORKSPACE, user.id)
    with pytest.raises(api.PermissionDeniedError, match="the API returned no error message"):
        client.organization.list_users()


@pytest.mark.parametrize(("setting", "write", "workspace", "user", "error"), REFUSALS)
def test_refusals_have_classes(
    start: Start,
    setting: str,
    write: str,
    workspace: str,
    user: str,
    error: type[api.APIError],
) -> None:
    emulator, client = start(*filter(None, [setting]))
    emulator.rename_workspace(WORKSPACE, "New")
    client.api_keys.create(**KEY)
    before = emulator.workspaces(), emulator.members(WORKSPACE), emulator.api_keys()
    with pytest.raises(api.APIError) as failure:
        WRITES[write](client, workspace, emulator.user_id if user == ME else user)
    assert type(failure.value) is error
    assert failure.value.request_id
    assert (emulator.workspaces(), emulator.members(WORKSPACE), emulator.api_keys()) == before


@pytest.mark.parametrize("setting", ["hidden", "listed", "shown"])
def test_a_deleted_workspace_does_not_exist(start: Start, setting: str) -> None:
    emulator, client = start(f"deleted_workspaces={setting}")
    emulator.delete_workspace(emulator.second_workspace_id)
    assert [each.id for each in client.workspaces.list()] == [WORKSPACE]
    with pytest.raises(api.WorkspaceNotFoundError):
        client.workspaces.get(emulator.second_workspace_id)


@pytest.mark.parametrize("setting", ["shown", "absent", "empty"])
def test_a_list_reports_nothing_of_members(start: Start, setting: str) -> None:
    _, client = start(f"users_in_workspace_list={setting}")
    assert [each.members for each in client.workspaces.list()] == [None, None]


@pytest.mark.parametrize(
    ("users", "expected"),
    [
        (None, None),
        ([], {}),
        ([{"userId": "u", "role": "READ"}], {"u": "READ"}),
        ([{"userId": "u", "role": "owner", "user": None, "more": 1}], {"u": "OWNER"}),
        ([{"userId": "u", "role": None}], {"u": None}),
        ([{"userId": "u"}], {"u": None}),
        ([{"role": "ADMIN", "user": {"id": "u", "orgRole": None}}], {"u": "ADMIN"}),
    ],
)
def test_what_is_unset_or_unknown_in_members_does_no_harm(
    server: ScriptedServer, users: Any, expected: dict[str, str] | None
) -> None:
    server.expect(reply({"success": True, "workspace": {"id": "w", "users": users, "x": 1}}))
    members = server.client().workspaces.get("w").members
    found = None if members is None else {each.user_id: each.role for each in members}
    assert found == expected


@pytest.mark.parametrize("setting", ["hidden", "listed"])
def test_the_users_of_the_organization(start: Start, setting: str) -> None:
    emulator, client = start(f"deleted_organization_users={setting}")
    user = emulator.add_user("Ada@x.example", name="Ada", last_name="Lovelace", validated=False)
    emulator.delete_user(emulator.add_user("gone@x.example"))
    users = client.organization.list_users()
    assert [each.email for each in users] == [emulator.email, "Ada@x.example"]
    assert users[1].model_dump() == {
        "id": user.id,
        "email": "Ada@x.example",
        "name": "Ada",
        "last_name": "Lovelace",
        "org_id": "demo-organization",
        "org_role": 0,
        "org_role_description": "USER",
        "validated": False,
        "deleted_at": None,
    }
    find = client.organization.find_user
    assert find("gone@x.example") is None
    for email in ("Ada@x.example", "ada@x.example", " ADA@X.EXAMPLE "):
        assert find(email) == users[1]
    same = emulator.add_user("ada@x.example")
    assert [getattr(find(each), "id", None) for each in (user.email, same.email)] == [
        user.id,
        same.id,
    ]


def test_an_exchange_returns_the_response_as_it_came(
    client_of: Client, flashback_emulator_factory: EmulatorFactory
) -> None:
    emulator = flashback_emulator_factory(faults=True)
    client = client_of(emulator, email=emulator.email, password=emulator.password)

    def status(operation: str, **more: Any) -> int | None:
        path = operation.partition(" ")[2]
        response = client.exchange(Call(operation, path, **more))
        return response.status if isinstance(response, Response) else None

    assert status("GET /apikeys") == 200
    emulator.expire_tokens()
    assert status("GET /apikeys") == 200  # with a new token
    emulator.script_faults({"GET /apikeys": ["500", "commit-then-reset", "rate-limit"]})
    emulator.requests.clear()
    assert [status("GET /apikeys") for _ in range(3)] == [500, None, 429]
    assert emulator.count("GET") == 3
    assert status("GET /apikeys", authenticated=False) == 401
    plain = {"Content-Type": "text/plain"}
    response = client.exchange(Call("POST /apikeys", "/apikeys", body={}, headers=plain))
    assert isinstance(response, Response)
    assert "Content-Type" in response.json()["message"]
