"""What the files of a Pulumi project say for the provider, as far as it looks wrong."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import yaml

from pulumi_flashback.redaction import one_line
from pulumi_flashback.settings import ALL_SETTINGS, NAMESPACE

_KEYS: Final = {option.key: option for option in ALL_SETTINGS}
_VARIABLES: Final = {option.variable: option for option in ALL_SETTINGS}
_PROJECT_FILES: Final = ("Pulumi.yaml", "Pulumi.yml")


def odd_entries(directory: Path) -> Iterator[tuple[str, str]]:
    """Find unknown keys and credentials in clear text in the project that a directory belongs to.

    Yields:
        A key and what is wrong with it, in one line, without its value.
    """
    project = next(filter(None, map(_project_file, (directory, *directory.parents))), None)
    if project is None:
        return
    content = _content(project)
    yield from _odd(project.name, content, "")
    elsewhere = content.get("stackConfigDir")
    folder = project.parent / elsewhere if isinstance(elsewhere, str) else project.parent
    for path in sorted({*folder.glob("Pulumi.*.yaml"), *folder.glob("Pulumi.*.yml")}):
        stack = path.stem.removeprefix("Pulumi.")
        yield from _odd(path.name, _content(path), f" --stack {shlex.quote(stack)}")


def odd_key(key: str) -> str:
    """Say what is wrong with the name of a key; empty if nothing is."""
    return _unknown(key, list(_KEYS)) if key not in _KEYS else ""


def odd_variable(name: str) -> str:
    """Say what is wrong with the name of a variable that looks like one of the provider."""
    near = get_close_matches(name, _VARIABLES, n=1, cutoff=0.85)
    known = name in _VARIABLES or not name.startswith(f"{NAMESPACE.upper()}_")
    return "" if known or not near else _unknown(name, list(_VARIABLES))


def clear_text(key: str, options: str) -> str:
    """Say that a credential is stored in clear text; empty if the key holds none.

    Args:
        key: The key.
        options: Of the command that stores it as a secret.
    """
    if key not in _KEYS or not _KEYS[key].secret:
        return ""
    return (
        f"{key} is stored in clear text. Set a new one with `pulumi config set --secret "
        f"{key}{options}`"
    )


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return f"{one_line(name)} is not a setting; {hint}"


def _project_file(directory: Path) -> Path | None:
    return next((path for name in _PROJECT_FILES if (path := directory / name).is_file()), None)


def _content(path: Path) -> dict[str, Any]:
    """Return what a file says; nothing where Pulumi itself will complain of it."""
    try:
        content = yaml.safe_load(path.read_bytes())
    except (OSError, ValueError, RecursionError, OverflowError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}


def _odd(file: str, content: dict[str, Any], options: str) -> Iterator[tuple[str, str]]:
    entries = content.get("config")
    for key, value in entries.items() if isinstance(entries, dict) else ():
        if not isinstance(key, str) or not key.startswith(f"{NAMESPACE}:"):
            continue
        encrypted = isinstance(value, dict) and "secure" in value
        problem = odd_key(key) or ("" if encrypted else clear_text(key, options))
        if problem:
            yield key, f"{file}: {problem}"
