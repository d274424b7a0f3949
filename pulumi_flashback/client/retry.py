"""Decides whether a request is retried, and after how many seconds."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

DEFAULT_MAX_RETRIES = 4
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 8.0
MAX_RETRY_AFTER_SECONDS = 60.0  # a longer time is not waited for, but reported in the error

PATIENCE_SECONDS = 60.0
"""The client waits for a rate limit until the API has accepted no request of the process for this
long. This is limited by time and is not a retry, because many requests have to wait their turn."""


@dataclass(frozen=True)
class Failure:
    sent: bool = True  # False if the request provably never reached the backend
    status: int | None = None  # None if no response came
    unusable: bool = False  # a 2xx status with an unusable body
    retry_after: float | None = None  # seconds that the backend asks to wait
    quota: bool = False  # a 429 that means a used-up quota: waiting does not help
    hopeless: bool = False  # a retry would fail in the same way, such as a wrong certificate

    @property
    def may_have_taken_effect(self) -> bool:
        return self.sent and (self.status is None or not 400 <= self.status < 500)


def seconds_before_retry(
    failure: Failure, *, attempt: int, max_retries: int, repeatable: bool, jitter: float
) -> float | None:
    """Return the seconds to wait before the next attempt, or None to give up; jitter is 0 to 1."""
    if attempt >= max_retries or failure.hopeless or not _worth_repeating(failure, repeatable):
        return None
    asked = failure.retry_after or 0.0
    if asked > MAX_RETRY_AFTER_SECONDS:
        return None
    longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** min(attempt, 32))
    return max(asked, longest * (0.5 + jitter / 2))


def _worth_repeating(failure: Failure, repeatable: bool) -> bool:
    # includes a create that never arrived or was rejected unprocessed (too early, rate limit)
    if not failure.sent or failure.status == 425:
        return True
    if failure.status == 429:
        return not failure.quota
    retried = (None, 408, 500, 502, 503, 504)
    return repeatable and (failure.unusable or failure.status in retried)


def parse_retry_after(value: str | None, now: datetime | None = None) -> float | None:
    if value is None or len(value) > 100:  # longer than any date
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _seconds_until(value, now or datetime.now(UTC))
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(date: str, now: datetime) -> float | None:
    from email.utils import parsedate_to_datetime  # slow to import, and dates are rare

    try:
        then = parsedate_to_datetime(date)
        if then.tzinfo is None:
            then = then.replace(tzinfo=UTC)
        return max(0.0, (then - now).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None
