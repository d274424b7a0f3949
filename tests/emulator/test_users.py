"""``/user`` and ``/organization/users``: sessions, envelopes, permissions, messages."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.emulator.app import ENDPOINTS
from pulumi_flashback.emulator.store import ADMINISTRATOR, BILLING, OWNER, USER, WORKSPACES
from tests.emulator.asking import NEW_USER, USERS, Ask, asking, refused, session
from tests.emulator.conftest import Make

UNKNOWN = "User not found or not validated"
ROLES = (USER, BILLING, WORKSPACES, ADMINISTRATOR, OWNER)
DATA: dict[str, dict[str, Any]] = {
    "view": {},
    "create": {"data": None},
    "update": {"data": {}},
    "delete": {},
}
"""What the refusals of users have beside the message."""
LOGIN = {"email": NEW_USER["email"], "password": NEW_USER["password"]}


@pytest.mark.parametrize("org_role", ROLES)
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
    assert found[0].json() == {"success": False, **MORE[f"GET {USERS}"]}
    assert found[0].status_code == 403
    for action, response in zip(("view", "create", "update", "delete"), found[1:], strict=True):
        refused(response, 403, f"Insufficient permissions to {action} users", **DATA[action])
    assert ask("GET", "/user/profile").status_code == 200


OPEN = {"/", "/health", "/providers", "/user/login", "/user/refresh", "/user/logout"}
MORE: dict[str, dict[str, Any]] = {
    f"GET {USERS}": {"data": [], "total": 0},
    f"POST {USERS}": DATA["create"],
    f"PUT {USERS}/{{id}}": DATA["update"],
}


@pytest.mark.parametrize("who", ["nobody", "nonsense", "unvalidated", "deleted"])
def test_unknown_callers_of_every_operation(emulator: Emulator, who: str) -> None:
    user = emulator.add_user("u@x.example", org_role=OWNER, validated=who != "unvalidated")
    if who == "deleted":
        emulator.delete_user(user)
    ask = asking(emulator, {"nobody": None, "nonsense": "nonsense"}.get(who, user))
    for operation, endpoint in ENDPOINTS.items():
        method, path = endpoint.method, endpoint.path
        expected = (404, "User not found")
        if path.startswith("/workspace") and method != "GET":
            expected = (400, "User not found or account is not validated")
        elif any(each in path for each in ("/apikeys", "/organization", "/ai/", "/policy")):
            expected = (401, UNKNOWN)
        if path not in OPEN:
            refused(ask(method, path, {}), *expected, **MORE.get(operation, {}))


def test_a_user_from_the_first_to_the_last_day(make: Make) -> None:
    emulator = make(EmulatorSettings(created_users_validated=True))
    ask = asking(emulator)
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
    assert ask("GET", path).json() == user
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
    assert theirs("GET", "/user/profile").status_code == 404
    refusal = ask("POST", "/user/login", LOGIN)
    assert (refusal.status_code, refusal.json()["error_code"]) == (401, "USER_INACTIVE")
    renewal = ask("POST", "/user/refresh", {"refresh_token": session["refreshToken"]})
    assert renewal.status_code == 401
    for gone in (path, f"{USERS}/{elsewhere.id}"):
        for method, action in (("GET", "view"), ("PUT", "update"), ("DELETE", "delete")):
            refused(ask(method, gone, {}), 404, "User not found", **DATA[action])


@pytest.mark.parametrize(("changes", "sent"), [({}, True), ({"sendInvite": False}, False)])
def test_an_invited_user_cannot_sign_in(ask: Ask, changes: dict[str, Any], sent: bool) -> None:
    body = {**NEW_USER, "provider": "LOCAL", "authMethod": "LOCAL", **changes}
    created = ask("POST", USERS, body)
    assert (created.status_code, created.json()["data"]["validated"]) == (201, False)
    message = created.json()["message"]
    assert message.startswith("User created successfully. Verific" if sent else "User created")
    refusal = ask("POST", "/user/login", LOGIN)
    assert (refusal.status_code, refusal.json()["error_code"]) == (401, "USER_INACTIVE")


LEVELS = {WORKSPACES: (USER, BILLING), ADMINISTRATOR: ROLES[:-1], OWNER: ROLES}


@pytest.mark.parametrize(("own", "given"), LEVELS.items())
@pytest.mark.parametrize("role", ROLES)
def test_who_grants_which_role(
    emulator: Emulator, own: int, given: tuple[int, ...], role: int
) -> None:
    """Nobody gives or takes a role above the own level, in whichever way."""
    ask = asking(emulator, emulator.add_user("manager@x.example", org_role=own))
    status = 200 if role in given else 403
    other = emulator.add_user("other@x.example")
    holder = emulator.add_user("holder@x.example", org_role=role)
    least = BILLING if role == USER else USER
    for path in (f"{USERS}/{other.id}", f"/user/{other.id}", f"/user/{other.id}/role"):
        emulator.set_org_role(other, least)
        assert ask("PUT", path, {"orgRole": role}).status_code == status
    for path in (f"{USERS}/{holder.id}", f"/user/{holder.id}", f"/user/{holder.id}/role"):
        emulator.set_org_role(holder, role)
        assert ask("PUT", path, {"orgRole": role}).status_code == 200  # it stays as it is
        assert ask("PUT", path, {"orgRole": least}).status_code == status
    emulator.set_org_role(holder, role)
    created = ask("POST", USERS, {**NEW_USER, "orgRole": role}).status_code
    assert created == (201 if status == 200 else status)
    assert ask("DELETE", f"{USERS}/{holder.id}").status_code == status


def test_the_last_owner_stays(ask: Ask, emulator: Emulator) -> None:
    path, message = f"{USERS}/{emulator.user_id}", "Cannot delete yourself"
    refused(ask("DELETE", path), 400, message)
    last = "The last OWNER of the organization cannot lose this role"
    refused(ask("PUT", path, {"orgRole": USER}), 400, last, data={})
    refused(ask("PUT", f"/user/{emulator.user_id}/role", {"orgRole": USER}), 400, last)
    emulator.add_user("owner@x.example", org_role=OWNER)
    assert ask("PUT", path, {"orgRole": USER}).json()["data"]["orgRole"] == USER


def test_the_role_of_a_user(ask: Ask, emulator: Emulator) -> None:
    user = emulator.add_user("user@x.example")
    path = f"/user/{user.id}"
    role: dict[str, Any] = {"orgRole": 0, "orgRoleDescription": "USER", "orgRoles": [0]}
    theirs = asking(emulator, user)
    answer = {"success": True, "data": {"userId": user.id, **role}}
    assert theirs("GET", path).json() == ask("GET", path).json() == answer
    done = {"message": "User updated successfully"}
    assert theirs("PUT", path, {"name": "Own"}).json() == answer | done
    refused(theirs("PUT", f"{path}/role", {"orgRole": 0}), 403, "Insufficient permissions")
    refused(
        theirs("PUT", f"/user/{emulator.user_id}", {"name": "x"}), 403, "Insufficient permissions"
    )
    refused(ask("PUT", f"{path}/role", {}), 400, "orgRole is required")
    refused(ask("GET", "/user/nobody"), 404, "User not found")
    alone = asking(emulator, emulator.add_user("alone@x.example", org_id=""))
    refused(alone("GET", path), 403, "User not associated with any organization")
    changed = ask("PUT", f"{path}/role", {"orgRole": 2}).json()["data"]
    assert (changed["orgRoleDescription"], changed["orgRoles"]) == ("WORKSPACES", [0, 1, 2])
    assert (changed["previousRole"], changed["newRole"]) == (0, 2)
    assert ask("GET", f"{USERS}/{user.id}").json()["name"] == "Own"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        *(({name: None}, f"{name} is required") for name in NEW_USER),
        ({"email": "demo@flashback.example"}, "User with this email already exists"),
        ({"email": 5}, "email must be a string"),
        ({"authMethod": 5}, "authMethod must be a string"),
        ({"orgRole": "OWNER"}, "orgRole must be a number"),
        ({"orgRole": 256}, "Invalid role combination"),
        ({"orgRole": 3}, "Invalid role combination"),
        ({"orgRole": True}, "orgRole must be a number"),
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
    renewed = ask("POST", "/user/refresh", used).json()
    assert renewed.keys() == {"success", "accessToken", "token", "refreshToken", "expiresAt"}
    assert renewed["token"] == renewed["accessToken"]
    last = {"refreshToken": renewed["refreshToken"]}
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
    assert {type(claims[name]) for name in ("exp", "iat")} == {int}
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
