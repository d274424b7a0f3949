"""When a request is sent again: the whole table, at every attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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

# sent again: if the request may be repeated, and if it may not
ALWAYS, REPEATABLE_ONLY, NEVER = (True, True), (True, False), (False, False)
REFUSED = [300, 301, 302, 304, 307, 308, 400, 401, 402, 403, 404, 405, 409, 410, 412]
REFUSED += [413, 418, 422, 423, 451, 501, 505, 511]
KINDS: list[tuple[Failure, tuple[bool, bool]]] = [
    (Failure(sent=False), ALWAYS),
    (Failure(sent=False, hopeless=True), NEVER),
    (Failure(), REPEATABLE_ONLY),
    (Failure(hopeless=True), NEVER),
    (Failure(status=200, unusable=True), REPEATABLE_ONLY),
    (Failure(status=201, unusable=True), REPEATABLE_ONLY),
    (Failure(status=200), NEVER),
    (Failure(status=429), ALWAYS),
    (Failure(status=429, quota=True), NEVER),
    (Failure(status=429, retry_after=0.0), ALWAYS),
    (Failure(status=429, retry_after=MAX_RETRY_AFTER_SECONDS), ALWAYS),
    (Failure(status=429, retry_after=MAX_RETRY_AFTER_SECONDS + 0.1), NEVER),
    (Failure(status=425), ALWAYS),
    (Failure(status=503, retry_after=0.0), REPEATABLE_ONLY),
    (Failure(status=503, retry_after=7200.0), NEVER),
    *((Failure(status=status), REPEATABLE_ONLY) for status in (408, 500, 502, 503, 504)),
    *((Failure(status=status), NEVER) for status in REFUSED),
]
RETRIES = 3
NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize(("failure", "again"), KINDS)
def test_each_failure_is_followed_by_what_the_table_says(
    failure: Failure, again: tuple[bool, bool], repeatable: bool
) -> None:
    for attempt in range(RETRIES + 2):
        wait = seconds_before_retry(
            failure, attempt=attempt, max_retries=RETRIES, repeatable=repeatable, jitter=0.0
        )
        assert (wait is not None) is (again[not repeatable] and attempt < RETRIES)
        if wait is not None:  # what the API asks for, and never less than a pause of our own
            assert wait == max(failure.retry_after or 0.0, FIRST_WAIT_SECONDS * 2**attempt / 2)


@given(st.integers(0, 5000), st.floats(0, 1, exclude_max=True))
def test_the_wait_is_between_half_and_all_of_a_doubling_time(attempt: int, jitter: float) -> None:
    longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** min(attempt, 99))
    wait = seconds_before_retry(
        Failure(), attempt=attempt, max_retries=5001, repeatable=True, jitter=jitter
    )
    assert wait == longest * (0.5 + jitter / 2)


@given(st.integers(-100_000, 100_000))
def test_a_date_means_the_seconds_until_then(seconds: int) -> None:
    header = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert parse_retry_after(header, NOW) == max(0, seconds)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        *((text, None) for text in (None, "", "soon", "nan", "inf", "-inf", "1e400", "5 seconds")),
        *((text, None) for text in ("9" * 400, "-" + "9" * 400, "2026-01-01T12:00:10Z")),
        *((text, float(text)) for text in ("0", "3", "1.5", "7200", " 5 ")),
        ("-5", 0),
        ("Thu, 01 Jan 2026 12:00:10", 10),
        ("Thursday, 01-Jan-26 12:00:10 GMT", 10),
        ("Thu Jan  1 12:00:10 2026", 10),
        ("Thu, 01 Jan 2026 13:00:10 +0100", 10),
    ],
)
def test_retry_after_is_read_in_every_form(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, NOW) == seconds


DATE_LIKE = st.from_regex(
    r"[A-Z][a-z]{2}, \d{1,22} (Jan|Feb|Dec) \d{1,22} \d{1,4}:\d{1,4}:\d{1,4} (GMT|[+-]\d{1,20})",
    fullmatch=True,
)


@given(st.text(max_size=40) | DATE_LIKE | st.floats().map(str))
def test_any_header_gives_seconds_or_nothing(header: str) -> None:
    seconds = parse_retry_after(header, NOW)
    assert seconds is None or 0 <= seconds < float("inf")
