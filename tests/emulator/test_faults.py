"""Faults, and what a web page or a wrong script can do over ``/_faults``: nothing."""

from __future__ import annotations

import tracemalloc
from typing import Any

import httpx
import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.app import OPERATIONS, internal_error
from pulumi_flashback.emulator.faults import MOST_LEFT, MOST_TIMES
from tests.emulator.asking import BODY, Ask, asking, refused

FAULT = {"POST /apikeys": ["500"]}
JSON = {"Content-Type": "application/json"}


def control(emulator: Emulator, method: str = "POST", **more: Any) -> httpx.Response:
    return asking(emulator, None)(method, "/_faults", **more)


def test_the_life_of_a_script(faulty: Emulator) -> None:
    script = {"POST /apikeys": ["503", {"fault": "rate-limit", "times": 2, "retryAfter": "7"}]}
    assert len(control(faulty, json=script).json()["left"]["POST /apikeys"]) == 3
    ask = asking(faulty)
    assert ask("POST", "/apikeys", BODY).status_code == 503
    limited = ask("POST", "/apikeys", BODY)
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")
    left = {"POST /apikeys": [{"fault": "rate-limit", "times": 1, "retryAfter": "7"}]}
    assert control(faulty, "GET").json() == {"success": True, "left": left}
    assert faulty.faults_left() == left
    assert control(faulty, "DELETE").json()["left"] == {}
    faulty.script_faults({"GET /health": [{"fault": "500", "times": "forever"}]})
    assert [ask("GET", "/health").status_code for _ in range(3)] == [500] * 3
    assert faulty.faults_left() == {}
    faulty.clear_faults()
    assert ask("GET", "/health").status_code == 200
    assert ask("POST", "/apikeys", BODY).status_code == 201


def test_an_emulator_without_faults(emulator: Emulator) -> None:
    assert control(emulator, "GET").status_code == 404
    with pytest.raises(RuntimeError, match="create it with faults=True"):
        emulator.script_faults(FAULT)
    emulator.clear_faults()
    assert emulator.faults_left() == {}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
        {"Host": "evil.example:8080"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost.evil.example", "Origin": "http://localhost.evil.example"},
        {"Host": "evil.localhost", "Origin": "http://evil.localhost"},
        {"Host": "evil", "Origin": "http://evil"},
    ],
)
def test_pages_of_other_sites_are_refused(faulty: Emulator, headers: dict[str, str]) -> None:
    faulty.script_faults(FAULT)
    for method, body in (("GET", None), ("POST", {"GET /apikeys": ["500"]}), ("DELETE", None)):
        response = control(faulty, method, headers=headers, body=body)
        assert response.status_code == 403
        assert "left" not in response.json()
    assert faulty.faults_left() == FAULT


def test_hosts_that_nobody_else_can_own(faulty: Emulator) -> None:
    for host in ("localhost:8080", "127.0.0.1", "[::1]:80", "10.1.2.3", "emulator", "a.localhost"):
        assert control(faulty, json=FAULT, headers={"Host": host}).status_code == 200
    for host in ("localhost:8080", "127.0.0.1", "[::1]:80", "10.1.2.3"):
        own = {"Host": host, "Origin": f"http://{host}"}
        assert control(faulty, json=FAULT, headers=own).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"POST /apikeys": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"POST /apikeys": ' + b'{"fault":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
        b'{"POST /apikeys": [{"stallBefore": NaN}]}',
        b'{"POST /apikeys": [{"stallBefore": Infinity}]}',
        b'{"POST /apikeys": [{"status": ' + b"9" * 10_000 + b"}]}",
        b'{"GET /nowhere": []}',
        b'{"POST /apikeys": "500"}',
        b"\xff\xfe",
        b"{",
        b"",
        b"null",
        b"[]",
    ],
    ids=range(12),
)
def test_a_wrong_script_is_refused(faulty: Emulator, body: bytes) -> None:
    response = control(faulty, content=body, headers=JSON)
    assert (response.status_code, response.json()["success"]) == (400, False)
    assert control(faulty, "GET").json() == {"success": True, "left": {}}


def test_a_script_is_json_and_posted(faulty: Emulator) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "", "text/json"):
        response = control(faulty, content=b"{}", headers={"Content-Type": kind})
        assert response.status_code == 400
    for method in ("PUT", "PATCH", "OPTIONS"):
        assert control(faulty, method).status_code == 405


@pytest.mark.parametrize(
    "entry",
    [
        *({"times": times} for times in (20_000_000, MOST_TIMES + 1, 0, True, 1.5)),
        *({"status": status} for status in (99999, 99, 600, -1, True)),
        {"stallBefore": 1e308},
        {"stallAfter": -1},
        {"dripSeconds": True},
        {"commit": 1},
        {"retryAfter": "1\r\nX-Evil: 1"},
        {"location": "https://x\nSet-Cookie: a"},
        {"contentType": "text/html\x00"},
        {"contentType": " text/html"},
        {"body": "\ud800"},
        {"fault": ["500"]},
        {"fault": "flood"},
        {"fault": "500", "\r\n": 1},
        [[["500"]]],
        None,
    ],
)
def test_a_fault_has_bounds(faulty: Emulator, entry: object) -> None:
    with pytest.raises(ValueError, match=r"must be|is not a field|there is no fault"):
        faulty.script_faults({"POST /apikeys": ["500", entry]})
    assert faulty.faults_left() == {}


