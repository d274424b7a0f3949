"""``/apikeys``: statuses, messages, order of checks, roles."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from tests.emulator.asking import BODY, Ask, asking, keys, refused

UNKNOWN = "User not found or not validated"
DUPLICATE = "API key with these credentials already exists"
LABELS = {
    "workspaceId": "Workspace ID",
    "key": "Key",
    "secret": "Secret",
    "provider": "Provider",
}


def test_create_as_in_the_reference(ask: Ask, emulator: Emulator) -> None:
    response = ask("POST", "/apikeys", BODY)
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"]
    (row,) = emulator.api_keys()
    assert response.json() == {"success": True, "apiKeyId": row["id"]}
    assert {**row, "workspaceId": "workspace-uuid"}.items() >= BODY.items()
    refused(ask("POST", "/apikeys", {**BODY, "secret": "another"}), 400, DUPLICATE)
    elsewhere = {**BODY, "workspaceId": emulator.second_workspace_id}
    assert ask("POST", "/apikeys", elsewhere).status_code == 201


@pytest.mark.parametrize("field", LABELS)
def test_missing_and_wrong_input(ask: Ask, emulator: Emulator, field: str) -> None:
    blank = [" ", "\t\n", "\u00a0"]
    without = {name: value for name, value in BODY.items() if name != field}
    for body in (without, *({**BODY, field: value} for value in (None, "", *blank))):
        refused(ask("POST", "/apikeys", body), 400, f"{LABELS[field]} is required")
    for wrong in (5, ["x"], "a\0"):
        message = f"{LABELS[field]} must be a string"
        refused(ask("POST", "/apikeys", {**BODY, field: wrong}), 400, message)
        if field != "workspaceId":
            path = f"/apikeys/{emulator.add_api_key(key=str(wrong))}"
            refused(ask("PUT", path, {field: wrong}), 400, message)
            for value in ("", *blank):
                refused(ask("PUT", path, {field: value}), 400, f"{LABELS[field]} must not be empty")
    refused(ask("POST", "/apikeys", {**BODY, "region": 5}), 400, "region must be a string")


def test_the_order_of_checks(emulator: Emulator) -> None:
    stranger = emulator.add_user("stranger@flashback.example")
    ask = asking(emulator, stranger)
    refused(asking(emulator, None)("POST", "/apikeys", {}), 401, UNKNOWN)
    refused(ask("POST", "/apikeys", {}), 400, "Workspace ID is required")
    refused(ask("POST", "/apikeys", {**BODY, "provider": "X"}), 403, "Insufficient permissions")
    emulator.set_member("workspace-uuid", stranger, "WRITE")
    refused(ask("POST", "/apikeys", {**BODY, "provider": "X"}), 400, "Invalid provider")


@pytest.mark.parametrize(
    ("role", "create", "show", "change"),
    [
        (None, 403, 403, 404),
        ("READ", 403, 200, 403),
        ("WRITE", 201, 200, 200),
        ("ADMIN", 201, 200, 200),
    ],
)
def test_roles(emulator: Emulator, role: str | None, create: int, show: int, change: int) -> None:
    user = emulator.add_user("member@flashback.example")
    if role:
        emulator.set_member("workspace-uuid", user, role)
    ask, path = asking(emulator, user), f"/apikeys/{emulator.add_api_key()}"
    assert ask("POST", "/apikeys", BODY).status_code == create
    assert ask("GET", "/apikeys?workspaceId=workspace-uuid").status_code == show
    assert ask("PUT", path, {"region": "r"}).status_code == change
    assert ask("DELETE", path).status_code == change


def test_lists(ask: Ask, emulator: Emulator) -> None:
    first = ask("POST", "/apikeys", BODY).json()["apiKeyId"]
    second = emulator.add_api_key(emulator.second_workspace_id, provider="OPENAI")
    (row,) = keys(ask, "?workspaceId=workspace-uuid")
    assert row.pop("createdAt").endswith("Z")
    hidden = ("workspaceId", "secret")
    given = {name: value for name, value in BODY.items() if name not in hidden}
    assert row == {"id": first, **given, "bucket_count": 0, "aillm_count": 0}
    for query, expected in (
        ("", [first, second]),
        ("?", [first, second]),
        ("?workspaceId=undefined", [first, second]),
        ("?provider=OPENAI", [second]),
        ("?capability=1", [first]),
        ("?capability=3", [first, second]),
    ):
        assert [each["id"] for each in keys(ask, query)] == expected
    refused(ask("GET", "/apikeys?capability=x"), 400, "Capability must be a number")


def test_updates_change_only_what_is_present(ask: Ask, emulator: Emulator) -> None:
    path = f"/apikeys/{ask('POST', '/apikeys', BODY).json()['apiKeyId']}"
    (before,) = emulator.api_keys()
    changes: dict[str, Any] = {"secret": "new", "workspaceId": "x", "id": "y"}
    assert ask("PUT", path, changes).json()["message"] == "API key updated successfully"
    assert emulator.api_keys() == [{**before, "secret": "new"}]
    assert ask("PUT", path, {"region": ["x"]}).status_code == 400


def test_deletes_are_for_good(ask: Ask, emulator: Emulator) -> None:
    path = f"/apikeys/{emulator.add_api_key()}"
    assert ask("DELETE", path).json()["success"] is True
    refused(ask("DELETE", path), 404, "API key not found")
    assert emulator.api_keys() == []


def test_writes_at_once(emulator: Emulator) -> None:
    """Two identical creates make one key, and every acknowledged create is listed, once."""
    ask = asking(emulator)
    statuses: list[int] = []
    made: list[str] = []

    def work(number: int) -> None:
        statuses.append(ask("POST", "/apikeys", BODY).status_code)
        for each in range(4):
            body = {**BODY, "key": f"{number}-{each}"}
            made.append(ask("POST", "/apikeys", body).json()["apiKeyId"])
            emulator.add_api_key(emulator.second_workspace_id, key=str(each))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] + [400] * 5
    listed = [row["id"] for row in keys(ask, "?workspaceId=workspace-uuid")]
    assert len(listed) == 25
    assert set(listed) > set(made)
