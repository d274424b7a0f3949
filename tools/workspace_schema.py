"""The JSON schema of the file, for editors."""

from typing import Any, Final, get_args

from pulumi_flashback.component.fields import SECTIONS, WORKSPACE_FIELDS, Section
from pulumi_flashback.component.references import PATTERN
from pulumi_flashback.core.properties import OpenEnum

Json = dict[str, Any]

_TEXT: Final[Json] = {"type": "string"}
_REFERENCE: Final[Json] = {"type": "string", "pattern": PATTERN}


def file_schema() -> Json:
    """Return the schema of ``workspace.yaml``."""
    texts = {name: {**_TEXT, "description": text} for name, text in WORKSPACE_FIELDS.items()}
    description = (
        "A workspace, its members and its API keys. Texts may contain references: ${config:NAME} "
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
    entry: Json = {
        "type": "object",
        "properties": {name: _field(section, name) for name in section.fields},
        "required": section.required,
        "additionalProperties": False,
    }
    for name, alternative in section.alternatives.items():
        entry["oneOf"] = [{"required": [alternative]}, {"required": [name]}]
    entries = {"description": section.description, "additionalProperties": entry}
    return {"type": ["object", "null"], **entries}  # null: all entries are commented out


def _field(section: Section, name: str) -> Json:
    if name in section.extra:
        labels = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
        form = labels if name == "renamedFrom" else _TEXT
        return {**form, "description": section.extra[name]}
    info = section.resource.inputs.model_fields[section.inputs[name]]
    known = next((each for each in info.metadata if isinstance(each, OpenEnum)), None)
    if name in section.resource.secrets:
        form = _REFERENCE
    elif name in section.flags:
        form = {"anyOf": [{"type": "boolean"}, _REFERENCE]}
    elif dict[str, str] in get_args(info.annotation):
        form = {"type": "object", "additionalProperties": _TEXT}
    else:  # known values are for completion; others are accepted
        form = {"anyOf": [{"enum": list(known.values)}, _TEXT]} if known else _TEXT
    return {**form, "description": info.description}
