"""Names resources: readable, the same in every run, and valid identifiers in Python and YAML."""

import builtins
import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

LONGEST_WORDS = 32
SHORT_PART = 8
LONG_PART = 64

_OF_YAML = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
_OF_PYTHON = (*keyword.kwlist, *keyword.softkwlist, *dir(builtins))
_OF_THE_PROGRAM = ("pulumi", "flashback", "config", "credential", "credentials")
RESERVED: Final = frozenset((*_OF_YAML, *_OF_PYTHON, *_OF_THE_PROGRAM))
"""Names that the program already uses, or that YAML reads as another type."""


class Subject(NamedTuple):
    identifier: str  # its id on the platform
    kind: str  # what it is, in one word; used if ``words`` is empty
    words: str = ""  # the text that best identifies it; may be empty


def config_name(name: str, property_name: str) -> str:
    return f"{name}_{property_name.lower()}"


def unique_names(subjects: Sequence[Subject]) -> list[str]:
    """Return a name for each; all that would share a name get a part of their id."""
    parts = [0] * len(subjects)
    for longer in (SHORT_PART, LONG_PART):
        names = list(map(_name, subjects, parts))
        owners = Counter(word for name in names for word in _occupied(name))
        taken = [_is_taken(name, owners, owned=1) for name in names]
        parts = [longer if bad else part for bad, part in zip(taken, parts, strict=True)]
    return _numbered([each.identifier for each in subjects], list(map(_name, subjects, parts)))


def _name(subject: Subject, part: int) -> str:
    """Return a name with ``part`` characters of the id, or SHORT_PART if there are no words."""
    kind = _beginning_with("resource", _identifier(subject.kind)) or "resource"
    words = _beginning_with(kind, _identifier(subject.words))
    if words and not part:
        return words
    letters = re.sub(r"[^a-z0-9]", "", subject.identifier.lower())
    return f"{words or kind}_{letters[: part or SHORT_PART]}"


def _beginning_with(first: str, words: str) -> str:
    return f"{first}_{words}" if words[:1].isdigit() else words


def _identifier(text: str) -> str:
    """Return a text reduced to lowercase letters, digits and underscores; may be empty."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain.replace("'", "")).strip("_")
    if len(words) > LONGEST_WORDS:
        words = words[: LONGEST_WORDS + 1].rpartition("_")[0] or words[:LONGEST_WORDS]
    # so that the config key of its public half is backup_key, not backup_key_key
    return re.sub(r"(_(api|key|secret))+$", "", words)


def _occupied(name: str) -> tuple[str, ...]:
    return name, config_name(name, "key"), config_name(name, "secret")


def _is_taken(name: str, owners: Counter[str], owned: int) -> bool:
    return any(owners[word] > owned or word in RESERVED for word in _occupied(name))


def _numbered(identifiers: Sequence[str], names: Sequence[str]) -> list[str]:
    """Number names that are still equal: their ids differ only in case or special characters."""
    chosen = list(names)
    owners = Counter(word for name in names for word in _occupied(name))
    numbers = dict.fromkeys(names, 1)
    clashing = [n for n, name in enumerate(names) if _is_taken(name, owners, owned=1)]
    for index in sorted(clashing, key=lambda each: identifiers[each]):
        owners.subtract(_occupied(names[index]))
        while _is_taken(chosen[index], owners, owned=0):
            numbers[names[index]] += 1
            chosen[index] = f"{names[index]}_{numbers[names[index]]}"
        owners.update(_occupied(chosen[index]))
    return chosen
