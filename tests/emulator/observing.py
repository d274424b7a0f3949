"""How a setting of the emulator is observed over HTTP, and helpers of observations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.store import User
from tests.emulator.asking import BODY, MEMBERS, Ask, said

Observation = Callable[[Emulator, Ask], Any]
OBSERVED: dict[str, tuple[Observation, dict[Any, Any], dict[str, Any]]] = {}


def seen(expected: dict[Any, Any], **others: Any) -> Callable[[Observation], Observation]:
    """Note an observation of the setting of its name.

    Args:
        expected: What is seen by alternative.
        others: Other settings that it needs.
    """

    def note(observation: Observation) -> Observation:
        OBSERVED[observation.__name__] = (observation, expected, others)
        return observation

    return note


def user(emulator: Emulator, **about: Any) -> User:
    return emulator.add_user("Ada@flashback.example", **about)


def theirs(emulator: Emulator) -> str:
    """Add a workspace of another organization."""
    return emulator.add_workspace("Theirs", org_id="another-organization").id


def create(ask: Ask, **body: object) -> int:
    return ask("POST", "/apikeys", {**BODY, **body}).status_code


def add(ask: Ask, user_id: str, role: str = "READ") -> tuple[int, str | None]:
    return said(ask("POST", MEMBERS, {"userId": user_id, "role": role}))
