"""Reads the file of ``--seed FILE``. All errors are reported together, with lines."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pulumi
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pulumi_flashback.component.diagnostics import Diagnostic, PropertyPath, Source, raise_errors
from pulumi_flashback.component.yaml_document import MAX_BYTES, Document, parse
from pulumi_flashback.emulator.back_door import BackDoor
from pulumi_flashback.emulator.seed import SECTIONS, Seed

_UNIQUE: Final = {
    "users": ("id", "email"),
    "workspaces": ("id",),
    "keys": ("id",),
    "buckets": ("id", "name"),
}
_TAKEN: Final = {
    ("users", "email", BackDoor.email),
    ("workspaces", "id", BackDoor.workspace_id),
    ("workspaces", "id", BackDoor.second_workspace_id),
}
_MAPPING: Final = "must be a mapping, with one `name: value` on each line"
_REASONS: Final = {
    "missing": "is required",
    "bool_type": "must be true or false",
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
}


def read_seed(path: Path) -> Seed:
    """Read a file.

    Raises:
        ValueError: The file cannot be read or is invalid; one line for each error.
    """
    document = parse(_content(path))
    seed = Seed()
    if not document.errors:
        try:
            seed = Seed.model_validate(document.values)
        except ValidationError as error:
            document.errors.extend(map(_diagnostic, error.errors(include_url=False)))
        document.errors.extend(_dangling(document.values))
        document.errors.extend(_repeated(document))
    try:
        raise_errors(document.errors, Source(str(path), document.lines))
    except pulumi.RunError as error:
        raise ValueError(str(error)) from None
    return seed


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a valid path"
        raise ValueError(f"{path}: cannot be read ({reason})") from None
    if len(content) > MAX_BYTES:
        raise ValueError(f"{path}: is larger than {MAX_BYTES // 1024} KiB")
    return content


def _diagnostic(error: ErrorDetails) -> Diagnostic:
    kind, value = error["type"], error["input"]
    path = tuple(str(each) for each in error["loc"])
    if kind == "extra_forbidden":
        known = ", ".join(_fields(path[:-1]))
        reason = f"is not a known field; the known ones are {known}"
    elif kind == "string_type":
        quotes = "" if isinstance(value, (dict, list)) else "; put it in quotes"
        reason = f"must be a string{quotes}"
    elif kind == "literal_error":
        reason = f"must be {error.get('ctx', {})['expected'].replace(chr(39), '')}"
    else:
        reason = _REASONS.get(kind, error["msg"])
    return Diagnostic(path, reason)


def _fields(path: PropertyPath) -> Iterator[str]:
    kind: type[BaseModel] = SECTIONS[path[-2]] if path else Seed
    return (str(each.alias) for each in kind.model_fields.values())


def _at(values: Any, path: PropertyPath) -> Any:
    for name in path:
        values = values.get(name) if isinstance(values, dict) else None
    return values


def _entries(values: Any, *path: str) -> dict[str, Any]:
    found = _at(values, path)
    return found if isinstance(found, dict) else {}


def _dangling(values: Any) -> Iterator[Diagnostic]:
    """Find references to unknown labels, even if the file has other errors."""
    for workspace in _entries(values, "workspaces"):
        path = ("workspaces", workspace)
        for user in _entries(values, *path, "members"):
            if user not in _entries(values, "users"):
                yield Diagnostic((*path, "members", user), "is not the label of a user")
        for section in ("buckets", "aiLlms"):
            for label in _entries(values, *path, section):
                used = (*path, section, label, "key")
                key = _at(values, used)
                if isinstance(key, str) and key not in _entries(values, *path, "keys"):
                    yield Diagnostic(used, "is not the label of a key of this workspace")


def _repeated(document: Document) -> Iterator[Diagnostic]:
    """Find duplicates of unique values."""
    taken = set(_TAKEN)
    for path in document.lines:
        # entries of a section are at odd depths, which distinguishes labels from sections
        if len(path) in (3, 5) and path[-1] in _UNIQUE.get(path[-3], ()):
            value = _at(document.values, path)
            where = (path[-3], path[-1], value)
            if isinstance(value, str) and where in taken:
                yield Diagnostic(path, "is already taken; give another one")
            elif isinstance(value, str):
                taken.add(where)
