"""Errors in a description, reported together, with file and line if there is a file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from pulumi_flashback.redaction import printable

MAX_REPORTED = 50  # more errors than this usually have one cause

PropertyPath = tuple[str, ...]  # such as `keys`, `backups`, `region`


@dataclass(frozen=True)
class Diagnostic:
    """One error in a description. It never quotes a value that may be a secret."""

    path: PropertyPath  # empty for the whole file
    reason: str  # the message after the path
    line: int = 0  # only if it is not the line of the path

    @property
    def message(self) -> str:
        return f"{'.'.join(self.path) if self.path else 'the file'} {self.reason}"


@dataclass(frozen=True)
class Source:
    """The file that a description comes from, and the line of each value in it."""

    name: str
    lines: Mapping[PropertyPath, int]

    def line(self, diagnostic: Diagnostic) -> int:
        path = diagnostic.path
        while path and path not in self.lines:
            path = path[:-1]
        return diagnostic.line or self.lines.get(path, 1)


def raise_errors(
    errors: Iterable[Diagnostic], source: Source | str, advice: Sequence[str] = ()
) -> None:
    if isinstance(source, Source):
        numbered = sorted((source.line(each), each.message) for each in errors)
        lines = [f"{source.name}:{line}: {message}" for line, message in numbered]
    else:
        lines = [f"{source}: {each.message}" for each in errors]
    # labels, names of fields and the path are foreign texts
    lines = list(dict.fromkeys(map(printable, lines)))
    more = [f"and {len(lines) - MAX_REPORTED} more"] if len(lines) > MAX_REPORTED else []
    if lines:
        raise pulumi.RunError("\n".join([*lines[:MAX_REPORTED], *more, *advice]))
