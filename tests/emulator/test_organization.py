"""``/organization/users`` and the profile: envelopes, permissions, messages."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.emulator.store import ADMINISTRATOR, OWNER, USER, WORKSPACES
from pulumi_flashback.testing import EmulatorFactory
from tests.emulator.test_api import Ask, ask, asking

__all__ = ["ask"]

USERS = "/organization/users"
BILLING = 0x01
NEW = {"email": "ada@x.example", "password": "pass", "firstName": "Ada", "lastName": "Lovelace"}
NO_USER = {"success": False, "data": None}


def test_the_list_of_users(ask: Ask, flashback_emulator: Emulator) -> None:
    user = flashback_emulator.add_user("ada@x.example", name="Ada", last_name="Lovelace")
    flashback_emulator.add_user("else@x.example", org_id="another-organization")
    answer = ask("GET", USERS)
    assert answer.status_code == 200
    assert answer.json().keys() == {"success", "data", "total"}
    assert answer.json()["total"] == 2
    assert [row["email"] for row in answer.json()["data"]] == [
        "demo@flashback.example",
        "ada@x.example",
    ]
    assert answer.json()["data"][1] == {
        "id": user.id,
        "email": "ada@x.example",
        "name": "Ada",
        "lastName": "Lovelace",
        "orgId": "demo-organization",
        "orgRole": 0,
        "validated": True,
        "deletedAt": None,
        "orgRoleDescription": "USER",
        "orgRoles": [0],
    }


def test_a_list_with_a_limit(flashback_emulator_factory: EmulatorFactory) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(organization_users_limit=1))
    emulator.add_user("ada@x.example")
    answer = asking(emulator)("GET", USERS).json()
    assert [row["email"] for row in answer["data"]] == [emulator.email]
    assert answer["total"] == 2


@pytest.mark.parametrize(
    ("org_role", "allowed"),
    [(USER, False), (BILLING, False), (WORKSPACES, True), (ADMINISTRATOR, True), (OWNER, True)],
)
def test_who_manages_users(flashback_emulator: Emulator, org_role: int, allowed: bool) -> None:
    user = flashback_emulator.add_user("manager@x.example", org_role=org_role)
    other = flashback_emulator.add_user("other@x.example")
    ask = asking(flashback_emulator, flashback_emulator.issue_token(user))
    path = f"{USERS}/{other.id}"
    answers = {
        "list": ask("GET", USERS),
        "read": ask("GET", path),
        "create": ask("POST", USERS, NEW),
        "update": ask("PUT", path, {"name": "Other"}),
        "delete": ask("DELETE", path),
    }
    if allowed:
        assert {name: each.status_code for name, each in answers.items()} == {
            "list": 200,
            "read": 200,
            "create": 201,
            "update": 200,
            "delete": 200,
        }
        return
    assert {each.status_code for each in answers.values()} == {403}
    assert answers.pop("list").json() == {"success": False, "data": [], "total": 0}
    assert [each.json() for each in answers.values()] == [NO_USER] * 4
    assert ask("GET", "/user/profile").status_code == 200


def test_unknown_callers(flashback_emulator: Emulator) -> None:
    ask = asking(flashback_emulator, "nonsense")
    message = "User not found or not validated"
    answer = ask("GET", USERS)
    assert (answer.status_code, answer.json()) == (
        401,
        {"success": False, "message": message, "data": [], "total": 0},
    )
    for method, path in (("GET", f"{USERS}/u"), ("POST", USERS), ("DELETE", f"{USERS}/u")):
        answer = ask(method, path, {} if method == "POST" else None)
        assert (answer.status_code, answer.json()) == (401, {**NO_USER, "message": message})


def test_a_user_from_the_first_to_the_last_day(ask: Ask, flashback_emulator: Emulator) -> None:
    created = ask("POST", USERS, {**NEW, "orgRole": 2})
    assert created.status_code == 201
    assert created.json()["message"] == "User created successfully"
    user = created.json()["data"]
    assert (user["name"], user["orgRoles"]) == ("Ada", [0, 1, 2])
    path = f"{USERS}/{user['id']}"
    assert ask("GET", path).json() == {"success": True, "data": user}
    login = {"email": NEW["email"], "password": NEW["password"]}
    session = ask("POST", "/user/login", login).json()
    theirs = asking(flashback_emulator, session["accessToken"])
    profile = theirs("GET", "/user/profile").json()["data"]
    assert profile.keys() == {
        "id",
        "name",
        "lastName",
        "email",
        "orgId",
        "orgRole",
        "orgRoleDescription",
        "orgRoles",
        "validated",
        "mfaRequired",
        "isBusiness",
    }
    assert (profile["id"], profile["lastName"]) == (user["id"], "Lovelace")
    changes = {"name": "A.", "lastName": "L.", "orgRole": 0, "email": "ignored@x.example"}
    updated = ask("PUT", path, changes).json()
    assert updated["message"] == "User updated successfully"
    assert updated["data"] == {
        **user,
        "name": "A.",
        "lastName": "L.",
        "orgRole": 0,
        "orgRoles": [0],
        "orgRoleDescription": "USER",
    }
    deleted = ask("DELETE", path)
    assert deleted.json() == {"success": True, "message": "User deleted successfully"}
    assert ask("GET", USERS).json()["total"] == 1
    assert theirs("GET", "/user/profile").status_code == 401
    refusal = ask("POST", "/user/login", login)
    assert (refusal.status_code, refusal.json()["error_code"]) == (401, "USER_INACTIVE")
    renewal = ask("POST", "/user/refresh", {"refresh_token": session["refreshToken"]})
    assert renewal.status_code == 401
    for method in ("GET", "PUT", "DELETE"):
        answer = ask(method, path, {} if method == "PUT" else None)
        assert (answer.status_code, answer.json()) == (
            404,
            {**NO_USER, "message": "User not found in organization"},
        )


def test_users_of_another_organization_are_unknown(ask: Ask, flashback_emulator: Emulator) -> None:
    other = flashback_emulator.add_user("else@x.example", org_id="another-organization")
    for method in ("GET", "DELETE"):
        assert ask(method, f"{USERS}/{other.id}").status_code == 404
    known = flashback_emulator.user(other.email)
    assert known is not None
    assert known.deleted_at is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        *(({name: None}, f"{name} is required") for name in NEW),
        ({"email": "demo@flashback.example"}, "User with this email already exists"),
        ({"email": 5}, "email must be a string"),
        ({"orgRole": "OWNER"}, "orgRole must be a number from 0 to 255"),
        ({"orgRole": 256}, "orgRole must be a number from 0 to 255"),
        ({"orgRole": True}, "orgRole must be a number from 0 to 255"),
    ],
)
def test_wrong_input(ask: Ask, changes: dict[str, Any], message: str) -> None:
    answer = ask("POST", USERS, {**NEW, **changes})
    assert (answer.status_code, answer.json()) == (400, {**NO_USER, "message": message})
    assert ask("GET", USERS).json()["total"] == 1


def test_wrong_changes(ask: Ask, flashback_emulator: Emulator) -> None:
    path = f"{USERS}/{flashback_emulator.user_id}"
    before = ask("GET", path).json()
    for changes in ({"name": 5}, {"lastName": None}, {"orgRole": -1}):
        assert ask("PUT", path, changes).status_code == 400
    assert ask("GET", path).json() == before


@pytest.mark.parametrize("validated", [True, False])
def test_created_users(flashback_emulator_factory: EmulatorFactory, validated: bool) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(created_users_validated=validated))
    made = asking(emulator)("POST", USERS, NEW).json()["data"]
    assert made["validated"] is validated
    login = {"email": NEW["email"], "password": NEW["password"]}
    status = asking(emulator)("POST", "/user/login", login).status_code
    assert status == (200 if validated else 401)
