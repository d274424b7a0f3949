"""Generates the JSON schema of ``workspace.yaml``, for editors."""

from typing import Any, Final, get_args

from pulumi_flashback.component.fields import SECTIONS, WORKSPACE_FIELDS, Entry, Section
from pulumi_flashback.component.references import PATTERN
from pulumi_flashback.core.types import OpenEnum

Json = dict[str, Any]

_TEXT: Final[Json] = {"type": "string"}
_REFERENCE: Final[Json] = {"type": "string", "pattern": PATTERN}


def file_schema() -> Json:
    """Return the schema of ``workspace.yaml``."""
    texts = {name: {**_TEXT, "description": text} for name, text in WORKSPACE_FIELDS.items()}
    description = (
        "A workspace and what is in it. Texts may contain references: ${config:NAME} "
        "for the stack config, ${env:NAME} for an environment variable."
    )
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A Flashback workspace",
        "description": description,
        "type": "object",
        "properties": {**texts, **{section.name: _section(section) for section in SECTIONS}},
        "oneOf": [{"required": [name]} for name in WORKSPACE_FIELDS],
        "additionalProperties": False,
    }


def _section(section: Section) -> Json:
    entries = {"description": section.description, "additionalProperties": _entry(section)}
    return {"type": ["object", "null"], **entries}  # null: all entries are commented out


def _entry(entry: Entry) -> Json:
    alternatives = [
        {"oneOf": [{"required": [alternative]}, {"required": [name]}]}
        for name, alternative in entry.alternatives.items()
    ]
    found: Json = {
        "type": "object",
        "properties": {name: _field(entry, name) for name in entry.fields},
        "required": entry.required,
        "additionalProperties": False,
    }
    if len(alternatives) == 1:
        return {**found, **alternatives[0]}
    return {**found, "allOf": alternatives} if alternatives else found


def _field(entry: Entry, name: str) -> Json:
    labels: Json = {"type": "array", "items": _TEXT}
    if name in entry.descriptions:
        form = _TEXT
        if name == "renamedFrom":
            form = {"anyOf": [_TEXT, labels]}
        elif any(each.ids and name in (own, each.ids) for own, each in entry.references.items()):
            form = labels
        return {**form, "description": entry.descriptions[name]}
    info = entry.model.declarations()[name]
    known = next((each for each in info.metadata if isinstance(each, OpenEnum)), None)
    if name in entry.lists:
        form = {"type": "array", "items": _entry(entry.lists[name])}
    elif name in entry.model.marked("secret"):
        form = _REFERENCE
    elif name in entry.flags:
        form = {"anyOf": [{"type": "boolean"}, _REFERENCE]}
    elif dict[str, str] in get_args(info.annotation):
        form = {"type": "object", "additionalProperties": _TEXT}
    else:  # known values are for completion; others are accepted
        form = {"anyOf": [{"enum": list(known.values)}, _TEXT]} if known else _TEXT
    return {**form, "description": info.description}
