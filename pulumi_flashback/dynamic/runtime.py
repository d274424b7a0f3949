"""What the provider process of the dynamic shell keeps. One process serves one stack config."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

from pulumi_flashback.config import Settings, as_text, read_settings
from pulumi_flashback.options import OPTIONS
from pulumi_flashback.resources import resource_type
from pulumi_flashback.shell.operations import Operations
from pulumi_flashback.shell.runtime import Engine, Runtime

_STACK_CONFIG: dict[str, str] = {}


def configure(get: Callable[[str], Any]) -> None:
    """Keep the stack config. Nothing is judged yet: a preview may not need it.

    Args:
        get: Returns the value of a config key, or None.
    """
    found = {option.key: get(option.key) for option in OPTIONS}
    _STACK_CONFIG.update({key: as_text(value) for key, value in found.items() if value is not None})


def operations(resource: str) -> Operations:
    """Return the operations of a resource of the registry."""
    return Operations(resource_type(resource), RUNTIME)


def _read() -> Settings:
    return read_settings(_STACK_CONFIG)


def _engine_address() -> str:
    """The engine starts the process with its address as the last argument."""
    return sys.argv[-1] if len(sys.argv) > 1 else ""


RUNTIME: Final = Runtime(_read, Engine(_engine_address()))
