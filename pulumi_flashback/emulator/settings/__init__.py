"""The emulator's settings: reading, parsing and describing them."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError

from pulumi_flashback.emulator.settings.choices import EmulatorSettings

__all__ = [
    "EmulatorSettings",
    "alternatives",
    "describe_settings",
    "parse_settings",
    "read_settings",
]


def read_settings(path: Path) -> dict[str, Any]:
    """Read the values in a file of ``flashback conformance --settings``.

    Raises:
        ValueError: The file cannot be read or does not contain a JSON object.
    """
    try:
        values = json.loads(path.read_bytes())
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise ValueError(f"{path} is not JSON") from None
    if not isinstance(values, dict):
        raise ValueError(f"{path} must contain a JSON object of settings")  # noqa: TRY004
    return values


def parse_settings(
    assignments: Iterable[str], like: Mapping[str, Any] | None = None
) -> EmulatorSettings:
    """Read ``name=value`` texts, which take precedence over the values in ``like``."""
    values: dict[str, Any] = {**(like or {})}
    problems = [
        f"there is no setting {name!r}; see --list-settings"
        for name in values
        if name not in EmulatorSettings.model_fields
    ]
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or name not in EmulatorSettings.model_fields:
            problems.append(f"there is no setting {name!r}; see --list-settings")
            continue
        values[name] = _value(value, EmulatorSettings.model_fields[name].annotation)
    settings, known = EmulatorSettings(), EmulatorSettings.model_fields
    try:
        settings = EmulatorSettings(**{n: v for n, v in values.items() if n in known})
    except ValidationError as error:
        names = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors())
        problems += [f"{name} must be {alternatives(name)}" for name in names]
    if problems:
        raise ValueError("; ".join(problems))
    return settings


def alternatives(name: str) -> str:
    """Return the possible values of a setting as text."""
    annotation = EmulatorSettings.model_fields[name].annotation
    if get_origin(annotation) is Literal:
        return ", ".join(str(value) for value in get_args(annotation))
    words: dict[Any, str] = {bool: "true, false", int: "a whole number", float: "a number above 0"}
    return words.get(annotation, "a JSON object")


def describe_settings() -> str:
    """Return all settings as text, for ``--list-settings``."""
    parts = []
    for name, info in EmulatorSettings.model_fields.items():
        default = (
            json.dumps(info.default) if isinstance(info.default, (dict, bool)) else info.default
        )
        parts.append(f"{name} = {default}\n    {alternatives(name)}\n    {info.description}")
    return "\n".join(parts)


def _value(text: str, annotation: Any) -> Any:
    if get_origin(annotation) is Literal and text in get_args(annotation):
        return text  # even if it looks like a number
    try:
        return json.loads(text)
    except ValueError:
        return text
