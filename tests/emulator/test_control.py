"""What a web page, a wrong script or another user of the machine can do to an emulator: nothing."""

from __future__ import annotations

import base64
import os
import tracemalloc
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.emulator.faults import MOST_LEFT, MOST_TIMES
from tests.emulator.test_api import BODY, NO_TLS, asking

FAULT = {"POST /apikeys": ["500"]}


def control(emulator: Emulator, method: str = "POST", **more: Any) -> httpx.Response:
    return httpx.request(method, f"{emulator.base_url}/_faults", verify=NO_TLS, **more)


@pytest.fixture
def faulty() -> Any:
    with Emulator(faults=True) as emulator:
        yield emulator


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
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_pages_of_other_sites_are_refused(
    faulty: Emulator, method: str, headers: dict[str, str]
) -> None:
    faulty.script_faults(FAULT)
    body = {"json": {"GET /apikeys": ["500"]}} if method == "POST" else {}
    answer = control(faulty, method, headers=headers, **body)
    assert answer.status_code == 403
    assert "left" not in answer.json()
    assert faulty.faults_left() == FAULT


@pytest.mark.parametrize(
    "host", ["localhost:8080", "emulator", "a.localhost", "[::1]:80", "10.1.2.3"]
)
def test_hosts_that_nobody_else_can_own(faulty: Emulator, host: str) -> None:
    assert control(faulty, json=FAULT, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:80", "10.1.2.3"])
def test_a_page_of_the_emulator_itself(faulty: Emulator, host: str) -> None:
    own = {"Host": host, "Origin": f"http://{host}"}
    assert control(faulty, json=FAULT, headers=own).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", "text/json"]
)
def test_a_script_is_json(faulty: Emulator, kind: str) -> None:
    body = b'{"POST /apikeys": ["500"]}'
    assert control(faulty, content=body, headers={"Content-Type": kind}).status_code == 400
    assert control(faulty, content=body).status_code == 400
    assert faulty.faults_left() == {}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS"])
def test_other_methods(faulty: Emulator, method: str) -> None:
    assert control(faulty, method).status_code == 405


