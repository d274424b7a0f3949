"""What the core says of the values of a description, before anything is made."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Mapping
from enum import Enum
from typing import Any

import pulumi

from pulumi_flashback.component.description import WorkspaceDescription
from pulumi_flashback.component.fields import KEYS, MEMBERS, EntryKind
from pulumi_flashback.component.problems import Place, Problem
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.values import UNKNOWN, Properties
from pulumi_flashback.resources.workspace import WORKSPACE
from pulumi_flashback.resources.workspace_member import WORKSPACE_MEMBER


def value_problems(description: WorkspaceDescription) -> list[Problem]:
    """Find what is wrong with the values that are known already; outputs are judged later."""
    found = []
    if description.name is not None:
        found += checked(WORKSPACE, (), {"name": _known(description.name)})
    if description.workspace_id is not None:
        found += checked(WORKSPACE_MEMBER, (), {"workspaceId": _known(description.workspace_id)})
    found += _entry_problems(MEMBERS, description.members)
    found += _entry_problems(KEYS, description.keys)
    return found


def checked(resource: Resource, place: Place, values: Properties) -> list[Problem]:
    """Let the core find what is wrong with values; None is one that is missing.

    Args:
        resource: What they are inputs of. Inputs that are not given are not judged.
        place: Where they stand.
        values: By camelCase name.
    """
    others = dict.fromkeys(resource.inputs.names(), UNKNOWN)
    problems = []
    for problem in resource.check({**others, **values}).problems:
        path = problem.reason.partition(" ")[0].split(".")
        problems.append(Problem((*place, *path), ".".join((*place, problem.reason))))
    return problems


def _entry_problems(kind: EntryKind, entries: object) -> Iterator[Problem]:
    inputs = {name: each for name, each in kind.fields.items() if name not in kind.extra}
    for label, entry in entries.items() if isinstance(entries, Mapping) else ():
        if not isinstance(entry, kind.description):
            continue  # which is a problem of its own
        given = {name: _known(getattr(entry, attribute)) for name, attribute in inputs.items()}
        known = {
            name: value
            for name, value in given.items()
            if value is not None or name in kind.required
        }
        yield from checked(kind.resource, (kind.section, str(label)), known)


def _known(value: Any) -> Any:
    """Return a value as the core checks it."""
    if isinstance(value, (pulumi.Output, Awaitable)):
        return UNKNOWN
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {name: _known(each) for name, each in value.items() if each is not None}
    return value
