"""What ``FlashbackClient`` puts on the wire, and over which connections."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from pulumi_flashback.client import (
    APIConnectionError,
    ConfigurationError,
    FlashbackClient,
    FlashbackError,
    InvalidResponseError,
    transport,
)
from tests.client.conftest import Client
from tests.client.scripted_server import ScriptedServer, Step, answer, refusal, run_together

EMPTY = answer({"success": True, "apiKeys": []})
CREATED = answer({"success": True, "apiKeyId": "an-id"}, 201)
WORKSPACE = answer({"success": True, "workspace": {"id": "w"}})
WORKSPACES = answer({"success": True, "workspaces": []})
USERS = answer({"success": True, "data": [], "total": 0})
TOKENS = answer({"success": True, "accessToken": "new", "refreshToken": "newer"})

Work = Callable[[FlashbackClient], object]
WRITES: dict[str, Work] = {
    "update": lambda c: c.api_keys.update("an-id", {"secret": "s"}),
    "delete": lambda c: c.api_keys.delete("an-id"),
    "rename": lambda c: c.workspaces.update("w", name="n"),
    "delete-workspace": lambda c: c.workspaces.delete("w"),
    "add": lambda c: c.workspaces.add_member("w", user_id="u", role="READ"),
    "change": lambda c: c.workspaces.update_member("w", "u", role="READ"),
    "remove": lambda c: c.workspaces.remove_member("w", "u"),
}


def create(client: FlashbackClient, **more: str) -> object:
    return client.api_keys.create(workspace_id="w", key="k ü", secret="s\n", provider="AWS", **more)


OPTIONAL = {
    "endpoint": "e",
    "region": "r",
    "tenant_id": "t",
    "subscription_id": "s",
    "description": "d",
}


@pytest.mark.parametrize(
    ("work", "reply", "method", "target", "body", "token"),
    [
        (
            create,
            CREATED,
            "POST",
            "/apikeys",
            {"workspaceId": "w", "key": "k ü", "secret": "s\n", "provider": "AWS"},
            "a-token",
        ),
        (
            lambda c: create(c, **OPTIONAL),
            CREATED,
            "POST",
            "/apikeys",
            {
                "workspaceId": "w",
                "key": "k ü",
                "secret": "s\n",
                "provider": "AWS",
                "endpoint": "e",
                "region": "r",
                "tenantId": "t",
                "subscriptionId": "s",
                "description": "d",
            },
            "a-token",
        ),
        (lambda c: c.api_keys.list(), EMPTY, "GET", "/apikeys", None, "a-token"),
        (
            lambda c: c.api_keys.list(workspace_id="a=b", provider="A&S=C", capability=4),
            EMPTY,
            "GET",
            "/apikeys?workspaceId=a%3Db&provider=A%26S%3DC&capability=4",
            None,
            "a-token",
        ),
        (
            lambda c: c.api_keys.update("an.id_~:@=+-", {"region": None, "key": "k"}),
            answer(status=204),
            "PUT",
            "/apikeys/an.id_~:@=+-",
            {"region": None, "key": "k"},
            "a-token",
        ),
        (
            lambda c: c.api_keys.delete("an-id"),
            answer(),
            "DELETE",
            "/apikeys/an-id",
            None,
            "a-token",
        ),
        (lambda c: c.workspaces.get("w-1"), WORKSPACE, "GET", "/workspace/w-1", None, "a-token"),
        (lambda c: c.workspaces.list(), WORKSPACES, "GET", "/workspace", None, "a-token"),
        (
            lambda c: c.workspaces.create("N ü"),
            WORKSPACE,
            "POST",
            "/workspace",
            {"name": "N ü"},
            "a-token",
        ),
        (
            lambda c: c.workspaces.update("w-1", name="n"),
            answer(),
            "PUT",
            "/workspace/w-1",
            {"name": "n"},
            "a-token",
        ),
        (
            lambda c: c.workspaces.delete("w-1"),
            answer(),
            "DELETE",
            "/workspace/w-1",
            None,
            "a-token",
        ),
        (
            lambda c: c.workspaces.add_member("w-1", user_id="u-1", role="READ"),
            answer(),
            "POST",
            "/workspace/w-1/users",
            {"userId": "u-1", "role": "READ"},
            "a-token",
        ),
        (
            lambda c: c.workspaces.update_member("w-1", "u-1", role="ADMIN"),
            answer(status=204),
            "PUT",
            "/workspace/w-1/users/u-1",
            {"role": "ADMIN"},
            "a-token",
        ),
        (
            lambda c: c.workspaces.remove_member("w-1", "u-1"),
            answer(),
            "DELETE",
            "/workspace/w-1/users/u-1",
            None,
            "a-token",
        ),
        (
            lambda c: c.organization.list_users(),
            USERS,
            "GET",
            "/organization/users",
            None,
            "a-token",
        ),
        (
            lambda c: c.organization.find_user("e"),
            USERS,
            "GET",
            "/organization/users",
            None,
            "a-token",
        ),
        (lambda c: c.health(), answer({"status": "error"}), "GET", "/health", None, None),
        (
            lambda c: c.login("e", "p"),
            TOKENS,
            "POST",
            "/user/login",
            {"email": "e", "password": "p"},
            None,
        ),
        (
            lambda c: c.refresh("r"),
            TOKENS,
            "POST",
            "/user/refresh",
            {"refresh_token": "r"},
            None,
        ),
    ],
    ids=[
        "create",
        "create-with-all",
        "list",
        "list-filtered",
        "update",
        "delete",
        "workspace",
        "workspaces",
        "create-workspace",
        "update-workspace",
        "delete-workspace",
        "add-member",
        "update-member",
        "remove-member",
        "organization-users",
        "find-user",
        "health",
        "login",
        "refresh",
    ],
)
def test_each_call_is_one_request_of_this_form(
    server: ScriptedServer,
    client_of: Client,
    work: Work,
    reply: Step,
    method: str,
    target: str,
    body: dict[str, Any] | None,
    token: str | None,
) -> None:
    server.expect(reply)
    work(client_of(server))
    (request,) = server.requests
    assert (request.method, request.target, request.token) == (method, target, token)
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert request.headers["accept"] == "application/json"
    if body is None:
        assert request.body == b""
    else:
        assert request.json == body
        assert request.headers["content-type"] == "application/json"


def test_the_user_agent_names_package_and_python_with_their_versions(
    server: ScriptedServer, client_of: Client
) -> None:
    server.expect(EMPTY)
    client_of(server).api_keys.list()
    agent = server.requests[0].headers["user-agent"]
    assert re.fullmatch(r"pulumi-flashback/\d+\.\d+\.\d+\S* python/3\.\d+\.\d+\S*", agent)


@pytest.mark.parametrize("end", ["", "/", "//"])
def test_a_path_in_the_base_url_goes_before_every_path(server: ScriptedServer, end: str) -> None:
    server.expect(EMPTY)
    with FlashbackClient(f"{server.base_url}/api/v1{end}", token="t") as client:
        client.api_keys.list()
    assert server.requests[0].target == "/api/v1/apikeys"


def test_calls_in_a_row_share_one_connection_whatever_their_answers(
    server: ScriptedServer, client_of: Client
) -> None:
    client = client_of(server, max_retries=0)
    for step in (EMPTY, refusal(404), answer(status=204), refusal(500), answer(b"<html>"), EMPTY):
        server.expect(step)
        with suppress(FlashbackError):
            client.api_keys.delete("an-id")
    assert server.served == 6
    assert server.connections == 1


def test_threads_open_no_more_than_a_connection_each(
    server: ScriptedServer, client_of: Client
) -> None:
    server.otherwise = EMPTY
    client = client_of(server)
    for _ in range(4):
        assert run_together(8, client.api_keys.list) == []
    assert server.served == 32
    assert server.connections <= 8


def test_a_connection_that_the_backend_has_closed_is_not_used_again(
    server: ScriptedServer, client_of: Client
) -> None:
    server.otherwise = Step(CREATED.data, close=True)
    client = client_of(server)
    for _ in range(5):
        create(client)
        time.sleep(0.02)  # the end of the connection arrives
    assert server.served == server.connections == 5


def test_a_fault_gives_its_connection_back_to_the_pool(
    server: ScriptedServer, client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_CONNECTIONS", 1)
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 1000)
    client = client_of(server, max_retries=0, timeout=1)
    too_large = answer(b"x" * 1001)
    for step in (Step(), Step(reset=True), too_large, Step(b"garbage\r\n\r\n"), refusal(500)):
        server.expect(step)
        with pytest.raises(FlashbackError):
            client.api_keys.list()
    server.expect(EMPTY)
    assert client.api_keys.list() == []


@pytest.mark.parametrize("value", ["\ud800", "a\udfff"])
def test_text_that_is_no_unicode_is_refused_before_anything_is_sent(
    server: ScriptedServer, client_of: Client, value: str
) -> None:
    with pytest.raises(APIConnectionError, match="cannot be sent") as failure:
        client_of(server).api_keys.update("an-id", {"description": value})
    assert not failure.value.sent
    assert server.connections == 0


@pytest.mark.parametrize("token", ["a\nb", "a\r\nX-Injected: 1", "tökén", "a\x00b"])
def test_a_token_that_is_no_header_is_refused_and_not_quoted(
    server: ScriptedServer, client_of: Client, token: str
) -> None:
    with pytest.raises(ConfigurationError, match="characters that no token has") as failure:
        client_of(server, token=token)
    assert token not in str(failure.value)
    assert server.requests == []


def test_an_id_of_any_length_raises_no_foreign_error(
    server: ScriptedServer, client_of: Client
) -> None:
    server.otherwise = refusal(404)
    with pytest.raises(FlashbackError):
        client_of(server).api_keys.delete("x" * 100_000)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SSL_CERT_FILE", "/nowhere/ca.pem"),
        ("HTTPS_PROXY", "nonsense://proxy.example"),
    ],
)
def test_a_wrong_variable_of_the_machine_raises_no_foreign_error(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(FlashbackError), FlashbackClient("https://example.invalid", token="t"):
        pytest.fail("a client was made")


@pytest.mark.parametrize(
    ("body", "right"),
    [
        (b"", True),
        (b" \n", True),
        (b'{"success": true}', True),
        (b'{"success": true, "message": "done"}', True),
        (b'{"success": true, "workspace": {"id": "w"}, "error": null, "errors": []}', True),
        (b'{"success": true, "error_code": "SUCCESS", "status": "ONLINE"}', True),
        (b"OK", False),
        (b'"ok"', False),
        (b"null", False),
        (b"true", False),
        (b"{}", False),
        (b"[]", False),
        (b'[{"success": true}]', False),
        (b'{"message": "done"}', False),
        (b'{"error": "Method not allowed"}', False),
        (b'{"success": "true"}', False),
        (b'{"success": "false", "message": "no"}', False),
        (b'{"success": 0}', False),
        (b'{"success": 1}', False),
        (b'{"success": null}', False),
        (b'{"Success": true}', False),
        (b'{"status": "error", "message": "no route"}', False),
        (b'{"success": true, "error": "no route"}', False),
        (b'{"success": true, "errors": ["no"]}', False),
        (b'{"success": true, "status": "Failed"}', False),
        (b'{"success": true, "ok": false}', False),
    ],
)
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_write_is_done_with_an_empty_body_or_success_true_and_nothing_else(
    server: ScriptedServer, client_of: Client, write: Work, body: bytes, right: bool
) -> None:
    server.expect(answer(body))
    client = client_of(server, max_retries=0)
    if right:
        write(client)
        return
    with pytest.raises(InvalidResponseError) as failure:
        write(client)
    assert failure.value.may_have_taken_effect
    assert not failure.value.not_processed


@pytest.mark.parametrize(
    "more",
    [{"success": "false"}, {"SUCCESS": False}, {"success": 0}, {"error": "x"}, {"ok": False}],
)
def test_data_of_a_response_that_reports_a_failure_do_not_count(
    server: ScriptedServer, client_of: Client, more: dict[str, Any]
) -> None:
    server.expect(answer({"apiKeys": [], **more}))
    server.expect(answer({"apiKeyId": "an-id", **more}, 201))
    client = client_of(server)
    with pytest.raises(InvalidResponseError):
        client.api_keys.list()
    with pytest.raises(InvalidResponseError) as failure:
        create(client)
    assert failure.value.may_have_taken_effect
    assert server.served == 2


def test_a_good_status_with_success_false_is_no_success(
    server: ScriptedServer, client_of: Client
) -> None:
    server.expect(refusal(200, "not today"))
    with pytest.raises(InvalidResponseError, match="200 not today"):
        client_of(server).api_keys.delete("an-id")
    assert server.served == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "m", "error_message": "n"}, "m"),
        ({"message": " ", "error_message": "n"}, "n"),
        ({"error": {"message": "nested"}}, "nested"),
        ({"error": "flat"}, "flat"),
        ({"error_code": "CODE"}, "CODE"),
        ({"message": 5}, "the API returned no error message"),
        ({"success": False, "bucketId": "b"}, "the API returned no error message"),
        (["a"], "the API returned no error message"),
        (b"<html>Forbidden</html>", "the API returned no error message"),
        (b"\xff\xfe", "the API returned no error message"),
    ],
)
def test_the_words_of_each_family_of_endpoints_are_found(
    server: ScriptedServer, client_of: Client, body: object, words: str
) -> None:
    server.expect(answer(body, 400, {"X-Request-Id": "r-1"}))
    with pytest.raises(FlashbackError) as failure:
        client_of(server).api_keys.list()
    assert failure.value.brief == f"GET /apikeys: 400 {words} (request id r-1)"
