"""The commands that list and delete workspaces and keys, and find what no stack manages."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

import click

from pulumi_flashback.cli.options import config_of, examples, output, workspace, yes
from pulumi_flashback.cli.terminal import say, show, waiting, warn

if TYPE_CHECKING:
    from pulumi_flashback.cli.deletion import Deletable
    from pulumi_flashback.core.context import Context

ORPHANS_FOUND = 3  # the exit code of ``flashback orphans --exit-code`` if it finds any


@click.group()
def workspaces() -> None:
    """List workspaces, or delete one."""


@workspaces.command("list", epilog=examples("flashback workspaces list"))
@config_of
@output("table")
def list_workspaces(stack: str | None, output: str) -> None:
    """List the workspaces that you can see."""
    from pulumi_flashback.cli import keys as work
    from pulumi_flashback.cli.connection import connected

    with waiting("reading the workspaces"), connected(stack) as context:
        rows = work.list_workspaces(context)
    show(output, rows, work.as_table(work.WORKSPACE_COLUMNS, rows) or "no workspaces")


@workspaces.command("delete", epilog=examples("flashback workspaces delete WORKSPACE_ID"))
@click.argument("workspace_id")
@yes
@config_of
def delete_workspace(workspace_id: str, yes: bool, stack: str | None) -> None:
    """Delete a workspace that no stack manages.

    This cannot be undone. A workspace that contains buckets or repositories is not deleted. Its API
    keys, AI models and policies cannot be reached afterwards: delete them first. If a stack manages
    the workspace, change the program instead.
    """
    from pulumi_flashback.cli.deletion import deletable_workspace

    _delete("workspace", lambda context: deletable_workspace(context, workspace_id), yes, stack)


@click.group()
def keys() -> None:
    """List the API keys of a workspace, or delete one."""


@keys.command(
    "list",
    epilog=examples(
        "flashback keys list --workspace WORKSPACE_ID",
        "flashback keys list --workspace WORKSPACE_ID --provider AWS",
        "flashback keys list --workspace WORKSPACE_ID --output json | jq -r '.[].id'",
    ),
)
@workspace
@click.option("--provider", metavar="NAME", help="Only keys of this provider type, such as AWS.")
@config_of
@output("table")
def list_keys(workspace_id: str, provider: str | None, stack: str | None, output: str) -> None:
    """List the API keys of a workspace.

    Shows neither half of a key: the API never returns the secret, and the provider treats `key`
    as a secret as well.
    """
    from pulumi_flashback.cli import keys as work
    from pulumi_flashback.cli.connection import connected

    with waiting("reading the keys"), connected(stack) as context:
        rows = work.list_keys(context, workspace_id, provider)
    show(output, rows, work.as_table(work.KEY_COLUMNS, rows) or "no keys")


@keys.command(
    "delete", epilog=examples("flashback keys delete API_KEY_ID --workspace WORKSPACE_ID")
)
@click.argument("api_key_id")
@workspace
@yes
@config_of
def delete_key(api_key_id: str, workspace_id: str, yes: bool, stack: str | None) -> None:
    """Delete an API key that no stack manages.

    This cannot be undone. A key that buckets or AI models use is not deleted. If a stack manages
    the key, change the program instead.
    """
    from pulumi_flashback.cli.deletion import deletable_key

    _delete("key", lambda context: deletable_key(context, workspace_id, api_key_id), yes, stack)


def _delete(kind: str, find: Callable[[Context], Deletable], yes: bool, stack: str | None) -> None:
    from pulumi_flashback.cli.connection import connected

    with connected(stack) as context:
        with waiting(f"reading the {kind}"):
            found = find(context)
        if found.warning:
            warn(found.warning)
        if not yes and not sys.stdin.isatty():
            raise click.UsageError("cannot prompt in a non-interactive session; pass --yes")
        if not yes:
            click.confirm(f"Delete {found.line}?", abort=True, err=True)
        with waiting(f"deleting the {kind}"):
            found.delete()
    say(f"Deleted {found.line}")


@click.command(
    epilog=examples(
        "flashback orphans --workspace ID --stack dev --stack prod",
        "flashback orphans --workspace ID --stack dev --state other-project.json",
        "pulumi stack export | flashback orphans --workspace ID --state -",
    )
)
@workspace
@click.option(
    "--stack",
    "stacks",
    metavar="STACK",
    multiple=True,
    help="A stack that may manage objects of the workspace, in the Pulumi project of the current "
    "directory. Can be repeated.",
)
@click.option(
    "--state",
    "states",
    metavar="FILE",
    type=click.File(encoding="utf-8", errors="replace"),
    multiple=True,
    help="Such a stack of another project: the output of `pulumi stack export`, or - for "
    "standard input. Can be repeated.",
)
@click.option(
    "--exit-code", is_flag=True, help=f"End with exit code {ORPHANS_FOUND} if there are orphans."
)
@config_of
@output("table")
@click.pass_context
def orphans(
    context: click.Context,
    workspace_id: str,
    stacks: tuple[str, ...],
    states: tuple[TextIO, ...],
    exit_code: bool,
    stack: str | None,
    output: str,
) -> None:
    """List the objects of a workspace that no stack manages.

    Shows API keys, buckets, AI models, repositories with their keys, and policies that none of the
    given stacks manages. Prints the command that imports each of them and, for an API key, the
    command that deletes it. Objects of stacks that you do not name also look like orphans: name all
    stacks before you delete anything.
    """
    from pulumi_flashback.cli import orphans as work
    from pulumi_flashback.cli.connection import connected, exported_state

    if not stacks and not states:
        raise click.UsageError(
            "pass each stack that may manage objects of it: --stack NAME or --state FILE"
        )
    held = work.Held().union(*(work.held_ids(each.read(), each.name) for each in states))
    with waiting("reading the stacks"):
        held |= work.held_by_stacks(stacks, exported_state)
    with waiting("reading the workspace"), connected(stack) as connection:
        rows = work.find_orphans(connection, workspace_id, held, stack)
    show(output, rows, work.as_text(rows))
    context.exit(ORPHANS_FOUND if rows and exit_code else 0)
