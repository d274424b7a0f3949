"""What is wrong with a description, before anything is created."""

import re
from collections import Counter
from collections.abc import Awaitable, Iterator, Mapping
from enum import Enum
from typing import Any, Final

import pulumi

from pulumi_flashback.component.description import WorkspaceDescription
from pulumi_flashback.component.diagnostics import Diagnostic, PropertyPath
from pulumi_flashback.component.fields import PLAIN, SECTIONS, Section
from pulumi_flashback.component.references import ResolvedText
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.values import UNKNOWN, Properties
from pulumi_flashback.resources.workspace import WORKSPACE
from pulumi_flashback.resources.workspace_member import WORKSPACE_MEMBER

_LABEL: Final = re.compile(r"[\w.@+-]+")


def check_description(description: WorkspaceDescription) -> Iterator[Diagnostic]:
    values: Properties = {"name": description.name, "workspaceId": description.workspace_id}
    for section in SECTIONS:
        entries, kind = getattr(description, section.name), section.entry_class.__name__
        if not isinstance(entries, Mapping):
            yield Diagnostic((section.name,), f"must be a dict of {kind} by label")
            continue
        values[section.name] = {}
        for label, entry in entries.items():
            if not isinstance(entry, section.entry_class):
                yield Diagnostic((section.name, str(label)), f"must be a {kind}")
                continue
            fields = {name: getattr(entry, each) for name, each in section.fields.items()}
            values[section.name][label] = fields
            for name in PLAIN:
                if _known(fields.get(name)) is UNKNOWN:
                    yield Diagnostic((section.name, str(label), name), "must not be an output")
    yield from check_values(values)


def check_values(description: Properties) -> Iterator[Diagnostic]:
    values = _known(description)
    yield from _alternative_errors((), values, "name", "workspaceId", "for a workspace that exists")
    for resource, name in ((WORKSPACE, "name"), (WORKSPACE_MEMBER, "workspaceId")):
        if name in values:
            yield from _input_errors(resource, (), {name: values[name]})
    for section in SECTIONS:
        entries = values.get(section.name, {})
        yield from _renaming_errors(section.name, entries)
        for label, entry in entries.items():
            path = (section.name, str(label))
            if not isinstance(label, str) or not _LABEL.fullmatch(label):
                reason = "is not a valid label: it may have letters, digits and . _ - @ + only"
                yield Diagnostic(path, reason)
            yield from _entry_errors(section, path, entry)


def _known(value: Any) -> Any:
    if isinstance(value, (pulumi.Output, Awaitable)):
        return UNKNOWN
    if isinstance(value, (Enum, ResolvedText)):
        return value.value
    if isinstance(value, Mapping):
        return {name: _known(each) for name, each in value.items() if each is not None}
    return [_known(each) for each in value] if isinstance(value, list) else value


def _alternative_errors(
    path: PropertyPath, values: Properties, name: str, alternative: str, hint: str = "instead"
) -> Iterator[Diagnostic]:
    if name not in values and alternative not in values:
        yield Diagnostic((*path, name), f"is required, or {alternative} {hint}")
    if name in values and alternative in values:
        yield Diagnostic((*path, alternative), f"excludes {name}; remove one of them")


def _entry_errors(section: Section, path: PropertyPath, entry: Properties) -> Iterator[Diagnostic]:
    for name, alternative in section.alternatives.items():
        yield from _alternative_errors(path, entry, alternative, name)
    email = entry.get("email", UNKNOWN)
    # an invisible character makes an address differ from what it looks like
    is_address = isinstance(email, str) and "@" in email and email.strip().isprintable()
    if email is not UNKNOWN and not is_address:
        yield Diagnostic((*path, "email"), "must be an email address")
    inputs = {name: entry[name] for name in section.inputs if name in entry}
    yield from _input_errors(section.resource, path, {**dict.fromkeys(section.required), **inputs})


def _input_errors(
    resource: Resource, path: PropertyPath, inputs: Properties
) -> Iterator[Diagnostic]:
    others = dict.fromkeys(resource.inputs.names(), UNKNOWN)
    for problem in resource.check({**others, **inputs}).problems:
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
