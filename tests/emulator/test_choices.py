"""Each alternative of each setting of the emulator does what its name says."""

from __future__ import annotations

import time
from typing import Any, get_args, get_origin

import httpx
import jwt
import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.emulator.settings import parse_settings
from pulumi_flashback.testing import EmulatorFactory
from tests.emulator import choices_of_workspaces  # noqa: F401 - adds to CHECKS
from tests.emulator.choices import CHECKS, Check, under
from tests.emulator.test_api import BODY, NO_TLS, Ask, asking, refused

DUPLICATE = "API key with these credentials already exists"


def test_every_alternative_has_a_check() -> None:
    missing = [
        f"{name}={value}"
        for name, info in EmulatorSettings.model_fields.items()
        if get_origin(info.annotation) is not None and name != "providers"
        for value in get_args(info.annotation)
        if f"{name}={value}" not in CHECKS
    ]
    assert not missing


def statuses(ask: Ask, *bodies: dict[str, Any]) -> list[int]:
    return [ask("POST", "/apikeys", {**BODY, **body}).status_code for body in bodies]


OTHERS: tuple[dict[str, Any], ...] = (
    {},
    {"secret": "other"},
    {"endpoint": "other"},
    {"provider": "GCP"},
    {"key": "other"},
)
"""Creates after one another, each unlike the first in one respect."""


@under("duplicate_identity=key+provider+endpoint")
def identity_with_endpoint(emulator: Emulator, ask: Ask) -> None:
    assert statuses(ask, *OTHERS) == [201, 400, 201, 201, 201]


@under("duplicate_identity=key+provider")
def identity_with_provider(emulator: Emulator, ask: Ask) -> None:
    assert statuses(ask, *OTHERS) == [201, 400, 400, 201, 201]


@under("duplicate_identity=key")
def identity_of_key(emulator: Emulator, ask: Ask) -> None:
    assert statuses(ask, *OTHERS) == [201, 400, 400, 400, 201]


@under("duplicate_identity=key+secret")
def identity_with_secret(emulator: Emulator, ask: Ask) -> None:
    assert statuses(ask, *OTHERS) == [201, 201, 400, 400, 201]
    second = emulator.api_keys()[1]["id"]
    refused(ask("PUT", f"/apikeys/{second}", {"secret": BODY["secret"]}), 400, DUPLICATE)


@under("duplicate_in_update=refused")
def no_twin_by_update(emulator: Emulator, ask: Ask) -> None:
    first, second = emulator.add_api_key(), emulator.add_api_key(key="SECOND")
    refused(ask("PUT", f"/apikeys/{second}", {"key": "OUTSIDE"}), 400, DUPLICATE)
    assert ask("PUT", f"/apikeys/{first}", {"key": "OUTSIDE"}).status_code == 200
    assert [row["key"] for row in emulator.api_keys()] == ["OUTSIDE", "SECOND"]


@under("duplicate_in_update=accepted")
def twin_by_update(emulator: Emulator, ask: Ask) -> None:
    emulator.add_api_key()
    second = emulator.add_api_key(key="SECOND")
    assert ask("PUT", f"/apikeys/{second}", {"key": "OUTSIDE"}).status_code == 200


def listed(ask: Ask, path: str = "/apikeys") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ask("GET", path).json()["apiKeys"]
    return rows


def shown_key(expected: str | None) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        emulator.add_api_key(key="AKIAIOSFODNN7EXAMPLE")
        assert listed(ask)[0].get("key") == expected

    return check


under("listed_key=whole")(shown_key("AKIAIOSFODNN7EXAMPLE"))
under("listed_key=masked")(shown_key("AKIA****MPLE"))
under("listed_key=prefix")(shown_key("AKIA"))
under("listed_key=absent")(shown_key(None))


@under("list_order=oldest-first")
def oldest_first(emulator: Emulator, ask: Ask) -> None:
    ids = [
        emulator.add_api_key(emulator.second_workspace_id),
        emulator.add_api_key(),
        emulator.add_api_key(emulator.second_workspace_id, key="THIRD"),
    ]
    assert [row["id"] for row in listed(ask)] == ids


@under("list_order=newest-first")
def newest_first(emulator: Emulator, ask: Ask) -> None:
    ids = [emulator.add_api_key(key=key) for key in "ABC"]
    assert [row["id"] for row in listed(ask)] == ids[::-1]


