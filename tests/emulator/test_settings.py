"""What settings do that a look from outside does not show, and how they are given.

That each alternative does what it says is shown by ``tests/conformance``.
"""

from __future__ import annotations

import pytest

from pulumi_flashback.emulator import EmulatorSettings
from pulumi_flashback.emulator.settings import describe_settings, parse_settings
from tests.emulator.asking import (
    BODY,
    MEMBERS,
    NEW_USER,
    USERS,
    WORKSPACE,
    asking,
    keys,
    said,
    session,
)
from tests.emulator.conftest import Clock, Make


def test_the_life_of_an_access_token(make: Make, clock: Clock) -> None:
    emulator = make(EmulatorSettings(access_token_seconds=0.2))
    ask = asking(emulator, session(emulator)["accessToken"])
    first = ask("GET", "/apikeys").status_code
    clock.now += 0.21
    longer = asking(emulator, emulator.issue_token(seconds=60))
    assert longer("GET", "/apikeys").status_code == 200
    assert [first, ask("GET", "/apikeys").status_code] == [200, 401]


def test_the_life_of_a_refresh_token(make: Make, clock: Clock) -> None:
    emulator = make(EmulatorSettings(refresh_token_seconds=0.1))
    token = session(emulator)["refreshToken"]
    clock.now += 0.11
    refresh = asking(emulator)("POST", "/user/refresh", {"refresh_token": token})
    assert refresh.status_code == 401


def test_lists_lag_each_on_its_own(make: Make) -> None:
    ask = asking(make(EmulatorSettings(list_lag=2)))
    counts = [len(keys(ask))]
    first = ask("POST", "/apikeys", BODY).json()["apiKeyId"]
    counts.append(len(keys(ask)))
    ask("POST", "/apikeys", {**BODY, "key": "SECOND"})
    assert len(keys(ask)) == 0  # the second response after the first write
    counts += [len(keys(ask)), len(keys(ask))]
    counts.append(len(keys(ask, "?provider=AWS")))  # another list lags on its own
    assert ask("DELETE", f"/apikeys/{first}").status_code == 200
    assert ask("PUT", f"/apikeys/{first}", {"region": "x"}).status_code == 404  # no list
    assert [*counts, len(keys(ask))] == [0, 0, 1, 2, 0, 2]


def test_a_rate_limit(make: Make, clock: Clock) -> None:
    ask = asking(make(EmulatorSettings(requests_per_second=3, retry_after_seconds=2.5)))
    found = [ask("GET", "/health") for _ in range(4)]
    assert [each.status_code for each in found[:3]] == [200] * 3
    assert said(found[-1]) == (429, "Too many requests")
    assert found[-1].headers["retry-after"] == "3"
    clock.now += 1.1
    assert ask("GET", "/health").status_code == 200


def test_a_body_that_is_too_large(make: Make) -> None:
    ask = asking(make(EmulatorSettings(max_body_bytes=10)))
    assert said(ask("POST", "/apikeys", BODY)) == (413, "Request body is too large")


def test_a_short_limit_of_names(make: Make) -> None:
    ask = asking(make(EmulatorSettings(longest_workspace_name=3)))
    assert ask("POST", "/workspace", {"name": "abc"}).status_code == 201
    refusal = ask("POST", "/workspace", {"name": "abcd"})
    assert said(refusal) == (400, "Workspace name is too long")


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("rule", ["clears", "refused"])
def test_no_required_field_is_cleared(make: Make, value: str | None, rule: str) -> None:
    emulator = make(parse_settings([f"null_in_update={rule}", f"empty_in_update={rule}"]))
    path = f"/apikeys/{emulator.add_api_key()}"
    assert asking(emulator)("PUT", path, {"secret": value}).status_code == 400
    assert emulator.api_keys()[0]["secret"] == "outside-secret"


def test_a_stored_role_that_nobody_knows_allows_reading(make: Make) -> None:
    emulator = make(EmulatorSettings(unknown_role="accepted"))
    member = emulator.add_user("ada@flashback.example")
    body = {"userId": member.id, "role": "EDITOR"}
    assert asking(emulator)("POST", MEMBERS, body).status_code == 200
    assert emulator.members(emulator.workspace_id)[member.id] == "EDITOR"
    assert asking(emulator, member)("GET", WORKSPACE).status_code == 200
    assert asking(emulator, member)("PUT", WORKSPACE, {"name": "n"}).status_code == 403


def test_a_revived_user_keeps_id_and_gets_the_new_role(make: Make) -> None:
    ask = asking(make(EmulatorSettings(email_of_deleted_user="revived")))
    made = ask("POST", USERS, NEW_USER).json()["data"]
    ask("DELETE", f"{USERS}/{made['id']}")
    again = ask("POST", USERS, {**NEW_USER, "orgRole": 2}).json()["data"]
    role = {"orgRole": 2, "orgRoles": [0, 1, 2], "orgRoleDescription": "WORKSPACES"}
    assert again == {**made, **role}


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
