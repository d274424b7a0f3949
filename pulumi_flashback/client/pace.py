"""The pace of all requests of a process, once the API has turned one away for a rate limit.

Without a 429 there is no pace. The first one says how many requests the API accepts: as many as it
accepted in the second before. From then on requests are sent one by one, a little slower than that.
The pace grows with the time without another 429, slowly at first: each attempt to go faster costs
a pause of all requests.
"""

from __future__ import annotations

from collections import deque

from pulumi_flashback.client import retry

MARGIN = 1.04
"""The gap between two requests, as a multiple of the one that the API seems to accept."""

LARGEST_STEP = 2.0
"""Another 429 makes the gap this many times larger at most: the count behind it may be off."""

FIRST_GAP_SECONDS = 0.25
"""The largest gap after the first 429, which may as well have been a single one."""

RECOVERY_SECONDS = (4.0, 60.0)
"""After this time without a 429 requests are sent twice as fast, then ever faster: the first number
counts after the first 429, the second one as soon as another has confirmed the limit."""

_NEGLIGIBLE_GAP = 0.001
_REMEMBERED = 1000
"""Accepted requests that are remembered: so many in a second are the fastest pace."""


class Pace:
    """When the next request may be sent. Not thread-safe; it has no clock of its own.

    All times are seconds of one clock. A request is known by the time when it was sent.
    """

    def __init__(self) -> None:
        self._accepted: deque[float] = deque(maxlen=_REMEMBERED)
        self._next = 0.0
        self._wave = 0.0
        self._gap_before = 0.0
        self._misses = 0
        self._limited = False
        self.last_accepted = 0.0
        """When the API last accepted a request of this process; 0 if it never did."""

    def accepted(self, sent: float, now: float) -> None:
        """Note a response that is no 429."""
        self._accepted.append(sent)
        self.last_accepted = now
        self._misses = 0

    def turned_away(self, sent: float, now: float, pause: float, jitter: float) -> None:
        """Note a response 429.

        Args:
            sent: When the request was sent.
            now: The present time.
            pause: Seconds that the API asks to wait; 0 if it does not say.
            jitter: A random number from 0 up to 1, so that processes do not come back in step.
        """
        if not self._limited or sent > self._wave:
            # what was sent before the last adjustment says nothing about it
            self._gap_before = self.gap(now)
            self._wave = now
            self._misses += 1
            self._limited = True
        own = min(retry.LONGEST_WAIT_SECONDS, retry.FIRST_WAIT_SECONDS * 1.5 ** (self._misses - 1))
        self._next = max(self._next, now + max(pause, own) * (1 + jitter / 10))

    def gap(self, now: float) -> float:
        """Return the seconds between two requests; 0 for no limit."""
        if not self._limited:
            return 0.0
        count = sum(self._wave - 1 < sent <= self._wave for sent in self._accepted)
        gap, before = MARGIN / max(count, 1), self._gap_before
        if before:
            gap = min(max(gap, before * MARGIN), before * LARGEST_STEP)
        else:
            gap = min(gap, FIRST_GAP_SECONDS)
        recovery = RECOVERY_SECONDS[1 if before else 0]
        return gap / (1 + (max(0.0, now - self._wave) / recovery) ** 3)

    def seconds_to_wait(self, now: float) -> float:
        """Return 0.0 and take the next slot if it is there; else the seconds until then."""
        if not self._limited:
            return 0.0
        if now < self._next:
            return self._next - now
        gap = self.gap(now)
        if gap < _NEGLIGIBLE_GAP:
            self._limited = False
        # a slot that nobody took for long is lost, one that is a little late is made up for
        self._next = max(self._next, now - gap) + gap
        return 0.0
