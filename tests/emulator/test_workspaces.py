"""``/workspace`` and its members: who may do what, and what the others get to read."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.emulator.store import ADMINISTRATOR, OWNER, USER, WORKSPACES
from tests.emulator.asking import (
    BODY,
    MEMBERS,
    WORKSPACE,
    Ask,
    asking,
    members,
    refused,
    said,
)
from tests.emulator.conftest import Make

BILLING = 0x01
OK: tuple[int, str | None] = (200, None)
NO_UPDATE = (403, "Insufficient permissions to update workspace")
NO_DELETE = (403, "Insufficient permissions to delete workspace")
NO_MANAGE = (403, "Insufficient permissions to manage workspace users")
UNSEEN = (404, "Workspace not found or access denied")
GONE = (404, "Workspace not found")

CALLS: dict[str, tuple[str, str, Any]] = {
    "read": ("GET", WORKSPACE, None),
    "update": ("PUT", WORKSPACE, {"name": "New"}),
    "delete": ("DELETE", WORKSPACE, None),
    "add": ("POST", MEMBERS, {"userId": "{other}", "role": "READ"}),
    "change": ("PUT", MEMBERS + "/{present}", {"role": "WRITE"}),
    "remove": ("DELETE", MEMBERS + "/{present}", None),
}
REFUSED: dict[str, dict[str | None, tuple[int, str]]] = {
    "read": {None: UNSEEN},
    "update": dict.fromkeys((None, "READ", "WRITE"), NO_UPDATE),
    "delete": dict.fromkeys((None, "READ", "WRITE"), NO_DELETE),
    **dict.fromkeys(("add", "change", "remove"), dict.fromkeys((None, "READ", "WRITE"), NO_MANAGE)),
}


def call(emulator: Emulator, ask: Ask, action: str) -> tuple[int, str | None]:
    """Do something to the demo workspace, which has a member to change, and one to add."""
    names = {}
    for name in ("other", "present"):
        user = emulator.user(f"{name}@x.example") or emulator.add_user(f"{name}@x.example")
        names[name] = user.id
    method, path, body = CALLS[action]
    if body and "userId" in body:
        body = {**body, "userId": names["other"]}
    return said(ask(method, path.format(**names), body))


@pytest.mark.parametrize("action", CALLS)
@pytest.mark.parametrize("role", [None, "READ", "WRITE", "ADMIN"])
def test_permissions_of_members(emulator: Emulator, action: str, role: str | None) -> None:
    user = emulator.add_user("member@x.example")
    emulator.set_member(emulator.workspace_id, emulator.add_user("present@x.example"), "READ")
    if role:
        emulator.set_member(emulator.workspace_id, user, role)
    before = (emulator.workspaces(), emulator.members(emulator.workspace_id))
    result = call(emulator, asking(emulator, user), action)
    assert result == REFUSED[action].get(role, OK)
    unchanged = (emulator.workspaces(), emulator.members(emulator.workspace_id)) == before
    assert unchanged == (result != OK or action == "read")


@pytest.mark.parametrize(
    ("org_role", "status"),
    [(USER, 403), (BILLING, 403), (WORKSPACES, 201), (ADMINISTRATOR, 201), (OWNER, 201)],
)
def test_who_creates_workspaces(emulator: Emulator, org_role: int, status: int) -> None:
    user = emulator.add_user("member@x.example", org_role=org_role)
    emulator.set_member(emulator.workspace_id, user, "ADMIN")
    response = asking(emulator, user)("POST", "/workspace", {"name": "New"})
    if status == 403:
        refused(response, 403, "Insufficient permissions to create workspaces")
        assert len(emulator.workspaces()) == 2
        return
    made = response.json()["workspace"]
    expected = {"id": made["id"], "name": "New", "orgId": user.org_id}
    assert (response.status_code, response.json()) == (
        201,
        {"success": True, "workspace": expected},
    )
    assert emulator.members(made["id"]) == {user.id: "ADMIN"}


def test_another_organization_sees_nothing(emulator: Emulator) -> None:
    stranger = emulator.add_user("s@x.example", org_id="another-organization", org_role=OWNER)
    emulator.set_member(emulator.workspace_id, stranger, "ADMIN")
    ask = asking(emulator, stranger)
    assert ask("GET", "/workspace").json() == {"success": True, "workspaces": []}
    expected = [UNSEEN, GONE, GONE, NO_MANAGE, NO_MANAGE, NO_MANAGE]
    assert [call(emulator, ask, action) for action in CALLS] == expected


def test_a_member_from_the_first_to_the_last_day(ask: Ask, emulator: Emulator) -> None:
    user = emulator.add_user("ada@x.example", name="Ada", last_name="Lovelace")
    path = f"{MEMBERS}/{user.id}"
    done = {"success": True}
    assert ask("POST", MEMBERS, {"userId": user.id, "role": "READ"}).json() == done
    about = {"id": user.id, "name": "Ada", "lastName": "Lovelace", "email": user.email}
    row = {"userId": user.id, "role": "READ", "user": {**about, "orgRole": 0}}
    assert members(ask)[1] == row
    theirs = asking(emulator, user)
    (seen,) = theirs("GET", "/workspace").json()["workspaces"]
    assert seen["id"] == "workspace-uuid"
    refused(theirs("POST", "/apikeys", BODY), 403, "Insufficient permissions")
    assert ask("PUT", path, {"role": "WRITE"}).json() == done
    assert theirs("POST", "/apikeys", BODY).status_code == 201
    assert ask("DELETE", path).json() == done
    assert theirs("GET", "/workspace").json()["workspaces"] == []
    for method in ("DELETE", "PUT"):
        refused(ask(method, path, {"role": "WRITE"}), 404, "User not found in workspace")


def test_who_can_become_a_member(ask: Ask, emulator: Emulator) -> None:
    elsewhere = emulator.add_user("else@x.example", org_id="another-organization")
    gone = emulator.add_user("gone@x.example")
    emulator.delete_user(gone)
    for user_id in ("nobody", elsewhere.id, gone.id):
        response = ask("POST", MEMBERS, {"userId": user_id, "role": "READ"})
        refused(response, 404, "Target user not found")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"role": "READ"}, "User ID is required"),
        ({"userId": "", "role": "READ"}, "User ID is required"),
        ({"userId": 5, "role": "READ"}, "User ID must be a string"),
        ({"userId": "u\0", "role": "READ"}, "User ID must be a string"),
        ({"userId": "u"}, "Role is required"),
        ({"userId": "u", "role": None}, "Role is required"),
        ({"userId": "u", "role": 7}, "Role must be a string"),
        ({"userId": "u", "role": "OWNER"}, "Invalid role"),
    ],
)
def test_wrong_input_of_members(ask: Ask, body: dict[str, Any], message: str) -> None:
    refused(ask("POST", MEMBERS, body), 400, message)
    if not message.startswith("User"):
        refused(ask("PUT", f"{MEMBERS}/u", body), 400, message)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (None, "is required"),
        ("", "is required"),
        ("  ", "is required"),
        (5, "must be a string"),
        ("a\0", "must be a string"),
        ("x" * 256, "is too long"),
    ],
)
def test_wrong_names(ask: Ask, emulator: Emulator, name: Any, message: str) -> None:
    refused(ask("POST", "/workspace", {"name": name}), 400, f"Workspace name {message}")
    response = ask("PUT", WORKSPACE, {"name": name})
    if name is None:  # optional there
        assert response.json()["workspace"]["name"] == "Demo"
    else:
        refused(response, 400, f"Workspace name {message}")
    assert [each.name for each in emulator.workspaces()] == ["Demo", "Second"]


@pytest.mark.parametrize("use", [{"buckets": 1}, {"repositories": 2}])
def test_a_workspace_in_use_is_not_deleted(
    ask: Ask, emulator: Emulator, use: dict[str, int]
) -> None:
    key = emulator.add_api_key()
    emulator.mark_in_use(key, buckets=1)  # a row of GET /bucket, too
    emulator.mark_workspace_in_use(emulator.workspace_id, **use)
    (buckets, repos) = (
        ask("GET", f"/{each}?workspaceId=workspace-uuid").json() for each in ("bucket", "repo")
    )
    assert len(buckets["buckets"]) == 1 + use.get("buckets", 0)
    assert len(repos["repos"]) == use.get("repositories", 0)
    refused(ask("DELETE", WORKSPACE), 400, "Cannot delete workspace with existing buckets or repos")
    assert ask("GET", WORKSPACE).status_code == 200
    emulator.mark_workspace_in_use(emulator.workspace_id)
    refused(ask("DELETE", WORKSPACE), 400, "Cannot delete workspace with existing buckets or repos")
    emulator.mark_in_use(key)
    assert ask("DELETE", WORKSPACE).json() == {"success": True}
    assert (said(ask("DELETE", WORKSPACE)), said(ask("GET", WORKSPACE))) == (GONE, UNSEEN)
    assert [row["id"] for row in emulator.api_keys()] == [key]  # a soft delete


def test_workspaces_and_members_lag_behind_writes(make: Make) -> None:
    emulator = make(EmulatorSettings(list_lag=1))
    ask = asking(emulator)
    made = ask("POST", "/workspace", {"name": "New"}).json()["workspace"]["id"]
    path = f"/workspace/{made}"
    assert [ask("GET", path).status_code for _ in range(2)] == [404, 200]
    lists = [ask("GET", "/workspace").json()["workspaces"] for _ in range(2)]
    assert [len(rows) for rows in lists] == [2, 3]
    user = emulator.add_user("new@example.com")
    emulator.expire_tokens()  # tokens do not lag
    assert ask("POST", f"{path}/users", {"userId": user.id, "role": "READ"}).status_code == 200
    assert [len(members(ask, path)) for _ in range(2)] == [1, 2]


def test_what_can_be_done_behind_a_programs_back(emulator: Emulator) -> None:
    user = emulator.add_user("ada@x.example")
    workspace = emulator.add_workspace("Third").id
    assert emulator.members(workspace) == {}
    emulator.set_member(workspace, user, "READ")
    emulator.set_member(workspace, emulator.user_id, "ADMIN")
    emulator.set_member(workspace, user.id, "WRITE")
    assert emulator.members(workspace) == {user.id: "WRITE", emulator.user_id: "ADMIN"}
    assert emulator.remove_member(workspace, user)
    assert not emulator.remove_member(workspace, user.id)
    emulator.rename_workspace(workspace, "Renamed")
    assert [each.name for each in emulator.workspaces()] == ["Demo", "Second", "Renamed"]
    emulator.delete_workspace(workspace)
    assert [each.name for each in emulator.workspaces()] == ["Demo", "Second"]
    emulator.set_org_role(user, OWNER)
    known = emulator.user("ada@x.example")
    assert known is not None
    assert known.org_role == OWNER
    assert emulator.user("nobody@x.example") is None
    key = emulator.add_api_key()
    emulator.update_api_key(key, {"tenantId": "t"})
    assert emulator.api_keys()[0]["tenantId"] == "t"
    assert (emulator.delete_api_key(key), emulator.delete_api_key(key)) == (True, False)
