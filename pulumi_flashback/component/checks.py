"""Finds the errors in a description before anything is created."""

import re
from collections import Counter
from collections.abc import Awaitable, Collection, Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any, Final

import pulumi

from pulumi_flashback.component.description import WorkspaceDescription
from pulumi_flashback.component.diagnostics import Diagnostic, PropertyPath
from pulumi_flashback.component.fields import SECTIONS, Entry, Section
from pulumi_flashback.component.references import ResolvedText
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.values import UNKNOWN, Properties, kind_of
from pulumi_flashback.resources.workspace import WORKSPACE
from pulumi_flashback.resources.workspace_contents import named
from pulumi_flashback.resources.workspace_member import WORKSPACE_MEMBER

_LABEL: Final = re.compile(r"[\w.@+-]+")


def check_description(description: WorkspaceDescription) -> Iterator[Diagnostic]:
    values: Properties = {"name": description.name, "workspaceId": description.workspace_id}
    for section in SECTIONS:
        entries, kind = getattr(description, section.attribute), section.entry_class.__name__
        if not isinstance(entries, Mapping):
            yield Diagnostic((section.name,), f"must be a dict of {kind} by label")
            continue
        values[section.name] = {}
        for label, entry in entries.items():
            if not isinstance(entry, section.entry_class):
                values[section.name][label] = UNKNOWN
                yield Diagnostic((section.name, str(label)), f"must be a {kind}")
                continue
            given = values[section.name][label] = section.values_of(entry)
            yield from _output_errors(section, (section.name, str(label)), given)
    yield from check_values(values)


def check_values(description: Properties) -> Iterator[Diagnostic]:
    values = _known(description)
    yield from _alternative_errors((), values, "name", "workspaceId", "for an existing workspace")
    for resource, name in ((WORKSPACE, "name"), (WORKSPACE_MEMBER, "workspaceId")):
        if name in values:
            others = dict.fromkeys(resource.inputs.names(), UNKNOWN)
            yield from _input_errors(resource, (), {**others, name: values[name]})
    labels = {section.name: values.get(section.name, {}).keys() for section in SECTIONS}
    for section in SECTIONS:
        written = values.get(section.name, {}).items()
        entries = {label: each for label, each in written if each is not UNKNOWN}
        yield from _renaming_errors(section.name, entries)
        for label, entry in entries.items():
            path = (section.name, str(label))
            if not isinstance(label, str) or not _LABEL.fullmatch(label):
                reason = "is not a valid label: it may have letters, digits and . _ - @ + only"
                yield Diagnostic(path, reason)
            yield from _entry_errors(section, path, entry, labels)
            yield from _section_errors(section, path, entry)


def _output_errors(entry: Entry, path: PropertyPath, values: Properties) -> Iterator[Diagnostic]:
    for name in sorted(entry.plain & values.keys(), key=[*entry.fields].index):
        known = _known(values[name])
        items = [] if name in entry.lists else _items((*path, name), known)
        for inner, each in items or [((*path, name), known)]:
            if each is UNKNOWN:
                yield Diagnostic(inner, "must not be an output")
    for name, part in entry.lists.items():
        for inner, each in _items((*path, name), values.get(name)):
            if isinstance(each, dict):
                yield from _output_errors(part, inner, each)
            else:
                yield Diagnostic(inner, f"must be a {part.entry_name}")


def _items(path: PropertyPath, value: Any) -> list[tuple[PropertyPath, Any]]:
    items = enumerate(value if isinstance(value, (list, tuple)) else ())
    return [((*path, str(number)), each) for number, each in items]


def _known(value: Any) -> Any:
    if isinstance(value, (pulumi.Output, Awaitable)):
        return UNKNOWN
    if isinstance(value, (Enum, ResolvedText)):
        return value.value
    if isinstance(value, Mapping):
        return {name: _known(each) for name, each in value.items() if each is not None}
    return [_known(each) for each in value] if isinstance(value, (list, tuple)) else value


def _alternative_errors(
    path: PropertyPath, values: Properties, name: str, alternative: str, hint: str = "instead"
) -> Iterator[Diagnostic]:
    if name not in values and alternative not in values:
        yield Diagnostic((*path, name), f"is required, or {alternative} {hint}")
    if name in values and alternative in values:
        yield Diagnostic((*path, alternative), f"excludes {name}; remove one of them")


