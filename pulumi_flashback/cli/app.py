"""The commands: their options, what their help says, and what is called.

Modules that load the client are imported when a command runs: the shell calls this program on each
press of the tab key.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, TextIO

import click

from pulumi_flashback.cli.terminal import say, say_json, waiting

ORPHANS_FOUND = 3
"""The exit code of ``flashback orphans --exit-code`` where there are any."""


def _examples(*lines: str) -> str:
    """Return an epilog that keeps its lines."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


_stack = click.option(
    "--config-of",
    "stack",
    metavar="STACK",
    help="Take what no variable says from the config of this stack, in the Pulumi project of the "
    "current directory.",
)
_workspace = click.option(
    "--workspace",
    "workspace_id",
    metavar="ID",
    required=True,
    help="The workspace; `flashback workspaces list` shows the ids.",
)
_output = click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="For people, or for programs.",
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_examples(
        "export FLASHBACK_EMAIL=ci@example.com FLASHBACK_PASSWORD=...",
        "flashback doctor",
        "flashback workspaces list",
        "flashback import WORKSPACE_ID --out my-workspace",
    ),
)
@click.version_option(package_name="pulumi_flashback", prog_name="flashback")
def commands() -> None:
    """Look into the Flashback platform, and bring what is there under Pulumi.

    Settings are those of the provider: the FLASHBACK_* variables and, with --config-of, the config
    of a Pulumi stack. No command prints a secret, or takes one as an argument.

    Exit codes: 0 done, 1 failed (one line on the standard error says why), 2 wrong arguments, 130
    interrupted.
    """


