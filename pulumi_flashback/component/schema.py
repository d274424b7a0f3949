"""The JSON schema of the file, for editors: made from the models that check it."""

from __future__ import annotations

from typing import Any, Final, get_args

from pydantic.fields import FieldInfo

from pulumi_flashback.component.fields import KEYS, MEMBERS, NAME, WORKSPACE_ID, EntryKind
from pulumi_flashback.component.references import PATTERN
from pulumi_flashback.core.properties import OpenEnum

Json = dict[str, Any]

_TEXT: Final[Json] = {"type": "string"}
_REFERENCE: Final[Json] = {"type": "string", "pattern": PATTERN}
_FLAG: Final[Json] = {"anyOf": [{"type": "boolean"}, _REFERENCE]}
_TEXTS: Final[Json] = {"type": "object", "additionalProperties": _TEXT}
_LABELS: Final[Json] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}


def file_schema() -> Json:
    """Return the schema of ``workspace.yaml``."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A Flashback workspace",
        "description": (
            "A workspace, who may use it and which keys it holds. Texts may have references in "
            "them: ${config:NAME} for the stack config, ${env:NAME} for an environment variable."
        ),
        "type": "object",
        "properties": {
            "name": {**_TEXT, "description": NAME},
            "workspaceId": {**_TEXT, "description": WORKSPACE_ID},
            "members": _section(MEMBERS, "The members by label."),
            "keys": _section(KEYS, "The API keys by label."),
        },
        "oneOf": [{"required": ["name"]}, {"required": ["workspaceId"]}],
        "additionalProperties": False,
    }


def _section(kind: EntryKind, description: str) -> Json:
    entry: Json = {
        "type": "object",
        "properties": {name: _field(kind, name) for name in kind.fields},
        "required": kind.required,
        "additionalProperties": False,
    }
    if "email" in kind.extra:
        entry["oneOf"] = [{"required": ["email"]}, {"required": ["userId"]}]
    return {
        # nothing after the colon: all entries are commented out
        "type": ["object", "null"],
        "description": description,
        "additionalProperties": entry,
    }


def _field(kind: EntryKind, name: str) -> Json:
    if name in kind.extra:
        shape = _LABELS if name == "renamedFrom" else _TEXT
        return {**shape, "description": kind.extra[name]}
    model = kind.resource.inputs
    info = model.model_fields[model.python_names()[name]]
    return {**_shape(kind, name, info), "description": info.description}


def _shape(kind: EntryKind, name: str, info: FieldInfo) -> Json:
    if name in kind.resource.secrets:
        return _REFERENCE
    if name in kind.flags:
        return _FLAG
    if dict[str, str] in get_args(info.annotation):
        return _TEXTS
    known = next((each for each in info.metadata if isinstance(each, OpenEnum)), None)
    # known values for completion; others are taken as well
    return {"anyOf": [{"enum": list(known.values)}, _TEXT]} if known else _TEXT
