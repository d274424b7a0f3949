"""Options shared by several commands."""

from collections.abc import Callable
from typing import Any

import click


def examples(*lines: str) -> str:
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def output(text_format: str) -> Callable[..., Any]:
    formats = click.Choice([text_format, "json"])
    help_text = f"Output format: {text_format} for people, json for programs."
    return click.option(
        "--output", type=formats, default=text_format, show_default=True, help=help_text
    )


config_of = click.option(
    "--config-of",
    "stack",
    metavar="STACK",
    help="Read settings that are not set as variables from the config of this stack, in the Pulumi "
    "project of the current directory.",
)
workspace = click.option(
    "--workspace",
    "workspace_id",
    metavar="ID",
    required=True,
    help="The workspace; `flashback workspaces list` shows the ids.",
)
yes = click.option("--yes", is_flag=True, help="Do not prompt for confirmation.")
