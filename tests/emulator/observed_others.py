"""Observations of the settings of users, sessions and requests."""

from __future__ import annotations

import time
from typing import Any

from pulumi_flashback.emulator import Emulator
from tests.emulator.asking import BODY, NEW_USER, USERS, Ask, asking, keys, said, session
from tests.emulator.observing import create, seen, user


@seen({"managers": (403, 0), "everyone": (200, 2)})
def organization_users_for(emulator: Emulator, ask: Ask) -> Any:
    assert asking(emulator, None)("GET", USERS).status_code == 401
    response = asking(emulator, user(emulator))("GET", USERS)
    return response.status_code, response.json()["total"]


@seen({1: (["demo@flashback.example"], 2)})
def organization_users_limit(emulator: Emulator, ask: Ask) -> Any:
    user(emulator)
    response = ask("GET", USERS).json()
    return [row["email"] for row in response["data"]], response["total"]


@seen({"hidden": ([False], 1), "listed": ([False, True], 2)})
def deleted_organization_users(emulator: Emulator, ask: Ask) -> Any:
    emulator.delete_user(user(emulator))
    response = ask("GET", USERS).json()
    return [bool(row["deletedAt"]) for row in response["data"]], response["total"]


@seen({"as-sent": "New@x.example", "lower": "new@x.example"}, created_users_validated="true")
def email_stored(emulator: Emulator, ask: Ask) -> Any:
    email = ask("POST", USERS, NEW_USER).json()["data"]["email"]
    assert ask("POST", "/user/login", {"email": email, "password": "p"}).status_code == 200
    return email


@seen({"refused": (400, "User with this email already exists"), "revived": 201})
def email_of_deleted_user(emulator: Emulator, ask: Ask) -> Any:
    made = ask("POST", USERS, NEW_USER).json()["data"]
    assert ask("POST", USERS, NEW_USER).status_code == 400  # not deleted
    ask("DELETE", f"{USERS}/{made['id']}")
    again = ask("POST", USERS, {**NEW_USER, "orgRole": 2})
    if again.is_error:
        return said(again)
    role = {"orgRole": 2, "orgRoles": [0, 1, 2], "orgRoleDescription": "WORKSPACES"}
    assert again.json()["data"] == {**made, **role}
    return again.status_code


@seen({True: (True, 200), False: (False, 401)})
def created_users_validated(emulator: Emulator, ask: Ask) -> Any:
    made = ask("POST", USERS, NEW_USER).json()["data"]
    login = {"email": NEW_USER["email"], "password": NEW_USER["password"]}
    return made["validated"], ask("POST", "/user/login", login).status_code


@seen({0.2: [200, 401]})
def access_token_seconds(emulator: Emulator, ask: Ask) -> Any:
    ask = asking(emulator, session(emulator)["accessToken"])
    first = ask("GET", "/apikeys").status_code
    time.sleep(0.21)
    longer = asking(emulator, emulator.issue_token(seconds=60))
    assert longer("GET", "/apikeys").status_code == 200
    return [first, ask("GET", "/apikeys").status_code]


@seen({0.1: 401})
def refresh_token_seconds(emulator: Emulator, ask: Ask) -> Any:
    token = session(emulator)["refreshToken"]
    time.sleep(0.11)
    return ask("POST", "/user/refresh", {"refresh_token": token}).status_code


@seen({True: [200, 401], False: [200, 200]})
def refresh_rotates(emulator: Emulator, ask: Ask) -> Any:
    body = {"refresh_token": session(emulator)["refreshToken"]}
    return [ask("POST", "/user/refresh", body).status_code for _ in range(2)]


@seen({"either": [200, 200], "refresh_token": [200, 400], "refreshToken": [400, 200]})
def refresh_field(emulator: Emulator, ask: Ask) -> Any:
    bodies = [{n: session(emulator)["refreshToken"]} for n in ("refresh_token", "refreshToken")]
    return [ask("POST", "/user/refresh", each).status_code for each in bodies]


@seen({"ms": 1000, "s": 1})
def expires_at_unit(emulator: Emulator, ask: Ask) -> Any:
    expires_at = session(emulator)["expiresAt"]
    return next(n for n in (1, 1000) if abs(expires_at / n - time.time() - 3600) < 10)


@seen({2: [0, 0, 1, 2, 0, 2]})
def list_lag(emulator: Emulator, ask: Ask) -> Any:
    counts = [len(keys(ask))]
    first = ask("POST", "/apikeys", BODY).json()["apiKeyId"]
    counts.append(len(keys(ask)))
    create(ask, key="SECOND")
    assert len(keys(ask)) == 0  # the second response after the first write
    counts += [len(keys(ask)), len(keys(ask))]
    counts.append(len(keys(ask, "?provider=AWS")))  # another list lags on its own
    assert ask("DELETE", f"/apikeys/{first}").status_code == 200
    assert ask("PUT", f"/apikeys/{first}", {"region": "x"}).status_code == 404  # no list
    return [*counts, len(keys(ask))]


@seen({3: [200, 200, 200, (429, "Too many requests")]})
def requests_per_second(emulator: Emulator, ask: Ask) -> Any:
    found = [ask("GET", "/health") for _ in range(4)]
    assert found[-1].headers["retry-after"] == "1"
    return [*(each.status_code for each in found[:3]), said(found[-1])]


@seen({2.5: "3"}, requests_per_second=1)
def retry_after_seconds(emulator: Emulator, ask: Ask) -> Any:
    return [ask("GET", "/health") for _ in range(2)][1].headers["retry-after"]


@seen({10: (413, "Request body is too large")})
def max_body_bytes(emulator: Emulator, ask: Ask) -> Any:
    return said(ask("POST", "/apikeys", BODY))


@seen({400: [400, 400], 415: [415, 415], "accepted": ["read", "read"]})
def wrong_content_type(emulator: Emulator, ask: Ask) -> Any:
    found: list[Any] = []
    for kind in ("application/x-www-form-urlencoded", "", "Application/JSON; charset=utf-8"):
        response = ask("POST", "/apikeys", content=b"{}", headers={"Content-Type": kind})
        read = said(response) == (400, "Workspace ID is required")
        found.append("read" if read else response.status_code)
    assert found.pop() == "read"
    return found
