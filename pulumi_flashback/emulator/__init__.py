"""A local emulator of the Flashback API. Needs ``pulumi_flashback[emulator]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_flashback.emulator.emulator import Emulator
    from pulumi_flashback.emulator.settings import EmulatorSettings

__all__ = ["Emulator", "EmulatorSettings"]


def __getattr__(name: str) -> Any:
    # imported on demand, so that `python -m pulumi_flashback.emulator` can name a missing extra
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pulumi_flashback.emulator import emulator

    return getattr(emulator, name)
