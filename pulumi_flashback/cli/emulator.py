"""``flashback emulator``: hands its options on to ``python -m pulumi_flashback.emulator``."""

from __future__ import annotations

from collections.abc import Mapping


def run(options: Mapping[str, object]) -> int:
    """Run the emulator until it is interrupted; return the exit code.

    Args:
        options: By the names that click gives them; None and False are left out.
    """
    from pulumi_flashback.emulator.__main__ import main

    return main([text for name, value in options.items() for text in _arguments(name, value)])


def _arguments(name: str, value: object) -> list[str]:
    option = f"--{name.replace('_', '-')}"
    if value is True:
        return [option]
    if isinstance(value, tuple):
        return [f"{option}={each}" for each in value]
    return [] if value is None or value is False else [f"{option}={value}"]
