"""What ``FlashbackClient`` does when the network or the backend fails, on real sockets."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable

import pytest

from pulumi_flashback.client import (
    APIConnectionError,
    APIError,
    FlashbackClient,
    FlashbackError,
    InvalidResponseError,
    retry,
    transport,
)
from tests.client.conftest import Client
from tests.client.scripted_server import (
    ScriptedServer,
    Step,
    Stopwatch,
    head,
    refusal,
    reply,
)
from tests.client.steps import CREATED, EMPTY, GZIP, create

WORKSPACE = reply({"success": True, "workspace": {"id": "w"}}, 201)
PLAIN = reply()

Work = Callable[[FlashbackClient], object]

CREATES: dict[str, tuple[Work, Step]] = {
    "key": (create, CREATED),
    "workspace": (lambda c: c.workspaces.create("n"), WORKSPACE),
    "member": (lambda c: c.workspaces.add_member("w", user_id="u", role="READ"), PLAIN),
}
REPEATABLE: dict[str, tuple[Work, Step]] = {
    "GET": (lambda c: c.api_keys.list(), EMPTY),
    "PUT": (lambda c: c.api_keys.update("an-id", {"region": "r"}), PLAIN),
    "DELETE": (lambda c: c.workspaces.remove_member("w", "u"), PLAIN),
}
WORK = {"POST": create, **{method: work for method, (work, _) in REPEATABLE.items()}}

AMBIGUOUS = {
    **{str(status): refusal(status) for status in (408, 500, 502, 503, 504)},
    "html-502": reply(b"<html>Bad Gateway</html>", 502, {"Content-Type": "text/html"}),
    "closed-before-reading": Step(read=False),
    "reset-before-reading": Step(read=False, reset=True),
    "closed-after-reading": Step(),
    "reset-after-reading": Step(reset=True),
    "silence": Step(silence=30),
    "garbage": Step(b"\x00\x01\x02 this is not HTTP\r\n\r\n"),
    "half-a-status-line": Step(b"HTTP/1.1 20"),
    "half-the-headers": Step(b"HTTP/1.1 201 Created\r\nContent-Type: appli"),
    "half-the-body": Step(head(201, {"Content-Length": "100"}) + b'{"success": tr'),
    "half-a-chunk": Step(head(201, {"Transfer-Encoding": "chunked"}) + b"ff\r\n{"),
    "no-chunk-size": Step(head(201, {"Transfer-Encoding": "chunked"}) + b"zz\r\n{}\r\n0\r\n\r\n"),
    "gzip-garbage": reply(b"this is not gzip", 201, GZIP),
}
UNUSABLE = {
    "not-json": reply(b"created, honestly", 201),
    "half-json": reply(b'{"success": true, "apiKeyId": "', 201),
    "a-list": reply(["an-id"], 201),
    "an-error-page": reply(b"<html>", 201, {"Content-Type": "text/html"}),
}
NO_ID = reply({"id": "a"}, 201)


def patience(fault: Step) -> float:
    """Return the timeout for a fault: short only if it is what ends the attempt."""
    return 0.6 if fault.silence else 10.0


@pytest.mark.parametrize("kind", CREATES)
@pytest.mark.parametrize(
    "fault",
    [*AMBIGUOUS.values(), *UNUSABLE.values(), NO_ID],
    ids=[*AMBIGUOUS, *UNUSABLE, "no-id"],
)
def test_a_create_without_a_clear_response_is_sent_exactly_once(
    server: ScriptedServer, kind: str, fault: Step
) -> None:
    work, good = CREATES[kind]
    server.expect(fault)
    server.otherwise = good
    with pytest.raises(FlashbackError) as failure:
        work(server.client(timeout=patience(fault)))
    # 408 is the server's word that it did not handle the request
    cleanly_refused = isinstance(failure.value, APIError) and failure.value.status == 408
    assert failure.value.may_have_taken_effect is not cleanly_refused
    assert server.served_in_the_end(1) == server.connections == 1


@pytest.mark.parametrize("method", REPEATABLE)
@pytest.mark.parametrize("fault", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_what_has_the_same_effect_twice_is_sent_again(
    server: ScriptedServer, method: str, fault: Step
) -> None:
    work, good = REPEATABLE[method]
    server.expect(fault, fault, good)
    work(server.client(timeout=patience(fault)))
    assert server.served == 3


@pytest.mark.parametrize("fault", UNUSABLE.values(), ids=UNUSABLE)
def test_a_list_that_cannot_be_read_is_requested_again(server: ScriptedServer, fault: Step) -> None:
    server.expect(fault, EMPTY)
    assert server.client().api_keys.list() == []


@pytest.mark.parametrize("method", REPEATABLE)
def test_a_clear_refusal_is_final(server: ScriptedServer, method: str) -> None:
    client = server.client()
    statuses = (400, 401, 403, 404, 405, 409, 410, 413, 422, 451, 501, 505)
    for status in statuses:
        server.expect(refusal(status, "no", retry_after="0"))
        with pytest.raises(APIError) as failure:
            REPEATABLE[method][0](client)
        assert failure.value.status == status
    assert server.served == len(statuses)


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_a_request_is_sent_once_and_then_as_often_as_the_retries_say(
    server: ScriptedServer, retries: int
) -> None:
    server.otherwise = refusal(503)
    with pytest.raises(APIError):
        server.client(max_retries=retries).api_keys.list()
    assert server.served == 1 + retries


@pytest.mark.parametrize(
    "read",
    [
        lambda c, **limits: c.api_keys.list(**limits),
        lambda c, **limits: c.workspaces.list(**limits),
        lambda c, **limits: c.workspaces.get("w", **limits),
    ],
)
def test_a_read_may_have_limits_of_its_own(
    server: ScriptedServer, read: Callable[..., object]
) -> None:
    server.otherwise = Step(silence=30)
    with Stopwatch() as watch, pytest.raises(APIConnectionError, match=r"no response within 0\.1"):
        read(server.client(), max_retries=1, timeout=0.1)
    assert server.served_in_the_end(2) == 2
    assert watch.seconds < 20


@pytest.mark.parametrize("kind", CREATES)
@pytest.mark.parametrize("headers", [{}, {"retry_after": "0"}, {"retry_after": "nonsense"}])
def test_a_create_is_sent_again_after_a_rate_limit_and_if_it_was_too_early(
    server: ScriptedServer, kind: str, headers: dict[str, str]
) -> None:
    work, good = CREATES[kind]
    server.expect(refusal(429, "slow down", **headers), refusal(425, "too early"), good)
    work(server.client())
    first, *others = server.requests
    assert [each.body for each in others] == [first.body] * 2


def test_a_create_is_sent_again_if_nobody_listened(
    client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    running: list[ScriptedServer] = []
    waits = iter([None, lambda: running.append(ScriptedServer(CREATED, port).__enter__())])

    def sleep(_: float) -> None:
        if (step := next(waits)) is not None:
            step()

    with FlashbackClient(f"http://127.0.0.1:{port}", token="t") as client:
        with monkeypatch.context() as patch:
            patch.setattr(client._transport.cancellation, "sleep", sleep)
            assert create(client) == "an-id"
        running[0].__exit__()
        monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.001)
        with pytest.raises(APIConnectionError, match="cannot connect") as failure:
            create(client)
    assert not failure.value.may_have_taken_effect
    assert running[0].served == 1


@pytest.mark.parametrize("method", WORK)
def test_a_redirect_is_not_followed_and_takes_the_token_nowhere(
    server: ScriptedServer, method: str
) -> None:
    client = server.client()
    statuses = (301, 302, 303, 307, 308)
    with ScriptedServer() as elsewhere:
        for status in statuses:
            server.expect(reply(b"", status, {"Location": f"{elsewhere.base_url}/apikeys"}))
            with pytest.raises(InvalidResponseError, match="redirects to another") as failure:
                WORK[method](client)
            assert str(elsewhere.port) not in str(failure.value)
            assert failure.value.may_have_taken_effect is (method != "GET")
        assert elsewhere.connections == 0
    assert server.served == len(statuses)


@pytest.mark.parametrize("method", WORK)
@pytest.mark.parametrize("packed", [False, True])
def test_a_body_beyond_the_cap_is_not_read_and_not_requested_again(
    server: ScriptedServer,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    packed: bool,
) -> None:
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 1024 * 1024)
    body = b'{"x": "' + b" " * 2 * 1024 * 1024
    server.expect(reply(gzip.compress(body), 200, GZIP) if packed else reply(body))
    with pytest.raises(APIConnectionError, match="larger than 1 MiB") as failure:
        WORK[method](server.client())
    assert failure.value.may_have_taken_effect is (method != "GET")
    assert server.served == 1


SLOW = {
    "body": Step(head(200, {"Content-Length": "200"}), drops=b" " * 200),
    "headers": Step(b"HTTP/1.1 200 OK\r\n", drops=b"X-Slow: " + b"x" * 192),
    "interim-responses": Step(drops=b"HTTP/1.1 103 Hints\r\n\r\n" * 9),
    "packed-body": Step(  # the file name of a gzip header, which unpacks to nothing
        head(200, {"Content-Length": "200", **GZIP}) + b"\x1f\x8b\x08\x08\0\0\0\0\0\x03",
        drops=b"x" * 190,
    ),
}


@pytest.mark.parametrize("step", SLOW.values(), ids=SLOW)
def test_a_response_that_comes_drop_by_drop_ends_in_time(
    server: ScriptedServer, step: Step
) -> None:
    server.expect(step)
    with Stopwatch() as watch, pytest.raises(APIConnectionError) as failure:
        create(server.client(timeout=0.3))
    assert failure.value.may_have_taken_effect
    assert watch.seconds < 15


@pytest.mark.parametrize(
    ("body", "read", "field"),
    [
        ({"success": True, "workspace": {"id": ["w"]}}, "workspace", "workspace"),
        ({"success": True, "workspace": []}, "workspace", "workspace"),
        ({"success": True, "workspace": {"id": "w", "name": 5}}, "workspace", "workspace.name"),
        ({"success": True, "workspace": {"id": ".."}}, "workspace", "workspace.id"),
        ({"success": True, "workspace": {"id": "w", "users": {}}}, "workspace", "workspace.users"),
        ({"success": True, "apiKeys": None}, "list", "apiKeys"),
        ({"success": True, "apiKeys": {}}, "list", "apiKeys"),
        ({"success": True}, "list", "apiKeys"),
        (b"[" * 100_000, "list", ""),
        (b"null", "list", ""),
        (b"", "list", ""),
    ],
)
def test_a_response_of_another_shape_is_an_error_that_does_not_quote_it(
    server: ScriptedServer, body: object, read: str, field: str
) -> None:
    server.expect(reply(body))
    client = server.client(max_retries=0)
    with pytest.raises(InvalidResponseError) as failure:
        client.workspaces.get("w") if read == "workspace" else client.api_keys.list()
    expected = "the response is not as documented" + (f": {field}" if field else "")
    assert failure.value.message.startswith(expected)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
@pytest.mark.parametrize("body", [b"<html>Not here</html>", b"", b'"no"', b"[]", b"\xff"])
def test_a_refusal_that_is_not_a_json_object_is_not_from_the_api(
    server: ScriptedServer, status: int, body: bytes
) -> None:
    server.otherwise = reply(body, status)
    client = server.client()
    for work in (client.api_keys.list, lambda: client.api_keys.update("a", {"secret": "s"})):
        with pytest.raises(InvalidResponseError, match="not from the Flashback API"):
            work()
    assert server.served == 2
