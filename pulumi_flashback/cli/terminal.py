"""Output of the commands: tables, colors on a terminal, progress notes."""

import json
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from pulumi_flashback.redaction import printable

PATIENCE_SECONDS = 2.0  # a progress note appears after this time


def say(text: str = "", *, error: bool = False) -> None:
    """Print a text; without colors if they are disabled or the output is not a terminal."""
    unwanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    click.echo(text, err=error, color=False if unwanted else None)


def show(output: str, value: Any, text: str) -> None:
    """Print a value as JSON (in ASCII, so it contains no terminal escapes), or its text form."""
    # JSON does not escape the control character DEL
    json_text = json.dumps(value, indent=2).replace("\x7f", "\\u007f")
    say(json_text if output == "json" else text)


def complain(text: str) -> None:
    say(f"{click.style('error:', fg='red', bold=True)} {printable(text)}", error=True)


def warn(text: str) -> None:
    say(f"{click.style('warning:', fg='yellow', bold=True)} {printable(text)}", error=True)


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Show on a terminal what is being done, such as ``reading the keys``, if it takes long."""
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
    used = [n for n in range(len(headings)) if any(row[n] for row in rows)]
    lines = [[line[n] for n in used] for line in (headings, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return "\n".join([click.style(padded[0], bold=True), *padded[1:]])
