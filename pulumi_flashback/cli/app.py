"""The commands. They load the client only when needed: shells run this module on each tab key."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from pulumi_flashback.cli import inventory
from pulumi_flashback.cli.options import config_of, examples, output, yes
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

    The command uses the provider's settings: the FLASHBACK_* variables and, with --config-of, the
    config of a Pulumi stack. No command prints a secret or needs one as an argument.

    Exit codes: 0 success; 1 failure (one line on standard error says why), or `doctor` or
    `conformance` found a problem; 2 wrong arguments, or `conformance` could not run or could not
    delete what it created; 3 `orphans --exit-code` found orphans; 130 interrupted.
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

    Shows where each setting comes from (never its value), problems with the settings of the Pulumi
    project in the current directory, whether the API responds and offers AI models, who is signed
    in, when the token expires, and the versions of the programs on `PATH`.

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

    The program declares the workspace with its members, API keys, buckets, AI models, repositories
    and policies. The command also writes the list for `pulumi import --file`, and prints the
    commands to run next. It changes nothing on the platform, and no file contains a secret: the
    program reads credentials from the config of the stack.
    """
    from pulumi_flashback.cli.connection import connected
    from pulumi_flashback.cli.importing.files import write_all
    from pulumi_flashback.cli.importing.found import collect
    from pulumi_flashback.cli.importing.guide import guide
    from pulumi_flashback.cli.importing.programs import CREDENTIALS_FILE, FILES

    with waiting("reading the workspace"), connected(stack) as context:
        resources = collect(context, workspace_id)
    texts = FILES[language](resources)
    write_all(out, texts, force=force, private=[CREDENTIALS_FILE])
    say(guide(out, language, list(texts), resources))


@commands.command(
    epilog=examples(
        "flashback conformance",
        "flashback conformance --read-only --yes",
        "flashback conformance --settings settings.json --report report.json",
        "flashback emulator --like settings.json",
    )
)
@yes
@click.option(
    "--workspace",
    "workspace_id",
    metavar="ID",
    help="Create objects in this workspace only, and no policy. Without it, the command creates "
    "workspaces of its own, whose names begin with flashback-conformance.",
)
@click.option("--read-only", is_flag=True, help="Send only requests that read.")
@click.option(
    "--second-email",
    envvar="FLASHBACK_SECOND_EMAIL",
    metavar="EMAIL",
    help="A second user of the organization, to observe roles and members; preferably with the "
    "role USER. Variable: FLASHBACK_SECOND_EMAIL.",
)
@click.option(
    "--second-password",
    envvar="FLASHBACK_SECOND_PASSWORD",
    metavar="PASSWORD",
    help="The password of the second user. Prefer the variable FLASHBACK_SECOND_PASSWORD: other "
    "users of this machine can see arguments.",
)
@click.option(
    "--organization-users",
    is_flag=True,
    help="Also create a user of the organization, and delete it. Requires a role that manages "
    "users.",
)
@click.option(
    "--settings",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Write the observed settings, for `flashback emulator --like FILE`.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Write a report that can be attached to a public issue.",
)
@config_of
@click.pass_context
def conformance(
    context: click.Context,
    /,
    yes: bool,
    workspace_id: str | None,
    second_email: str | None,
    second_password: str | None,
    settings: Path | None,
    report: Path | None,
    stack: str | None,
    **options: bool,
) -> None:
    """Observe API behavior that the documentation leaves open.

    Shows what it will do, and prompts for confirmation. It then calls every operation that the
    provider uses, with made-up credentials, and compares what the API does with what the provider
    assumes. At the end it deletes what it created, even after Ctrl-C; if it is killed, the next run
    does that. With the extra `emulator` installed, it also compares every response with the
    description of the API.

    Exit code 0 if the API does what the provider assumes, 1 if a behavior or a response differs, 2
    if the command could not run or could not delete what it created.
    """
    from contextlib import ExitStack
    from tempfile import TemporaryFile

    from pulumi_flashback.cli import conformance as work

    if bool(second_email) != bool(second_password):
        raise click.UsageError("pass both --second-email and --second-password, or neither")
    for path in filter(None, (settings, report)):
        try:  # click has already checked an existing file
            if not path.exists():
                TemporaryFile(dir=path.absolute().parent).close()
        except OSError as error:
            text = f"cannot write {path}: {error.strerror}; name another file"
            raise click.UsageError(text) from None
    if settings and report and settings.absolute() == report.absolute():
        raise click.UsageError("--settings and --report name the same file; name two files")
    if not yes and not sys.stdin.isatty():
        raise click.UsageError("cannot prompt in a non-interactive session; pass --yes")
    second = (second_email, second_password) if second_email and second_password else None
    with ExitStack() as clients:
        given = {"workspace_id": workspace_id, **options}
        run, configuration = work.prepare(clients, stack, second, given)
        say(work.plan(run, configuration.base_url), error=True)
        if not yes:
            click.confirm("Continue?", abort=True, err=True)
        work.remove_leftovers(run, ask=not yes)
        findings, clean = work.observe(run)
        code = work.finish(run, findings, configuration.base_url, settings, report)
        context.exit(code if clean else work.COULD_NOT_RUN)


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
