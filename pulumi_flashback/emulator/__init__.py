"""The Flashback backend, to run on this machine: for demos, tests and development."""

from pulumi_flashback.emulator.server import Emulator
from pulumi_flashback.emulator.settings import EmulatorSettings

__all__ = ["Emulator", "EmulatorSettings"]
