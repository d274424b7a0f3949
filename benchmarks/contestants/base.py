"""What a contestant is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from benchmarks.measure import Command

PHASES: Final = ("preview", "up", "no-op preview", "no-op up", "refresh", "update", "destroy")
"""The life of a stack, in order. ``update`` changes one field of every key."""


@dataclass(frozen=True)
class Case:
    """One life of one stack.

    Attributes:
        directory: An empty directory for it.
        backend: Variables with the address of the backend and a token.
        keys: How many API keys there are.
        parallel: Operations at once, for contestants that take a number.
    """

    directory: Path
    backend: dict[str, str]
    keys: int
    parallel: int


class Contestant(ABC):
    """A way to have some keys. An object serves one case."""

    provider: ClassVar[str] = ""
    """A part of the command line of its provider process; empty for none."""

    @abstractmethod
    def set_up(self, case: Case) -> None:
        """Write what is needed into the directory of the case.

        Raises:
            UnavailableError: It cannot run on this machine.
        """

    @abstractmethod
    def command(self, phase: str) -> Command | None:
        """Return the command of a phase; None if the contestant has no such phase."""

    def state(self) -> dict[str, float]:
        """Return the bytes that are stored of one key after ``up``, by part; empty for nothing."""
        return {}
