"""Observations and their outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pulumi_flashback.client import InvalidIdentifierError
from pulumi_flashback.emulator.settings import EmulatorSettings

if TYPE_CHECKING:
    from pulumi_flashback.conformance.run import Run

Observe = Callable[["Run"], Any]

OBSERVATIONS: dict[str, Observe] = {}
"""The observation functions by the names of their settings, in calling order."""


ODD = (TypeError, ValueError, LookupError, AttributeError, InvalidIdentifierError)
"""Errors that an observation raises if a response does not have the expected structure."""

ODD_RESPONSE = "a response has another shape than the documentation says"


class NotObserved(Exception):  # noqa: N818 - no accident
    """A behavior could not be observed; the text is the reason."""


class Unlike(Exception):  # noqa: N818 - no accident
    """The API's behavior matches none of the alternatives; the text describes it."""


def observation(function: Observe) -> Observe:
    """Register a function as the observation of the setting with its name."""
    OBSERVATIONS[function.__name__] = function
    return function


def among(alternatives: Mapping[Any, Any], seen: Any) -> Any:
    """Return the alternative that corresponds to an observed value."""
    if seen not in alternatives:
        raise Unlike(str(seen))
    return alternatives[seen]


@dataclass(frozen=True)
class Finding:
    """One behavior of the API."""

    behavior: str  # the name of a setting, or a documented behavior
    expected: Any  # what the provider assumes
    observed: Any = None
    reason: str = ""  # why it was not observed; empty if it was
    is_setting: bool = True

    @property
    def differs(self) -> bool:
        """Whether the API's behavior differs from what the provider assumes."""
        # in Python, True equals 1
        one_type = isinstance(self.observed, bool) is isinstance(self.expected, bool)
        return not self.reason and not (one_type and self.observed == self.expected)


class NoAlternative(str):
    """A description of an observed behavior that no value of the setting represents."""

    __slots__ = ()


def find(name: str, run: Run) -> Finding:
    """Observe a setting."""
    expected = default(name)
    try:
        value = OBSERVATIONS[name](run)
    except NotObserved as failure:
        return Finding(name, expected, reason=str(failure))
    except Unlike as failure:
        return Finding(name, expected, NoAlternative(f"none of them: {failure}"))
    except ODD:
        return Finding(name, expected, NoAlternative(f"none of them: {ODD_RESPONSE}"))
    try:
        return Finding(name, expected, getattr(EmulatorSettings(**{name: value}), name))
    except ValidationError:
        return Finding(name, expected, NoAlternative(f"none of them: {value}"))


def default(name: str) -> Any:
    """Return the value of a setting that the provider assumes."""
    return getattr(EmulatorSettings(), name)
