"""The pace under a rate limit, on a clock of its own."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from typing import NamedTuple

import pytest

from pulumi_flashback.client.pace import FIRST_REQUESTS, Pace


class Outcome(NamedTuple):
    """What a run of creates came to."""

    seconds: float
    sent: int
    rejected: int


def play(threads: int, creates: int, rate: int, latency: float, pause: float) -> Outcome:
    """Let threads create objects at an API that accepts so many requests in any second."""
    pace, chance = Pace(), random.Random(5)
    recent: deque[float] = deque()
    order = 0
    # (time, order, kind, sent): a thread that wants to send, or a response that arrives
    events: list[tuple[float, int, str, float]] = []

    def add(at: float, kind: str, sent: float = 0.0) -> None:
        nonlocal order
        order += 1
        heapq.heappush(events, (at, order, kind, sent))

    for _ in range(threads):
        add(chance.uniform(0, 0.01), "ready")
    made = sent_in_all = rejected = 0
    now, started = 0.0, min(threads, creates)
    while made < creates:
        now, _, kind, sent = heapq.heappop(events)
        if kind == "ready":
            wait = pace.seconds_to_wait(now)
            if wait:
                add(now + wait, "ready")
                continue
            sent_in_all += 1
            arrives = now + latency * chance.uniform(0.3, 0.7)
            while recent and recent[0] < arrives - 1:
                recent.popleft()
            fits = len(recent) < rate
            if fits:
                recent.append(arrives)
            add(now + latency, "accepted" if fits else "rejected", now)
        elif kind == "accepted":
            pace.accepted(sent, now)
            made += 1
            if started < creates:
                started += 1
                add(now, "ready")
        else:
            rejected += 1
            pace.rejected(sent, now, pause, chance.random())
            add(now, "ready")
    return Outcome(now, sent_in_all, rejected)


STORMS = [
    (threads, creates, rate, latency)
    for threads in (1, 8, 32, 128)
    for latency in (0.002, 0.02, 0.1)
    for creates, rate in ((300, 10), (150, 5), (900, 30))
    if threads / latency >= 2 * rate  # fewer threads never meet the limit
]


@pytest.mark.parametrize(
    ("threads", "creates", "rate", "latency", "pause"),
    [*((*storm, 1.0) for storm in STORMS), (32, 300, 10, 0.02, 0.0), (32, 300, 10, 0.02, 0.3)],
)
def test_all_is_created_in_little_more_than_the_limit_needs(
    threads: int, creates: int, rate: int, latency: float, pause: float
) -> None:
    outcome = play(threads, creates, rate, latency, pause)
    assert outcome.seconds <= 1.15 * creates / rate
    assert outcome.rejected <= 0.1 * outcome.sent


def test_without_a_429_nobody_waits() -> None:
    pace = Pace()
    for number in range(5000):
        now = number / 1000
        assert pace.seconds_to_wait(now) == 0.0
        pace.accepted(now, now)
    assert pace.gap(5.0) == 0.0


def test_the_first_requests_are_not_sent_all_at_once() -> None:
    pace = Pace()
    taken = [pace.seconds_to_wait(0.0) for _ in range(128)].count(0.0)
    assert taken == FIRST_REQUESTS
    pace.accepted(0.0, 0.1)
    assert pace.seconds_to_wait(0.1) == 0.0


def test_a_slow_backend_does_not_hold_up_the_first_requests_for_long() -> None:
    pace = Pace()
    pace.seconds_to_wait(0.0)
    assert [pace.seconds_to_wait(2.0) for _ in range(127)] == [0.0] * 127


def limited(pause: float, jitter: float = 0.0) -> Pace:
    """A pace after ten accepted requests, and two that were turned away at 0.5 seconds."""
    pace = Pace()
    for _ in range(12):
        pace.seconds_to_wait(0.0)
    for _ in range(10):
        pace.accepted(0.0, 0.4)
    for _ in range(2):
        pace.rejected(0.0, 0.5, pause, jitter)
    return pace


def test_the_pause_that_the_api_asks_for_holds_all_requests_back() -> None:
    pace = limited(pause=3.0)
    assert pace.seconds_to_wait(0.5) == 3.0
    assert pace.seconds_to_wait(3.4) == pytest.approx(0.1)
    assert pace.seconds_to_wait(3.5) == 0.0


def test_after_the_pause_requests_go_one_by_one() -> None:
    pace = limited(pause=1.0)
    assert pace.seconds_to_wait(1.5) == 0.0
    assert 0.1 < pace.seconds_to_wait(1.5) < 0.11
    # what nobody used is not made up for: the API would turn it away
    assert pace.seconds_to_wait(30.0) == 0.0
    assert pace.seconds_to_wait(30.0) > 0.05


def test_there_is_a_pause_even_if_the_api_asks_for_none_and_processes_differ_in_it() -> None:
    assert limited(pause=0.0).seconds_to_wait(0.5) >= 0.25
    assert limited(pause=0.001).seconds_to_wait(0.5) >= 0.25
    early, late = (limited(1.0, jitter).seconds_to_wait(0.5) for jitter in (0.1, 0.9))
    assert early < late


def test_requests_of_one_wave_slow_down_once() -> None:
    pace = limited(pause=1.0)
    before = pace.gap(0.5)
    for _ in range(50):
        pace.rejected(0.4, 0.6, 1.0, 0.0)
    assert pace.gap(0.5) == before


@pytest.mark.parametrize("sent", [0.0, 0.01], ids=["before the rejected one", "overtaken by it"])
def test_a_response_that_comes_after_the_429_counts_as_accepted(sent: float) -> None:
    pace = limited(pause=1.0)
    before = pace.gap(0.6)
    pace.accepted(sent, 0.6)
    assert pace.gap(0.6) < before


def test_further_429_slow_down_step_by_step_and_a_quiet_time_ends_it() -> None:
    pace, now = limited(pause=1.0), 0.5
    gaps = [pace.gap(now)]
    for _ in range(5):
        now += 5
        pace.accepted(now - 0.2, now - 0.2)
        pace.rejected(now - 0.1, now, 0.0, 0.0)
        gaps.append(pace.gap(now))
    assert all(1.0 < later / earlier <= 2.0 for earlier, later in itertools.pairwise(gaps))
    assert pace.seconds_to_wait(now + 3600) == 0.0
    assert pace.gap(now + 3600) == 0.0
    assert pace.seconds_to_wait(now + 3600) == 0.0


def test_a_single_429_is_soon_forgotten() -> None:
    pace = Pace()
    pace.seconds_to_wait(0.0)
    pace.rejected(0.0, 0.1, 0.0, 0.0)
    assert pace.gap(0.1) == 0.25
    assert pace.gap(20.0) < 0.01


def test_a_backend_that_rejects_all_is_asked_ever_less_often() -> None:
    pace, now, waits = Pace(), 0.0, []
    for _ in range(30):
        while wait := pace.seconds_to_wait(now):
            waits.append(wait)
            now += wait
        pace.rejected(now, now + 0.01, 0.0, 0.0)
        now += 0.01
    assert all(later > 0.9 * earlier for earlier, later in itertools.pairwise(waits))
    assert waits[0] == 0.25
    assert waits[-1] == pytest.approx(8.0)
