"""Reads a description from a file. All errors are reported together, with their lines."""

import os
import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Any, Final

import pulumi

from pulumi_flashback.component.checks import check_values
from pulumi_flashback.component.description import WorkspaceDescription
from pulumi_flashback.component.diagnostics import PropertyPath, Source, raise_errors
from pulumi_flashback.component.fields import SECTIONS, TOP, Entry
from pulumi_flashback.component.references import References, ResolvedText
from pulumi_flashback.component.yaml_document import MAX_BYTES, Document, parse
from pulumi_flashback.core.values import UNKNOWN, Properties

_UNQUOTED: Final = re.compile("must be a string, not (?!a list|an object).*")
_SECTIONS: Final = {section.name: section for section in SECTIONS}


def read_description(path: str | os.PathLike[str]) -> WorkspaceDescription:
    name = os.fspath(path)
    document = parse(_content(name))
    source = Source(name, document.lines)
    top = _mapping(document, (), document.values, TOP)
    if top is None or document.values is None:
        raise_errors(document.errors, source)
    references = References(document.report)
    values = _resolved(_sections(document, top or {}), (), references)
    for error in check_values(values):
        hint = "; put it in quotes" if _UNQUOTED.fullmatch(error.reason) else ""
        document.report(error.path, error.reason + hint)
    raise_errors(document.errors, source, references.commands)
    return _description(values, source)


def _content(name: str) -> bytes:
    try:
        with open(name, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a valid path"
        raise pulumi.RunError(
            f"{name}: cannot be read ({reason}). A relative path is resolved against the directory "
            "of the program"
        ) from None
    if len(content) > MAX_BYTES:
        raise pulumi.RunError(f"{name}: is larger than {MAX_BYTES // 1024} KiB")
    return content


def _sections(document: Document, top: Properties) -> Properties:
    values = dict(top)
    for section in SECTIONS:
        written = _mapping(document, (section.name,), top.get(section.name)) or {}
        entries = {
            label: _entry(document, (section.name, label), entry, section)
            for label, entry in written.items()
        }
        # the labels of invalid entries are valid for references
        values[section.name] = {n: UNKNOWN if e is None else e for n, e in entries.items()}
    return values


def _entry(document: Document, path: PropertyPath, written: Any, entry: Entry) -> Properties | None:
    values = _mapping(document, path, written, entry.fields)
    for name, part in entry.lists.items():
        items = (values or {}).get(name)
        if values and isinstance(items, list):
            read = [
                _entry(document, (*path, name, str(number)), each, part)
                for number, each in enumerate(items)
            ]
            values = {**values, name: [UNKNOWN if each is None else each for each in read]}
    return values


def _mapping(
    document: Document, path: PropertyPath, written: Any, fields: Collection[str] | None = None
) -> Properties | None:
    if written is None:  # nothing after the colon, for example because lines are commented out
        return {}
    if not isinstance(written, dict):
        document.report(path, "must be a mapping, with one `name: value` on each line")
        return None
    similar = {_bare(field): field for field in fields or ()}
    for name in written.keys() - set(fields or written):
        near = get_close_matches(_bare(name), similar, n=1, cutoff=0.7)
        field_path = (*path, name)
        if near:
            reason = f"is not a known field; did you mean {similar[near[0]]}?"
            document.report(field_path, reason)
        else:  # the field is not named, because it may be a secret in the wrong place
            reason = f"has an unknown field; the known ones are {', '.join(similar.values())}"
            document.report(path, reason, document.lines[field_path])
    return written


def _bare(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _resolved(written: Any, path: PropertyPath, references: References) -> Any:
    entry, name = _field(path)
    if entry and name in entry.model.marked("secret"):
        return references.credential(written, path)
    if isinstance(written, list):
        items = enumerate(written)
        return [_resolved(each, (*path, str(number)), references) for number, each in items]
    if isinstance(written, dict):
        given = {name: each for name, each in written.items() if each is not None}
        return {name: _resolved(each, (*path, name), references) for name, each in given.items()}
    value = references.text(written, path) if isinstance(written, str) else written
    if entry and isinstance(value, ResolvedText):
        if name in entry.plain and value.secret:
            references.report(path, "must not come from a secret, because it is shown")
            return UNKNOWN
        if name in entry.flags:
            return {"true": True, "false": False}.get(value.value, value)
    return value


def _field(path: PropertyPath) -> tuple[Entry | None, str]:
    """Return the entry that a field belongs to, and the name of the field (of its list)."""
    parts = list(path)
    section = _SECTIONS.get(parts[0]) if len(parts) > 2 else None
    if section and len(parts) == 5:
        return section.lists.get(parts[2]), parts[4]
    return (section, parts[2]) if section else (None, "")


def _description(values: Properties, source: Source) -> WorkspaceDescription:
    values = _for_program(values)
    sections = {
        section.attribute: {
            label: _described(section, entry) for label, entry in values[section.name].items()
        }
        for section in SECTIONS
    }
    name, workspace_id = values.get("name"), values.get("workspaceId")
    return WorkspaceDescription(name=name, workspace_id=workspace_id, source=source, **sections)


def _described(entry: Entry, values: Properties) -> Any:
    given = {attribute: values.get(name) for name, attribute in entry.fields.items()}
    for name, part in entry.lists.items():
        if name in values:
            given[entry.fields[name]] = [_described(part, each) for each in values[name]]
    return entry.entry_class(**given)


def _for_program(value: Any) -> Any:
    """Return a value in the form of a program; a secret of the stack config stays a secret."""
    if isinstance(value, ResolvedText):
        return pulumi.Output.secret(value.value) if value.secret else value.value
    if isinstance(value, dict):
        return {name: _for_program(each) for name, each in value.items()}
    return [_for_program(each) for each in value] if isinstance(value, list) else value
