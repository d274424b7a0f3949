"""What ``FlashbackClient`` does under a rate limit, and how long it waits."""

from __future__ import annotations

import threading
import time

import pytest

from pulumi_flashback.client import (
    APIConnectionError,
    APIError,
    RateLimitError,
    deadline,
    pace,
    retry,
)
from tests.client.scripted_server import (
    ScriptedServer,
    Step,
    Stopwatch,
    refusal,
    reply,
    run_together,
)
from tests.client.steps import CREATED, EMPTY, create


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_is_waited_for(server: ScriptedServer, status: int) -> None:
    server.expect(refusal(status, "later", retry_after="0.3"), EMPTY)
    with Stopwatch() as watch:
        server.client().api_keys.list()
    assert watch.seconds >= 0.3


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("value", ["61", "86400.5", "Fri, 01 Jan 2999 00:00:00 GMT", "1e300"])
def test_a_retry_after_beyond_the_cap_is_not_waited_for(
    server: ScriptedServer, status: int, value: str
) -> None:
    server.expect(refusal(status, "later", retry_after=value))
    with Stopwatch() as watch, pytest.raises(APIError) as failure:
        server.client().api_keys.list()
    assert watch.seconds < 30
    assert server.served == 1
    if isinstance(failure.value, RateLimitError):
        assert "asks to wait" in str(failure.value)
        assert len(str(failure.value)) < 500


def test_a_rate_limit_holds_back_the_other_threads(server: ScriptedServer) -> None:
    server.expect(refusal(429, "slow down", retry_after="0.4"))
    server.otherwise = EMPTY
    client = server.client()
    limited = threading.Thread(target=client.api_keys.list)
    with Stopwatch() as watch:
        limited.start()
        while not client._transport._pace.gap(time.monotonic()):
            time.sleep(0.005)
        assert run_together(3, client.api_keys.list) == []
    limited.join()
    assert watch.seconds > 0.4
    assert server.served == 5


def test_to_wait_for_the_pace_uses_up_no_retries(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "FIRST_GAP_SECONDS", 0.001)
    server.expect(*[refusal(429, retry_after="0")] * 6, CREATED)
    assert create(server.client(max_retries=1)) == "an-id"


@pytest.mark.parametrize(
    ("settings", "response"),
    [
        ({"max_retries": 0}, refusal(429, retry_after="0")),
        ({}, reply({"message": "Quota used up"}, 429)),
        ({}, reply({"bucketId": "b"}, 429)),
    ],
    ids=["no-retries", "quota", "quota-of-buckets"],
)
def test_what_ends_with_the_first_429(
    server: ScriptedServer, settings: dict[str, int], response: Step
) -> None:
    server.otherwise = response
    with pytest.raises(RateLimitError) as failure:
        create(server.client(**settings))
    assert server.served == 1
    waits = "max_retries" in settings
    assert ("getQuota" in str(failure.value), "later" in str(failure.value)) == (not waits, waits)


def test_a_rate_limit_that_never_ends_is_an_error_with_advice(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(retry, "LONGEST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(pace, "FIRST_GAP_SECONDS", 0.001)
    server.otherwise = refusal(429, "slow down")
    with pytest.raises(RateLimitError, match=r"429.*rate limit.*--parallel"):
        create(server.client())
    assert server.served > 5  # more than retries


@pytest.mark.parametrize("retry_after", ["50", "6"])
def test_a_pause_beyond_the_time_of_the_operation_ends_it_with_a_message(
    server: ScriptedServer, retry_after: str
) -> None:
    server.otherwise = refusal(429, retry_after=retry_after)
    with (
        deadline.operation(5.0),
        pytest.raises(APIConnectionError, match=r"rate limit.*customTimeouts") as failure,
    ):
        create(server.client())
    assert not failure.value.may_have_taken_effect
    assert server.served == 1


def test_a_cancelled_run_does_not_wait_for_its_turn(server: ScriptedServer) -> None:
    server.otherwise = refusal(429, retry_after="50")
    client = server.client()

    def cancel() -> None:
        while not server.served:
            time.sleep(0.005)
        client.cancel(1.0)

    thread = threading.Thread(target=cancel)
    thread.start()
    with Stopwatch() as watch:
        raised = run_together(4, lambda: create(client))
    thread.join()
    assert [type(each) for each in raised] == [APIConnectionError] * 4
    assert watch.seconds < 15
