"""Where the checks of the emulator's settings are collected."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_flashback.emulator import Emulator
from tests.emulator.test_api import Ask

Check = Callable[[Emulator, Ask], None]
"""Takes an emulator with the setting, and how to ask it as the demo user."""

CHECKS: dict[str, Check] = {}
"""What is true under ``name=value``."""


def under(*settings: str) -> Callable[[Check], Check]:
    """Note a function as the check of ``name=value`` settings."""

    def note(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(settings, check))
        return check

    return note
