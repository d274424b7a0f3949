"""When a request is sent again: the table of rules."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_flashback.client.retry import (
    LONGEST_WAIT_SECONDS,
    MAX_RETRY_AFTER_SECONDS,
    Failure,
    parse_retry_after,
    seconds_before_retry,
)

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=timezone.utc)
NEVER_ARRIVED = Failure(sent=False)
NO_ANSWER = Failure()
UNUSABLE = Failure(status=201, unusable=True)


def again(failure: Failure, repeatable: bool, attempt: int = 0) -> bool:
    wait = seconds_before_retry(
        failure, attempt=attempt, max_retries=4, repeatable=repeatable, jitter=0.5
    )
    return wait is not None


@pytest.mark.parametrize(
    ("failure", "repeatable", "expected"),
    [
        (NEVER_ARRIVED, False, True),
        (NEVER_ARRIVED, True, True),
        (Failure(sent=False, hopeless=True), True, False),
        (NO_ANSWER, False, False),
        (NO_ANSWER, True, True),
        (UNUSABLE, False, False),
        (UNUSABLE, True, True),
        (Failure(status=429), False, True),
        (Failure(status=429), True, True),
        (Failure(status=429, quota=True), True, False),
        (Failure(status=429, retry_after=MAX_RETRY_AFTER_SECONDS + 1), True, False),
        (Failure(status=425), False, True),
        *((Failure(status=status), False, False) for status in (408, 500, 502, 503, 504)),
        *((Failure(status=status), True, True) for status in (408, 425, 500, 502, 503, 504)),
        *((Failure(status=status), True, False) for status in (301, 400, 401, 403, 404, 409, 501)),
        (Failure(status=200), True, False),
    ],
)
def test_rules(failure: Failure, repeatable: bool, expected: bool) -> None:
    assert again(failure, repeatable) is expected


@pytest.mark.parametrize("failure", [NEVER_ARRIVED, NO_ANSWER, Failure(status=429)])
def test_retries_end(failure: Failure) -> None:
    assert again(failure, repeatable=True, attempt=3)
    assert not again(failure, repeatable=True, attempt=4)


@given(st.integers(0, 100), st.floats(0, 1))
def test_waits_grow_within_bounds(attempt: int, jitter: float) -> None:
    wait = seconds_before_retry(
        NO_ANSWER, attempt=attempt, max_retries=1000, repeatable=True, jitter=jitter
    )
    assert wait is not None
    assert 0 < wait <= LONGEST_WAIT_SECONDS


@pytest.mark.parametrize("retry_after", [0.0, 0.01])
def test_there_is_a_pause_even_if_the_api_asks_for_none(retry_after: float) -> None:
    failure = Failure(status=503, retry_after=retry_after)
    wait = seconds_before_retry(failure, attempt=3, max_retries=4, repeatable=True, jitter=0.0)
    assert wait == 1.0


def test_retry_after_is_kept_to() -> None:
    failure = Failure(status=503, retry_after=7.5)
    arguments = {"attempt": 0, "max_retries": 1, "repeatable": True, "jitter": 0.9}
    assert seconds_before_retry(failure, **arguments) == 7.5  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0),
        ("3", 3),
        ("1.5", 1.5),
        ("-5", 0),
        ("7200", 7200),
        ("Thu, 01 Jan 2026 12:00:10 GMT", 10),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0),
        ("Thu, 01 Jan 2026 12:00:10", 10),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
    ],
)
def test_retry_after_is_read_in_every_form(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, NOW) == seconds
