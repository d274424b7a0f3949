"""The whole run: all observations, checks of documented behavior, and the cleanup."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from pulumi_flashback.conformance.documented import DOCUMENTED
from pulumi_flashback.conformance.observations import FAMILIES
from pulumi_flashback.conformance.observations.users import log_out
from pulumi_flashback.conformance.outcome import OBSERVATIONS, Finding, NotObserved, find
from pulumi_flashback.conformance.run import Run

Progress = Callable[[int, int, str], None]
"""Called with a number, the total, and the behavior being observed."""


def in_order() -> list[str]:
    """Return the names of the settings in the order of observation."""
    modules = [each.__name__ for each in FAMILIES]
    return sorted(OBSERVATIONS, key=lambda name: modules.index(OBSERVATIONS[name].__module__))


def observe_all(run: Run, progress: Progress) -> list[Finding]:
    """Observe all settings and the documented behavior; the caller cleans up."""
    steps: list[tuple[str, Callable[[], Finding]]] = [
        *((name, partial(find, name, run)) for name in in_order()),
        *((each.behavior, partial(each.find, run)) for each in DOCUMENTED),
    ]
    for number, (behavior, observe) in enumerate(steps, 1):
        progress(number, len(steps), behavior)
        run.wire.step = behavior
        run.findings[behavior] = observe()
    return list(run.findings.values())


def clean_up(run: Run) -> list[str]:
    """Delete everything that the run created; return a sentence about each remaining object."""
    with suppress(NotObserved):  # the session would end by itself
        log_out(run)
    return run.scratch.clean_up()
