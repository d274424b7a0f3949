"""Lists with odd rows: what can be read is read, and what cannot is named."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.client import ApiKey, FlashbackClient, InvalidResponseError
from tests.client.conftest import Client
from tests.client.scripted_server import ScriptedServer, answer

GOOD = {"id": "good", "region": "r"}


def keys(server: ScriptedServer, client: FlashbackClient, *rows: Any) -> Any:
    server.expect(answer({"success": True, "apiKeys": [GOOD, *rows]}))
    return client.api_keys.list(workspace_id="w")


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ({"region": 7}, "region"),
        ({"region": ["r"], "tenantId": {}, "endpoint": ""}, "region, tenantId"),
        ({"tenant_id": 7}, "tenantId"),
        ({"key": 5, "secret": 6}, "key"),
        ({"endpoint": False, "description": 10**400}, "description, endpoint"),
    ],
)
def test_an_odd_row_is_named_when_it_is_asked_for_and_spoils_no_other(
    server: ScriptedServer, client_of: Client, row: dict[str, Any], fields: str
) -> None:
    rows = keys(server, client_of(server), {"id": "odd", **row})
    assert rows.find("good").region == "r"
    assert rows.find("absent") is None
    assert [each.id for each in rows] == ["good", "odd"]
    with pytest.raises(InvalidResponseError, match=r"GET /apikeys: .* row of odd .*") as failure:
        rows.find("odd")
    assert str(failure.value.message).endswith(f": {fields}")
    assert not failure.value.may_have_taken_effect


@pytest.mark.parametrize(
    "row", [{}, {"id": None}, {"id": 7}, {"id": ""}, {"id": ".."}, {"id": "a/b"}, 7, None, "x", []]
)
def test_a_row_without_an_id_may_be_any_row(
    server: ScriptedServer, client_of: Client, row: Any
) -> None:
    rows = keys(server, client_of(server), row)
    assert (len(rows), rows.unreadable) == (1, 1)
    assert rows.find("good").id == "good"
    with pytest.raises(InvalidResponseError, match="could not be determined whether absent"):
        rows.find("absent")
    assert rows.where(lambda each: False).unreadable == 1


@pytest.mark.parametrize("value", [10**400, -(10**400), 2**60, 1.5, "many", [], {}, None])
def test_a_number_that_informs_and_is_none_is_left_out(
    server: ScriptedServer, client_of: Client, value: Any
) -> None:
    rows = keys(server, client_of(server), {"id": "a", "bucket_count": value, "aillm_count": 3.0})
    row = rows.find("a")
    assert (row.bucket_count, row.aillm_count) == (None, 3)


def test_odd_rows_of_members(server: ScriptedServer, client_of: Client) -> None:
    users = [
        {"userId": "good", "role": "READ", "user": {"orgRole": 10**400, "email": 7, "name": "n"}},
        {"userId": "odd", "role": 5},
    ]
    server.expect(answer({"success": True, "workspace": {"id": "w", "users": users}}))
    workspace = client_of(server).workspaces.get("w")
    member = workspace.member("good")
    assert member is not None
    assert member.user is not None
    assert (member.role, member.user.org_role, member.user.email) == ("READ", None, None)
    assert workspace.member("absent") is None
    with pytest.raises(InvalidResponseError, match=r"GET /workspace/\{id\}: .*row of odd.*: role"):
        workspace.member("odd")
    users.append({"role": "ADMIN"})
    server.expect(answer({"success": True, "workspace": {"id": "w", "users": users}}))
    with pytest.raises(InvalidResponseError, match="could not be determined whether absent"):
        client_of(server).workspaces.get("w").member("absent")


def test_odd_rows_of_workspaces(server: ScriptedServer, client_of: Client) -> None:
    rows = [
        {"id": "a", "name": "A", "users": 5, "orgId": {"x": 1}},
        {"id": "b", "name": 7, "users": [{"userId": "u"}]},
        {"name": "no id"},
    ]
    server.expect(answer({"success": True, "workspaces": rows}))
    found = client_of(server).workspaces.list()
    assert [(each.id, each.name, each.org_id, each.odd) for each in found] == [
        ("a", "A", None, ()),
        ("b", None, None, ("name",)),
    ]
    assert [each.members for each in found] == [None, None]
    assert found.unreadable == 1


@pytest.mark.parametrize("row", [{"id": "u", "email": 7}, {"email": "ada@x.example"}])
def test_a_user_who_may_be_an_odd_row_is_not_said_to_be_missing(
    server: ScriptedServer, client_of: Client, row: dict[str, Any]
) -> None:
    body = {"success": True, "data": [{"id": "good", "email": "e@x.example"}, row]}
    server.otherwise = answer(body)
    organization = client_of(server).organization
    assert organization.find_user("e@x.example") is not None
    with pytest.raises(InvalidResponseError, match="does not show all users"):
        organization.find_user("ada@x.example")


@pytest.mark.parametrize("value", [10**400, 1.5, "x", None, [1]])
def test_numbers_beside_the_rows(server: ScriptedServer, client_of: Client, value: Any) -> None:
    server.expect(answer({"providers": [{"id": "AWS", "capabilities": value}, {"name": "GCP"}]}))
    assert [each.capabilities for each in client_of(server).providers.list()] == [0, 0]
    server.expect(answer({"data": {"id": "u", "orgRole": value, "orgId": value, "name": value}}))
    user = client_of(server).users.current()
    assert (user.org_role, user.org_id if value != "x" else None) == (None, None)


def test_a_row_that_is_no_object_costs_no_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    def validate(_: object) -> None:
        raise AssertionError("millions of them would take seconds")

    monkeypatch.setattr(ApiKey, "model_validate", validate)
    odd: list[object] = [None, 7, "x", [], True]
    for raw in odd:
        assert ApiKey.read(raw) is None
