"""The emulator's API over a real socket: statuses, messages, order of checks, choices."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.emulator.settings import describe_settings, parse_settings
from pulumi_flashback.testing import EmulatorFactory

BODY = {
    "workspaceId": "workspace-uuid",
    "key": "YOUR_ACCESS_KEY",
    "secret": "YOUR_SECRET_KEY",
    "provider": "AWS",
    "endpoint": "s3.us-east-1.amazonaws.com",
    "region": "us-east-1",
}
"""The request of the API reference, to the letter."""

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients: to load the system's certificates takes longer than most tests."""

UNKNOWN_CALLER = {"success": False, "message": "User not found or not validated"}

Ask = Callable[..., httpx.Response]


def asking(emulator: Emulator, token: str | None = "") -> Ask:
    """Return a function that sends requests; the demo user's token for an empty one."""

    def ask(method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        chosen = emulator.token if token == "" else token
        headers = {"Authorization": f"Bearer {chosen}"} if chosen else {}
        if body is not None:
            more["json"] = body
        url = emulator.base_url + path
        return httpx.request(method, url, headers=headers, verify=NO_TLS, **more)

    return ask


def refused(answer: httpx.Response, status: int, message: str) -> None:
    assert (answer.status_code, answer.json()) == (status, {"success": False, "message": message})


@pytest.fixture
def ask(flashback_emulator: Emulator) -> Ask:
    return asking(flashback_emulator)


def test_create_as_in_the_reference(ask: Ask, flashback_emulator: Emulator) -> None:
    answer = ask("POST", "/apikeys", BODY)
    assert answer.status_code == 201
    assert answer.json().keys() == {"success", "apiKeyId"}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"]
    (row,) = flashback_emulator.api_keys()
    assert row["id"] == answer.json()["apiKeyId"]
    assert row["secret"] == "YOUR_SECRET_KEY"


def test_an_identical_key_is_refused(ask: Ask, flashback_emulator: Emulator) -> None:
    ask("POST", "/apikeys", BODY)
    again = ask("POST", "/apikeys", {**BODY, "secret": "another"})
    refused(again, 400, "API key with these credentials already exists")
    elsewhere = {**BODY, "workspaceId": flashback_emulator.second_workspace_id}
    assert ask("POST", "/apikeys", elsewhere).status_code == 201


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("workspaceId", "Workspace ID is required"),
        ("key", "Key is required"),
        ("secret", "Secret is required"),
        ("provider", "Provider is required"),
    ],
)
def test_missing_input(ask: Ask, field: str, message: str, empty: str | None) -> None:
    refused(ask("POST", "/apikeys", {**BODY, field: empty}), 400, message)
    without = {name: value for name, value in BODY.items() if name != field}
    refused(ask("POST", "/apikeys", without), 400, message)


def test_the_order_of_checks(flashback_emulator: Emulator) -> None:
    stranger = flashback_emulator.add_user("stranger@flashback.example")
    nobody = asking(flashback_emulator, None)
    ask = asking(flashback_emulator, flashback_emulator.issue_token(stranger))
    assert nobody("POST", "/apikeys", {}).json() == UNKNOWN_CALLER
    refused(ask("POST", "/apikeys", {}), 400, "Workspace ID is required")
    refused(ask("POST", "/apikeys", {**BODY, "provider": "X"}), 403, "Insufficient permissions")
    flashback_emulator.set_member("workspace-uuid", stranger, "WRITE")
    refused(ask("POST", "/apikeys", {**BODY, "provider": "X"}), 400, "Invalid provider")
    assert ask("POST", "/apikeys", BODY).status_code == 201


