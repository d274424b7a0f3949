"""``/user`` and ``/organization/users``: sessions, envelopes, permissions, messages."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.store import ADMINISTRATOR, OWNER, USER, WORKSPACES
from tests.emulator.asking import NEW_USER, USERS, Ask, asking, refused, session

UNKNOWN = "User not found or not validated"
NO_USER = {"success": False, "data": None}
NO_LIST = {"success": False, "data": [], "total": 0}
LOGIN = {"email": NEW_USER["email"], "password": NEW_USER["password"]}


@pytest.mark.parametrize("org_role", [USER, 0x01, WORKSPACES, ADMINISTRATOR, OWNER])
def test_who_manages_users(emulator: Emulator, org_role: int) -> None:
    user = emulator.add_user("manager@x.example", org_role=org_role)
    path = f"{USERS}/{emulator.add_user('other@x.example').id}"
    ask = asking(emulator, user)
    found = [
        ask("GET", USERS),
        ask("GET", path),
        ask("POST", USERS, NEW_USER),
        ask("PUT", path, {"name": "Other"}),
        ask("DELETE", path),
    ]
    if org_role >= WORKSPACES:
        assert [each.status_code for each in found] == [200, 200, 201, 200, 200]
        return
    assert {each.status_code for each in found} == {403}
    assert [each.json() for each in found] == [NO_LIST, *[NO_USER] * 4]
    assert ask("GET", "/user/profile").status_code == 200


def test_unknown_callers(emulator: Emulator) -> None:
    ask = asking(emulator, "nonsense")
    refused(ask("GET", USERS), 401, UNKNOWN, data=[], total=0)
    for method, path in (("GET", f"{USERS}/u"), ("POST", USERS), ("DELETE", f"{USERS}/u")):
        refused(ask(method, path, {}), 401, UNKNOWN, data=None)
    refused(ask("GET", "/user/profile"), 401, UNKNOWN)


def test_a_user_from_the_first_to_the_last_day(ask: Ask, emulator: Emulator) -> None:
    elsewhere = emulator.add_user("else@x.example", org_id="another-organization")
    created = ask("POST", USERS, {**NEW_USER, "orgRole": 2})
    user = created.json()["data"]
    message = "User created successfully"
    assert (created.status_code, created.json()["message"]) == (201, message)
    assert user == {
        "id": user["id"],
        "email": NEW_USER["email"],
        "name": "New",
        "lastName": "User",
        "orgId": "demo-organization",
        "orgRole": 2,
        "validated": True,
        "deletedAt": None,
        "orgRoleDescription": "WORKSPACES",
        "orgRoles": [0, 1, 2],
    }
    listed = ask("GET", USERS).json()
    assert (listed["total"], listed["data"][1]) == (2, user)
    path = f"{USERS}/{user['id']}"
    assert ask("GET", path).json() == {"success": True, "data": user}
    session = ask("POST", "/user/login", LOGIN).json()
    theirs = asking(emulator, session["accessToken"])
    profile = {**user, "mfaRequired": False, "isBusiness": True}
    del profile["deletedAt"]
    assert theirs("GET", "/user/profile").json()["data"] == profile
    changes = {"name": "A.", "lastName": "L.", "orgRole": 0, "email": "ignored@x.example"}
    role = {"orgRole": 0, "orgRoles": [0], "orgRoleDescription": "USER"}
    assert ask("PUT", path, changes).json() == {
        "success": True,
        "data": {**user, "name": "A.", "lastName": "L.", **role},
        "message": "User updated successfully",
    }
    deleted = {"success": True, "message": "User deleted successfully"}
    assert ask("DELETE", path).json() == deleted
    assert theirs("GET", "/user/profile").status_code == 401
    refusal = ask("POST", "/user/login", LOGIN)
    assert (refusal.status_code, refusal.json()["error_code"]) == (401, "USER_INACTIVE")
    renewal = ask("POST", "/user/refresh", {"refresh_token": session["refreshToken"]})
    assert renewal.status_code == 401
    for gone in (path, f"{USERS}/{elsewhere.id}"):
        for method in ("GET", "PUT", "DELETE"):
            response = ask(method, gone, {})
            refused(response, 404, "User not found in organization", data=None)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        *(({name: None}, f"{name} is required") for name in NEW_USER),
        ({"email": "demo@flashback.example"}, "User with this email already exists"),
        ({"email": 5}, "email must be a string"),
        ({"orgRole": "OWNER"}, "orgRole must be a number from 0 to 255"),
        ({"orgRole": 256}, "orgRole must be a number from 0 to 255"),
        ({"orgRole": True}, "orgRole must be a number from 0 to 255"),
    ],
)
def test_wrong_input(ask: Ask, changes: dict[str, Any], message: str) -> None:
    refused(ask("POST", USERS, {**NEW_USER, **changes}), 400, message, data=None)
    assert ask("GET", USERS).json()["total"] == 1


def test_wrong_changes(ask: Ask, emulator: Emulator) -> None:
    path = f"{USERS}/{emulator.user_id}"
    before = ask("GET", path).json()
    for changes in ({"name": 5}, {"lastName": None}, {"orgRole": -1}):
        assert ask("PUT", path, changes).status_code == 400
    assert ask("GET", path).json() == before


def test_sessions(ask: Ask, emulator: Emulator) -> None:
    login = {"email": emulator.email, "password": emulator.password}
    response = ask("POST", "/user/login", login).json()
    names = {"success", "accessToken", "refreshToken", "tokenId", "expiresAt", "user"}
    assert response.keys() == names
    signed_in = asking(emulator, response["accessToken"])
    assert signed_in("GET", "/user/profile").json()["data"]["email"] == login["email"]
    used = {"refresh_token": response["refreshToken"]}
    last = {"refreshToken": ask("POST", "/user/refresh", used).json()["refreshToken"]}
    assert ask("POST", "/user/logout", last).json() == {"success": True}
    code = {"error_code": "INVALID_REFRESH_TOKEN"}
    for body in (used, last):
        refused(ask("POST", "/user/refresh", body), 401, "Invalid refresh token", **code)
    refused(ask("POST", "/user/refresh", {}), 400, "Refresh token is required")
    refused(ask("POST", "/user/login", {}), 400, "Email and password are required")
    for wrong, reason in (("password", "INVALID_PASSWORD"), ("email", "USER_NOT_FOUND")):
        refusal = ask("POST", "/user/login", {**login, wrong: "x"})
        assert refusal.status_code == 401
        assert refusal.json() == {"success": False, "error_code": reason}


def test_tokens_that_are_not_valid(emulator: Emulator) -> None:
    new = emulator.add_user("new@flashback.example", validated=False)
    claims = jwt.decode(emulator.token, options={"verify_signature": False})
    assert claims.keys() >= {"userId", "email", "orgId", "iat", "exp"}
    headers = ["Bearer", "Bearer nonsense", "Basic abc", "Bearer a.b.c", "nonsense"]
    tokens = (
        jwt.encode(claims, "x" * 32, algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        emulator.issue_token(new),
        emulator.issue_token(seconds=-1),
    )
    ask = asking(emulator, None)
    for header in (*headers, *(f"Bearer {token}" for token in tokens), ""):
        authorization = {"Authorization": header} if header else {}
        for method, path in (("GET", "/apikeys"), ("POST", "/apikeys"), ("DELETE", "/apikeys/x")):
            refused(ask(method, path, headers=authorization), 401, UNKNOWN)


def test_the_expiry_of_a_token(emulator: Emulator) -> None:
    token = emulator.issue_token(seconds=100.5)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert isinstance(claims["exp"], int)
    signed_in = session(emulator)
    emulator.expire_tokens()
    for each in (token, signed_in["accessToken"]):
        assert asking(emulator, each)("GET", "/apikeys").status_code == 401
    body = {"refresh_token": signed_in["refreshToken"]}
    renewed = asking(emulator, None)("POST", "/user/refresh", body).json()
    assert asking(emulator, renewed["accessToken"])("GET", "/apikeys").status_code == 200
    emulator.expire_tokens(refresh_tokens=True)
    body = {"refresh_token": renewed["refreshToken"]}
    assert asking(emulator, None)("POST", "/user/refresh", body).status_code == 401