@pytest.mark.parametrize(
    "entry",
    [
        {"times": 20_000_000},
        {"times": MOST_TIMES + 1},
        {"times": 0},
        {"times": True},
        {"times": 1.5},
        {"status": 99999},
        {"status": 99},
        {"status": 600},
        {"status": -1},
        {"status": True},
        {"stallBefore": 1e308},
        {"stallAfter": -1},
        {"dripSeconds": True},
        {"retryAfter": "1\r\nX-Evil: 1"},
        {"location": "https://x\nSet-Cookie: a"},
        {"contentType": "text/html\x00"},
        {"contentType": " text/html"},
        {"body": "\ud800"},
        {"fault": ["500"]},
        {"fault": "500", "\r\n": 1},
        [[["500"]]],
        None,
    ],
)
def test_a_fault_has_bounds(faulty: Emulator, entry: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever its words
        faulty.script_faults({"POST /apikeys": ["500", entry]})
    assert faulty.faults_left() == {}


@pytest.mark.parametrize(
    "body",
    [
        b'{"POST /apikeys": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"POST /apikeys": ' + b'{"fault":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
        b'{"POST /apikeys": [{"stallBefore": NaN}]}',
        b'{"POST /apikeys": [{"stallBefore": Infinity}]}',
        b'{"POST /apikeys": [{"status": ' + b"9" * 10_000 + b"}]}",
        b"\xff\xfe",
        b"",
        b"null",
    ],
    ids=range(8),
)
def test_a_wrong_script_is_refused_and_the_emulator_goes_on(faulty: Emulator, body: bytes) -> None:
    answer = control(faulty, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["success"] is False
    assert control(faulty, "GET").json() == {"success": True, "left": {}}


def test_a_script_that_is_too_large(faulty: Emulator) -> None:
    assert control(faulty, json={"POST /apikeys": ["500"] * 200_000}).status_code == 413
    entry = {"fault": "500", "times": MOST_TIMES}
    for _ in range(MOST_LEFT // MOST_TIMES):
        faulty.script_faults({"POST /apikeys": [entry]})
    with pytest.raises(ValueError, match="can wait at once"):
        faulty.script_faults(FAULT)


def test_a_small_script_for_many_faults_costs_little(faulty: Emulator) -> None:
    script = {"POST /apikeys": [{"fault": "500", "times": MOST_TIMES}] * 1000}
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="can wait at once"):
            faulty.script_faults(script)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 * 1024 * 1024


@pytest.mark.parametrize("status", [200, 204, 304, 418, 599])
def test_every_status_is_sent(faulty: Emulator, status: int) -> None:
    faulty.script_faults({"GET /health": [{"fault": "none", "status": status, "body": "x"}]})
    answer = asking(faulty)("GET", "/health")
    assert answer.status_code == status
    assert answer.text == ("" if status in (204, 304) else "x")


def test_a_fault_makes_no_success_of_a_refusal(faulty: Emulator) -> None:
    for fault in ("without-id", "wrong-shape", "truncated-json", "empty-body"):
        faulty.script_faults({"POST /apikeys": [fault]})
        answer = asking(faulty)("POST", "/apikeys", {**BODY, "provider": "NONE"})
        assert (answer.status_code, answer.json()["success"]) == (400, False)
    assert faulty.faults_left() == {}


@pytest.mark.skipif(os.name != "posix", reason="needs links")
@pytest.mark.parametrize("target", ["known.key", "nowhere", "flashback.db"])
def test_a_planted_link_is_no_key_file(tmp_path: Path, target: str) -> None:
    known = base64.urlsafe_b64encode(b"k" * 32)
    (tmp_path / "known.key").write_bytes(known)
    data = tmp_path / "flashback.db"
    key = tmp_path / "flashback.db.key"
    key.symlink_to(tmp_path / target)
    for _ in range(2):
        with pytest.raises(ValueError, match="symbolic link"):
            Emulator(data=data)
    assert key.is_symlink()
    assert (tmp_path / "known.key").read_bytes() == known
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(os.name != "posix", reason="needs links")
def test_a_link_in_the_place_of_a_key_in_use(tmp_path: Path) -> None:
    data = tmp_path / "flashback.db"
    with Emulator(data=data):
        pass
    key = tmp_path / "flashback.db.key"
    key.rename(tmp_path / "moved.key")
    key.symlink_to(tmp_path / "moved.key")
    with pytest.raises(ValueError, match="symbolic link"):
        Emulator(data=data)


@pytest.mark.skipif(os.name != "posix", reason="needs links")
def test_links_of_guessed_names_are_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    for name in (f"flashback.db.key.{os.getpid()}.new", "flashback.db.key.new"):
        (tmp_path / name).symlink_to(victim)
    with Emulator(data=tmp_path / "flashback.db"):
        pass
    assert victim.read_text() == "untouched"


@pytest.mark.skipif(os.name != "posix", reason="needs modes and pipes")
def test_a_key_file_is_a_file_of_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "flashback.db"
    key = tmp_path / "flashback.db.key"
    os.mkfifo(key)
    with pytest.raises(ValueError, match="is no file"):
        Emulator(data=data)
    key.unlink()
    with Emulator(data=data):
        pass
    key.chmod(0o644)
    with Emulator(data=data):
        pass
    assert key.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["flashback.db", "flashback.db.key"]


def test_what_is_no_json_is_refused(flashback_emulator: Emulator) -> None:
    for number in ("NaN", "Infinity", "-Infinity", "1e999"):
        answer = httpx.post(
            f"{flashback_emulator.base_url}/user/login",
            content=f'{{"email": "a", "password": "b", "x": {number}}}',
            headers={"Content-Type": "application/json"},
            verify=NO_TLS,
        )
        assert answer.status_code == 400


@pytest.mark.parametrize("half", ["key", "secret"])
@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u00a0"])
def test_blank_halves_of_a_key_are_refused(
    flashback_emulator: Emulator, half: str, blank: str
) -> None:
    ask = asking(flashback_emulator)
    assert ask("POST", "/apikeys", {**BODY, half: blank}).status_code == 400
    identifier = flashback_emulator.add_api_key()
    before = flashback_emulator.api_keys()
    assert ask("PUT", f"/apikeys/{identifier}", {half: blank}).status_code == 400
    assert flashback_emulator.api_keys() == before


def test_the_expiry_of_a_token_is_a_whole_number(flashback_emulator: Emulator) -> None:
    token = flashback_emulator.issue_token(seconds=100.5)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert isinstance(claims["exp"], int)


def lists(emulator: Emulator, path: str = "/apikeys?workspaceId=workspace-uuid") -> list[str]:
    """Return the ids that a list shows."""
    answer = asking(emulator)("GET", path).json()
    return [row["id"] for row in answer.get("apiKeys", answer.get("workspaces"))]


def test_lists_lag_behind_writes() -> None:
    with Emulator(EmulatorSettings(list_lag=2)) as emulator:
        ask = asking(emulator)
        assert lists(emulator) == []
        first = ask("POST", "/apikeys", BODY).json()["apiKeyId"]
        assert lists(emulator) == []
        second = ask("POST", "/apikeys", {**BODY, "key": "SECOND"}).json()["apiKeyId"]
        assert lists(emulator) == []  # the second of the first write
        assert lists(emulator) == [first]  # the second of the second write
        assert lists(emulator) == [first, second]
        assert len(lists(emulator, "/apikeys")) == 0  # another list lags on its own
        assert ask("DELETE", f"/apikeys/{first}").status_code == 200
        assert lists(emulator) == [first, second]
        assert ask("PUT", f"/apikeys/{first}", {"region": "x"}).status_code == 404
        assert [lists(emulator) for _ in range(3)][-1] == [second]


def test_workspaces_lag_behind_writes() -> None:
    with Emulator(EmulatorSettings(list_lag=1)) as emulator:
        ask = asking(emulator)
        made = ask("POST", "/workspace", {"name": "New"}).json()["workspace"]["id"]
        assert ask("GET", f"/workspace/{made}").status_code == 404
        assert made not in lists(emulator, "/workspace")
        assert ask("GET", f"/workspace/{made}").status_code == 200
        assert made in lists(emulator, "/workspace")
        user = emulator.add_user("new@example.com")
        emulator.expire_tokens()
        ask = asking(emulator)
        member = {"userId": user.id, "role": "READ"}
        assert ask("POST", f"/workspace/{made}/users", member).status_code == 200
        seen = [ask("GET", f"/workspace/{made}").json()["workspace"]["users"] for _ in range(2)]
        assert [len(users) for users in seen] == [1, 2]
