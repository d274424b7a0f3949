"""What ``FlashbackClient`` does when the network or the backend fails, on real sockets."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from pulumi_flashback.client import (
    APIConnectionError,
    APIError,
    BadRequestError,
    FlashbackClient,
    FlashbackError,
    InvalidResponseError,
    RateLimitError,
    deadline,
    pace,
    retry,
    transport,
)
from tests.client.conftest import Client
from tests.client.scripted_server import (
    ScriptedServer,
    Step,
    Stopwatch,
    answer,
    head,
    refusal,
    run_together,
)

EMPTY = answer({"success": True, "apiKeys": []})
CREATED = answer({"success": True, "apiKeyId": "an-id"}, 201)
PLAIN = answer()


def create(client: FlashbackClient) -> str:
    return client.api_keys.create(workspace_id="w", key="k", secret="s", provider="AWS").api_key_id


REPEATABLE: dict[str, tuple[Callable[[FlashbackClient], object], Step]] = {
    "GET": (lambda client: client.api_keys.list(), EMPTY),
    "PUT": (lambda client: client.api_keys.update("an-id", {"region": "r"}), PLAIN),
    "DELETE": (lambda client: client.api_keys.delete("an-id"), PLAIN),
}

GZIP = {"Content-Encoding": "gzip"}
AMBIGUOUS = {
    **{str(status): refusal(status) for status in (408, 500, 502, 503, 504)},
    "html-502": answer(b"<html>Bad Gateway</html>", 502, {"Content-Type": "text/html"}),
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
    "gzip-garbage": answer(b"this is not gzip", 201, GZIP),
}
UNUSABLE = {
    "not-json": answer(b"created, honestly", 201),
    "half-json": answer(b'{"success": true, "apiKeyId": "', 201),
    "a-list": answer(["an-id"], 201),
    "an-error-page": answer(b"<html>", 201, {"Content-Type": "text/html"}),
}


@pytest.mark.parametrize(
    "fault",
    [*AMBIGUOUS.values(), *UNUSABLE.values(), answer({"success": True}, 201)],
    ids=[*AMBIGUOUS, *UNUSABLE, "no-id"],
)
def test_a_create_without_a_clear_answer_is_sent_exactly_once(
    server: ScriptedServer, client_of: Client, fault: Step
) -> None:
    server.expect(fault)
    server.otherwise = CREATED
    with pytest.raises(FlashbackError) as failure:
        create(client_of(server, timeout=0.6))
    # 408 is the server's word that it did not handle the request
    cleanly_refused = isinstance(failure.value, APIError) and failure.value.status == 408
    assert failure.value.may_have_taken_effect is not cleanly_refused
    assert server.served == server.connections == 1


@pytest.mark.parametrize("method", REPEATABLE)
@pytest.mark.parametrize("fault", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_what_has_the_same_effect_twice_is_sent_again(
    server: ScriptedServer, client_of: Client, method: str, fault: Step
) -> None:
    work, good = REPEATABLE[method]
    server.expect(fault, fault, good)
    work(client_of(server, timeout=0.6))
    assert server.served == 3


@pytest.mark.parametrize("fault", UNUSABLE.values(), ids=UNUSABLE)
def test_a_list_that_cannot_be_read_is_asked_for_again(
    server: ScriptedServer, client_of: Client, fault: Step
) -> None:
    server.expect(fault, EMPTY)
    assert client_of(server).api_keys.list() == []


@pytest.mark.parametrize("method", REPEATABLE)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 422, 451, 501, 505])
def test_a_clear_refusal_is_not_asked_again(
    server: ScriptedServer, client_of: Client, method: str, status: int
) -> None:
    server.expect(refusal(status, "no", retry_after="0"))
    with pytest.raises(APIError) as failure:
        REPEATABLE[method][0](client_of(server))
    assert failure.value.status == status
    assert server.served == 1


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_a_request_is_sent_once_and_then_as_often_as_the_retries_say(
    server: ScriptedServer, client_of: Client, retries: int
) -> None:
    server.otherwise = refusal(503)
    with pytest.raises(APIError):
        client_of(server, max_retries=retries).api_keys.list()
    assert server.served == 1 + retries


def test_a_list_may_ask_for_fewer_retries_and_less_time(
    server: ScriptedServer, client_of: Client
) -> None:
    server.otherwise = Step(silence=30)
    with (
        Stopwatch() as watch,
        pytest.raises(APIConnectionError, match=r"no response within 0\.1 seconds"),
    ):
        client_of(server).api_keys.list(max_retries=1, timeout=0.1)
    assert server.served == 2
    assert watch.seconds < 20


@pytest.mark.parametrize("headers", [{}, {"retry_after": "0"}, {"retry_after": "nonsense"}])
def test_a_create_is_sent_again_after_a_rate_limit(
    server: ScriptedServer, client_of: Client, headers: dict[str, str]
) -> None:
    server.expect(refusal(429, "slow down", **headers), refusal(429, "slow down"), CREATED)
    assert create(client_of(server)) == "an-id"
    first, *others = server.requests
    assert [each.body for each in others] == [first.body] * 2


def test_a_create_is_sent_again_if_it_was_too_early(
    server: ScriptedServer, client_of: Client
) -> None:
    server.expect(refusal(425, "too early"), CREATED)
    assert create(client_of(server)) == "an-id"


def test_a_create_is_sent_again_where_nobody_listened(
    client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    begin = threading.Event()

    def work() -> None:
        with FlashbackClient(f"http://127.0.0.1:{port}", token="t", max_retries=9) as client:
            begin.set()
            made.append(create(client))

    made: list[str] = []
    thread = threading.Thread(target=work)
    thread.start()
    begin.wait(5)
    time.sleep(0.1)  # the first attempts find nobody
    with ScriptedServer(otherwise=CREATED, port=port) as late:
        thread.join(10)
        assert made == ["an-id"]
        assert late.served == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_is_waited_for(
    server: ScriptedServer, client_of: Client, status: int
) -> None:
    server.expect(refusal(status, "later", retry_after="0.3"), EMPTY)
    with Stopwatch() as watch:
        client_of(server).api_keys.list()
    assert watch.seconds >= 0.3


def test_a_retry_after_may_be_a_date(server: ScriptedServer, client_of: Client) -> None:
    then = datetime.now(timezone.utc) + timedelta(seconds=1.4)  # a date has whole seconds
    server.expect(refusal(503, "later", retry_after=format_datetime(then, usegmt=True)), EMPTY)
    with Stopwatch() as watch:
        client_of(server).api_keys.list()
    assert watch.seconds > 0.3


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("value", ["61", "3600", "Fri, 01 Jan 2999 00:00:00 GMT", "1e300"])
def test_a_retry_after_beyond_the_cap_is_not_waited_for(
    server: ScriptedServer, client_of: Client, status: int, value: str
) -> None:
    server.expect(refusal(status, "later", retry_after=value))
    with Stopwatch() as watch, pytest.raises(APIError) as failure:
        client_of(server).api_keys.list()
    assert watch.seconds < 30
    assert server.served == 1
    if isinstance(failure.value, RateLimitError):
        assert "asks to wait" in str(failure.value)
        assert len(str(failure.value)) < 500


@pytest.mark.parametrize(
    "value",
    [
        "Thu, 01 Jan 2026 12:00:00 +99999999999999",
        "Thu, 01 Jan 99999999999999999999 12:00:00 GMT",
        "Thu, 99 Jan 2026 99:99:99 GMT",
        "9" * 5000,
        "\x80\xff",
    ],
)
def test_no_retry_after_raises_a_foreign_error(
    server: ScriptedServer, client_of: Client, value: str
) -> None:
    server.otherwise = refusal(503, "later", retry_after=value)
    with pytest.raises(FlashbackError):
        client_of(server, max_retries=1).api_keys.list()


def test_a_rate_limit_holds_back_the_other_threads(
    server: ScriptedServer, client_of: Client
) -> None:
    server.expect(refusal(429, "slow down", retry_after="0.5"))
    server.otherwise = EMPTY
    client = client_of(server)
    limited = threading.Thread(target=client.api_keys.list)
    limited.start()
    while not client._transport._pace.gap(time.monotonic()):
        time.sleep(0.005)
    with Stopwatch() as watch:
        assert run_together(4, client.api_keys.list) == []
    limited.join()
    assert watch.seconds > 0.3
    assert server.served == 6


def test_to_wait_for_the_pace_uses_up_no_retries(
    server: ScriptedServer, client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "FIRST_GAP_SECONDS", 0.001)
    server.expect(*[refusal(429, retry_after="0")] * 6, CREATED)
    assert create(client_of(server, max_retries=1)) == "an-id"


def test_without_retries_a_rate_limit_is_an_error_at_once(
    server: ScriptedServer, client_of: Client
) -> None:
    server.otherwise = refusal(429, retry_after="0")
    with pytest.raises(RateLimitError):
        create(client_of(server, max_retries=0))
    assert server.served == 1


def test_a_rate_limit_that_never_ends_is_an_error_with_advice(
    server: ScriptedServer, client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(retry, "LONGEST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(pace, "FIRST_GAP_SECONDS", 0.001)
    server.otherwise = refusal(429, "slow down")
    with pytest.raises(RateLimitError, match=r"429.*rate limit.*--parallel"):
        create(client_of(server))
    assert server.served > 5  # more than retries


@pytest.mark.parametrize("retry_after", ["30", "0.5"])
def test_a_pause_beyond_the_time_of_the_operation_ends_it_with_a_message(
    server: ScriptedServer, client_of: Client, retry_after: str
) -> None:
    server.otherwise = refusal(429, retry_after=retry_after)
    with (
        Stopwatch() as watch,
        deadline.operation(0.4),
        pytest.raises(APIConnectionError, match=r"rate limit.*customTimeouts") as failure,
    ):
        create(client_of(server))
    assert not failure.value.may_have_taken_effect
    assert server.served == 1
    assert watch.seconds < 15


def test_a_cancelled_run_does_not_wait_for_its_turn(
    server: ScriptedServer, client_of: Client
) -> None:
    server.otherwise = refusal(429, retry_after="50")
    client = client_of(server)

    def cancel() -> None:
        while not server.served:
            time.sleep(0.005)
        client.cancel(1.0)

    thread = threading.Thread(target=cancel)
    thread.start()
    with Stopwatch() as watch:
        raised = run_together(4, lambda: create(client))
    thread.join()
    assert {type(each) for each in raised} == {APIConnectionError}
    assert len(raised) == 4
    assert watch.seconds < 15


@pytest.mark.parametrize("body", [{"message": "Quota used up"}, {"bucketId": "b"}])
def test_a_used_up_quota_is_not_asked_again(
    server: ScriptedServer, client_of: Client, body: object
) -> None:
    server.expect(answer(body, 429))
    with pytest.raises(RateLimitError):
        create(client_of(server))
    assert server.served == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", [*REPEATABLE, "POST"])
def test_a_redirect_is_not_followed_and_takes_the_token_nowhere(
    server: ScriptedServer, client_of: Client, method: str, status: int
) -> None:
    work = create if method == "POST" else REPEATABLE[method][0]
    with ScriptedServer() as elsewhere:
        server.expect(answer(b"", status, {"Location": f"{elsewhere.base_url}/apikeys"}))
        with pytest.raises(InvalidResponseError, match="redirects to another address") as failure:
            work(client_of(server))
        assert elsewhere.connections == 0
    assert str(elsewhere.port) not in str(failure.value)
    assert server.served == 1


@pytest.mark.parametrize("method", [*REPEATABLE, "POST"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_body_beyond_the_cap_is_not_read_and_not_asked_for_again(
    server: ScriptedServer,
    client_of: Client,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    packed: bool,
) -> None:
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 1024 * 1024)
    body = b'{"x": "' + b" " * 2 * 1024 * 1024
    server.expect(answer(gzip.compress(body), 200, GZIP) if packed else answer(body))
    work = create if method == "POST" else REPEATABLE[method][0]
    with pytest.raises(APIConnectionError, match="larger than 1 MiB") as failure:
        work(client_of(server))
    assert failure.value.may_have_taken_effect is (method != "GET")
    assert server.served == 1


def test_a_packed_answer_is_unpacked(server: ScriptedServer, client_of: Client) -> None:
    body = b'{"success": true, "apiKeys": [{"id": "a"}]}'
    server.expect(answer(gzip.compress(body), 200, GZIP))
    assert [row.id for row in client_of(server).api_keys.list()] == ["a"]


SLOW = {
    "body": Step(head(200, {"Content-Length": "200"}), drops=b" " * 200),
    "headers": Step(b"HTTP/1.1 200 OK\r\n", drops=b"X-Slow: " + b"x" * 192),
    "interim-answers": Step(drops=b"HTTP/1.1 103 Hints\r\n\r\n" * 9),
    "packed-body": Step(  # the file name of a gzip header, which unpacks to nothing
        head(200, {"Content-Length": "200", **GZIP}) + b"\x1f\x8b\x08\x08\0\0\0\0\0\x03",
        drops=b"x" * 190,
    ),
}


@pytest.mark.parametrize("step", SLOW.values(), ids=SLOW)
def test_an_answer_that_comes_drop_by_drop_ends_in_time(
    server: ScriptedServer, client_of: Client, step: Step
) -> None:
    server.expect(step)
    with Stopwatch() as watch, pytest.raises(APIConnectionError) as failure:
        create(client_of(server, timeout=0.4))
    assert failure.value.may_have_taken_effect
    assert watch.seconds < 15


@pytest.mark.parametrize(
    ("body", "attribute"),
    [
        ({"success": True, "workspace": {"id": ["w"]}}, "workspace"),
        ({"success": True, "workspace": []}, "workspace"),
        ({"success": True, "workspace": {"id": "w", "name": 5}}, "workspace"),
        ({"success": True, "workspace": {"id": ".."}}, "workspace"),
        ({"success": True, "apiKeys": None}, "list"),
        ({"success": True}, "list"),
    ],
)
def test_an_answer_of_another_shape_is_an_error_that_does_not_quote_it(
    server: ScriptedServer, client_of: Client, body: object, attribute: str
) -> None:
    server.expect(answer(body))
    client = client_of(server, max_retries=0)
    with pytest.raises(InvalidResponseError) as failure:
        client.workspaces.get("w") if attribute == "workspace" else client.api_keys.list()
    field = {"workspace": "workspace", "list": "apiKeys"}[attribute]
    assert failure.value.message.startswith(f"the response is not what the API promises: {field}")


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
@pytest.mark.parametrize("body", [b"<html>Not here</html>", b"", b'"no"', b"[]", b"\xff"])
def test_a_refusal_that_is_no_json_object_is_not_from_the_api(
    server: ScriptedServer, client_of: Client, status: int, body: bytes
) -> None:
    server.otherwise = answer(body, status)
    client = client_of(server)
    for call in (client.api_keys.list, lambda: client.api_keys.update("a", {"secret": "s"})):
        with pytest.raises(InvalidResponseError, match="not from the Flashback API"):
            call()
    assert server.served == 2


def test_an_error_that_is_one_line_however_the_backend_words_it(
    server: ScriptedServer, client_of: Client
) -> None:
    server.expect(
        refusal(400, "first\r\nsecond\u2028third\x1b[31m\x00\u202efourth", x_request_id="1")
    )
    with pytest.raises(BadRequestError) as failure:
        client_of(server).api_keys.list()
    assert failure.value.message == "first second third fourth"
    assert len(str(failure.value).splitlines()) == 1
    assert str(failure.value).isprintable()
