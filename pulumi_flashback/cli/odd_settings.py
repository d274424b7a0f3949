"""Finds settings that are valid but probably not intended."""

import os
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import yaml

from pulumi_flashback.cli.connection import Configuration
from pulumi_flashback.redaction import one_line
from pulumi_flashback.settings import ALL_SETTINGS, NAMESPACE
from pulumi_flashback.suggested_commands import command

_KEYS: Final = {setting.key: setting for setting in ALL_SETTINGS}
_VARIABLES: Final = {setting.variable: setting for setting in ALL_SETTINGS}


def odd_settings(configuration: Configuration) -> Iterator[str]:
    """Find odd values, unknown names and credentials in clear text."""
    for setting in ALL_SETTINGS:
        place, value = configuration.place(setting), configuration.written(setting)
        if value != value.rstrip("\r\n"):
            yield f"{place} ends with a line break. Remove it"
        text = value.strip()
        if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
            yield f"{place} begins and ends with a quotation mark. Remove both"
    for name in sorted(os.environ):
        ours = name.startswith(f"{NAMESPACE.upper()}_") and name not in _VARIABLES
        # other software may use this prefix: report only names that look misspelled
        if ours and get_close_matches(name, _VARIABLES, n=1, cutoff=0.85):
            yield _unknown(name, _VARIABLES)
    in_files = dict(_odd_entries_of_files(Path.cwd()))
    yield from in_files.values()
    for key in sorted(configuration.stack_config):
        problem = _problem(key, key in configuration.in_clear_text, configuration.stack)
        if problem and key not in in_files:
            yield f"config of stack {configuration.stack}: {problem}"


def _odd_entries_of_files(directory: Path) -> Iterator[tuple[str, str]]:
    folders, names = (directory, *directory.parents), ("Pulumi.yaml", "Pulumi.yml")
    paths = (each / name for each in folders for name in names)
    project = next(filter(Path.is_file, paths), None)
    if project is None:
        return
    elsewhere = _content(project).get("stackConfigDir")
    folder = project.parent / elsewhere if isinstance(elsewhere, str) else project.parent
    for path in (project, *sorted({*folder.glob("Pulumi.*.yaml"), *folder.glob("Pulumi.*.yml")})):
        stack = None if path is project else path.stem.removeprefix("Pulumi.")
        entries = _content(path).get("config")
        for key, value in entries.items() if isinstance(entries, dict) else ():
            if not isinstance(key, str) or not key.startswith(f"{NAMESPACE}:"):
                continue
            encrypted = isinstance(value, dict) and "secure" in value
            if problem := _problem(key, not encrypted, stack):
                yield key, f"{path.name}: {problem}"


def _content(path: Path) -> dict[str, Any]:
    """Return the content of a file, empty if it is invalid: Pulumi itself reports that."""
    try:
        content = yaml.safe_load(path.read_bytes())
    except (OSError, ValueError, RecursionError, OverflowError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}


def _problem(key: str, in_clear_text: bool, stack: str | None) -> str:
    if key not in _KEYS:
        return _unknown(key, _KEYS)
    if not (in_clear_text and _KEYS[key].secret):
        return ""
    stack_option = [] if stack is None else ["--stack", stack]
    fix = command("pulumi", "config", "set", "--secret", key, *stack_option)
    return f"{key} is stored in clear text. Set a new one with `{fix}`"


def _unknown(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
    return f"{one_line(name)} is not a known setting; {hint}"
