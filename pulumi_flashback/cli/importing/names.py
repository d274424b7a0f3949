"""Names for resources: readable, the same in every run, and identifiers in Python and in YAML."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LONGEST_WORDS = 32
SHORT_PART = 8
LONG_PART = 64

_OF_YAML = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
_OF_PYTHON = (*keyword.kwlist, *keyword.softkwlist, *dir(builtins))
_OF_THE_PROGRAM = ("pulumi", "flashback", "config")
RESERVED: Final = frozenset((*_OF_YAML, *_OF_PYTHON, *_OF_THE_PROGRAM))
"""What a program has already, or YAML takes for something else."""


@dataclass(frozen=True)
class Subject:
    """What is to be named.

    Attributes:
        identifier: Its id on the platform.
        kind: What it is, in a word; used where there are no words for it.
        words: The text that says best which one it is; may be empty.
    """

    identifier: str
    kind: str
    words: str = ""


def config_name(name: str, property_name: str) -> str:
    """Return the key of the stack config for a secret of a resource."""
    return f"{name}_{property_name.lower()}"


def unique_names(subjects: Sequence[Subject]) -> list[str]:
    """Return a name for each.

    Those that would share a name all get a part of their id, so that the names do not depend on an
    order.
    """
    parts = [0] * len(subjects)
    for longer in (SHORT_PART, LONG_PART):
        clashes = _clashes(_names(subjects, parts))
        parts = [longer if bad else part for bad, part in zip(clashes, parts, strict=True)]
    return _numbered(subjects, _names(subjects, parts))


def _names(subjects: Sequence[Subject], parts: Sequence[int]) -> list[str]:
    return [_name(each, part) for each, part in zip(subjects, parts, strict=True)]


def _name(subject: Subject, part: int) -> str:
    kind = _beginning_with("resource", _identifier(subject.kind)) or "resource"
    words = _beginning_with(kind, _identifier(subject.words))
    if words and not part:
        return words
    letters = re.sub(r"[^a-z0-9]", "", subject.identifier.lower())
    return f"{words or kind}_{letters[: part or SHORT_PART]}"


def _beginning_with(first: str, words: str) -> str:
    """Return words; those that begin with a digit get another one before them."""
    return f"{first}_{words}" if words[:1].isdigit() else words


def _identifier(text: str) -> str:
    """Return a text in small letters, digits and underscores; empty where nothing is left of it."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain.replace("'", "")).strip("_")
    if len(words) > LONGEST_WORDS:
        words = words[: LONGEST_WORDS + 1].rpartition("_")[0] or words[:LONGEST_WORDS]
    # the config key of its public half is to be backup_key and not backup_key_key
    return re.sub(r"(_(api|key|secret))+$", "", words)


def _clashes(names: Sequence[str]) -> list[bool]:
    """Say of each name whether it, or the config keys of its secrets, are taken."""
    owners = _owners(names)
    return [any(owners[w] > 1 or w in RESERVED for w in _occupied(name)) for name in names]


def _owners(names: Sequence[str]) -> Counter[str]:
    return Counter(word for name in names for word in _occupied(name))


def _occupied(name: str) -> tuple[str, ...]:
    return name, config_name(name, "key"), config_name(name, "secret")


def _numbered(subjects: Sequence[Subject], names: Sequence[str]) -> list[str]:
    """Number what is still the same: ids that differ in capitals or in signs only."""
    chosen = list(names)
    owners = _owners(names)
    numbers = dict.fromkeys(names, 1)
    clashing = [index for index, bad in enumerate(_clashes(names)) if bad]
    for index in sorted(clashing, key=lambda each: subjects[each].identifier):
        owners.subtract(_occupied(names[index]))
        while any(owners[w] > 0 or w in RESERVED for w in _occupied(chosen[index])):
            numbers[names[index]] += 1
            chosen[index] = f"{names[index]}_{numbers[names[index]]}"
        owners.update(_occupied(chosen[index]))
    return chosen
