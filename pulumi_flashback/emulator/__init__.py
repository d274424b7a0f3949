"""The Flashback backend on this machine. Needs ``pulumi_flashback[emulator]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_flashback.emulator.emulator import Emulator
    from pulumi_flashback.emulator.settings import EmulatorSettings

__all__ = ["Emulator", "EmulatorSettings"]


def __getattr__(name: str) -> Any:
    # late, so that `python -m pulumi_flashback.emulator` can say which extra is missing
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pulumi_flashback.emulator import emulator

    return getattr(emulator, name)
