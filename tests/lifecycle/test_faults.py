"""Every operation of every resource under every fault of the emulator, in both providers.

After any fault there is exactly one live object that the state knows, or none and an error; the
next run puts in order what is left; each request is sent as often as it may be.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.faults import FOREVER, NAMED
from tests.contract.driver import ProviderFailureError
from tests.contract.steps import refused
from tests.lifecycle.conftest import (
    Life,
    Stage,
    a_change,
    cases,
    process,
)
from tests.lifecycle.samples import SAMPLES, Sample

RETRIES = 1
"""Of the processes of the suite: so a fault that comes once, twice and for ever are three cases."""

OPERATIONS = ("create", "read", "update", "delete")


def operations(sample: type[Sample], _: object) -> list[str]:
    return [each for each in OPERATIONS if each in sample.requests]


RATE_LIMITS = {
    "rate-limit": "1",
    "rate-limit-float": "0.5",
    "rate-limit-date": "Thu, 01 Jan 2026 00:00:00 GMT",
    "rate-limit-garbage": "soon",
    "rate-limit-hours": "7200",
}
FAULTS: dict[str, dict[str, Any]] = {
    **{name: {"fault": name} for name in NAMED if name not in ("none", "rate-limit")},
    **{name: {"fault": "rate-limit", "retryAfter": value} for name, value in RATE_LIMITS.items()},
}
STALLS = ("stall-before-commit", "stall-after-commit", "slow-drip")
SLOW = {"dynamic": STALLS, "native": tuple(RATE_LIMITS)}
"""What makes a process wait, also for later requests: each case has a process of its own.

The client waits, which is the same one in both providers and for all resources.
"""
QUICK = tuple(name for name in FAULTS if name not in (*STALLS, *RATE_LIMITS))
HOPELESS = {"redirect", "rate-limit-hours"}
HARMLESS = {"wrong-content-type"}
WITHOUT_CONTENT = {"without-id", "empty-body"}
"""Responses with which a write that has nothing to return is content."""


def passes(fault: str, times: Any, operation: str, *, generated: bool = False) -> bool | None:
    """Say whether an operation gets over a fault by retries alone; None if both is right."""
    if fault in HARMLESS or (fault in WITHOUT_CONTENT and operation in ("update", "delete")):
        return True
    kind = NAMED[FAULTS[fault]["fault"]]
    if kind.commit and not kind.stall_before and operation in ("create", "delete"):
        # the object is found, or is not there any more; what it lacks needs another one, once
        return operation == "delete" or not generated or times == 1
    if fault in HOPELESS:
        return False
    if fault in RATE_LIMITS:
        return True  # waiting for it is no retry
    if operation != "create" and times != FOREVER and times <= RETRIES:
        return True
    # an update may be tried again as a whole, which the providers do differently
    return None if operation == "update" or times != FOREVER else False


def attempt(work: Callable[[], Any]) -> tuple[Any, str]:
    """Return a result, or what the error says: one line without a secret."""
    try:
        return work(), ""
    except ProviderFailureError as failure:
        text = str(failure)
    error = refused(lambda: _again(text))
    assert "canary" not in text.lower()
    return None, error


def _again(text: str) -> None:
    raise ProviderFailureError(text, {})


def suffer(life: Life, operation: str, fault: str, times: Any) -> None:
    """Do one operation under a fault, and then again without it."""
    identifier, state = life.create() if operation != "create" else ("", {})
    wanted = a_change(life, -1)
    steps: dict[str, Callable[[], Any]] = {
        "create": lambda: life.provider.create(life.inputs),
        "read": lambda: life.provider.read(identifier, state),
        "update": lambda: life.provider.update(identifier, state, wanted),
        "delete": lambda: life.provider.delete(identifier, state),
    }
    life.emulator.requests.clear()
    # a redirect is there to stay, and a refresh of many workspaces looks into two lists
    times_of_fault = FOREVER if fault == "redirect" else times
    life.suffer(operation, {**FAULTS[fault], "times": times_of_fault})
    result, error = attempt(steps[operation])
    life.emulator.clear_faults()
    expected = passes(fault, times, operation, generated=life.sample.generated)
    assert expected in (None, not error), error
    live = list(life.sample.live())
    if operation == "create":
        assert live == ([result[0]] if result else []), error
        limited = fault in RATE_LIMITS and fault not in HOPELESS
        at_least = 1 + times if limited else 1
        assert life.sent("create") in {at_least, at_least + life.sample.generated}
        identifier, state = result or steps["create"]()
    elif operation == "delete":
        assert live == ([identifier] if error else [])
        steps["delete"]()
        assert life.sample.live() == {}
        return
    else:
        assert live == [identifier]
        if not error:
            done = (identifier, state, life.inputs) if operation == "read" else {**state, **wanted}
            assert result == done
        result = steps[operation]()
    shown = wanted if operation == "update" else life.inputs
    assert life.shown(identifier).items() <= shown.items()
    assert life.provider.read(identifier, state)[0] == identifier


@cases(
    lambda *of: [f"{operation}-{fault}" for operation in operations(*of) for fault in QUICK],
    halved=True,
)
def test_an_operation_under_a_fault(life: Life, case: str, stage: Stage) -> None:
    operation, _, fault = case.partition("-")
    # what differs between the providers does not differ with the number of faults
    for times in (1,) if life.kind == "native" else (RETRIES + 1, FOREVER):
        suffer(stage.life(life.kind, life.provider.resource), operation, fault, times)


@cases(operations, halved=True)
def test_an_operation_under_faults_that_take_time(life: Life, case: str) -> None:
    """All at once, because each of them waits."""
    resource = life.provider.resource

    def run(fault: str) -> str:
        with (
            Emulator(faults=True) as emulator,
            process(life.kind, emulator, resource, timeout="2") as provider,
        ):
            try:
                suffer(Life(provider, SAMPLES[resource](emulator)), case, fault, 1)
            except AssertionError as error:
                return f"{fault}: {error!r}"
        return ""

    slow = SLOW[life.kind]
    with ThreadPoolExecutor(len(slow)) as pool:
        assert [each for each in pool.map(run, slow) if each] == []


@cases(lambda *_: QUICK, halved=True)
def test_a_create_that_cannot_look_before(
    life: Life, case: str, apart: Callable[..., Life]
) -> None:
    """The first create in a workspace lists what is there; workspaces are listed once."""
    look = "look" if "look" in life.sample.requests else "read"
    there = apart() if look == "look" else life
    there.suffer(look, FAULTS[case])
    created, error = attempt(lambda: there.provider.create(there.inputs))
    assert there.sent(look)
    there.emulator.clear_faults()
    assert list(there.sample.live()) == ([created[0]] if created else []), error
    if not created:
        there.provider.create(there.inputs)
    assert len(there.sample.live()) == 1
