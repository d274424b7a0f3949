"""The page of the ``flashback`` command, made from what its help says."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator

import click

from pulumi_flashback.cli.app import commands

_HEAD = """\
---
title: The flashback command
meta_desc: Every subcommand and option of the flashback command.
---

# The `flashback` command

`pip install pulumi_flashback` installs it beside the provider. This page is generated from the
command's help: `make generate`.

"""


def command_page() -> str:
    """Return the page: every command with its options and examples."""
    root = click.Context(commands, info_name="flashback")
    return _HEAD + "\n".join(_section(each) for each in _contexts(root))


def _contexts(context: click.Context) -> Iterator[click.Context]:
    """Return a command and all below it, in the order of the help."""
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command is not None:
                yield from _contexts(click.Context(command, parent=context, info_name=name))


def _section(context: click.Context) -> str:
    command = context.command
    title = [] if context.parent is None else [f"## `{context.command_path}`"]
    usage = f"```\n{context.command_path} {' '.join(command.collect_usage_pieces(context))}\n```"
    parts = [
        *title,
        usage,
        inspect.cleandoc(command.help or ""),
        _table(context),
        _examples(command.epilog or ""),
    ]
    return "".join(f"{part}\n\n" for part in parts if part).rstrip() + "\n"


def _table(context: click.Context) -> str:
    """Return the options as a table, and the commands of a group before them."""
    command = context.command
    rows = []
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            rows.append((name, found.get_short_help_str(limit=200) if found else ""))
    own = (each for each in command.params if isinstance(each, click.Option))
    records = [each.get_help_record(context) for each in own]
    rows += [record for record in records if record]
    lines = [f"| `{_cell(name)}` | {_cell(text)} |" for name, text in rows]
    return "\n".join(["| | |", "| --- | --- |", *lines]) if lines else ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _examples(epilog: str) -> str:
    """Return the lines of an epilog, without the mark that keeps click from wrapping them."""
    lines = epilog.splitlines()[2:]
    return "```sh\n{}\n```".format(textwrap.dedent("\n".join(lines))) if lines else ""