def created_at(pattern: str) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        emulator.add_api_key()
        assert time.strptime(listed(ask)[0]["createdAt"], pattern)

    return check


under("created_at_precision=ms")(created_at("%Y-%m-%dT%H:%M:%S.%fZ"))
under("created_at_precision=s")(created_at("%Y-%m-%dT%H:%M:%SZ"))


def foreign(status: int) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        theirs = emulator.add_workspace("Theirs", org_id="another-organization").id
        emulator.add_api_key(theirs)
        for workspace in (theirs, "no-such-workspace"):
            answer = ask("GET", f"/apikeys?workspaceId={workspace}")
            assert answer.status_code == status
            assert answer.json().get("apiKeys", []) == []

    return check


under("foreign_workspace_list=forbidden")(foreign(403))
under("foreign_workspace_list=empty")(foreign(200))
under("foreign_workspace_list=not-found")(foreign(404))


@under("unset_fields=absent")
def unset_absent(emulator: Emulator, ask: Ask) -> None:
    emulator.add_api_key()
    assert "region" not in listed(ask)[0]


@under("unset_fields=null")
def unset_null(emulator: Emulator, ask: Ask) -> None:
    emulator.add_api_key()
    row = listed(ask)[0]
    for name in ("endpoint", "region", "tenantId", "subscriptionId", "description"):
        assert row[name] is None


def in_use(status: int) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        used = emulator.add_api_key()
        for counts in ({"buckets": 1}, {"models": 1}):
            emulator.mark_in_use(used, **counts)
            assert ask("DELETE", f"/apikeys/{used}").status_code == status
        assert listed(ask)[0]["aillm_count"] == 1

    return check


under("in_use_status=400")(in_use(400))
under("in_use_status=403")(in_use(403))
under("in_use_status=409")(in_use(409))


def unknown(status: int, message: str) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        theirs = emulator.add_workspace("Theirs", org_id="another-organization").id
        for identifier in ("no-such-key", emulator.add_api_key(theirs)):
            refused(ask("DELETE", f"/apikeys/{identifier}"), status, message)
            refused(ask("PUT", f"/apikeys/{identifier}", {}), status, message)

    return check


under("unknown_key_status=404")(unknown(404, "API key not found"))
under("unknown_key_status=400")(unknown(400, "API key not found"))
under("unknown_key_status=403")(unknown(403, "Insufficient permissions"))


def create_with(value: str | None, status: int, stored: str | None = None) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        answer = ask("POST", "/apikeys", {**BODY, "region": value})
        assert answer.status_code == status
        assert [row["region"] for row in emulator.api_keys()] == ([stored] * (status == 201))

    return check


under("null_in_create=ignored")(create_with(None, 201))
under("null_in_create=refused")(create_with(None, 400))
under("empty_in_create=stored")(create_with("", 201, ""))
under("empty_in_create=ignored")(create_with("", 201))
under("empty_in_create=refused")(create_with("", 400))


def update_with(value: str | None, status: int, stored: str | None, required: int) -> Check:
    """Return a check of an optional field, and of the status where the field is required."""

    def check(emulator: Emulator, ask: Ask) -> None:
        path = f"/apikeys/{emulator.add_api_key(region='old')}"
        assert ask("PUT", path, {"region": value}).status_code == status
        assert emulator.api_keys()[0]["region"] == stored
        assert ask("PUT", path, {"secret": value}).status_code == required
        assert emulator.api_keys()[0]["secret"] == "outside-secret"

    return check


under("null_in_update=clears")(update_with(None, 200, None, 400))
under("null_in_update=ignored")(update_with(None, 200, "old", 200))
under("null_in_update=refused")(update_with(None, 400, "old", 400))
under("empty_in_update=stored")(update_with("", 200, "", 400))
under("empty_in_update=clears")(update_with("", 200, None, 400))
under("empty_in_update=refused")(update_with("", 400, "old", 400))


@under("unknown_provider=refused")
def provider_refused(emulator: Emulator, ask: Ask) -> None:
    refused(ask("POST", "/apikeys", {**BODY, "provider": "X"}), 400, "Invalid provider")
    path = f"/apikeys/{emulator.add_api_key()}"
    refused(ask("PUT", path, {"provider": "aws"}), 400, "Invalid provider")


