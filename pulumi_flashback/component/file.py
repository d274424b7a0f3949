"""A description out of a file. Every problem is told at once, with its line."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Final

import pulumi

from pulumi_flashback.component.description import (
    KeyDescription,
    MemberDescription,
    WorkspaceDescription,
    problems_of,
)
from pulumi_flashback.component.fields import KEYS, MEMBERS, PLAIN, TOP, EntryKind
from pulumi_flashback.component.problems import Place, Problem, Source, at, refuse
from pulumi_flashback.component.references import References, Text
from pulumi_flashback.component.values import checked
from pulumi_flashback.component.yaml_tree import MOST_BYTES, Tree, parse
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.values import UNKNOWN
from pulumi_flashback.resources.workspace import WORKSPACE
from pulumi_flashback.resources.workspace_member import WORKSPACE_MEMBER

_MAPPING: Final = "must be a mapping, with one `name: value` in a line"
_LONGEST_NAME: Final = 24
_NEAR: Final = 0.7


def read_description(path: str | os.PathLike[str]) -> WorkspaceDescription:
    """Read a file.

    Raises:
        pulumi.RunError: Something is wrong with it.
    """
    name = os.fspath(path)
    tree = parse(_content(name))
    source = Source(name, tree.lines)
    if not isinstance(tree.values, dict):
        what = "the file is empty" if tree.values is None else "the file is no mapping"
        missing = Problem((), f"{what}; it needs {', '.join(TOP)}, each in a line of its own")
        refuse(tree.problems or [missing], source)
    reader = _Reader(tree)
    description = reader.description(source)
    found = [each for each in problems_of(description) if each.place not in reader.unknown]
    problems = [*tree.problems, *reader.problems, *reader.references.problems, *found]
    refuse(problems, source, reader.references.commands)
    return description


def _content(name: str) -> bytes:
    try:
        with open(name, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "this is no path"
        raise pulumi.RunError(
            f"{name}: cannot be read ({reason}). A relative path begins at the directory of the "
            "program"
        ) from None
    if len(content) > MOST_BYTES:
        raise pulumi.RunError(f"{name}: is larger than {MOST_BYTES // 1024} KiB")
    return content


class _Reader:
    """Makes a description of what a file says, as far as it can be made.

    Attributes:
        problems: What is wrong.
        references: The references of the file.
        unknown: The places whose references are not to be had.
    """

    def __init__(self, tree: Tree) -> None:
        self.problems: list[Problem] = []
        self.references = References()
        self.unknown: set[Place] = set()
        self._tree = tree

    def description(self, source: Source) -> WorkspaceDescription:
        """Return the description; what is wrong is left out of it or as it is written."""
        top = self._tree.values
        self._refuse_unknown_fields((), top, TOP)
        name = self._resolved(top.get("name"), ("name",))
        workspace_id = self._resolved(top.get("workspaceId"), ("workspaceId",))
        if name is not None:
            self._check(WORKSPACE, (), {"name": name})
        if workspace_id is not None:
            self._check(WORKSPACE_MEMBER, (), {"workspaceId": workspace_id})
        return WorkspaceDescription(
            name=_for_program(name),
            workspace_id=_for_program(workspace_id),
            members={
                label: MemberDescription(**values) for label, values in self._entries(MEMBERS)
            },
            keys={label: KeyDescription(**values) for label, values in self._entries(KEYS)},
            source=source,
        )

    def _entries(self, kind: EntryKind) -> Iterable[tuple[str, dict[str, Any]]]:
        """Return the values of each entry by attribute of its class."""
        entries = self._mapping(self._tree.values.get(kind.section), (kind.section,)) or {}
        for label, written in entries.items():
            place = (kind.section, label)
            entry = self._mapping(written, place)
            if entry is not None:
                values = self._entry(kind, place, entry)
                yield (
                    label,
                    {
                        attribute: _for_program(values.get(name))
                        for name, attribute in kind.fields.items()
                    },
                )

    def _mapping(self, value: Any, place: Place) -> dict[str, Any] | None:
        if value is None:  # nothing after the colon: all that was there is commented out, say
            return {}
        if isinstance(value, dict):
            return value
        self.problems.append(at(place, _MAPPING))
        return None

    def _entry(self, kind: EntryKind, place: Place, entry: dict[str, Any]) -> dict[str, Any]:
        """Return the values of an entry by field, their references replaced."""
        self._refuse_unknown_fields(place, entry, kind.fields)
        values = {
            name: self._field(kind, name, entry[name], (*place, name))
            for name in kind.fields
            if entry.get(name) is not None
        }
        inputs = {name: value for name, value in values.items() if name not in kind.extra}
        self._check(kind.resource, place, {**dict.fromkeys(kind.required), **inputs})
        return values

    def _field(self, kind: EntryKind, name: str, written: Any, place: Place) -> Any:
        if name in kind.resource.secrets:
            return self._known(self.references.credential(written, place), place)
        value = self._resolved(written, place)
        if name in PLAIN and _secret(value):
            self.problems.append(at(place, "must not come from a secret: it is shown"))
            return self._known(None, place)
        if name in kind.flags and isinstance(value, Text):
            return {"true": True, "false": False}.get(value.value, value)
        return value

    def _resolved(self, written: Any, place: Place) -> Any:
        """Return a value with ``Text`` in the place of each text, and ``UNKNOWN`` for no text."""
        if isinstance(written, str):
            return self._known(self.references.text(written, place), place)
        if isinstance(written, dict):
            return {name: self._resolved(each, (*place, name)) for name, each in written.items()}
        if isinstance(written, list):
            return [self._resolved(each, place) for each in written]
        return written

    def _known(self, text: Text | None, place: Place) -> Any:
        if text is None:
            self.unknown.add(place)
            return UNKNOWN
        return text

    def _check(self, resource: Resource, place: Place, values: dict[str, Any]) -> None:
        """Let the core find what is wrong with values; None is one that is missing."""
        known = {name: _plain(value) for name, value in values.items()}
        for problem in checked(resource, place, known):
            if problem.place in self._tree.quotes and "must be a string" in problem.text:
                problem = replace(problem, text=f"{problem.text}; put it in quotes")
            self.problems.append(problem)

    def _refuse_unknown_fields(
        self, place: Place, written: dict[str, Any], fields: Collection[str]
    ) -> None:
        for name in written:
            if name not in fields:
                self.problems.append(_unknown_field(place, name, fields))


def _unknown_field(place: Place, name: str, fields: Collection[str]) -> Problem:
    plain = {_bare(field): field for field in fields}
    near = get_close_matches(_bare(name), plain, n=1, cutoff=_NEAR)
    if near:
        return at((*place, name), f"is no field; did you mean {plain[near[0]]}?")
    hint = f"there are {', '.join(fields)}"
    # a name that is like no other may be a secret that stands in the wrong place
    if len(name) <= _LONGEST_NAME and _bare(name).isalpha():
        return at((*place, name), f"is no field; {hint}")
    return Problem((*place, name), f"{'.'.join(place) or 'the file'} has an unknown field; {hint}")


def _bare(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _secret(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_secret, value))
    return isinstance(value, Text) and value.secret


def _plain(value: Any) -> Any:
    """Return a value as the core checks it."""
    if isinstance(value, Text):
        return value.value
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value


def _for_program(value: Any) -> Any:
    """Return a value as a program writes it: what is a secret of the config stays one."""
    if isinstance(value, Text):
        return pulumi.Output.secret(value.value) if value.secret else value.value
    if isinstance(value, dict):
        return {name: _for_program(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_for_program(each) for each in value]
    return value
