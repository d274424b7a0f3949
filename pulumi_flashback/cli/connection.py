"""Reads the settings for the commands (the same as for the provider) and connects a client."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
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
    """The current settings, and where they come from."""

    stack: str | None  # the stack whose config is used as well, or None
    stack_config: Mapping[str, str] = field(repr=False)  # its values for the provider, by key
    settings: Settings
    in_clear_text: frozenset[str] = frozenset()  # the keys that are not stored as secrets

    def written(self, setting: Setting) -> str:
        value = os.environ.get(setting.variable, "")
        return value if value.strip() else self.stack_config.get(setting.key, "")

    def source(self, setting: Setting) -> str:
        if os.environ.get(setting.variable, "").strip():
            return setting.variable
        return f"the config of stack {self.stack}" if self.written(setting).strip() else ""

    def place(self, setting: Setting) -> str:
        source = self.source(setting)
        if source and source != setting.variable:
            return f"{setting.key} in {source}"
        return source or f"{setting.variable} or {setting.key}"


def read_configuration(stack: str | None) -> Configuration:
    entries = {} if stack is None else _stack_config(stack)
    stack_config = {key: entry["value"] for key, entry in entries.items() if "value" in entry}
    plain = frozenset(key for key, entry in entries.items() if entry.get("secret") is False)
    return Configuration(stack, stack_config, read_settings(stack_config), plain)


@contextmanager
def connected(stack: str | None) -> Iterator[Context]:
    """Provide a context of the provider's core for one command."""
    with read_configuration(stack).settings.client() as client:
        yield Context(client, notify=warn)


def exported_state(stack: str) -> str:
    """Return the output of ``pulumi stack export``; its secrets stay encrypted."""
    return _output_of_pulumi(f"the state of stack {stack}", "stack", "export", f"--stack={stack}")


def _stack_config(stack: str) -> dict[str, dict[str, Any]]:
    what = f"the config of stack {stack}"
    printed = _output_of_pulumi(what, "config", "--json", "--show-secrets", f"--stack={stack}")
    try:
        entries = json.loads(printed)
    except ValueError:
        raise FlashbackError(f"{what} cannot be read: pulumi did not print JSON") from None
    return {key: entry for key, entry in entries.items() if key.startswith(f"{NAMESPACE}:")}


def run(command: Sequence[str], timeout: float | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the user's own
        command,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        timeout=timeout,
        check=False,
    )


def _output_of_pulumi(what: str, *arguments: str) -> str:
    command = shutil.which("pulumi")
    if command is None:
        raise FlashbackError(f"{what} needs the Pulumi CLI, and there is no pulumi on PATH")
    done = run([command, "--non-interactive", *arguments])
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        reason = one_line(lines[-1]) if lines else "pulumi returned no error message"
        reason = reason.removeprefix("error: ")
        raise FlashbackError(f"{what} cannot be read: {reason}")
    return done.stdout
