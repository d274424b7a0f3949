"""What the commands print: tables, colours on a terminal, a word during long work."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from pulumi_flashback.redaction import printable

PATIENCE_SECONDS = 2.0
"""Work that takes longer than this says what it is."""


def say(text: str = "", *, error: bool = False) -> None:
    """Print a text; colours are left out where nobody wants or sees them."""
    unwanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    click.echo(text, err=error, color=False if unwanted else None)


def say_json(value: Any) -> None:
    """Print a value for programs. All but ASCII is escaped, so no text of others acts up."""
    say(json.dumps(value, indent=2).replace("\x7f", "\\u007f"))  # JSON leaves this one as it is


def complain(text: str) -> None:
    """Print an error; ids, names and paths in it are foreign texts."""
    say(f"{click.style('error:', fg='red', bold=True)} {printable(text)}", error=True)


def warn(text: str) -> None:
    """Print a warning."""
    say(f"{click.style('warning:', fg='yellow', bold=True)} {printable(text)}", error=True)


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Say what is being done if it takes long and somebody looks on.

    Args:
        text: Such as ``reading the workspace``.
    """
    if not sys.stderr.isatty():
        yield
        return
    timer = threading.Timer(PATIENCE_SECONDS, say, [f"{text} ..."], {"error": True})
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as aligned text, without the columns that are empty in all of them."""
    used = [n for n in range(len(headings)) if any(row[n] for row in rows)]
    lines = [[line[n] for n in used] for line in (headings, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return "\n".join([click.style(padded[0], bold=True), *padded[1:]])
