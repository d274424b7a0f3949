"""Each alternative of each setting does what its name says, as seen over HTTP.

An observation has the name of its setting, and returns what it sees under each alternative.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.emulator.settings import describe_settings, parse_settings
from pulumi_flashback.emulator.store import ADMINISTRATOR, User
from tests.emulator.asking import (
    BODY,
    MEMBERS,
    NEW_USER,
    USERS,
    WORKSPACE,
    Ask,
    asking,
    keys,
    members,
    said,
    session,
)
from tests.emulator.conftest import Make

Observation = Callable[[Emulator, Ask], Any]
OBSERVED: dict[str, tuple[Observation, dict[Any, Any], dict[str, Any]]] = {}


def seen(expected: dict[Any, Any], **others: Any) -> Callable[[Observation], Observation]:
    """Note an observation of the setting of its name.

    Args:
        expected: What is seen by alternative.
        others: Other settings that it needs.
    """

    def note(observation: Observation) -> Observation:
        OBSERVED[observation.__name__] = (observation, expected, others)
        return observation

    return note


def user(emulator: Emulator, **about: Any) -> User:
    return emulator.add_user("Ada@flashback.example", **about)


def theirs(emulator: Emulator) -> str:
    """Add a workspace of another organization."""
    return emulator.add_workspace("Theirs", org_id="another-organization").id


def create(ask: Ask, **body: object) -> int:
    return ask("POST", "/apikeys", {**BODY, **body}).status_code


def add(ask: Ask, user_id: str, role: str = "READ") -> tuple[int, str | None]:
    return said(ask("POST", MEMBERS, {"userId": user_id, "role": role}))


# API keys

UNLIKE: tuple[dict[str, str], ...] = (
    {},
    {"secret": "other"},
    {"endpoint": "other"},
    {"provider": "GCP"},
    {"key": "other"},
)
"""Creates one after another, each unlike the first in one respect."""


@seen(
    {
        "key+provider+endpoint": ([201, 400, 201, 201, 201], 200),
        "key+provider": ([201, 400, 400, 201, 201], 200),
        "key": ([201, 400, 400, 400, 201], 200),
        "key+secret": ([201, 201, 400, 400, 201], 400),
    }
)
def duplicate_identity(emulator: Emulator, ask: Ask) -> Any:
    statuses = [create(ask, **each) for each in UNLIKE]
    twin = emulator.add_api_key(key=BODY["key"], secret="more", endpoint="more")
    changes = {"secret": BODY["secret"]}
    return statuses, ask("PUT", f"/apikeys/{twin}", changes).status_code


@seen({"refused": (400, 200), "accepted": (200, 200)})
def duplicate_in_update(emulator: Emulator, ask: Ask) -> Any:
    first, second = emulator.add_api_key(), emulator.add_api_key(key="SECOND")
    change = {"key": "OUTSIDE"}
    return tuple(ask("PUT", f"/apikeys/{each}", change).status_code for each in (second, first))


@seen(
    {
        "whole": ("AKIAIOSFODNN7EXAMPLE", "SHORT"),
        "masked": ("AKIA****MPLE", "****"),
        "prefix": ("AKIA", "SHOR"),
        "absent": (None, None),
    }
)
def listed_key(emulator: Emulator, ask: Ask) -> Any:
    emulator.add_api_key(key="AKIAIOSFODNN7EXAMPLE")
    emulator.add_api_key(key="SHORT")
    return tuple(row.get("key") for row in keys(ask))


@seen({"oldest-first": [0, 1, 2], "newest-first": [2, 1, 0]})
def list_order(emulator: Emulator, ask: Ask) -> Any:
    places = (emulator.second_workspace_id, None, emulator.second_workspace_id)
    ids = [emulator.add_api_key(place, key=str(n)) for n, place in enumerate(places)]
    return [ids.index(row["id"]) for row in keys(ask)]


@seen({"ms": 24, "s": 20})
def created_at_precision(emulator: Emulator, ask: Ask) -> Any:
    emulator.add_api_key()
    created_at = keys(ask)[0]["createdAt"]
    assert time.strptime(created_at[:19], "%Y-%m-%dT%H:%M:%S")
    assert created_at.endswith("Z")
    return len(created_at)


@seen(
    {
        "forbidden": (403, "Insufficient permissions"),
        "empty": (200, None),
        "not-found": (404, "Workspace not found or access denied"),
    }
)
def foreign_workspace_list(emulator: Emulator, ask: Ask) -> Any:
    foreign = theirs(emulator)
    emulator.add_api_key(foreign)
    found = [ask("GET", f"/apikeys?workspaceId={each}") for each in (foreign, "nowhere")]
    assert said(found[0]) == said(found[1])
    assert found[0].json().get("apiKeys", []) == []
    return said(found[0])


@seen({"absent": set(), "null": {None}})
def unset_fields(emulator: Emulator, ask: Ask) -> Any:
    emulator.add_api_key()
    names = ("endpoint", "region", "tenantId", "subscriptionId", "description")
    return {keys(ask)[0][name] for name in names if name in keys(ask)[0]}


@seen({400: 400, 403: 403, 409: 409})
def in_use_status(emulator: Emulator, ask: Ask) -> Any:
    used = emulator.add_api_key()
    statuses = set()
    for counts in ({"buckets": 1}, {"models": 1}):
        emulator.mark_in_use(used, **counts)
        statuses.add(said(ask("DELETE", f"/apikeys/{used}")))
    assert keys(ask)[0]["aillm_count"] == 1
    ((status, message),) = statuses
    assert message == "Cannot delete API key: it is used by active storage units or AI models"
    return status


@seen(
    {
        404: (404, "API key not found"),
        400: (400, "API key not found"),
        403: (403, "Insufficient permissions"),
    }
)
def unknown_key_status(emulator: Emulator, ask: Ask) -> Any:
    ids = ("no-such-key", emulator.add_api_key(theirs(emulator)))
    tried = {said(ask("DELETE", f"/apikeys/{each}")) for each in ids}
    (result,) = tried | {said(ask("PUT", f"/apikeys/{each}", {})) for each in ids}
    return result


@seen({"ignored": (201, [None]), "refused": (400, [])})
def null_in_create(emulator: Emulator, ask: Ask) -> Any:
    return create(ask, region=None), [row["region"] for row in emulator.api_keys()]


@seen({"stored": (201, [""]), "ignored": (201, [None]), "refused": (400, [])})
def empty_in_create(emulator: Emulator, ask: Ask) -> Any:
    return create(ask, region=""), [row["region"] for row in emulator.api_keys()]


def updated_with(emulator: Emulator, ask: Ask, value: str | None) -> Any:
    """Return what becomes of an optional field, and the status if the field is required."""
    path = f"/apikeys/{emulator.add_api_key(region='old')}"
    optional = ask("PUT", path, {"region": value})
    assert optional.status_code == 200 or "region must" in optional.json()["message"]
    required = ask("PUT", path, {"secret": value}).status_code
    assert emulator.api_keys()[0]["secret"] == "outside-secret"
    return optional.status_code, emulator.api_keys()[0]["region"], required


@seen({"clears": (200, None, 400), "ignored": (200, "old", 200), "refused": (400, "old", 400)})
def null_in_update(emulator: Emulator, ask: Ask) -> Any:
    return updated_with(emulator, ask, None)


@seen({"stored": (200, "", 400), "clears": (200, None, 400), "refused": (400, "old", 400)})
def empty_in_update(emulator: Emulator, ask: Ask) -> Any:
    return updated_with(emulator, ask, "")


@seen({"refused": {(400, "Invalid provider")}, "accepted": {(200, "ok"), (201, "ok")}})
def unknown_provider(emulator: Emulator, ask: Ask) -> Any:
    path = f"/apikeys/{emulator.add_api_key()}"
    tried = (
        ask("POST", "/apikeys", {**BODY, "provider": "X"}),
        ask("PUT", path, {"provider": "aws"}),
    )
    assert keys(ask, "?capability=255")[1:] == []
    return {(each.status_code, each.json()["message"] if each.is_error else "ok") for each in tried}


@seen({'{"X": 1}': (201, [("x", "X", 1)])})
def providers(emulator: Emulator, ask: Ask) -> Any:
    rows = ask("GET", "/providers").json()["providers"]
    shown = [(row["id"], row["name"], row["capabilities"]) for row in rows]
    return create(ask, provider="X"), shown


@seen({True: 401, False: 200})
def providers_need_token(emulator: Emulator, ask: Ask) -> Any:
    rows = ask("GET", "/providers").json()["providers"]
    assert {row["name"]: row["capabilities"] for row in rows}["OTHER"] == 255
    return asking(emulator, None)("GET", "/providers").status_code


@seen({"any": [1, 1, 0, 0], "all": [0, 1, 0, 1]})
def capability_match(emulator: Emulator, ask: Ask) -> Any:
    emulator.add_api_key(provider="OPENAI")
    return [len(keys(ask, f"?capability={bits}")) for bits in (3, 2, 1, 0)]


@seen(
    {
        "message": (
            200,
            '{"success":true,"message":"API key updated successfully"}',
            '{"success":true,"message":"API key deleted successfully"}',
        ),
        "plain": (200, '{"success":true}', '{"success":true}'),
        "empty": (204, "", ""),
    }
)
def write_answer(emulator: Emulator, ask: Ask) -> Any:
    path = f"/apikeys/{emulator.add_api_key()}"
    updated, deleted = ask("PUT", path, {"region": "r"}), ask("DELETE", path)
    assert updated.status_code == deleted.status_code
    assert emulator.api_keys() == []
    return updated.status_code, updated.text, deleted.text


@seen(
    {
        "as-sent": ["https://one.example/", "http://two.example"],
        "tidied": ["one.example", "two.example"],
    }
)
def endpoint_stored(emulator: Emulator, ask: Ask) -> Any:
    create(ask, endpoint="https://one.example/")
    stored = [emulator.api_keys()[0]["endpoint"]]
    path = f"/apikeys/{emulator.api_keys()[0]['id']}"
    ask("PUT", path, {"endpoint": "http://two.example"})
    return [*stored, emulator.api_keys()[0]["endpoint"]]


@seen(
    {
        "hidden": (200, 0, 0, 404),
        "listed": (200, 1, 1, 200),
        "as-foreign": (403, 0, 0, 404),
    }
)
def keys_of_deleted_workspace(emulator: Emulator, ask: Ask) -> Any:
    workspace = emulator.second_workspace_id
    query = f"?workspaceId={workspace}"
    path = f"/apikeys/{emulator.add_api_key(workspace)}"
    assert ask("DELETE", f"/workspace/{workspace}").status_code == 200
    assert asking(emulator, user(emulator))("GET", f"/apikeys{query}").status_code == 403
    assert create(ask, workspaceId=workspace) == 403
    direct = ask("GET", f"/apikeys{query}").status_code
    change = ask("PUT", path, {"region": "r"}).status_code
    return direct, len(keys(ask, query)), len(keys(ask)), change


# workspaces


@seen({"accepted": [200, 404], "refused": [400, 200]})
def delete_workspace_with_keys(emulator: Emulator, ask: Ask) -> Any:
    key = emulator.add_api_key(emulator.second_workspace_id)
    path = f"/workspace/{emulator.second_workspace_id}"
    first = ask("DELETE", path).status_code
    emulator.delete_api_key(key)
    return [first, ask("DELETE", path).status_code]


@seen(
    {
        "accepted": (201, 200, 201),
        "refused": (400, 400, 201),
        "refused-also-deleted": (400, 400, 400),
    }
)
def duplicate_workspace_name(emulator: Emulator, ask: Ask) -> Any:
    theirs(emulator)
    emulator.delete_workspace(emulator.add_workspace("Old").id)
    assert ask("POST", "/workspace", {"name": "Theirs"}).status_code == 201
    result = (
        ask("POST", "/workspace", {"name": "Second"}).status_code,
        ask("PUT", WORKSPACE, {"name": "Second"}).status_code,
        ask("POST", "/workspace", {"name": "Old"}).status_code,
    )
    assert ask("PUT", WORKSPACE, {"name": "Demo"}).status_code == 200  # its own
    return result


@seen({"as-sent": {" New "}, "trimmed": {"New"}})
def workspace_name_stored(emulator: Emulator, ask: Ask) -> Any:
    made = ask("POST", "/workspace", {"name": " New "}).json()["workspace"]
    again = ask("PUT", f"/workspace/{made['id']}", {"name": " New "}).json()["workspace"]
    return {made["name"], again["name"], emulator.workspaces()[-1].name}


@seen({3: [201, (400, "Workspace name is too long")]})
def longest_workspace_name(emulator: Emulator, ask: Ask) -> Any:
    fits = ask("POST", "/workspace", {"name": "abc"}).status_code
    return [fits, said(ask("POST", "/workspace", {"name": "abcd"}))]


@seen({"hidden": (0, 404), "listed": (1, 404), "shown": (1, 200)})
def deleted_workspaces(emulator: Emulator, ask: Ask) -> Any:
    gone = emulator.second_workspace_id
    emulator.delete_workspace(gone)
    rows = {row["id"]: row for row in ask("GET", "/workspace").json()["workspaces"]}
    assert [each for each, row in rows.items() if "deletedAt" in row] == [gone] * (gone in rows)
    read = ask("GET", f"/workspace/{gone}")
    assert ("deletedAt" in read.text) == read.is_success
    for method in ("PUT", "DELETE"):
        assert said(ask(method, f"/workspace/{gone}", {})) == (404, "Workspace not found")
    return len(rows) - 1, read.status_code


@seen({"shown": [["ADMIN"], ["ADMIN"]], "absent": [None, None], "empty": [[], []]})
def users_in_workspace_list(emulator: Emulator, ask: Ask) -> Any:
    rows = ask("GET", "/workspace").json()["workspaces"]
    assert len(members(ask)) == 1
    assert rows[0].get("users") in (None, [], members(ask))
    return [each.get("users") and [u["role"] for u in each["users"]] for each in rows]


@seen(
    {
        "administer": (2, 200, 200, 200, 200),
        "read": (2, 200, 200, 403, 403),
        "as-members": (0, 404, 403, 403, 403),
    }
)
def organization_admins(emulator: Emulator, ask: Ask) -> Any:
    ask = asking(emulator, user(emulator, org_role=ADMINISTRATOR))
    return (
        len(ask("GET", "/workspace").json()["workspaces"]),
        ask("GET", WORKSPACE).status_code,
        ask("GET", "/apikeys?workspaceId=workspace-uuid").status_code,
        ask("PUT", WORKSPACE, {"name": "n"}).status_code,
        add(ask, emulator.add_user("bob@flashback.example").id)[0],
    )


@seen({403: 403, 404: 404})
def no_role_status(emulator: Emulator, ask: Ask) -> Any:
    member = user(emulator)
    ask = asking(emulator, member)
    statuses = {ask(each, WORKSPACE, {"name": "n"}).status_code for each in ("PUT", "DELETE")}
    assert ask("PUT", "/workspace/nowhere", {"name": "n"}).status_code == 404
    emulator.set_member(emulator.workspace_id, member, "WRITE")
    assert ask("PUT", WORKSPACE, {"name": "n"}).status_code == 403
    return statuses.pop() if len(statuses) == 1 else statuses


@seen({"documented": [404, 400], "401": [401, 401]})
def unknown_caller_of_workspaces(emulator: Emulator, ask: Ask) -> Any:
    nobody = asking(emulator, None)
    write = nobody("POST", "/workspace", {"name": "n"})
    return [nobody("GET", "/workspace").status_code, write.status_code]


# members of workspaces


@seen(
    {
        403: (403, "Insufficient permissions to manage workspace users"),
        404: (404, "Workspace not found"),
    }
)
def members_of_unknown_workspace(emulator: Emulator, ask: Ask) -> Any:
    body = {"userId": user(emulator).id, "role": "READ"}
    emulator.delete_workspace(emulator.second_workspace_id)
    found = set()
    for workspace in ("nowhere", theirs(emulator), emulator.second_workspace_id):
        path = f"/workspace/{workspace}/users"
        found.add(said(ask("POST", path, body)))
        found.add(said(ask("PUT", f"{path}/{body['userId']}", body)))
        found.add(said(ask("DELETE", f"{path}/{body['userId']}")))
    return found.pop() if len(found) == 1 else found


ALREADY = "User is already a member of this workspace"


@seen(
    {
        "refused": (400, ALREADY, "READ"),
        "conflict": (409, ALREADY, "READ"),
        "fails": (500, "Failed to add user to workspace", "READ"),
        "updates": (200, None, "WRITE"),
        "ignored": (200, None, "READ"),
    }
)
def member_added_twice(emulator: Emulator, ask: Ask) -> Any:
    member = user(emulator).id
    assert add(ask, member)[0] == 200
    again = add(ask, member, "WRITE")
    assert len(members(ask)) == 2
    return (*again, emulator.members(emulator.workspace_id)[member])


@seen(
    {
        "refused": ((400, "Invalid role"), (400, "Invalid role"), None, "READ"),
        "fails": (
            (500, "Failed to add user to workspace"),
            (500, "Failed to update user role"),
            None,
            "READ",
        ),
        "accepted": ((200, None), (200, None), "EDITOR", "EDITOR"),
    }
)
def unknown_role(emulator: Emulator, ask: Ask) -> Any:
    new, member = user(emulator).id, emulator.add_user("other@flashback.example")
    emulator.set_member(emulator.workspace_id, member, "READ")
    added = add(ask, new, "EDITOR")
    updated = said(ask("PUT", f"{MEMBERS}/{member.id}", {"role": "EDITOR"}))
    assert asking(emulator, member)("GET", WORKSPACE).status_code == 200
    assert asking(emulator, member)("PUT", WORKSPACE, {"name": "n"}).status_code == 403
    roles = emulator.members(emulator.workspace_id)
    return added, updated, roles.get(new), roles[member.id]


@seen({"exact": (400, None), "any": (200, "ADMIN")})
def role_case(emulator: Emulator, ask: Ask) -> Any:
    member = user(emulator).id
    status, _ = add(ask, member, "Admin")
    return status, emulator.members(emulator.workspace_id).get(member)


@seen({"upper": ["ADMIN", "ADMIN"], "lower": ["admin", "admin"]})
def listed_role(emulator: Emulator, ask: Ask) -> Any:
    listed = ask("GET", "/workspace").json()["workspaces"][0]["users"]
    return [row["role"] for row in (*members(ask), *listed)]


@seen({"unprotected": (200, None), "protected": (400, "Workspace must have at least one admin")})
def last_admin(emulator: Emulator, ask: Ask) -> Any:
    member = user(emulator).id
    own, last = f"{MEMBERS}/{emulator.user_id}", f"{MEMBERS}/{member}"
    assert add(ask, member, "ADMIN")[0] == 200
    assert ask("PUT", own, {"role": "WRITE"}).status_code == 200  # one is left
    update, delete = said(ask("PUT", last, {"role": "READ"})), said(ask("DELETE", last))
    assert update == delete
    assert ask("DELETE", own).status_code == 200  # no ADMIN any more
    return update


@seen({"changeable": (200, 200), "fixed": (400, 400)})
def own_role(emulator: Emulator, ask: Ask) -> Any:
    path, member = f"{MEMBERS}/{emulator.user_id}", user(emulator).id
    assert ask("PUT", path, {"role": "ADMIN"}).status_code == 200  # as it is
    result = (ask("PUT", path, {"role": "WRITE"}).status_code, ask("DELETE", path).status_code)
    add(ask, member)
    assert ask("DELETE", f"{MEMBERS}/{member}").status_code == 200
    return result


@seen({"accepted": (200, None), "refused": (404, "Target user not found")})
def unvalidated_member(emulator: Emulator, ask: Ask) -> Any:
    return add(ask, user(emulator, validated=False).id)


@seen({"oldest-first": 0, "newest-first": 1})
def member_order(emulator: Emulator, ask: Ask) -> Any:
    add(ask, user(emulator).id)
    ask("PUT", f"{MEMBERS}/{emulator.user_id}", {"role": "ADMIN"})  # keeps its place
    return [row["userId"] for row in members(ask)].index(emulator.user_id)


@seen({"ends": (1, 404), "stays": (2, 200)})
def membership_of_deleted_user(emulator: Emulator, ask: Ask) -> Any:
    member = user(emulator).id
    add(ask, member)
    assert ask("DELETE", f"{USERS}/{member}").status_code == 200
    return len(members(ask)), ask("DELETE", f"{MEMBERS}/{member}").status_code


# users of the organization


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


@seen({"as-sent": "New@x.example", "lower": "new@x.example"})
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


# sessions


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


# requests


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


ALTERNATIVES = [(name, value) for name, (_, known, _) in OBSERVED.items() for value in known]


@pytest.mark.parametrize(("name", "value"), ALTERNATIVES)
def test_alternatives(make: Make, name: str, value: Any) -> None:
    observe, expected, others = OBSERVED[name]
    text = value if isinstance(value, str) else json.dumps(value)
    settings = parse_settings([f"{name}={text}", *(f"{n}={v}" for n, v in others.items())])
    emulator = make(settings)
    assert observe(emulator, asking(emulator)) == expected[value]


def test_every_alternative_of_every_setting_is_observed() -> None:
    assert OBSERVED.keys() == EmulatorSettings.model_fields.keys()
    for name, info in EmulatorSettings.model_fields.items():
        every: tuple[Any, ...] = (True, False) if info.annotation is bool else ()
        if get_origin(info.annotation) is Literal:
            every = get_args(info.annotation)
        assert set(OBSERVED[name][1]) >= set(every), name


def test_wrong_settings_are_reported_together() -> None:
    with pytest.raises(ValueError, match="no setting 'colour'") as problem:
        parse_settings(["colour=blue", "in_use_status=418", "refresh_rotates=perhaps"])
    assert "in_use_status must be 400, 403, 409" in str(problem.value)
    assert "refresh_rotates must be true, false" in str(problem.value)


def test_every_setting_is_described() -> None:
    text = describe_settings()
    for name, info in EmulatorSettings.model_fields.items():
        assert f"{name} = " in text
        assert str(info.description).endswith(".")
        assert "\n" not in str(info.description)