@under("unknown_provider=accepted")
def provider_accepted(emulator: Emulator, ask: Ask) -> None:
    assert statuses(ask, {"provider": "X"}) == [201]
    assert listed(ask, "/apikeys?capability=255") == []


@under("capability_match=any")
def any_bit(emulator: Emulator, ask: Ask) -> None:
    emulator.add_api_key(provider="OPENAI")
    assert len(listed(ask, "/apikeys?capability=3")) == 1
    assert len(listed(ask, "/apikeys?capability=1")) == 0


@under("capability_match=all")
def all_bits(emulator: Emulator, ask: Ask) -> None:
    emulator.add_api_key(provider="OPENAI")
    assert len(listed(ask, "/apikeys?capability=3")) == 0
    assert len(listed(ask, "/apikeys?capability=2")) == 1


def written(status: int, update: bytes, delete: bytes) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        path = f"/apikeys/{emulator.add_api_key()}"
        for method, body, content in (("PUT", {"region": "r"}, update), ("DELETE", None, delete)):
            answer = ask(method, path, body)
            assert (answer.status_code, answer.content) == (status, content)
        assert emulator.api_keys() == []

    return check


under("write_answer=message")(
    written(
        200,
        b'{"success":true,"message":"API key updated successfully"}',
        b'{"success":true,"message":"API key deleted successfully"}',
    )
)
under("write_answer=plain")(written(200, b'{"success":true}', b'{"success":true}'))
under("write_answer=empty")(written(204, b"", b""))


def endpoint(create: str, update: str) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        made = ask("POST", "/apikeys", {**BODY, "endpoint": "https://one.example/"}).json()
        assert emulator.api_keys()[0]["endpoint"] == create
        ask("PUT", f"/apikeys/{made['apiKeyId']}", {"endpoint": "http://two.example"})
        assert emulator.api_keys()[0]["endpoint"] == update

    return check


under("endpoint_stored=as-sent")(endpoint("https://one.example/", "http://two.example"))
under("endpoint_stored=tidied")(endpoint("one.example", "two.example"))


def deleted_workspace(direct: int, rows: int, unfiltered: int, change: int) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        outsider = asking(emulator, emulator.issue_token(emulator.add_user("o@flashback.example")))
        workspace = emulator.second_workspace_id
        path = f"/apikeys/{emulator.add_api_key(workspace)}"
        assert ask("DELETE", f"/workspace/{workspace}").status_code == 200
        answer = ask("GET", f"/apikeys?workspaceId={workspace}")
        assert answer.status_code == direct
        assert len(answer.json().get("apiKeys", [])) == rows
        assert len(listed(ask)) == unfiltered
        assert ask("PUT", path, {"region": "r"}).status_code == change
        assert outsider("GET", f"/apikeys?workspaceId={workspace}").status_code == 403
        assert statuses(ask, {"workspaceId": workspace}) == [403]

    return check


under("keys_of_deleted_workspace=hidden")(deleted_workspace(200, 0, 0, 404))
under("keys_of_deleted_workspace=listed")(deleted_workspace(200, 1, 1, 200))
under("keys_of_deleted_workspace=as-foreign")(deleted_workspace(403, 0, 0, 404))


def delete_with_keys(status: int) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        key = emulator.add_api_key(emulator.second_workspace_id)
        path = f"/workspace/{emulator.second_workspace_id}"
        assert ask("DELETE", path).status_code == status
        emulator.delete_api_key(key)
        assert ask("DELETE", path).status_code == (404 if status == 200 else 200)

    return check


under("delete_workspace_with_keys=accepted")(delete_with_keys(200))
under("delete_workspace_with_keys=refused")(delete_with_keys(400))


def unknown_caller(read: int, write: int) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        nobody = asking(emulator, None)
        assert nobody("GET", "/workspace").status_code == read
        assert nobody("POST", "/workspace", {"name": "n"}).status_code == write

    return check


under("unknown_caller_of_workspaces=documented")(unknown_caller(404, 400))
under("unknown_caller_of_workspaces=401")(unknown_caller(401, 401))


def login(emulator: Emulator, ask: Ask) -> dict[str, Any]:
    credentials = {"email": emulator.email, "password": emulator.password}
    answer: dict[str, Any] = ask("POST", "/user/login", credentials).json()
    return answer


