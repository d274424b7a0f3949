"""What is wrong with a description, told all at once, with file and line where there is a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from pulumi_flashback.redaction import printable

MOST_SHOWN = 50
"""Whoever has more problems than that has one that makes the others."""

Place = tuple[str, ...]
"""Where something stands in a description, such as ``("keys", "backups", "region")``."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a description.

    Attributes:
        place: Where it stands.
        text: A sentence that names the place and quotes no value that may be a secret.
        line: The line of the file, where it is another one than that of the place.
    """

    place: Place
    text: str
    line: int = 0


@dataclass(frozen=True)
class Source:
    """The file that a description comes from.

    Attributes:
        name: The path, as the program gives it.
        lines: The lines of all places.
    """

    name: str
    lines: Mapping[Place, int]

    def line(self, problem: Problem) -> int:
        """Return the line of a problem; that of what it belongs to where the place is missing."""
        place = problem.place
        while place and place not in self.lines:
            place = place[:-1]
        return problem.line or self.lines.get(place, 1)


def at(place: Place, reason: str) -> Problem:
    """Return a problem whose text begins with its place."""
    return Problem(place, f"{'.'.join(place)} {reason}")


def refuse(problems: Iterable[Problem], source: Source | str, advice: Sequence[str] = ()) -> None:
    """End the program with all problems, one in a line, if there are any.

    Args:
        problems: Those found.
        source: The file; the name of the component where there is none.
        advice: Further lines.

    Raises:
        pulumi.RunError: There are problems.
    """
    lines = _lines(problems, source)
    more = [f"and {len(lines) - MOST_SHOWN} more"] if len(lines) > MOST_SHOWN else []
    if lines:
        raise pulumi.RunError("\n".join([*lines[:MOST_SHOWN], *more, *advice]))


def _lines(problems: Iterable[Problem], source: Source | str) -> list[str]:
    if isinstance(source, str):
        lines = [f"{source}: {problem.text}" for problem in problems]
    else:
        numbered = sorted((source.line(problem), problem.text) for problem in problems)
        lines = [f"{source.name}:{line}: {text}" for line, text in numbered]
    # labels, names of fields and the path are foreign texts
    return list(dict.fromkeys(map(printable, lines)))
