"""The whole table of retries: every failure, repeatable or not, at every attempt."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_flashback.client.retry import (
    FIRST_WAIT_SECONDS,
    LONGEST_WAIT_SECONDS,
    MAX_RETRY_AFTER_SECONDS,
    Failure,
    parse_retry_after,
    seconds_before_retry,
)

ALWAYS, REPEATABLE_ONLY, NEVER = (True, True), (True, False), (False, False)
"""Sent again: (where it may be repeated, where it may not)."""

KINDS: dict[str, tuple[Failure, tuple[bool, bool]]] = {
    "never sent": (Failure(sent=False), ALWAYS),
    "never sent, hopeless": (Failure(sent=False, hopeless=True), NEVER),
    "no answer": (Failure(), REPEATABLE_ONLY),
    "no answer, hopeless": (Failure(hopeless=True), NEVER),
    "unusable 200": (Failure(status=200, unusable=True), REPEATABLE_ONLY),
    "unusable 201": (Failure(status=201, unusable=True), REPEATABLE_ONLY),
    "success: false": (Failure(status=200), NEVER),
    "rate limit": (Failure(status=429), ALWAYS),
    "rate limit, quota": (Failure(status=429, quota=True), NEVER),
    "rate limit, at the cap": (
        Failure(status=429, retry_after=MAX_RETRY_AFTER_SECONDS),
        ALWAYS,
    ),
    "rate limit, above the cap": (
        Failure(status=429, retry_after=MAX_RETRY_AFTER_SECONDS + 0.1),
        NEVER,
    ),
    "503, at once": (Failure(status=503, retry_after=0.0), REPEATABLE_ONLY),
    "503, in hours": (Failure(status=503, retry_after=7200.0), NEVER),
    **{
        str(status): (Failure(status=status), REPEATABLE_ONLY)
        for status in (408, 500, 502, 503, 504)
    },
    "425, not processed": (Failure(status=425), ALWAYS),
    "429, at once": (Failure(status=429, retry_after=0.0), ALWAYS),
    **{
        str(status): (Failure(status=status), NEVER)
        for status in (300, 301, 302, 304, 307, 308, 400, 401, 402, 403, 404, 405, 409, 410, 412)
    },
    **{str(s): (Failure(status=s), NEVER) for s in (413, 418, 422, 423, 451, 501, 505, 511)},
}
RETRIES = 3


@pytest.mark.parametrize("attempt", range(RETRIES + 2))
@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_each_failure_is_followed_by_what_the_table_says(
    kind: str, repeatable: bool, attempt: int
) -> None:
    failure, (where_repeatable, elsewhere) = KINDS[kind]
    expected = (where_repeatable if repeatable else elsewhere) and attempt < RETRIES
    wait = seconds_before_retry(
        failure, attempt=attempt, max_retries=RETRIES, repeatable=repeatable, jitter=0.0
    )
    assert (wait is not None) is expected
    if wait is not None:  # what the API asks for, and never less than a pause of our own
        own = FIRST_WAIT_SECONDS * 2**attempt / 2
        assert wait == max(failure.retry_after or 0.0, own)


@given(st.integers(0, 1000), st.floats(0, 1, exclude_max=True))
def test_the_wait_is_between_half_and_whole_of_a_doubling_time(attempt: int, jitter: float) -> None:
    longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0**attempt)
    wait = seconds_before_retry(
        Failure(), attempt=attempt, max_retries=1001, repeatable=True, jitter=jitter
    )
    assert wait is not None
    assert longest / 2 <= wait <= longest


def test_there_is_a_wait_before_the_thousandth_and_any_later_retry() -> None:
    wait = seconds_before_retry(
        Failure(), attempt=5000, max_retries=5001, repeatable=True, jitter=0.0
    )
    assert wait == LONGEST_WAIT_SECONDS / 2


NOW = datetime(2026, 1, 1, 12, 0, tzinfo=timezone.utc)


@given(st.integers(-100_000, 100_000))
def test_a_date_means_the_seconds_until_then(seconds: int) -> None:
    header = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert parse_retry_after(header, NOW) == max(0, seconds)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Thursday, 01-Jan-26 12:00:10 GMT", 10),
        ("Thu Jan  1 12:00:10 2026", 10),
        ("Thu, 01 Jan 2026 13:00:10 +0100", 10),
        ("Fri, 02 Jan 2026 12:00:00 GMT", 86400),
        (" 5 ", 5),
        ("-inf", None),
        ("1e999", None),
        ("9" * 400, None),
        ("-" + "9" * 400, None),
        ("5 seconds", None),
        ("2026-01-01T12:00:10Z", None),
    ],
)
def test_other_spellings(header: str, seconds: float | None) -> None:
    assert parse_retry_after(header, NOW) == seconds


DATE_LIKE = st.from_regex(
    r"[A-Z][a-z]{2}, \d{1,22} (Jan|Feb|Dec) \d{1,22} \d{1,4}:\d{1,4}:\d{1,4} (GMT|[+-]\d{1,20})",
    fullmatch=True,
)


@given(st.text(max_size=40) | DATE_LIKE | st.floats().map(str))
def test_any_header_gives_seconds_or_nothing(header: str) -> None:
    seconds = parse_retry_after(header, NOW)
    assert seconds is None or 0 <= seconds < float("inf")