def refreshing(**expected: int) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        for name, status in expected.items():
            token = login(emulator, ask)["refreshToken"]
            assert ask("POST", "/user/refresh", {name: token}).status_code == status

    return check


under("refresh_field=either")(refreshing(refresh_token=200, refreshToken=200))
under("refresh_field=refresh_token")(refreshing(refresh_token=200, refreshToken=400))
under("refresh_field=refreshToken")(refreshing(refresh_token=400, refreshToken=200))


def expiry(factor: int) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        seconds = login(emulator, ask)["expiresAt"] / factor
        assert 3590 < seconds - time.time() < 3610

    return check


under("expires_at_unit=ms")(expiry(1000))
under("expires_at_unit=s")(expiry(1))


def form(status: int) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        url, token = f"{emulator.base_url}/apikeys", emulator.token
        for kind, expected in (
            ("application/x-www-form-urlencoded", status),
            ("", status),
            ("Application/JSON; charset=utf-8", 400),
        ):
            headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
            answer = httpx.post(url, headers=headers, content=b'{"key": "k"}', verify=NO_TLS)
            assert answer.status_code == expected
        refused(answer, 400, "Workspace ID is required")

    return check


under("wrong_content_type=400")(form(400))
under("wrong_content_type=415")(form(415))
under("wrong_content_type=accepted")(form(400))


@pytest.mark.parametrize("setting", list(CHECKS))
def test_alternatives(setting: str, flashback_emulator_factory: EmulatorFactory) -> None:
    emulator = flashback_emulator_factory(parse_settings([setting]))
    CHECKS[setting](emulator, asking(emulator))


def test_a_refresh_token_that_does_not_rotate(flashback_emulator_factory: EmulatorFactory) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(refresh_rotates=False))
    ask = asking(emulator)
    body = {"refresh_token": login(emulator, ask)["refreshToken"]}
    for _ in range(2):
        assert ask("POST", "/user/refresh", body).status_code == 200


def test_lives_of_tokens(flashback_emulator_factory: EmulatorFactory) -> None:
    settings = EmulatorSettings(access_token_seconds=0.7, refresh_token_seconds=0.7)
    emulator = flashback_emulator_factory(settings)
    session = login(emulator, asking(emulator, None))
    ask = asking(emulator, session["accessToken"])
    assert ask("GET", "/apikeys").status_code == 200
    time.sleep(0.75)
    refused(ask("GET", "/apikeys"), 401, "User not found or not validated")
    refresh = {"refresh_token": session["refreshToken"]}
    assert ask("POST", "/user/refresh", refresh).status_code == 401
    assert asking(emulator, emulator.issue_token(seconds=60))("GET", "/apikeys").status_code == 200


def test_expired_on_demand(flashback_emulator: Emulator) -> None:
    session = login(flashback_emulator, asking(flashback_emulator, None))
    ask = asking(flashback_emulator, session["accessToken"])
    flashback_emulator.expire_tokens()
    assert ask("GET", "/apikeys").status_code == 401
    body = {"refresh_token": session["refreshToken"]}
    renewed = ask("POST", "/user/refresh", body).json()
    ask = asking(flashback_emulator, renewed["accessToken"])
    assert ask("GET", "/apikeys").status_code == 200
    flashback_emulator.expire_tokens(refresh_tokens=True)
    body = {"refresh_token": renewed["refreshToken"]}
    assert ask("POST", "/user/refresh", body).status_code == 401


def test_the_claims_of_a_token(flashback_emulator: Emulator) -> None:
    claims = jwt.decode(flashback_emulator.token, options={"verify_signature": False})
    assert claims.keys() >= {"userId", "email", "orgId", "iat", "exp"}
    forged = jwt.encode(claims, "x" * 32, algorithm="HS256")
    unsigned = jwt.encode(claims, "", algorithm="none")
    for token in (forged, unsigned):
        assert asking(flashback_emulator, token)("GET", "/apikeys").status_code == 401


def test_providers_for_known_users_only(flashback_emulator_factory: EmulatorFactory) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(providers_need_token=True))
    assert asking(emulator, None)("GET", "/providers").status_code == 401
    rows = asking(emulator)("GET", "/providers").json()["providers"]
    assert {row["name"]: row["capabilities"] for row in rows}["OTHER"] == 255