@commands.command(
    epilog=_examples(
        "flashback doctor",
        "flashback doctor --config-of dev",
        "flashback doctor --output json | jq '.[] | select(.verdict == \"fail\")'",
    )
)
@_stack
@click.option(
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
@click.pass_context
def doctor(context: click.Context, stack: str | None, output: str) -> None:
    """Find out what is in the way.

    Shows where each setting comes from (never its value), what looks wrong with settings in the
    Pulumi project of the current directory, whether the backend answers, who is signed in, when
    the token expires, and the versions of the programs on PATH.

    Exit code 0 if nothing is in the way; warnings do not count. 1 if settings are wrong, the
    backend does not answer, or it does not accept the credentials.
    """
    from pulumi_flashback.cli import doctor as work
    from pulumi_flashback.cli.connection import read_configuration

    with waiting("looking"):
        findings = work.examine(read_configuration(stack))
    if output == "json":
        say_json(work.as_json(findings))
    else:
        say(work.as_text(findings))
    context.exit(0 if work.is_well(findings) else 1)


_yes = click.option("--yes", is_flag=True, help="Do not ask.")


def _confirm(question: str) -> None:
    """Ask before something is deleted.

    Raises:
        click.UsageError: Nobody can answer.
        click.Abort: The answer is no.
    """
    if not sys.stdin.isatty():
        raise click.UsageError("cannot prompt in a non-interactive session; pass --yes")
    click.confirm(question, abort=True, err=True)


@commands.group()
def workspaces() -> None:
    """Look at workspaces, or delete one."""


@workspaces.command("list", epilog=_examples("flashback workspaces list"))
@_stack
@_output
def list_workspaces(stack: str | None, output: str) -> None:
    """List the workspaces that you can see."""
    from pulumi_flashback.cli import keys as work
    from pulumi_flashback.cli.connection import connected

    with waiting("reading the workspaces"), connected(stack) as context:
        rows = work.list_workspaces(context)
    if output == "json":
        say_json(rows)
    else:
        say(work.workspace_table(rows) if rows else "no workspaces")


@workspaces.command("delete", epilog=_examples("flashback workspaces delete WORKSPACE_ID"))
@click.argument("workspace_id")
@_yes
@_stack
def delete_workspace(workspace_id: str, yes: bool, stack: str | None) -> None:
    """Delete a workspace that no stack holds.

    It cannot be undone. A workspace with buckets or repositories in it stays. API keys in it are
    out of reach afterwards: delete them first. For a workspace that a stack holds, change the
    program instead.
    """
    from pulumi_flashback.cli import deleting as work
    from pulumi_flashback.cli.connection import connected

    with connected(stack) as context:
        with waiting("reading the workspace"):
            contents = work.contents_of(context, workspace_id)
        if contents.warning:
            say(contents.warning, error=True)
        if not yes:
            _confirm(f"Delete {contents.line}?")
        with waiting("deleting the workspace"):
            work.delete_workspace(context, workspace_id)
    say(f"Deleted {contents.line}")


@commands.group()
def keys() -> None:
    """Look at the API keys of a workspace, or delete one."""


@keys.command(
    "list",
    epilog=_examples(
        "flashback keys list --workspace WORKSPACE_ID",
        "flashback keys list --workspace WORKSPACE_ID --provider AWS",
        "flashback keys list --workspace WORKSPACE_ID --output json | jq -r '.[].id'",
    ),
)
@_workspace
@click.option("--provider", metavar="NAME", help="Only keys of this provider type, such as AWS.")
@_stack
@_output
def list_keys(workspace_id: str, provider: str | None, stack: str | None, output: str) -> None:
    """List the API keys of a workspace.

    Neither half of a key is shown: not the secret, which the platform never returns, and not the
    `key`, which this provider treats as a secret as well.
    """
    from pulumi_flashback.cli import keys as work
    from pulumi_flashback.cli.connection import connected

    with waiting("reading the keys"), connected(stack) as context:
        rows = work.list_keys(context, workspace_id, provider)
    if output == "json":
        say_json(rows)
    else:
        say(work.key_table(rows) if rows else "no keys")


@keys.command(
    "delete",
    epilog=_examples("flashback keys delete API_KEY_ID --workspace WORKSPACE_ID"),
)
@click.argument("api_key_id")
@_workspace
@_yes
@_stack
def delete_key(api_key_id: str, workspace_id: str, yes: bool, stack: str | None) -> None:
    """Delete an API key that no stack holds.

    It cannot be undone. A key that is in use by buckets or AI models stays. For a key that a stack
    holds, change the program instead.
    """
    from pulumi_flashback.cli.connection import connected
    from pulumi_flashback.cli.deleting import delete_key as delete
    from pulumi_flashback.cli.keys import describe, find_key

    with connected(stack) as context:
        with waiting("reading the keys"):
            line = describe(find_key(context, workspace_id, api_key_id))
        if not yes:
            _confirm(f"Delete {line}?")
        with waiting("deleting the key"):
            delete(context, workspace_id, api_key_id)
    say(f"Deleted {line}")


@commands.command(
    epilog=_examples(
        "flashback orphans --workspace ID --stack dev --stack prod",
        "flashback orphans --workspace ID --stack dev --state other-project.json",
        "pulumi stack export | flashback orphans --workspace ID --state -",
    )
)
@_workspace
@click.option(
    "--stack",
    "stacks",
    metavar="STACK",
    multiple=True,
    help="A stack that may hold keys of the workspace, in the Pulumi project of the current "
    "directory. Can be given several times.",
)
@click.option(
    "--state",
    "states",
    metavar="FILE",
    type=click.File(encoding="utf-8", errors="replace"),
    multiple=True,
    help="The same for a stack of another project: what `pulumi stack export` printed, or - for "
    "the standard input.",
)
@click.option(
    "--exit-code",
    is_flag=True,
    help=f"End with exit code {ORPHANS_FOUND} if there are any, for scripts.",
)
@_stack
@_output
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
    """List the API keys that no stack holds.

    Shows those of a workspace that are in none of the given stacks, and for each the command that
    removes it and the one that imports it. A key of a stack that you did not give looks like an
    orphan, too: give all of them before you delete anything.
    """
    from pulumi_flashback.cli import orphans as work
    from pulumi_flashback.cli.connection import connected, exported_state

    if not stacks and not states:
        raise click.UsageError("give each stack that may hold keys: --stack NAME or --state FILE")
    texts = {each.name: each.read() for each in states}
    with waiting("reading the stacks"):
        texts |= {f"stack {each}": exported_state(each) for each in stacks}
    held = set[str]().union(*(work.held_ids(text, source) for source, text in texts.items()))
    with waiting("reading the keys"), connected(stack) as connection:
        rows = work.find_orphans(connection, workspace_id, held)
    rows = work.with_commands(rows, workspace_id, stack)
    if output == "json":
        say_json(rows)
    else:
        say(work.as_text(rows))
    context.exit(ORPHANS_FOUND if rows and exit_code else 0)


@commands.command(
    "import",
    epilog=_examples(
        "flashback import WORKSPACE_ID --out team",
        "flashback import WORKSPACE_ID --out team-in-yaml --language yaml",
    ),
)
@click.argument("workspace_id")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Where the files go; made if it is missing.",
)
@click.option(
    "--language",
    type=click.Choice(["python", "yaml"]),
    default="python",
    show_default=True,
    help="The language of the program.",
)
@click.option("--force", is_flag=True, help="Overwrite files of the same names.")
@_stack
def import_workspace(
    workspace_id: str, out: Path, language: str, force: bool, stack: str | None
) -> None:
    """Write a program for a workspace that exists.

    Writes a program that declares the workspace with its members and keys, and the list for
    `pulumi import --file`; prints the commands that are to follow. Nothing on the platform is
    changed, and no file has a secret in it: both halves of each key are read from the config of the
    stack.
    """
    from pulumi_flashback.cli.connection import connected
    from pulumi_flashback.cli.importing.files import write_all
    from pulumi_flashback.cli.importing.found import collect
    from pulumi_flashback.cli.importing.guide import guide
    from pulumi_flashback.cli.importing.programs import FILES

    with waiting("reading the workspace"), connected(stack) as context:
        resources = collect(context, workspace_id)
    texts = FILES[language](resources)
    write_all(out, texts, force=force)
    say(guide(out, language, list(texts), resources))


