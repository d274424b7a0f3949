"""Generates the page of the ``flashback`` command from its help."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from pulumi_flashback.cli.app import commands

_HEAD = """\
---
title: The flashback command
meta_desc: Every subcommand and option of the flashback command.
---

# The `flashback` command

<!-- unreleased -->
<!-- /unreleased -->

`pip install pulumi_flashback` installs it beside the provider. This page is generated from the
command's help: `make generate`.

"""


def command_page() -> str:
    """Return the page: every command with its options and examples."""
    return _HEAD + "\n".join(_sections(click.Context(commands, info_name="flashback")))


def _sections(context: click.Context) -> Iterator[str]:
    """Return the section of a command and those of all below it, in the order of the help."""
    command = context.command
    below = command.commands if isinstance(command, click.Group) else {}
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    rows = [(name, each.get_short_help_str(limit=200)) for name, each in sorted(below.items())]
    options = [each for each in command.params if isinstance(each, click.Option)]
    rows += filter(None, (each.get_help_record(context) for each in options))
    lines = [f"| `{_cell(name)}` | {_cell(text)} |" for name, text in rows]
    examples = inspect.cleandoc("\n".join((command.epilog or "").splitlines()[2:]))
    parts = [
        f"## `{context.command_path}`" if context.parent else "",
        f"```\n{usage}\n```",
        inspect.cleandoc(command.help or ""),
        "\n".join(["| | |", "| --- | --- |", *lines]) if lines else "",
        f"```sh\n{examples}\n```" if examples else "",
    ]
    yield "\n\n".join(filter(None, parts)) + "\n"
    for name, each in sorted(below.items()):
        yield from _sections(click.Context(each, parent=context, info_name=name))


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