def _entry_errors(
    entry: Entry, path: PropertyPath, values: Properties, labels: Mapping[str, Collection[str]]
) -> Iterator[Diagnostic]:
    for name, alternative in entry.alternatives.items():
        yield from _alternative_errors(path, values, alternative, name)
    for name, reference in entry.references.items():
        if name in values and reference.input in values.keys() - {name, *entry.alternatives}:
            yield Diagnostic((*path, reference.input), f"excludes {name}; remove one of them")
        given = [((*path, name), values[name])] if name in values else []
        if reference.ids:
            given = _items((*path, name), values.get(name))
            wrong = [n for n in (name, reference.ids) if not isinstance(values.get(n, []), list)]
            yield from (Diagnostic((*path, each), "must be a list") for each in wrong)
        for inner, label in given:
            yield from _label_errors(inner, label, reference.section, labels[reference.section])
    yield from _part_errors(entry, path, values, labels)


def _part_errors(
    entry: Entry, path: PropertyPath, values: Properties, labels: Mapping[str, Collection[str]]
) -> Iterator[Diagnostic]:
    for name, part in entry.lists.items():
        for inner, each in _items((*path, name), values.get(name)):
            if isinstance(each, dict):
                yield from _entry_errors(part, inner, each, labels)


def _label_errors(
    path: PropertyPath, label: Any, section: str, labels: Collection[str]
) -> Iterator[Diagnostic]:
    if label is UNKNOWN:
        return
    if not isinstance(label, str):
        yield Diagnostic(path, f"must be a string, not {kind_of(label)}")
        return
    if label in labels:
        return
    # the text itself is not quoted: it may be a secret in the wrong place
    names = list(map(str, labels))
    near = get_close_matches(label, names, n=1)
    known = f"the known ones are {named(names)}" if names else "there are none"
    hint = f"did you mean {near[0]}?" if near else known
    yield Diagnostic(path, f"is not a label of {section}; {hint}")


def _section_errors(
    section: Section, path: PropertyPath, values: Properties
) -> Iterator[Diagnostic]:
    email = values.get("email", UNKNOWN)
    # an invisible character would make an address differ from how it looks
    is_address = isinstance(email, str) and "@" in email and email.strip().isprintable()
    if email is not UNKNOWN and not is_address:
        yield Diagnostic((*path, "email"), "must be an email address")
    # the id behind an alternative is still unknown; errors of alternatives are already reported
    inputs = {"workspaceId": UNKNOWN} if "workspaceId" in section.model.names() else {}
    inputs |= section.inputs_of(_with_alternatives(section, values), lambda *_: UNKNOWN)
    for error in _input_errors(section.resource, path, inputs):
        yield _by_label(section, error, values)


def _with_alternatives(entry: Entry, values: Properties) -> Properties:
    """Return values with stand-ins for the ids that the inner lists lack."""
    found = {**dict.fromkeys(entry.alternatives, UNKNOWN), **values}
    for name, part in entry.lists.items():
        if isinstance(values.get(name), list):
            found[name] = [
                _with_alternatives(part, each) if isinstance(each, dict) else each
                for each in values[name]
            ]
    return found


def _by_label(section: Section, error: Diagnostic, values: Properties) -> Diagnostic:
    """Make an error about a missing id name the field with the label instead."""
    *start, field = error.path[:3]
    for name, reference in section.references.items():
        if field != reference.input:
            continue
        labels = len(_items((), values.get(name)))  # the ids follow the labels
        if reference.ids and len(error.path) == 4 and int(error.path[3]) >= labels:
            position = str(int(error.path[3]) - labels)
            return Diagnostic((*start, reference.ids, position), error.reason)
        if not reference.ids and reference.input not in values:
            return Diagnostic((*start, name), error.reason.replace(field, name))
    return error


def _input_errors(
    resource: Resource, path: PropertyPath, inputs: Properties
) -> Iterator[Diagnostic]:
    for problem in resource.check(inputs).problems:
        name, _, reason = problem.reason.partition(" ")
        yield Diagnostic((*path, *name.split(".")), reason)


def _renaming_errors(section: str, entries: Mapping[str, Properties]) -> Iterator[Diagnostic]:
    former = {label: _former_labels(entry.get("renamedFrom")) for label, entry in entries.items()}
    uses = Counter(each for labels in former.values() for each in set(labels or ()))
    for label, labels in former.items():
        path = (section, str(label), "renamedFrom")
        if labels is None:
            yield Diagnostic(path, "must be a label or a list of labels")
        elif entries.keys() & labels:
            reason = f"names a label that {section} still has; remove it, or rename in two steps"
            yield Diagnostic(path, reason)
        if any(uses[each] > 1 for each in labels or ()):
            yield Diagnostic(path, "names a label that another entry names as well")


def _former_labels(value: object) -> list[str] | None:
    labels: Any = value if isinstance(value, (list, tuple)) else [value]
    known = [each for each in labels if each is not None and each is not UNKNOWN]
    return known if labels and all(isinstance(each, str) for each in known) else None