@commands.command(
    epilog=_examples(
        "flashback emulator",
        "flashback emulator --port 0 --data flashback.db --quiet",
        "flashback emulator --set in_use_status=403",
    )
)
@click.option("--port", metavar="NUMBER", help="0 for a free one (default 8080)")
@click.option("--host", metavar="ADDRESS", help="address (default 127.0.0.1)")
@click.option(
    "--data",
    metavar="FILE",
    help="database file, made if missing; without it all is in memory",
)
@click.option(
    "--set",
    multiple=True,
    metavar="NAME=VALUE",
    help="change a setting; can be given several times",
)
@click.option(
    "--token-hours",
    metavar="HOURS",
    help="life of the access token that is printed (default 720)",
)
@click.option("--list-settings", is_flag=True, help="show all settings and end")
@click.option("--faults", is_flag=True, help="take faults to make, over POST /_faults")
@click.option("--quiet", is_flag=True, help="no line for each request")
@click.pass_context
def emulator(context: click.Context, /, **options: Any) -> None:
    """Run a Flashback backend on this machine.

    It has a demo user and two workspaces, and prints how to sign in. Needs the extra `emulator`:
    pip install 'pulumi_flashback[emulator]'
    """
    from pulumi_flashback.cli import emulator as work

    context.exit(work.run(options))


@commands.command(
    epilog=_examples(
        "echo 'eval \"$(flashback completion bash)\"' >> ~/.bashrc",
        "echo 'eval \"$(flashback completion zsh)\"' >> ~/.zshrc",
        "flashback completion fish > ~/.config/fish/completions/flashback.fish",
    )
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script for completion in a shell."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click has all three
    say(kind(commands, {}, "flashback", "_FLASHBACK_COMPLETE").source())