@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer nonsense", "Basic abc", "Bearer a.b.c", "nonsense"]
)
def test_bad_tokens(flashback_emulator: Emulator, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    for method, path in (("GET", "/apikeys"), ("POST", "/apikeys"), ("DELETE", "/apikeys/x")):
        url = flashback_emulator.base_url + path
        answer = httpx.request(method, url, headers=headers, verify=NO_TLS)
        assert (answer.status_code, answer.json()) == (401, UNKNOWN_CALLER)


def test_expired_and_unvalidated_users(flashback_emulator: Emulator) -> None:
    emulator = flashback_emulator
    user = emulator.add_user("new@flashback.example", validated=False)
    for token in (emulator.issue_token(user), emulator.issue_token(user, seconds=-1)):
        assert asking(emulator, token)("GET", "/apikeys").json() == UNKNOWN_CALLER


@pytest.mark.parametrize(
    ("role", "create", "show", "change"),
    [
        (None, 403, 403, 404),
        ("READ", 403, 200, 403),
        ("WRITE", 201, 200, 200),
        ("ADMIN", 201, 200, 200),
    ],
)
def test_roles(
    flashback_emulator: Emulator, role: str | None, create: int, show: int, change: int
) -> None:
    emulator = flashback_emulator
    user = emulator.add_user("member@flashback.example")
    if role:
        emulator.set_member("workspace-uuid", user, role)
    ask = asking(emulator, emulator.issue_token(user))
    identifier = emulator.add_api_key()
    assert ask("POST", "/apikeys", BODY).status_code == create
    assert ask("GET", "/apikeys?workspaceId=workspace-uuid").status_code == show
    assert ask("PUT", f"/apikeys/{identifier}", {"region": "r"}).status_code == change
    assert ask("DELETE", f"/apikeys/{identifier}").status_code == change


def test_lists(ask: Ask, flashback_emulator: Emulator) -> None:
    first = ask("POST", "/apikeys", BODY).json()["apiKeyId"]
    second = flashback_emulator.add_api_key(
        flashback_emulator.second_workspace_id, provider="OPENAI"
    )
    (row,) = ask("GET", "/apikeys?workspaceId=workspace-uuid").json()["apiKeys"]
    assert row.pop("createdAt").endswith("Z")
    assert row == {
        "id": first,
        "key": "YOUR_ACCESS_KEY",
        "provider": "AWS",
        "endpoint": "s3.us-east-1.amazonaws.com",
        "region": "us-east-1",
        "bucket_count": 0,
        "aillm_count": 0,
    }
    for query, expected in (
        ("", [first, second]),
        ("?", [first, second]),
        ("?workspaceId=undefined", [first, second]),
        ("?provider=OPENAI", [second]),
        ("?capability=1", [first]),
        ("?capability=3", [first, second]),
    ):
        rows = ask("GET", f"/apikeys{query}").json()["apiKeys"]
        assert [each["id"] for each in rows] == expected
    assert ask("GET", "/apikeys?capability=x").status_code == 400


def test_updates_change_only_what_is_present(ask: Ask, flashback_emulator: Emulator) -> None:
    identifier = ask("POST", "/apikeys", BODY).json()["apiKeyId"]
    (before,) = flashback_emulator.api_keys()
    answer = ask("PUT", f"/apikeys/{identifier}", {"secret": "new", "workspaceId": "x", "id": "y"})
    assert answer.json() == {"success": True, "message": "API key updated successfully"}
    assert flashback_emulator.api_keys() == [{**before, "secret": "new"}]
    for wrong in ({"secret": ""}, {"key": 5}, {"region": ["x"]}):
        assert ask("PUT", f"/apikeys/{identifier}", wrong).status_code == 400


def test_an_update_may_not_make_a_duplicate(ask: Ask, flashback_emulator: Emulator) -> None:
    ask("POST", "/apikeys", BODY)
    other = flashback_emulator.add_api_key()
    twin = {name: BODY[name] for name in ("key", "endpoint")}
    refused(
        ask("PUT", f"/apikeys/{other}", twin), 400, "API key with these credentials already exists"
    )
    assert ask("PUT", f"/apikeys/{other}", {"key": "OUTSIDE"}).status_code == 200


def test_deletes_are_for_good(ask: Ask, flashback_emulator: Emulator) -> None:
    identifier = ask("POST", "/apikeys", BODY).json()["apiKeyId"]
    flashback_emulator.mark_in_use(identifier, buckets=1)
    assert ask("DELETE", f"/apikeys/{identifier}").status_code == 400
    flashback_emulator.mark_in_use(identifier)
    assert ask("DELETE", f"/apikeys/{identifier}").json()["success"] is True
    refused(ask("DELETE", f"/apikeys/{identifier}"), 404, "API key not found")
    assert flashback_emulator.api_keys() == []


def test_workspaces(ask: Ask, flashback_emulator: Emulator) -> None:
    created = ask("POST", "/workspace", {"name": "New"})
    assert created.status_code == 201
    workspace = created.json()["workspace"]
    assert workspace.keys() == {"id", "name", "orgId"}
    path = f"/workspace/{workspace['id']}"
    assert ask("PUT", path, {"name": "Renamed"}).json()["workspace"]["name"] == "Renamed"
    shown = ask("GET", path).json()["workspace"]
    assert [member["role"] for member in shown["users"]] == ["ADMIN"]
    assert len(ask("GET", "/workspace").json()["workspaces"]) == 3
    in_use = flashback_emulator.add_api_key(workspace["id"])
    flashback_emulator.mark_in_use(in_use, buckets=1)
    refused(ask("DELETE", path), 400, "Cannot delete workspace with existing buckets or repos")
    flashback_emulator.mark_in_use(in_use)
    assert ask("DELETE", path).json() == {"success": True}
    refused(ask("GET", path), 404, "Workspace not found or access denied")
    refused(ask("DELETE", path), 404, "Workspace not found")
    assert ask("GET", f"/apikeys?workspaceId={workspace['id']}").json()["apiKeys"] == []


def test_workspaces_of_others(flashback_emulator: Emulator) -> None:
    member = flashback_emulator.add_user("member@flashback.example")
    ask = asking(flashback_emulator, flashback_emulator.issue_token(member))
    nobody = asking(flashback_emulator, None)
    path = "/workspace/workspace-uuid"
    refused(nobody("GET", path), 404, "User not found")
    refused(nobody("PUT", path, {}), 400, "User not found or account is not validated")
    refused(ask("GET", path), 404, "Workspace not found or access denied")
    refused(ask("PUT", path, {"name": "n"}), 403, "Insufficient permissions to update workspace")
    refused(ask("DELETE", path), 403, "Insufficient permissions to delete workspace")
    refused(
        ask("POST", "/workspace", {"name": "n"}),
        403,
        "Insufficient permissions to create workspaces",
    )


def test_sessions(ask: Ask, flashback_emulator: Emulator) -> None:
    login = {"email": flashback_emulator.email, "password": flashback_emulator.password}
    answer = ask("POST", "/user/login", login).json()
    assert answer.keys() >= {
        "success",
        "accessToken",
        "refreshToken",
        "tokenId",
        "expiresAt",
        "user",
    }
    signed_in = asking(flashback_emulator, answer["accessToken"])
    assert signed_in("GET", "/user/profile").json()["data"]["email"] == login["email"]
    used = {"refresh_token": answer["refreshToken"]}
    renewed = ask("POST", "/user/refresh", used).json()
    assert ask("POST", "/user/refresh", used).status_code == 401
    last = {"refreshToken": renewed["refreshToken"]}
    assert ask("POST", "/user/logout", last).status_code == 200
    assert ask("POST", "/user/refresh", last).status_code == 401
    for wrong, code in (
        ({"password": "x"}, "INVALID_PASSWORD"),
        ({"email": "x"}, "USER_NOT_FOUND"),
    ):
        refusal = ask("POST", "/user/login", {**login, **wrong})
        assert refusal.status_code == 401
        assert refusal.json() == {"success": False, "error_code": code}
    assert ask("POST", "/user/login", {}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", "/apikeys", b"{", 400),
        ("POST", "/apikeys", b"", 400),
        ("POST", "/apikeys", b"[]", 400),
        ("POST", "/apikeys", b"null", 400),
        ("POST", "/apikeys", b"\xff\xfe", 400),
        ("POST", "/apikeys", b"[" * 200_000, 400),
        ("POST", "/apikeys", b'{"workspaceId": "\\ud800"}', 400),
        ("POST", "/apikeys", b'{"workspaceId": "a\\u0000"}', 400),
        ("POST", "/apikeys", b'{"a": ' + b"1" * 10_000 + b"}", 400),
        ("POST", "/apikeys", b"x" * 2_000_000, 413),
        ("GET", "/nowhere", b"", 404),
        ("GET", "/apikeys/some-id", b"", 405),
        ("PATCH", "/apikeys", b"", 405),
        ("PUT", "/apikeys/..%2f..", b"{}", 404),
        ("GET", "/apikeys/", b"", 404),
        ("POST", "/workspace", b'{"name": "a\\u0000"}', 400),
        ("POST", "/user/login", b'{"email": "a\\u0000", "password": "x"}', 401),
        ("DELETE", "/apikeys/%00", b"", 404),
        ("DELETE", "/apikeys/%ed%a0%80", b"", 404),
        ("GET", "/apikeys?workspaceId=%00%ff", b"", 403),
        ("GET", "/apikeys?capability=" + "9" * 5000, b"", 400),
        ("GET", "/_faults", b"", 404),
    ],
)
def test_bad_requests_get_json_and_no_trace(
    flashback_emulator: Emulator, method: str, path: str, content: bytes, status: int
) -> None:
    headers = {
        "Authorization": f"Bearer {flashback_emulator.token}",
        "Content-Type": "application/json",
    }
    url = flashback_emulator.base_url + path
    answer = httpx.request(method, url, headers=headers, content=content, verify=NO_TLS)
    assert answer.status_code == status
    assert answer.json()["success"] is False
    assert "Traceback" not in answer.text
    assert len(answer.text) < 200


def test_two_identical_creates_at_once_make_one_key(flashback_emulator: Emulator) -> None:
    ask = asking(flashback_emulator)
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(ask("POST", "/apikeys", BODY).status_code))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] + [400] * 7


