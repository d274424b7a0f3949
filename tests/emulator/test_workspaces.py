"""``/workspace`` and its members: who may do what, and what is said to the others."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.emulator.app import OPERATIONS
from pulumi_flashback.emulator.app import internal_error as failure
from pulumi_flashback.emulator.store import ADMINISTRATOR, OWNER, USER, WORKSPACES, User
from pulumi_flashback.testing import EmulatorFactory
from tests.emulator.test_api import BODY, Ask, ask, asking, refused

__all__ = ["ask"]

BILLING = 0x01
WORKSPACE = "/workspace/workspace-uuid"
USERS = f"{WORKSPACE}/users"


def member(emulator: Emulator, role: str | None, **more: Any) -> User:
    """Add a user with a role in the demo workspace, or with none."""
    user = emulator.add_user("member@flashback.example", **more)
    if role:
        emulator.set_member(emulator.workspace_id, user, role)
    return user


def asking_as(emulator: Emulator, user: User) -> Ask:
    return asking(emulator, emulator.issue_token(user))


OK = (200, None)
NO_UPDATE = (403, "Insufficient permissions to update workspace")
NO_DELETE = (403, "Insufficient permissions to delete workspace")
NO_MANAGE = (403, "Insufficient permissions to manage workspace users")
UNSEEN = (404, "Workspace not found or access denied")

PERMISSIONS: dict[str, dict[str | None, tuple[int, str | None]]] = {
    "GET": {None: UNSEEN, "READ": OK, "WRITE": OK, "ADMIN": OK},
    "PUT": {None: NO_UPDATE, "READ": NO_UPDATE, "WRITE": NO_UPDATE, "ADMIN": OK},
    "DELETE": {None: NO_DELETE, "READ": NO_DELETE, "WRITE": NO_DELETE, "ADMIN": OK},
    "POST users": {None: NO_MANAGE, "READ": NO_MANAGE, "WRITE": NO_MANAGE, "ADMIN": OK},
    "PUT user": {None: NO_MANAGE, "READ": NO_MANAGE, "WRITE": NO_MANAGE, "ADMIN": OK},
    "DELETE user": {None: NO_MANAGE, "READ": NO_MANAGE, "WRITE": NO_MANAGE, "ADMIN": OK},
}
"""Status and message for each role in a workspace, by what is asked."""


@pytest.mark.parametrize(
    ("action", "role", "status", "message"),
    [
        (action, role, status, message)
        for action, rules in PERMISSIONS.items()
        for role, (status, message) in rules.items()
    ],
)
def test_permissions_of_members(
    flashback_emulator: Emulator, action: str, role: str | None, status: int, message: str | None
) -> None:
    emulator = flashback_emulator
    other = emulator.add_user("other@flashback.example")
    present = emulator.add_user("present@flashback.example")
    emulator.set_member(emulator.workspace_id, present, "READ")
    ask = asking_as(emulator, member(emulator, role))
    before = (emulator.workspaces(), emulator.members(emulator.workspace_id))
    answers = {
        "GET": lambda: ask("GET", WORKSPACE),
        "PUT": lambda: ask("PUT", WORKSPACE, {"name": "New"}),
        "DELETE": lambda: ask("DELETE", WORKSPACE),
        "POST users": lambda: ask("POST", USERS, {"userId": other.id, "role": "READ"}),
        "PUT user": lambda: ask("PUT", f"{USERS}/{present.id}", {"role": "WRITE"}),
        "DELETE user": lambda: ask("DELETE", f"{USERS}/{present.id}"),
    }
    answer = answers[action]()
    assert (answer.status_code, answer.json().get("message")) == (status, message)
    unchanged = (emulator.workspaces(), emulator.members(emulator.workspace_id)) == before
    assert unchanged == (status != 200 or action == "GET")


@pytest.mark.parametrize(
    ("org_role", "status"),
    [(USER, 403), (BILLING, 403), (WORKSPACES, 201), (ADMINISTRATOR, 201), (OWNER, 201)],
)
def test_who_creates_workspaces(flashback_emulator: Emulator, org_role: int, status: int) -> None:
    user = member(flashback_emulator, "ADMIN", org_role=org_role)
    answer = asking_as(flashback_emulator, user)("POST", "/workspace", {"name": "New"})
    if status == 403:
        refused(answer, 403, "Insufficient permissions to create workspaces")
        assert len(flashback_emulator.workspaces()) == 2
        return
    made = answer.json()["workspace"]
    assert (answer.status_code, answer.json()) == (
        201,
        {"success": True, "workspace": {"id": made["id"], "name": "New", "orgId": user.org_id}},
    )
    assert flashback_emulator.members(made["id"]) == {user.id: "ADMIN"}


CALLS: tuple[tuple[str, str, Any, int], ...] = (
    ("POST", "/workspace", {"name": "n"}, 400),
    ("GET", "/workspace", None, 404),
    ("GET", WORKSPACE, None, 404),
    ("PUT", WORKSPACE, {"name": "n"}, 400),
    ("DELETE", WORKSPACE, None, 400),
    ("POST", USERS, {"userId": "u", "role": "READ"}, 400),
    ("PUT", f"{USERS}/u", {"role": "READ"}, 400),
    ("DELETE", f"{USERS}/u", None, 400),
)


@pytest.mark.parametrize(("method", "path", "body", "status"), CALLS)
@pytest.mark.parametrize("who", ["nobody", "unvalidated", "deleted"])
def test_unknown_callers(
    flashback_emulator: Emulator, who: str, method: str, path: str, body: Any, status: int
) -> None:
    token = None
    if who != "nobody":
        user = member(flashback_emulator, "ADMIN", org_role=OWNER, validated=who == "deleted")
        if who == "deleted":
            flashback_emulator.delete_user(user)
        token = flashback_emulator.issue_token(user)
    texts = {400: "User not found or account is not validated", 404: "User not found"}
    refused(asking(flashback_emulator, token)(method, path, body), status, texts[status])


def test_another_organization_sees_nothing(flashback_emulator: Emulator) -> None:
    stranger = flashback_emulator.add_user(
        "stranger@x.example", org_id="another-organization", org_role=OWNER
    )
    flashback_emulator.set_member(flashback_emulator.workspace_id, stranger, "ADMIN")
    ask = asking_as(flashback_emulator, stranger)
    assert ask("GET", "/workspace").json() == {"success": True, "workspaces": []}
    refused(ask("GET", WORKSPACE), *UNSEEN)
    refused(ask("PUT", WORKSPACE, {"name": "n"}), 404, "Workspace not found")
    refused(ask("DELETE", WORKSPACE), 404, "Workspace not found")
    refused(ask("DELETE", f"{USERS}/{flashback_emulator.user_id}"), *NO_MANAGE)


def test_a_member_from_the_first_to_the_last_day(ask: Ask, flashback_emulator: Emulator) -> None:
    user = flashback_emulator.add_user("ada@x.example", name="Ada", last_name="Lovelace")
    added = ask("POST", USERS, {"userId": user.id, "role": "READ"})
    assert (added.status_code, added.json()) == (200, {"success": True})
    row = ask("GET", WORKSPACE).json()["workspace"]["users"][1]
    assert row == {
        "userId": user.id,
        "role": "READ",
        "user": {
            "id": user.id,
            "name": "Ada",
            "lastName": "Lovelace",
            "email": "ada@x.example",
            "orgRole": 0,
        },
    }
    theirs = asking_as(flashback_emulator, user)
    assert [row["id"] for row in theirs("GET", "/workspace").json()["workspaces"]] == [
        "workspace-uuid"
    ]
    refused(theirs("POST", "/apikeys", BODY), 403, "Insufficient permissions")
    updated = ask("PUT", f"{USERS}/{user.id}", {"role": "WRITE"})
    assert (updated.status_code, updated.json()) == (200, {"success": True})
    assert theirs("POST", "/apikeys", BODY).status_code == 201
    removed = ask("DELETE", f"{USERS}/{user.id}")
    assert (removed.status_code, removed.json()) == (200, {"success": True})
    assert theirs("GET", "/workspace").json()["workspaces"] == []
    gone = (404, "User not found in workspace")
    refused(ask("DELETE", f"{USERS}/{user.id}"), *gone)
    refused(ask("PUT", f"{USERS}/{user.id}", {"role": "WRITE"}), *gone)
    assert flashback_emulator.members("workspace-uuid") == {flashback_emulator.user_id: "ADMIN"}


def test_who_can_become_a_member(ask: Ask, flashback_emulator: Emulator) -> None:
    elsewhere = flashback_emulator.add_user("else@x.example", org_id="another-organization")
    gone = flashback_emulator.add_user("gone@x.example")
    flashback_emulator.delete_user(gone)
    for user_id in ("nobody", elsewhere.id, gone.id):
        answer = ask("POST", USERS, {"userId": user_id, "role": "READ"})
        refused(answer, 404, "Target user not found")


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
    refused(ask("POST", USERS, body), 400, message)
    if not message.startswith("User"):
        refused(ask("PUT", f"{USERS}/u", body), 400, message)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Workspace name is required"),
        ({"name": None}, "Workspace name is required"),
        ({"name": ""}, "Workspace name is required"),
        ({"name": "  "}, "Workspace name is required"),
        ({"name": 5}, "Workspace name must be a string"),
        ({"name": "a\0"}, "Workspace name must be a string"),
        ({"name": "x" * 256}, "Workspace name is too long"),
    ],
)
def test_wrong_names(ask: Ask, flashback_emulator: Emulator, body: Any, message: str) -> None:
    refused(ask("POST", "/workspace", body), 400, message)
    answer = ask("PUT", WORKSPACE, body)
    if body.get("name") is None:  # optional there
        assert answer.json()["workspace"]["name"] == "Demo"
    else:
        refused(answer, 400, message)
    assert [each.name for each in flashback_emulator.workspaces()] == ["Demo", "Second"]


def test_the_longest_name(flashback_emulator_factory: EmulatorFactory) -> None:
    ask = asking(flashback_emulator_factory(EmulatorSettings(longest_workspace_name=3)))
    assert ask("POST", "/workspace", {"name": "abc"}).status_code == 201
    refused(ask("POST", "/workspace", {"name": "abcd"}), 400, "Workspace name is too long")


@pytest.mark.parametrize("use", [{"buckets": 1}, {"repositories": 2}])
def test_a_workspace_in_use_is_not_deleted(
    ask: Ask, flashback_emulator: Emulator, use: dict[str, int]
) -> None:
    workspace = flashback_emulator.workspace_id
    flashback_emulator.mark_workspace_in_use(workspace, **use)
    refused(ask("DELETE", WORKSPACE), 400, "Cannot delete workspace with existing buckets or repos")
    assert ask("GET", WORKSPACE).status_code == 200
    flashback_emulator.mark_workspace_in_use(workspace)
    answer = ask("DELETE", WORKSPACE)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    refused(ask("DELETE", WORKSPACE), 404, "Workspace not found")
    refused(ask("GET", WORKSPACE), *UNSEEN)


def test_keys_of_a_deleted_workspace_are_out_of_reach(
    ask: Ask, flashback_emulator: Emulator
) -> None:
    key = flashback_emulator.add_api_key()
    assert ask("DELETE", WORKSPACE).status_code == 200
    assert ask("GET", "/apikeys?workspaceId=workspace-uuid").json()["apiKeys"] == []
    assert ask("GET", "/apikeys").json()["apiKeys"] == []
    refused(ask("POST", "/apikeys", BODY), 403, "Insufficient permissions")
    refused(ask("PUT", f"/apikeys/{key}", {"region": "r"}), 404, "API key not found")
    refused(ask("DELETE", f"/apikeys/{key}"), 404, "API key not found")
    assert [row["id"] for row in flashback_emulator.api_keys()] == [key]  # a soft delete


def test_what_can_be_done_behind_a_programs_back(flashback_emulator: Emulator) -> None:
    emulator = flashback_emulator
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


def test_two_adds_of_one_user_at_once_make_one_member(flashback_emulator: Emulator) -> None:
    user = flashback_emulator.add_user("ada@x.example")
    ask = asking(flashback_emulator)
    statuses: list[int] = []

    def add() -> None:
        answer = ask("POST", USERS, {"userId": user.id, "role": "READ"})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [400] * 5
    assert len(flashback_emulator.members("workspace-uuid")) == 2


ACCIDENTS = {
    "POST /workspace": "Failed to create workspace",
    "GET /workspace": "Internal server error",
    "GET /workspace/{id}": "Failed to fetch workspace",
    "PUT /workspace/{id}": "Failed to update workspace",
    "DELETE /workspace/{id}": "Failed to delete workspace",
    "POST /workspace/{id}/users": "Failed to add user to workspace",
    "PUT /workspace/{id}/users/{userId}": "Failed to update user role",
    "DELETE /workspace/{id}/users/{userId}": "Failed to remove user from workspace",
    "GET /organization/users": None,
    "POST /apikeys": "Internal server error",
}


def asked(ask: Ask, operation: str, user: User) -> httpx.Response:
    method, _, template = operation.partition(" ")
    path = template.replace("{id}", "workspace-uuid").replace("{userId}", user.id)
    bodies = {
        "POST /workspace": {"name": "New"},
        "PUT /workspace/{id}": {"name": "New"},
        "POST /workspace/{id}/users": {"userId": user.id, "role": "WRITE"},
        "PUT /workspace/{id}/users/{userId}": {"role": "WRITE"},
        "POST /apikeys": BODY,
    }
    return ask(method, path, bodies.get(operation))


@pytest.mark.parametrize("operation", ACCIDENTS)
def test_the_words_of_an_accident(faulty_emulator: Emulator, operation: str) -> None:
    """They are the same for a scripted fault and for a real accident."""
    user = faulty_emulator.add_user("ada@x.example")
    faulty_emulator.script_faults({operation: ["500"]})
    ask = asking(faulty_emulator)
    scripted = asked(ask, operation, user)
    token = faulty_emulator.token
    faulty_emulator.store.execute("DROP TABLE users")
    for answer in (scripted, asked(asking(faulty_emulator, token), operation, user)):
        assert answer.status_code == 500
        assert answer.json() == failure(operation)
        assert answer.json().get("message") == ACCIDENTS[operation]


def test_every_operation_that_words_its_accidents_exists() -> None:
    assert {each for each in ACCIDENTS if each not in OPERATIONS} == set()
    plain = {"success": False, "message": "Internal server error"}
    assert {each for each in OPERATIONS if failure(each) != plain} == {
        each for each, message in ACCIDENTS.items() if message != "Internal server error"
    }


@pytest.mark.parametrize("fault", ["commit-then-reset", "commit-then-502", "truncated-json"])
@pytest.mark.parametrize("operation", ["POST /workspace", "POST /workspace/{id}/users"])
def test_a_lost_answer_leaves_what_was_made(
    faulty_emulator: Emulator, operation: str, fault: str
) -> None:
    user = faulty_emulator.add_user("ada@x.example")
    faulty_emulator.script_faults({operation: [fault]})
    ask = asking(faulty_emulator)
    if fault == "commit-then-reset":
        with pytest.raises(httpx.TransportError):
            asked(ask, operation, user)
    elif fault == "commit-then-502":
        assert asked(ask, operation, user).json() == failure(operation)
    else:
        with pytest.raises(ValueError, match="Unterminated"):
            asked(ask, operation, user).json()
    assert faulty_emulator.faults_left() == {}
    if operation == "POST /workspace":
        assert [each.name for each in faulty_emulator.workspaces()][2:] == ["New"]
    else:
        assert faulty_emulator.members("workspace-uuid")[user.id] == "WRITE"


@pytest.mark.skipif(sqlite3.sqlite_version_info < (3, 35), reason="cannot drop a column")
def test_a_data_file_of_the_first_version_still_works(tmp_path: Path) -> None:
    data = tmp_path / "flashback.db"
    with Emulator(data=data) as emulator:
        emulator.add_api_key()
    with closing(sqlite3.connect(data)) as old, old:
        for table, column in (
            ("users", "name"),
            ("users", "last_name"),
            ("users", "deleted_at"),
            ("workspaces", "bucket_count"),
            ("workspaces", "repo_count"),
        ):
            old.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    with Emulator(data=data) as emulator:
        ask = asking(emulator)
        assert ask("GET", "/user/profile").json()["data"]["name"] == "demo"
        assert ask("DELETE", WORKSPACE).status_code == 200
        assert len(emulator.api_keys()) == 1
