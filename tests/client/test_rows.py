"""Lists with odd rows: what can be read is read, and what cannot is named."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.client import ApiKey, InvalidResponseError
from pulumi_flashback.client.models import Rows
from tests.client.scripted_server import ScriptedServer, reply

GOOD = {"id": "good", "region": "r"}


def keys(*rows: Any) -> Rows[ApiKey]:
    return Rows.read(ApiKey, [GOOD, *rows], "GET /apikeys")


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
def test_an_odd_row_is_named_when_it_is_looked_up_and_spoils_no_other(
    row: dict[str, Any], fields: str
) -> None:
    rows = keys({"id": "odd", **row})
    good = rows.find("good")
    assert good is not None
    assert good.region == "r"
    assert rows.find("absent") is None
    assert rows.ids == {"good", "odd"}
    with pytest.raises(InvalidResponseError, match=r"GET /apikeys: .* row of odd .*") as failure:
        rows.find("odd")
    assert failure.value.message.endswith(f": {fields}")
    assert not failure.value.may_have_taken_effect
    assert rows.remarks == (f"GET /apikeys: {fields} of odd cannot be read",)


@pytest.mark.parametrize(
    "row", [{}, {"id": None}, {"id": 7}, {"id": ""}, {"id": ".."}, {"id": "a/b"}, 7, None, "x", []]
)
def test_a_row_without_an_id_may_be_any_row(row: Any) -> None:
    rows = keys(row)
    assert (len(rows), rows.unreadable) == (1, 1)
    assert rows.find("good") == rows[0]
    with pytest.raises(InvalidResponseError, match="could not be determined whether absent"):
        rows.find("absent")
    assert rows.where(lambda each: False).unreadable == 1
    assert rows.remarks == ("GET /apikeys: 1 row(s) have no usable id, left out",)


@pytest.mark.parametrize("value", [10**400, -(10**400), 2**60, 1.5, "many", [], {}, None])
def test_a_number_that_informs_and_is_none_is_left_out(value: Any) -> None:
    row = keys({"id": "a", "bucket_count": value, "aillm_count": 3.0})[1]
    assert (row.bucket_count, row.aillm_count, row.odd) == (None, 3, ())


def test_odd_rows_of_members(server: ScriptedServer) -> None:
    users = [
        {"userId": "good", "role": "READ", "user": {"orgRole": 10**400, "email": 7, "name": "n"}},
        {"userId": "odd", "role": 5},
    ]
    server.expect(reply({"success": True, "workspace": {"id": "w", "users": users}}))
    workspace = server.client().workspaces.get("w")
    member = workspace.member("good")
    assert member is not None
    assert member.user is not None
    assert (member.role, member.user.org_role, member.user.email) == ("READ", None, None)
    assert workspace.member("absent") is None
    with pytest.raises(InvalidResponseError, match=r"GET /workspace/\{id\}: .*row of odd.*: role"):
        workspace.member("odd")
    users.append({"role": "ADMIN"})
    server.expect(reply({"success": True, "workspace": {"id": "w", "users": users}}))
    with pytest.raises(InvalidResponseError, match="could not be determined whether absent"):
        server.client().workspaces.get("w").member("absent")


def test_odd_rows_of_workspaces(server: ScriptedServer) -> None:
    rows = [
        {"id": "a", "name": "A", "users": 5, "orgId": {"x": 1}},
        {"id": "b", "name": 7, "users": [{"userId": "u"}]},
        {"name": "no id"},
    ]
    server.expect(reply({"success": True, "workspaces": rows}))
    found = server.client().workspaces.list()
    assert [(each.id, each.name, each.org_id, each.members, each.odd) for each in found] == [
        ("a", "A", None, None, ()),
        ("b", None, None, None, ("name",)),
    ]
    assert found.unreadable == 1


@pytest.mark.parametrize("row", [{"id": "u", "email": 7}, {"email": "ada@x.example"}])
def test_a_user_who_may_be_an_odd_row_is_not_said_to_be_missing(
    server: ScriptedServer, row: dict[str, Any]
) -> None:
    server.otherwise = reply(
        {"success": True, "data": [{"id": "good", "email": "e@x.example"}, row]}
    )
    organization = server.client().organization
    assert organization.find_user("e@x.example") is not None
    with pytest.raises(InvalidResponseError, match="does not contain all users"):
        organization.find_user("ada@x.example")


@pytest.mark.parametrize("value", [10**400, 1.5, "x", None, [1]])
def test_numbers_beside_the_rows(server: ScriptedServer, value: Any) -> None:
    server.expect(reply({"providers": [{"id": "AWS", "capabilities": value}, {"name": "GCP"}]}))
    assert [each.capabilities for each in server.client().providers.list()] == [0, 0]
    server.expect(reply({"data": {"id": "u", "orgRole": value, "orgId": value, "name": value}}))
    user = server.client().users.current()
    assert (user.org_role, user.org_id if value != "x" else None) == (None, None)


def test_a_row_that_is_not_an_object_costs_no_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    def validate(_: object) -> None:
        raise AssertionError("millions of them would take seconds")

    monkeypatch.setattr(ApiKey, "model_validate", validate)
    odd: list[object] = [None, 7, "x", [], True]
    assert [ApiKey.read(raw) for raw in odd] == [None] * len(odd)


def test_what_is_deleted_and_still_listed_does_not_exist(server: ScriptedServer) -> None:
    rows = [{"id": "live"}, {"id": "gone", "deletedAt": "2026-01-01T00:00:00Z"}]
    server.otherwise = reply({"apiKeys": rows, "workspaces": rows, "data": rows})
    client = server.client()
    for found in (
        client.repository_ai_keys("r").list(),
        client.workspaces.list(),
        client.organization.list_users(),
    ):
        assert [each.id for each in found] == ["live"]