@pytest.mark.parametrize(
    ("setting", "method", "path", "body", "status", "part"),
    [
        ("in_use_status=409", "DELETE", "/apikeys/{used}", None, 409, "used by"),
        ("unknown_key_status=403", "DELETE", "/apikeys/nope", None, 403, "permissions"),
        (
            "foreign_workspace_list=empty",
            "GET",
            "/apikeys?workspaceId=x",
            None,
            200,
            '"apiKeys":[]',
        ),
        ("foreign_workspace_list=not-found", "GET", "/apikeys?workspaceId=x", None, 404, "denied"),
        ("null_in_update=refused", "PUT", "/apikeys/{used}", {"region": None}, 400, "region"),
        ("empty_in_update=refused", "PUT", "/apikeys/{used}", {"region": ""}, 400, "region"),
        ("listed_key=masked", "GET", "/apikeys", None, 200, '"key":"****"'),
        ("listed_key=prefix", "GET", "/apikeys", None, 200, '"key":"OUTS"'),
        ("unset_fields=null", "GET", "/apikeys", None, 200, '"region":null'),
        ("write_answer=plain", "PUT", "/apikeys/{used}", {}, 200, '{"success":true}'),
        ("write_answer=empty", "PUT", "/apikeys/{used}", {}, 204, ""),
        (
            "unknown_provider=accepted",
            "POST",
            "/apikeys",
            {**BODY, "provider": "X"},
            201,
            "apiKeyId",
        ),
        ('providers={"X": 1}', "POST", "/apikeys", {**BODY, "provider": "X"}, 201, "apiKeyId"),
        ('providers={"X": 1}', "GET", "/providers", None, 200, '"name":"X"'),
        ("capability_match=all", "GET", "/apikeys?capability=8", None, 200, '"apiKeys":[]'),
        ("duplicate_identity=key", "POST", "/apikeys", {**BODY, "key": "OUTSIDE"}, 400, "exists"),
        ("unknown_caller_of_workspaces=401", "GET", "/workspace?anonymous", None, 401, "User"),
        ("max_body_bytes=10", "POST", "/apikeys", BODY, 413, "too large"),
        (
            "refresh_field=refreshToken",
            "POST",
            "/user/refresh",
            {"refresh_token": "x"},
            400,
            "requ",
        ),
    ],
)
def test_settings(
    flashback_emulator_factory: EmulatorFactory,
    setting: str,
    method: str,
    path: str,
    body: Any,
    status: int,
    part: str,
) -> None:
    emulator = flashback_emulator_factory(parse_settings([setting]))
    used = emulator.add_api_key()
    emulator.mark_in_use(used, buckets=1)
    ask = asking(emulator, None if "anonymous" in path else "")
    answer = ask(method, path.format(used=used), body)
    assert answer.status_code == status
    assert part in answer.text


def test_the_rate_limit(flashback_emulator_factory: EmulatorFactory) -> None:
    ask = asking(flashback_emulator_factory(EmulatorSettings(requests_per_second=3)))
    answers = [ask("GET", "/health") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["retry-after"] == "1"
    refused(answers[-1], 429, "Too many requests")


def test_wrong_settings_are_told_all_at_once() -> None:
    with pytest.raises(ValueError, match="no setting 'colour'") as problem:
        parse_settings(["colour=blue", "in_use_status=418", "refresh_rotates=perhaps"])
    assert "in_use_status must be 400, 403, 409" in str(problem.value)
    assert "refresh_rotates must be true, false" in str(problem.value)


def test_every_setting_is_described() -> None:
    text = describe_settings()
    for name in EmulatorSettings.model_fields:
        assert f"{name} = " in text
