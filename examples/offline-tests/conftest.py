"""The fixtures of the tests."""

from pulumi_flashback.testing import (
    flashback_emulator,
    flashback_emulator_factory,
    flashback_project,
)

__all__ = ["flashback_emulator", "flashback_emulator_factory", "flashback_project"]
