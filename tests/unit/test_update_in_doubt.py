"""An update of the dynamic provider with an unclear outcome."""

from __future__ import annotations

import time
from typing import Any
from unittest.mock import Mock

import pytest

from pulumi_flashback.core.lifecycle import PartialFailureError
from pulumi_flashback.core.operations import ProviderError
from pulumi_flashback.dynamic import runtime

PAUSES = list(runtime.UPDATE_PAUSES_SECONDS)
IN_DOUBT = (
    ". The platform may have the new values; the next `pulumi up` writes them again. If you "
    "revert the change in the program instead, run it"
)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note the waits instead of waiting."""
    noted: list[float] = []
    monkeypatch.setattr(time, "sleep", noted.append)
    return noted


def failure(text: str, **attributes: Any) -> ProviderError:
    error = ProviderError(text)
    vars(error).update(attributes)
    return error


UNCLEAR = failure("could not update: 503.", may_have_taken_effect=True)
HOPELESS = failure("no TLS", may_have_taken_effect=True, hopeless=True)
PARTIAL = failure("region stays", partial=PartialFailureError("region stays", "id", {}))
REFUSAL = failure("could not update: 401")


def test_it_is_sent_again_until_it_is_clear(waits: list[float]) -> None:
    work = Mock(side_effect=[UNCLEAR, UNCLEAR, {"secret": "new"}])
    assert runtime.update(work, "run it") == {"secret": "new"}
    assert waits == PAUSES[:2]


@pytest.mark.parametrize(
    ("outcomes", "text", "pauses"),
    [
        ([UNCLEAR] * (1 + len(PAUSES)), f"could not update: 503{IN_DOUBT}", PAUSES),
        ([REFUSAL], "could not update: 401", []),
        # what was unclear stays so
        ([UNCLEAR, REFUSAL], f"could not update: 401{IN_DOUBT}", PAUSES[:1]),
        # the same would happen again
        ([HOPELESS], f"no TLS{IN_DOUBT}", []),
        ([PARTIAL], f"region stays{IN_DOUBT}", []),
    ],
)
def test_the_error_says_what_may_be_and_what_to_do(
    outcomes: list[ProviderError], text: str, pauses: list[float], waits: list[float]
) -> None:
    with pytest.raises(ProviderError) as raised:
        runtime.update(Mock(side_effect=outcomes), "run it")
    assert (str(raised.value), waits) == (text, pauses)


def test_it_ends_in_time(waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "UPDATE_SECONDS", 0.0)
    with pytest.raises(ProviderError, match="may have the new values"):
        runtime.update(Mock(side_effect=[UNCLEAR, {}]), "run it")
    assert waits == []