def test_a_script_that_is_too_large(faulty: Emulator) -> None:
    assert control(faulty, json={"POST /apikeys": ["500"] * 200_000}).status_code == 413
    entry = {"fault": "500", "times": MOST_TIMES}
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="can wait at once"):
            faulty.script_faults({"POST /apikeys": [entry] * 1000})
        faulty.script_faults({"POST /apikeys": [entry] * (MOST_LEFT // MOST_TIMES)})
        assert tracemalloc.get_traced_memory()[1] < 16 * 1024 * 1024  # it stands for many faults
    finally:
        tracemalloc.stop()
    with pytest.raises(ValueError, match="can wait at once"):
        faulty.script_faults(FAULT)


def test_every_status_is_sent(faulty: Emulator) -> None:
    for status in (200, 204, 304, 418, 599):
        faulty.script_faults({"GET /health": [{"fault": "none", "status": status, "body": "x"}]})
        response = asking(faulty)("GET", "/health")
        assert response.status_code == status
        assert response.text == ("" if status in (204, 304) else "x")


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        *((name, None) for name in ("without-id", "wrong-shape", "truncated-json", "empty-body")),
        ({"fault": "without-id", "status": 201}, None),
        ({"fault": "html-502", "commit": True, "status": 200}, None),
        ({"fault": "none", "status": 204}, None),
        ("commit-then-503", 503),
        ({"fault": "none", "status": 409, "body": "{}"}, 409),
        ({"fault": "redirect", "commit": True}, 307),
    ],
)
def test_a_fault_makes_no_success_of_a_refusal(
    faulty: Emulator, fault: Any, status: int | None
) -> None:
    faulty.script_faults({"POST /apikeys": [fault]})
    response = asking(faulty)("POST", "/apikeys", {**BODY, "provider": "NONE"})
    if status is None:
        assert response.headers["content-type"] == "application/json"
        refused(response, 400, "Invalid provider")
    else:
        assert response.status_code == status
    assert faulty.faults_left() == {}


FAILURES = {
    "POST /workspace": "Failed to create workspace",
    "GET /workspace": "Failed to fetch workspaces",
    "GET /workspace/{id}": "Failed to fetch workspace",
    "PUT /workspace/{id}": "Failed to update workspace",
    "DELETE /workspace/{id}": "Failed to delete workspace",
    "POST /workspace/{id}/users": "Failed to add user to workspace",
    "PUT /workspace/{id}/users/{userId}": "Failed to update user role",
    "DELETE /workspace/{id}/users/{userId}": "Failed to remove user from workspace",
    "GET /organization/users": None,
    "POST /apikeys": "Internal server error",
}


def asked(ask: Ask, operation: str, user_id: str) -> httpx.Response:
    method, _, template = operation.partition(" ")
    path = template.format(id="workspace-uuid", userId=user_id)
    body = {**BODY, "name": "New", "userId": user_id, "role": "WRITE"}
    return ask(method, path, body if method in ("POST", "PUT") else None)


@pytest.mark.parametrize("operation", FAILURES)
def test_the_message_of_an_internal_error(faulty: Emulator, operation: str) -> None:
    """It is the same for a scripted fault and for a real error."""
    user = faulty.add_user("ada@x.example")
    faulty.script_faults({operation: ["500"]})
    scripted = asked(asking(faulty), operation, user.id)
    ask = asking(faulty, faulty.token)
    faulty.store.execute("DROP TABLE users")
    for response in (scripted, asked(ask, operation, user.id)):
        assert (response.status_code, response.json()) == (500, internal_error(operation))
        assert response.json().get("message") == FAILURES[operation]


def test_every_operation_with_a_message_of_its_own_is_known() -> None:
    assert set(FAILURES) <= set(OPERATIONS)
    plain = {"success": False, "message": "Internal server error"}
    profile = {**plain, "error": "Unexpected error"}
    assert internal_error("GET /user/profile") == profile
    others = {each for each, text in FAILURES.items() if text != "Internal server error"}
    different = {each for each in OPERATIONS if internal_error(each) not in (plain, profile)}
    assert different == others


@pytest.mark.parametrize("fault", ["commit-then-reset", "commit-then-502", "truncated-json"])
def test_a_lost_response_leaves_what_was_created(faulty_emulator: Emulator, fault: str) -> None:
    emulator, user = faulty_emulator, faulty_emulator.add_user("ada@x.example").id
    ask = asking(emulator, socket=True)
    for operation in ("POST /workspace", "POST /workspace/{id}/users"):
        emulator.script_faults({operation: [fault]})
        if fault == "commit-then-reset":
            with pytest.raises(httpx.TransportError):
                asked(ask, operation, user)
        elif fault == "commit-then-502":
            assert asked(ask, operation, user).json() == internal_error(operation)
        else:
            with pytest.raises(ValueError, match="Unterminated"):
                asked(ask, operation, user).json()
    assert emulator.faults_left() == {}
    assert [each.name for each in emulator.workspaces()][2:] == ["New"]
    assert emulator.members("workspace-uuid")[user] == "WRITE"
