"""What a contestant is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from benchmarks.measure import Command

PHASES: Final = (
    "preview",
    "up",
    "no-op preview",
    "no-op up",
    "refresh",
    "update",
    "destroy",
)
"""The life of a stack, in order. ``update`` changes one field of every key."""


class UnavailableError(Exception):
    """A contestant cannot run on this machine; the text says why."""


@dataclass(frozen=True)
class Case:
    """One life of one stack.

    Attributes:
        directory: An empty directory for it.
        backend: Variables that tell of the backend.
        keys: How many API keys there are.
        parallel: Operations at once, where a contestant takes a number.
    """

    directory: Path
    backend: dict[str, str]
    keys: int
    parallel: int


class Contestant(ABC):
    """A way to have some keys. An object serves one case."""

    provider: ClassVar[str] = ""
    """What the command line of its provider process contains; empty for none."""

    @abstractmethod
    def set_up(self, case: Case) -> None:
        """Write what is needed into the directory of the case.

        Raises:
            UnavailableError: It cannot run here.
        """

    @abstractmethod
    def command(self, phase: str) -> Command | None:
        """Return the command of a phase; None where the contestant has nothing like it."""

    def state(self) -> dict[str, float]:
        """Return the bytes that are stored of one key after ``up``, by part; empty for nothing."""
        return {}
