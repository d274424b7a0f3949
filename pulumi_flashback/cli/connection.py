"""The settings of the commands: those of the provider, from the same places."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pulumi_flashback.cli.terminal import warn
from pulumi_flashback.client import FlashbackError
from pulumi_flashback.config import Settings, read_settings
from pulumi_flashback.core.context import Context
from pulumi_flashback.redaction import one_line
from pulumi_flashback.settings import NAMESPACE, Setting


@dataclass(frozen=True)
class Configuration:
    """The settings in force, and where they come from.

    Attributes:
        stack: The stack whose config is used as well, or None.
        stack_config: What that has for the provider, by key.
        settings: The settings in force.
        in_clear_text: The keys of the config that are no secrets of it.
    """

    stack: str | None
    stack_config: Mapping[str, str] = field(repr=False)
    settings: Settings
    in_clear_text: frozenset[str] = frozenset()

    def written(self, option: Setting) -> str:
        """Return the value in force as it is written; empty if there is none."""
        value = os.environ.get(option.variable, "")
        return value if value.strip() else self.stack_config.get(option.key, "")

    def place(self, option: Setting) -> str:
        """Name the place to change a setting: the one that it comes from, or may come from."""
        if os.environ.get(option.variable, "").strip():
            return option.variable
        if self.stack_config.get(option.key, "").strip():
            return f"{option.key} in the config of stack {self.stack}"
        return f"{option.variable} or {option.key}"

    def origin(self, option: Setting) -> str:
        """Say where the value of a setting comes from, or that there is none."""
        if os.environ.get(option.variable, "").strip():
            return f"from {option.variable}"
        if self.stack_config.get(option.key, "").strip():
            return f"from the config of stack {self.stack}"
        return "default" if option.default else "not set"


def read_configuration(stack: str | None) -> Configuration:
    """Read the settings from the environment, which wins, and from the config of a stack.

    Args:
        stack: A stack of the Pulumi project in the current directory; None for none.

    Raises:
        FlashbackError: The config of the stack cannot be read.
    """
    entries = {} if stack is None else _stack_config(stack)
    stack_config = {key: entry["value"] for key, entry in entries.items() if "value" in entry}
    plain = frozenset(key for key, entry in entries.items() if entry.get("secret") is False)
    return Configuration(stack, stack_config, read_settings(stack_config), plain)


@contextmanager
def connected(stack: str | None) -> Iterator[Context]:
    """Return what the core of the provider works with, for one command.

    Raises:
        FlashbackError: Settings are wrong or missing.
    """
    with read_configuration(stack).settings.client() as client:
        yield Context(client, notify=warn)


def exported_state(stack: str) -> str:
    """Return what ``pulumi stack export`` prints of a stack; its secrets stay encrypted.

    Raises:
        FlashbackError: The stack cannot be read.
    """
    return _told_by_pulumi(f"the state of stack {stack}", "stack", "export", f"--stack={stack}")


def _told_by_pulumi(what: str, *arguments: str) -> str:
    """Return what a command of the user's own CLI prints."""
    command = shutil.which("pulumi")
    if command is None:
        raise FlashbackError(f"{what} needs the Pulumi CLI, and there is no pulumi on PATH")
    done = subprocess.run(  # noqa: S603 - the user's own CLI
        [command, "--non-interactive", *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        check=False,
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no reason given"]
        raise FlashbackError(f"{what} cannot be read: {one_line(lines[-1])}")
    return done.stdout


def _stack_config(stack: str) -> dict[str, dict[str, Any]]:
    what = f"the config of stack {stack}"
    printed = _told_by_pulumi(what, "config", "--json", "--show-secrets", f"--stack={stack}")
    try:
        entries = json.loads(printed)
    except ValueError:
        text = f"{what} cannot be read: pulumi does not print JSON"
        raise FlashbackError(text) from None
    return {key: entry for key, entry in entries.items() if key.startswith(f"{NAMESPACE}:")}
