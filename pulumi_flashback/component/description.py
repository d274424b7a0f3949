"""The description of a workspace, as a program writes it, and the rules of its labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pulumi

from pulumi_flashback.component.entries import KeyDescription, MemberDescription
from pulumi_flashback.component.problems import Place, Problem, Source, at

__all__ = ["KeyDescription", "MemberDescription", "WorkspaceDescription"]

Entry = TypeVar("Entry")

_KINDS = {"members": "MemberDescription", "keys": "KeyDescription"}
_LABEL = re.compile(r"[\w.@+-]+")
_LABEL_RULE = "it may have letters, digits and . _ - @ + only"


@dataclass(kw_only=True)
class WorkspaceDescription:
    """A workspace, who may use it and which keys it holds: give ``name`` or ``workspace_id``.

    Args:
        name: The name of the workspace to make. Changed in place.
        workspace_id: A workspace that exists and stays as it is, but for these members and keys.
        members: The members by label.
        keys: The API keys by label.
        source: The file that this description was read from, for messages.
    """

    name: pulumi.Input[str] | None = None
    workspace_id: pulumi.Input[str] | None = None
    members: Mapping[str, MemberDescription] = field(default_factory=dict)
    keys: Mapping[str, KeyDescription] = field(default_factory=dict)
    source: Source | None = field(default=None, repr=False, compare=False)


def problems_of(description: WorkspaceDescription) -> list[Problem]:
    """Find what no single resource could find: wrong labels, and what contradicts itself."""
    found = list(_workspace_problems(description))
    sections = {"members": description.members, "keys": description.keys}
    wrong = [name for name, each in sections.items() if not isinstance(each, Mapping)]
    if wrong:
        return found + [at((name,), f"must be a dict of {_KINDS[name]} by label") for name in wrong]
    members = _of_kind(description.members, MemberDescription)
    keys = _of_kind(description.keys, KeyDescription)
    found += _entry_problems("members", description.members, members)
    found += _entry_problems("keys", description.keys, keys)
    for label, member in members.items():
        found += _member_problems(("members", label), member)
    return found


def former_labels(entry: MemberDescription | KeyDescription) -> list[str]:
    """Return the labels that an entry had before."""
    given = entry.renamed_from or ()
    return [given] if isinstance(given, str) else list(given)


def _is_address(email: object) -> bool:
    # a hidden character makes an address another one than it looks
    return isinstance(email, str) and "@" in email and email.strip().isprintable()


def _workspace_problems(description: WorkspaceDescription) -> Iterator[Problem]:
    if description.name is None and description.workspace_id is None:
        yield Problem(
            ("name",),
            "name is required: the name of the workspace to make (or workspaceId, for one that "
            "exists)",
        )
    if description.name is not None and description.workspace_id is not None:
        yield Problem(
            ("workspaceId",),
            "workspaceId and name exclude each other: the workspace exists, or it is made",
        )


def _of_kind(entries: Mapping[str, object], kind: type[Entry]) -> dict[str, Entry]:
    return {label: each for label, each in entries.items() if isinstance(each, kind)}


def _entry_problems(
    section: str,
    entries: Mapping[str, object],
    usable: Mapping[str, MemberDescription] | Mapping[str, KeyDescription],
) -> Iterator[Problem]:
    for label in entries:
        if not isinstance(label, str) or not _LABEL.fullmatch(label):
            yield at((section, str(label)), f"is no label: {_LABEL_RULE}")
        if label not in usable:
            yield at((section, str(label)), f"must be a {_KINDS[section]}")
    yield from _renaming_problems(section, usable)


def _renaming_problems(
    section: str, entries: Mapping[str, MemberDescription | KeyDescription]
) -> Iterator[Problem]:
    sound = {}
    for label, entry in entries.items():
        place = (section, label, "renamedFrom")
        labels = entry.renamed_from
        listed = labels if isinstance(labels, Sequence) else ()
        if labels is not None and (not listed or not all(isinstance(each, str) for each in listed)):
            yield at(place, "must be a label or a list of labels")
        else:
            sound[label] = former_labels(entry)
    times = Counter(each for labels in sound.values() for each in dict.fromkeys(labels))
    for label, labels in sound.items():
        place = (section, label, "renamedFrom")
        if any(each in entries for each in labels):
            yield at(
                place, f"names a label that {section} still has; remove it, or rename in two steps"
            )
        if any(times[each] > 1 for each in labels):
            yield at(place, "names a label that another entry was renamed from as well")


def _member_problems(place: Place, member: MemberDescription) -> Iterator[Problem]:
    if member.email is None and member.user_id is None:
        yield at(place, "needs email or userId")
    if member.email is not None and member.user_id is not None:
        yield at(place, "has both email and userId; one of them is enough")
    if member.email is not None and not _is_address(member.email):
        yield at((*place, "email"), "must be an email address")
    if isinstance(member.allow_removing_last_admin, pulumi.Output):
        yield at((*place, "allowRemovingLastAdmin"), "must be True or False, and no output")
