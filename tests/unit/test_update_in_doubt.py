"""An update of the dynamic provider of which nobody can say whether it took effect."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_flashback.core.lifecycle import PartialFailureError
from pulumi_flashback.core.operations import ProviderError
from pulumi_flashback.dynamic import runtime

ATTEMPTS = 1 + len(runtime.UPDATE_PAUSES_SECONDS)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note the waits instead of waiting."""
    noted: list[float] = []
    monkeypatch.setattr(time, "sleep", noted.append)
    return noted


def failure(text: str = "could not update", *, unclear: bool = False) -> ProviderError:
    error = ProviderError(text)
    error.may_have_taken_effect = unclear
    return error


def work(*outcomes: ProviderError | dict[str, Any]) -> Callable[[], dict[str, Any]]:
    """An update with these outcomes; the last one comes again and again."""
    left = list(outcomes)

    def run() -> dict[str, Any]:
        outcome = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(outcome, ProviderError):
            raise outcome
        return outcome

    return run


def test_it_is_sent_again_until_it_is_clear(waits: list[float]) -> None:
    done = {"secret": "new"}
    unclear = failure(unclear=True)
    assert runtime.update(work(unclear, unclear, done), "do it") == done
    assert waits == list(runtime.UPDATE_PAUSES_SECONDS[:2])


def test_the_error_says_what_may_be_and_what_to_do(waits: list[float]) -> None:
    with pytest.raises(ProviderError) as raised:
        runtime.update(work(failure("could not update: 503.", unclear=True)), "run it")
    assert str(raised.value) == (
        "could not update: 503. The platform may hold the new values; the next `pulumi up` writes "
        "them again. If you take the change back in the program instead, run it"
    )
    assert len(waits) == ATTEMPTS - 1


def test_a_refusal_is_final_and_what_was_unclear_stays_so(waits: list[float]) -> None:
    refusal = failure("could not update: 401")
    with pytest.raises(ProviderError) as raised:
        runtime.update(work(refusal), "run it")
    assert raised.value is refusal
    with pytest.raises(ProviderError, match=r"401\. The platform may hold the new values"):
        runtime.update(work(failure(unclear=True), refusal), "run it")
    assert len(waits) == 1


def test_what_would_end_in_the_same_way_is_not_sent_again(waits: list[float]) -> None:
    error = failure(unclear=True)
    error.hopeless = True
    with pytest.raises(ProviderError, match="The platform may hold the new values"):
        runtime.update(work(error, {}), "run it")
    assert waits == []


def test_what_is_done_in_part_is_not_sent_again(waits: list[float]) -> None:
    error = failure("could not update: region stays")
    error.partial = PartialFailureError("region stays", "id", {})
    with pytest.raises(ProviderError, match=r"region stays\. The platform may hold the new values"):
        runtime.update(work(error), "run it")
    assert waits == []


def test_it_ends_in_time(waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "UPDATE_SECONDS", 0.0)
    with pytest.raises(ProviderError, match="may hold the new values"):
        runtime.update(work(failure(unclear=True), {}), "run it")
    assert waits == []
