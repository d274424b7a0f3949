"""The contestants: one module per kind, and the registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from benchmarks.contestants.base import Contestant
from benchmarks.contestants.pulumi_stack import (
    SKIP_CHECKPOINTS,
    DynamicStack,
    FloorStack,
    NativeStack,
)
from benchmarks.contestants.script import Script
from benchmarks.contestants.terraform import Terraform

_STACKS = {"floor": FloorStack, "dynamic": DynamicStack, "native": NativeStack}
CONTESTANTS: Final[dict[str, Callable[[], Contestant]]] = {
    **_STACKS,
    "script-4": lambda: Script(4),
    "script-16": lambda: Script(16),
    "script-32": lambda: Script(32),
    "terraform": Terraform,
    "dynamic-skip": lambda: DynamicStack(SKIP_CHECKPOINTS),
    "native-skip": lambda: NativeStack(SKIP_CHECKPOINTS),
}
"""By name. Those with ``-skip`` run without writing the state at every step."""


def contestant(name: str) -> Contestant:
    """Return a new contestant.

    Args:
        name: Of the registry; or a stack with settings, such as ``native+GOGC=400``.

    Raises:
        ValueError: There is no such contestant.
    """
    if name in CONTESTANTS:
        return CONTESTANTS[name]()
    stack, *settings = name.split("+")
    if stack not in _STACKS or not all("=" in each for each in settings):
        raise ValueError(f"{name} is none of {', '.join(CONTESTANTS)}, nor native+NAME=VALUE")
    return _STACKS[stack](dict(each.split("=", 1) for each in settings))
