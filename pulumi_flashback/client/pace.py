"""The rate at which a process sends requests, learned from the responses.

Without a 429, the rate is unlimited; only the very first requests are not sent all at once, so that
a limit becomes visible before all of them exceed it. The first 429 shows how many requests the API
accepts: as many as it accepted in the second before. From then on, requests are sent one by one,
slightly slower than that. The rate increases as long as no other 429 comes, slowly at first: each
attempt to go faster may cost a pause of all requests.
"""

import math
from collections import deque

from pulumi_flashback.client import retry

MAX_CONNECTIONS = 512
"""Maximum number of connections of one process. A connection is opened only if none is idle; the
engine runs as many operations at once as ``--parallel`` allows."""
FIRST_REQUESTS = 12
"""Requests that may be sent before the first response. Each response allows one or two more, and
so does the passing of time, because a slow backend must not block requests."""
_FURTHER_PER_RESPONSE = 1.5
_FURTHER_AFTER_SECONDS = 0.5
_FURTHER_PER_SECOND = 100
_MOMENT_SECONDS = 0.005

MARGIN = 1.05  # factor on the gap that the API seems to accept
FIRST_GAP_SECONDS = 0.25  # the largest gap after the first 429, which may be the only one
# Another 429 makes the gap larger by the margin, or by this step if it comes so soon
QUICK_STEP, _QUICK_SECONDS = 1.15, 5.0
LARGEST_STEP = 2.0  # maximum factor of an increase
_SAME = 1.25  # a count of accepted requests confirms a gap if it deviates by at most this factor
_WINDOW_SECONDS = 1.03  # the API counts over a second, and a little after a request is sent

RECOVERY_SECONDS = 90.0  # without another 429, until the rate has doubled
FAST_RECOVERY_SECONDS = 4.0  # the same after a single, unconfirmed 429

_NEGLIGIBLE_GAP = 0.001
_CATCH_UP_SECONDS = 0.01  # a slot not taken within this time is lost
_REMEMBERED = 1000  # accepted requests to remember; also the highest rate per second


class Pace:
    """Determines when the next request may be sent. Not thread-safe; times are from one clock."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._sent = 0
        self._responses = 0
        self._accepted: deque[float] = deque(maxlen=_REMEMBERED)
        self.last_accepted = 0.0
        """When the API last accepted a request of this process; 0 if it never did."""
        self._limited = False
        self._wave = -1.0  # time of the last 429 that began a new wave
        self._exceeded = -math.inf  # when the request that began the wave was sent
        self._count = 0  # accepted requests among those sent in the second before
        self._rejected = 0  # requests rejected together with it
        self._misses = 0  # waves since a request was accepted
        self._gap_before = 0.0  # 0 for the first wave
        self._step = MARGIN
        self._next = 0.0
        self._resumed = 0.0

    def accepted(self, sent: float, now: float) -> None:
        self._responses += 1
        self._accepted.append(sent)
        if self._counts(sent):
            self._count += 1  # the response arrived after the 429
        self.last_accepted = now
        self._misses = 0

    def rejected(self, sent: float, now: float, pause: float, jitter: float) -> None:
        """Record a 429 that asks for a pause, or 0; jitter (0 to 1) desynchronizes processes."""
        if not self._limited or sent > self._wave:
            # requests sent before the last adjustment say nothing about it
            self._misses += 1
            if not self._limited or self._misses == 1:
                self._adjust(sent, now)
            else:
                self._wave = now
            self._limited = True
        self._rejected += 1
        own = min(retry.LONGEST_WAIT_SECONDS, retry.FIRST_WAIT_SECONDS * 1.5 ** (self._misses - 1))
        self._next = max(self._next, now + max(pause, own) * (1 + jitter / 10))
        self._resumed = self._next

    def _adjust(self, sent: float, now: float) -> None:
        """Begin a new wave: the current gap was tried and was too small."""
        self._gap_before = self.gap(now)
        self._step = QUICK_STEP if now - self._resumed < _QUICK_SECONDS else MARGIN
        self._exceeded, self._wave = sent, now
        self._count = sum(map(self._counts, self._accepted))
        self._rejected = 0

    def _counts(self, sent: float) -> bool:
        # also requests sent after the rejected one, which may have been overtaken
        return self._exceeded - _WINDOW_SECONDS < sent <= self._wave

    def gap(self, now: float) -> float:
        """Return the seconds between two requests; 0 for no limit."""
        if not self._limited:
            return 0.0
        before = self._gap_before
        if not before:
            gap = MARGIN / max(self._count, 1)
            if self._rejected == 1:
                gap = min(gap, FIRST_GAP_SECONDS)
        else:
            # the count is sometimes off by one: only a much smaller one is significant
            seems = MARGIN / (self._count + 0.5)
            gap = before * self._step if seems < before * _SAME else seems
            gap = min(gap, before * LARGEST_STEP)
        sure = self._gap_before or self._rejected > 1
        recovery = RECOVERY_SECONDS if sure else FAST_RECOVERY_SECONDS
        return gap / (1 + (max(0.0, now - self._resumed) / recovery) ** 3)

    def seconds_to_wait(self, now: float) -> float:
        """Return 0.0 and take the slot if a request may be sent; otherwise the seconds to wait."""
        if self._limited:
            return self._seconds_to_slot(now)
        if self._began is None:
            self._began = now
        further = self._responses * _FURTHER_PER_RESPONSE
        further += max(0.0, now - self._began - _FURTHER_AFTER_SECONDS) * _FURTHER_PER_SECOND
        if self._sent >= FIRST_REQUESTS + further:
            return _MOMENT_SECONDS
        self._sent += 1
        return 0.0

    def _seconds_to_slot(self, now: float) -> float:
        if now < self._next:
            return self._next - now
        gap = self.gap(now)
        self._limited = gap >= _NEGLIGIBLE_GAP
        self._next = max(self._next, now - _CATCH_UP_SECONDS) + gap
        return 0.0
