"""What a response does not prove, in both providers: the state and the key stay as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.testing import EmulatorFactory
from tests.contract.conftest import NativeFactory, ProviderFactory
from tests.contract.driver import ProviderFailureError, ProviderProcess


@pytest.fixture
def emulator(flashback_emulator_factory: EmulatorFactory) -> Emulator:
    """Return an emulator with faults."""
    return flashback_emulator_factory(faults=True)


@pytest.fixture
def provider(make_provider: ProviderFactory, emulator: Emulator) -> ProviderProcess:
    """Return a provider process that does not retry."""
    return make_provider(emulator, maxRetries="0")


def answers(emulator: Emulator, operation: str, body: object, **more: Any) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    fault = {"fault": "none", "commit": False, "body": text, "status": 200, "times": "forever"}
    emulator.script_faults({operation: [{**fault, **more}]})


@pytest.mark.parametrize(
    ("rows", "more", "message"),
    [
        ([], {"total": 6}, "only a part"),
        ([], {"pagination": {"nextCursor": "abc"}}, "only a part"),
        ([{"region": "no id"}], {}, "could not be determined"),
        ([{"id": "ID", "region": 7}], {}, "the row of ID has values of another type: region"),
        ([], {"error": "no"}, "200 no"),
    ],
)
def test_a_list_that_does_not_tell_removes_nothing(
    provider: ProviderProcess,
    emulator: Emulator,
    inputs: dict[str, Any],
    rows: list[dict[str, Any]],
    more: dict[str, Any],
    message: str,
) -> None:
    identifier, state = provider.create(inputs)
    shown = [{**row, "id": identifier} if "id" in row else row for row in rows]
    answers(emulator, "GET /apikeys", {"success": True, "apiKeys": shown, **more})
    with pytest.raises(ProviderFailureError, match=message.replace("ID", identifier)):
        provider.read(identifier, state)


def test_an_odd_row_does_not_spoil_its_neighbours(
    provider: ProviderProcess, emulator: Emulator, inputs: dict[str, Any]
) -> None:
    identifier, state = provider.create(inputs)
    row = {"id": identifier, "key": inputs["key"], "provider": "AWS", "region": "other"}
    rows = [{"id": "odd", "region": 7, "bucket_count": 10**400}, row]
    answers(emulator, "GET /apikeys", {"success": True, "apiKeys": rows})
    assert provider.read(identifier, state)[1]["region"] == "other"


@pytest.mark.parametrize(
    ("written", "listed"),
    [
        ({}, {"createdAt": 7}),
        ({}, {"provider": None}),
        ({"key": "AKIALINEEND\n"}, {"key": "AKIALINEEND"}),
        ({"description": "one  \r\ntwo\n"}, {"description": "one\ntwo"}),
    ],
)
def test_what_a_list_tidies_or_leaves_out_is_no_drift(
    provider: ProviderProcess,
    emulator: Emulator,
    inputs: dict[str, Any],
    written: dict[str, Any],
    listed: dict[str, Any],
) -> None:
    identifier, state = provider.create({**inputs, **written})
    answers(emulator, "GET /apikeys", {"apiKeys": [{**inputs, "id": identifier, **listed}]})
    assert provider.read(identifier, state)[1] == state


@pytest.mark.parametrize("body", [{}, [], "ok", {"success": "false"}, {"status": "error"}])
def test_a_delete_that_reports_no_success_is_looked_up(
    provider: ProviderProcess, emulator: Emulator, inputs: dict[str, Any], body: object
) -> None:
    identifier, state = provider.create(inputs)
    answers(emulator, "DELETE /apikeys/{id}", json.dumps(body))
    with pytest.raises(ProviderFailureError, match=r"DELETE /apikeys/\{id\}: 200"):
        provider.delete(identifier, state)
    emulator.delete_api_key(identifier)
    provider.delete(identifier, state)


@pytest.mark.parametrize("body", [{}, [], "ok", {"success": "false"}, {"status": "error"}])
def test_an_update_that_reports_no_success_is_reported(
    make_native: NativeFactory, emulator: Emulator, inputs: dict[str, Any], body: object
) -> None:
    """The dynamic provider tries half a minute first; tests/unit covers that."""
    provider = make_native(emulator, maxRetries="0")
    identifier, state = provider.create(inputs)
    answers(emulator, "PUT /apikeys/{id}", json.dumps(body))
    with pytest.raises(ProviderFailureError, match=r"PUT /apikeys/\{id\}: 200"):
        provider.update(identifier, state, {**inputs, "secret": "rotated"})


@pytest.mark.parametrize("status", [403, 404])
def test_a_page_of_a_firewall_says_nothing_of_a_key(
    make_native: NativeFactory, emulator: Emulator, inputs: dict[str, Any], status: int
) -> None:
    provider = make_native(emulator, maxRetries="0")
    identifier, state = provider.create(inputs)
    html = {"status": status, "contentType": "text/html"}
    answers(emulator, "PUT /apikeys/{id}", "<html>Blocked</html>", **html)
    with pytest.raises(ProviderFailureError, match="not from the Flashback API") as failure:
        provider.update(identifier, state, {**inputs, "secret": "rotated"})
    assert "ADMIN" not in str(failure.value)
    assert "does not have it any more" not in str(failure.value)


@pytest.mark.parametrize("fault", ["503", "html-502", "commit-then-reset"])
def test_a_sign_in_that_fails_changes_nothing(
    make_provider: ProviderFactory, emulator: Emulator, inputs: dict[str, Any], fault: str
) -> None:
    identifier, state = make_provider(emulator).create(inputs)
    emulator.script_faults({"POST /user/login": [{"fault": fault, "times": "forever"}]})
    login = {"token": "", "email": emulator.email, "password": emulator.password}
    provider = make_provider(emulator, maxRetries="0", **login)
    emulator.requests.clear()
    with pytest.raises(ProviderFailureError, match="signing in failed at POST /user/login") as one:
        provider.update(identifier, state, {**inputs, "secret": "rotated"})
    with pytest.raises(ProviderFailureError, match="signing in failed at POST /user/login") as two:
        provider.delete(identifier, state)
    for failure in (one, two):
        assert "state delete" not in str(failure.value)
        assert "was not carried out" in str(failure.value)
    assert {path for _, path, _ in emulator.requests} <= {"/user/login"}
    assert emulator.api_keys()[0]["secret"] == inputs["secret"]


@pytest.mark.parametrize("identifier", [".", ".."])
def test_a_step_of_a_path_is_no_id(
    make_provider: ProviderFactory, emulator: Emulator, identifier: str
) -> None:
    state = {"workspaceId": emulator.workspace_id, "userId": identifier, "role": "READ"}
    provider = make_provider(emulator, resource="WorkspaceMember")
    with pytest.raises(ProviderFailureError):
        provider.delete(f"{identifier}/{identifier}", {**state, "workspaceId": identifier})
    assert [each.id for each in emulator.workspaces()][:1] == [emulator.workspace_id]
    keys = make_provider(emulator)
    with pytest.raises(ProviderFailureError, match="is not an id"):
        keys.delete(identifier, {**state, "workspaceId": emulator.workspace_id})
    assert all(method == "GET" for method, _, _ in emulator.requests)


def test_another_workspace_says_nothing_of_a_member(
    make_provider: ProviderFactory, emulator: Emulator
) -> None:
    user = emulator.add_user("ada@flashback.example").id
    provider = make_provider(emulator, "WorkspaceMember", maxRetries="0")
    inputs = {"workspaceId": emulator.workspace_id, "userId": user, "role": "READ"}
    identifier, state = provider.create(inputs)
    other = {"id": "other", "name": "Other", "users": []}
    answers(emulator, "GET /workspace/{id}", {"success": True, "workspace": other})
    for step in (provider.read, provider.delete):
        with pytest.raises(ProviderFailureError, match="returned workspace other instead of"):
            step(identifier, state)
    assert user in emulator.members(emulator.workspace_id)


def test_a_profile_without_an_organization_is_not_one_of_another(
    make_provider: ProviderFactory, emulator: Emulator, inputs: dict[str, Any]
) -> None:
    provider = make_provider(emulator, token="opaque", maxRetries="0")
    deleted = {"id": inputs["workspaceId"], "name": "Demo", "deletedAt": "2026-01-01T00:00:00Z"}
    answers(emulator, "GET /apikeys", {"success": True, "apiKeys": []})
    answers(emulator, "GET /workspace/{id}", {"success": True, "workspace": deleted})
    answers(emulator, "GET /user/profile", {"success": True, "data": {"id": "x"}})
    state = {**inputs, "apiKeyId": "key", "orgId": "demo-organization"}
    with pytest.raises(ProviderFailureError, match="neither the token nor the profile says"):
        provider.read("key", state)
