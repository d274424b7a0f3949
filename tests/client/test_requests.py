"""What ``FlashbackClient`` puts on the wire, over which connections, and which responses count."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from pulumi_flashback.client import (
    APIConnectionError,
    FlashbackClient,
    FlashbackError,
    InvalidResponseError,
    transport,
)
from tests.client.scripted_server import ScriptedServer, Step, refusal, reply, run_together
from tests.client.steps import CREATED, EMPTY

WORKSPACE = reply({"success": True, "workspace": {"id": "w"}})
USERS = reply({"success": True, "data": [], "total": 0})
TOKENS = reply({"success": True, "accessToken": "new", "refreshToken": "newer"})

REQUIRED = {"workspace_id": "w", "key": "k ü", "secret": "s\n", "provider": "AWS"}
OPTIONAL = {
    "endpoint": "e",
    "region": "r",
    "tenant_id": "t",
    "subscription_id": "s",
    "description": "d",
}
SENT = {"workspaceId": "w", "key": "k ü", "secret": "s\n", "provider": "AWS"}
SENT_TOO = {
    "endpoint": "e",
    "region": "r",
    "tenantId": "t",
    "subscriptionId": "s",
    "description": "d",
}

Work = Callable[[FlashbackClient], object]
# fmt: off
REQUESTS: list[tuple[Work, Step, str, Any]] = [
    (lambda c: c.api_keys.create(**REQUIRED), CREATED, "POST /apikeys", SENT),
    (lambda c: c.api_keys.create(**REQUIRED, **OPTIONAL), CREATED, "POST /apikeys", SENT | SENT_TOO),
    (lambda c: c.api_keys.list(), EMPTY, "GET /apikeys", None),
    (lambda c: c.api_keys.list(workspace_id="a=b", provider="A&S=C", capability=4), EMPTY,
     "GET /apikeys?workspaceId=a%3Db&provider=A%26S%3DC&capability=4", None),
    (lambda c: c.api_keys.list(provider="aws"), EMPTY, "GET /apikeys", None),
    (lambda c: c.api_keys.update("an.id_~:@=+-", {"region": None, "key": "k"}), reply(status=204),
     "PUT /apikeys/an.id_~:@=+-", {"region": None, "key": "k"}),
    (lambda c: c.api_keys.delete("an-id"), reply(), "DELETE /apikeys/an-id", None),
    (lambda c: c.workspaces.get("w-1"), WORKSPACE, "GET /workspace/w-1", None),
    (lambda c: c.workspaces.list(), reply({"workspaces": []}), "GET /workspace", None),
    (lambda c: c.workspaces.create("N ü"), WORKSPACE, "POST /workspace", {"name": "N ü"}),
    (lambda c: c.workspaces.update("w-1", name="n"), reply(), "PUT /workspace/w-1", {"name": "n"}),
    (lambda c: c.workspaces.delete("w-1"), reply(), "DELETE /workspace/w-1", None),
    (lambda c: c.workspaces.add_member("w-1", user_id="u-1", role="READ"), reply(),
     "POST /workspace/w-1/users", {"userId": "u-1", "role": "READ"}),
    (lambda c: c.workspaces.update_member("w-1", "u-1", role="ADMIN"), reply(status=204),
     "PUT /workspace/w-1/users/u-1", {"role": "ADMIN"}),
    (lambda c: c.workspaces.remove_member("w-1", "u-1"), reply(), "DELETE /workspace/w-1/users/u-1", None),
    (lambda c: c.organization.list_users(), USERS, "GET /organization/users", None),
    (lambda c: c.organization.find_user("e"), USERS, "GET /organization/users", None),
    (lambda c: c.users.current(), reply({"data": {"id": "u"}}), "GET /user/profile", None),
    (lambda c: c.providers.list(), reply({"providers": []}), "GET /providers", None),
    (lambda c: c.buckets.list(workspace_id="w"), reply({"buckets": []}), "GET /bucket?workspaceId=w", None),
    (lambda c: c.repositories.list(workspace_id="w"), reply({"repos": []}), "GET /repo?workspaceId=w", None),
    (lambda c: c.health(), reply({"status": "error"}), "GET /health", None),
    (lambda c: c.login("e", "p"), TOKENS, "POST /user/login", {"email": "e", "password": "p"}),
    (lambda c: c.refresh("r"), TOKENS, "POST /user/refresh", {"refresh_token": "r"}),
]
# fmt: on


@pytest.mark.parametrize(("work", "response", "sent", "body"), REQUESTS)
def test_each_call_is_one_request_of_this_form(
    server: ScriptedServer, work: Work, response: Step, sent: str, body: Any
) -> None:
    server.expect(response)
    work(server.client())
    (request,) = server.requests
    assert f"{request.method} {request.target}" == sent
    anonymous = sent.endswith(("/health", "/login", "/refresh"))
    assert request.token == (None if anonymous else "a-token")
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert request.headers["accept"] == "application/json"
    agent = r"pulumi-flashback/\d+\.\d+\.\d+\S* python/3\.\d+\.\d+\S*"
    assert re.fullmatch(agent, request.headers["user-agent"])
    assert (request.json if request.body else None) == body
    assert request.headers.get("content-type") == (body and "application/json")


@pytest.mark.parametrize("end", ["", "/", "//"])
def test_a_path_in_the_base_url_goes_before_every_path(server: ScriptedServer, end: str) -> None:
    server.expect(EMPTY)
    with FlashbackClient(f"{server.base_url}/api/v1{end}", token="t") as client:
        client.api_keys.list()
    assert server.requests[0].target == "/api/v1/apikeys"


def test_calls_in_a_row_share_one_connection_whatever_their_responses(
    server: ScriptedServer,
) -> None:
    client = server.client(max_retries=0)
    for step in (EMPTY, refusal(404), reply(status=204), refusal(500), reply(b"<html>"), EMPTY):
        server.expect(step)
        with suppress(FlashbackError):
            client.api_keys.delete("an-id")
    assert (server.served, server.connections) == (6, 1)


def test_threads_open_no_more_than_a_connection_each(server: ScriptedServer) -> None:
    server.otherwise = EMPTY
    client = server.client()
    for _ in range(4):
        assert run_together(8, client.api_keys.list) == []
    assert server.served == 32
    assert server.connections <= 8


def test_a_connection_that_the_backend_has_closed_is_not_used_again(server: ScriptedServer) -> None:
    server.otherwise = Step(CREATED.data, close=True)
    client = server.client()
    for _ in range(5):
        client.api_keys.create(**REQUIRED)
        server.wait_until_closed()
    assert server.served == server.connections == 5


def test_a_fault_gives_its_connection_back_to_the_pool(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_CONNECTIONS", 1)
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 1000)
    client = server.client(max_retries=0, timeout=1)
    too_large = reply(b"x" * 1001)
    for step in (Step(), Step(reset=True), too_large, Step(b"garbage\r\n\r\n"), refusal(500)):
        server.expect(step)
        with pytest.raises(FlashbackError):
            client.api_keys.list()
    server.expect(EMPTY)
    assert client.api_keys.list() == []


def test_a_closed_client_says_so(server: ScriptedServer) -> None:
    client = server.client()
    client.close()
    with pytest.raises(APIConnectionError, match="the client is closed"):
        client.api_keys.list()


@pytest.mark.parametrize("value", ["\ud800", "a\udfff"])
def test_text_that_is_not_unicode_is_refused_before_anything_is_sent(
    server: ScriptedServer, value: str
) -> None:
    with pytest.raises(APIConnectionError, match="cannot be sent") as failure:
        server.client().api_keys.update("an-id", {"description": value})
    assert not failure.value.sent
    assert server.connections == 0


WRITES: list[Work] = [
    lambda c: c.api_keys.update("an-id", {"secret": "s"}),
    lambda c: c.api_keys.delete("an-id"),
    lambda c: c.workspaces.add_member("w", user_id="u", role="READ"),
]
DONE = [
    b"", b" \n", b'{"success": true}', b'{"success": true, "message": "done"}',
    b'{"success": true, "workspace": {"id": "w"}, "error": null, "errors": []}',
    b'{"success": true, "error_code": "SUCCESS", "status": "ONLINE"}',
]  # fmt: skip
NOT_DONE = [
    b"OK", b'"ok"', b"null", b"true", b"{}", b"[]", b'[{"success": true}]', b'{"message": "done"}',
    b'{"error": "Method not allowed"}', b'{"success": "true"}', b'{"success": 0}', b'{"success": 1}',
    b'{"success": "false", "message": "no"}', b'{"success": null}', b'{"Success": true}',
    b'{"status": "error", "message": "no route"}', b'{"success": true, "error": "no route"}',
    b'{"success": true, "errors": ["no"]}', b'{"success": true, "status": "Failed"}',
    b'{"success": true, "ok": false}',
]  # fmt: skip


@pytest.mark.parametrize("write", WRITES)
def test_a_write_is_done_with_an_empty_body_or_success_true_and_nothing_else(
    server: ScriptedServer, write: Work
) -> None:
    client = server.client(max_retries=0)
    for body in DONE:
        server.expect(reply(body))
        write(client)
    for body in NOT_DONE:
        server.expect(reply(body))
        with pytest.raises(InvalidResponseError) as failure:
            write(client)
        assert failure.value.may_have_taken_effect, body
        assert not failure.value.not_processed


@pytest.mark.parametrize(
    "more",
    [{"success": "false"}, {"SUCCESS": False}, {"success": 0}, {"error": "x"}, {"ok": False}],
)
def test_data_of_a_response_that_reports_a_failure_do_not_count(
    server: ScriptedServer, more: dict[str, Any]
) -> None:
    server.expect(reply({"apiKeys": [], **more}), reply({"apiKeyId": "an-id", **more}, 201))
    client = server.client()
    with pytest.raises(InvalidResponseError):
        client.api_keys.list()
    with pytest.raises(InvalidResponseError) as failure:
        client.api_keys.create(**REQUIRED)
    assert failure.value.may_have_taken_effect
    assert server.served == 2


NO_MESSAGE = "the API returned no error message"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"message": "m", "error_message": "n"}, "m"),
        ({"message": " ", "error_message": "n"}, "n"),
        ({"error": {"message": "nested"}}, "nested"),
        ({"error": "flat"}, "flat"),
        ({"error_code": "CODE"}, "CODE"),
        (
            {"message": "first\r\nsecond\u2028third\x1b[31m\x00\u202efourth"},
            "first second third fourth",
        ),
        ({"message": 5}, NO_MESSAGE),
        ({"success": False, "bucketId": "b"}, NO_MESSAGE),
        (["a"], NO_MESSAGE),
        (b"<html>Forbidden</html>", NO_MESSAGE),
        (b"\xff\xfe", NO_MESSAGE),
    ],
)
def test_the_error_message_of_each_family_of_endpoints_is_found_and_is_one_line(
    server: ScriptedServer, body: object, message: str
) -> None:
    server.expect(reply(body, 400, {"X-Request-Id": "r-1"}))
    with pytest.raises(FlashbackError) as failure:
        server.client().api_keys.list()
    assert failure.value.brief == f"GET /apikeys: 400 {message} (request id r-1)"
    assert str(failure.value).isprintable()


def test_a_good_status_with_success_false_has_the_message_too(server: ScriptedServer) -> None:
    server.expect(refusal(200, "not today"))
    with pytest.raises(InvalidResponseError, match="200 not today"):
        server.client().api_keys.delete("an-id")
    assert server.served == 1
