"""The commands. They import what loads the client late: shells run this for each tab key."""

from dataclasses import asdict
from pathlib import Path

import click

from pulumi_flashback.cli import inventory
from pulumi_flashback.cli.options import config_of, examples, output
from pulumi_flashback.cli.terminal import say, show, waiting
from pulumi_flashback.emulator.__main__ import command as emulator


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "export FLASHBACK_EMAIL=ci@example.com FLASHBACK_PASSWORD=...",
        "flashback doctor",
        "flashback workspaces list",
        "flashback import WORKSPACE_ID --out my-workspace",
    ),
)
@click.version_option(package_name="pulumi_flashback", prog_name="flashback")
def commands() -> None:
    """Inspect a Flashback account and import existing resources.

    Settings are those of the provider: the FLASHBACK_* variables and, with --config-of, the config
    of a Pulumi stack. No command prints a secret, or takes one as an argument.

    Exit codes: 0 done, 1 failed (one line on the standard error says why), 2 wrong arguments, 130
    interrupted.
    """


@commands.command(
    epilog=examples(
        "flashback doctor",
        "flashback doctor --config-of dev",
        "flashback doctor --output json | jq '.[] | select(.verdict == \"fail\")'",
    )
)
@config_of
@output("text")
@click.pass_context
def doctor(context: click.Context, stack: str | None, output: str) -> None:
    """Check settings, network, credentials and programs.

    Shows where each setting comes from (never its value), what looks wrong with settings in the
    Pulumi project of the current directory, whether the API responds, who is signed in, when the
    token expires, and the versions of the programs on PATH.

    Exit code 0 if nothing failed; warnings do not count. 1 if settings are wrong, the API does not
    respond, or it does not accept the credentials.
    """
    from pulumi_flashback.cli import doctor as work
    from pulumi_flashback.cli.connection import read_configuration

    with waiting("checking"):
        findings = work.examine(read_configuration(stack))
    show(output, [asdict(each) for each in findings], work.as_text(findings))
    context.exit(1 if any(each.verdict == "fail" for each in findings) else 0)


@commands.command(
    "import",
    epilog=examples(
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
    help="The directory to write to; created if it is missing.",
)
@click.option(
    "--language",
    type=click.Choice(["python", "yaml"]),
    default="python",
    show_default=True,
    help="The language of the program.",
)
@click.option("--force", is_flag=True, help="Overwrite files of the same names.")
@config_of
def import_workspace(
    workspace_id: str, out: Path, language: str, force: bool, stack: str | None
) -> None:
    """Write a program for an existing workspace.

    Writes a program that declares the workspace with its members and keys, and the list for
    `pulumi import --file`; prints the commands to run next. Nothing on the platform changes, and no
    file contains a secret: both halves of each key are read from the config of the stack.
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


commands.add_command(inventory.workspaces)
commands.add_command(inventory.keys)
commands.add_command(inventory.orphans)
commands.add_command(emulator, "emulator")


@commands.command(
    epilog=examples(
        "echo 'eval \"$(flashback completion bash)\"' >> ~/.bashrc",
        "echo 'eval \"$(flashback completion zsh)\"' >> ~/.zshrc",
        "flashback completion fish > ~/.config/fish/completions/flashback.fish",
    )
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click has all three
    say(kind(commands, {}, "flashback", "_FLASHBACK_COMPLETE").source())
