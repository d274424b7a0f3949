"""``flashback emulator``, or ``python -m pulumi_flashback.emulator``: run the emulator."""

from __future__ import annotations

import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pulumi_flashback.cli.options import examples
from pulumi_flashback.cli.terminal import complain

if TYPE_CHECKING:
    from pulumi_flashback.emulator import Emulator
    from pulumi_flashback.emulator.seed import Seed

_INTRODUCTION = """\
Flashback emulator at {url}

  email        {email}
  password      {password}
  workspaces    {workspace}, {second}
  access token  {token}
                (valid for {life})

With Pulumi:

  export FLASHBACK_BASE_URL={url} FLASHBACK_EMAIL={email} FLASHBACK_PASSWORD={password}

By hand:

  TOKEN={token}
  curl '{url}/apikeys?workspaceId={workspace}' -H "Authorization: Bearer $TOKEN"
"""


@click.command(
    epilog=examples(
        "flashback emulator",
        "flashback emulator --port 0 --data flashback.db --quiet",
        "flashback emulator --seed team.yaml",
        "flashback emulator --set in_use_status=403",
        "flashback emulator --like settings.json",
    )
)
@click.option(
    "--port", type=int, default=8080, show_default=True, help="The port; 0 for a free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Database file, created if it is missing; without it, all data is in memory.",
)
@click.option(
    "--seed",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="YAML file with users, workspaces and keys for a new emulator. Rejected if the file of "
    "--data already contains data.",
)
@click.option(
    "--like",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Behave like the API that `flashback conformance --settings FILE` observed.",
)
@click.option(
    "--set",
    "choices",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change a setting of the emulator; takes precedence over --like. Can be repeated.",
)
@click.option(
    "--token-hours",
    type=float,
    default=720,
    show_default=True,
    metavar="HOURS",
    help="Lifetime of the access token that is printed.",
)
@click.option("--list-settings", is_flag=True, help="Show all settings of the emulator and exit.")
@click.option("--faults", is_flag=True, help="Accept faults to inject, over POST /_faults.")
@click.option("--quiet", is_flag=True, help="Do not log requests.")
@click.pass_context
def command(
    context: click.Context,
    port: int,
    host: str,
    data: Path | None,
    seed: Path | None,
    like: Path | None,
    choices: tuple[str, ...],
    token_hours: float,
    list_settings: bool,
    faults: bool,
    quiet: bool,
) -> None:
    """Run an emulator of the Flashback API on this machine.

    It has a demo user and two workspaces, and prints how to sign in. Needs the extra `emulator`:
    pip install 'pulumi_flashback[emulator]'
    """
    if not 0 < token_hours < 1e6:
        raise click.BadParameter("must be a number of hours above 0", param_hint="--token-hours")
    try:
        from pulumi_flashback.emulator import Emulator, settings
    except ModuleNotFoundError:
        raise click.ClickException(
            "the emulator is not installed; run pip install 'pulumi_flashback[emulator]'"
        ) from None
    if list_settings:
        click.echo(settings.describe_settings())
        return
    try:
        observed = settings.read_settings(like) if like else None
        chosen = settings.parse_settings(choices, observed)
        seeded = _read(seed) if seed else None
        emulator = Emulator(
            chosen, data=data, seed=seeded, host=host, port=port, log=not quiet, faults=faults
        )
    except (OSError, OverflowError) as error:
        text = f"cannot start: {getattr(error, 'strerror', None) or error}"
        raise click.ClickException(f"{text}; choose another --port or --data") from None
    except sqlite3.Error as error:
        raise click.ClickException(f"cannot use {data}: {error}; choose another --data") from None
    except ValueError as error:
        *others, last = str(error).splitlines()
        for line in others:
            complain(line)
        raise click.ClickException(last) from None
    _serve(emulator, token_hours)


def _read(path: Path) -> Seed:
    # imported here, because it loads the Pulumi SDK
    from pulumi_flashback.emulator.seed_file import read_seed

    return read_seed(path)


def main(arguments: list[str] | None = None) -> int:
    """Run the emulator as ``flashback emulator`` does; return the exit code."""
    from pulumi_flashback.cli.__main__ import main

    return main(["emulator", *(sys.argv[1:] if arguments is None else arguments)])


def _serve(emulator: Emulator, token_hours: float) -> None:
    received: list[int] = []  # an Event's lock could be held by the very code that is interrupted
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: received.append(number))
    with emulator:
        introduction = _INTRODUCTION.format(
            url=emulator.base_url,
            email=emulator.email,
            password=emulator.password,
            workspace=emulator.workspace_id,
            second=emulator.second_workspace_id,
            token=emulator.issue_token(seconds=token_hours * 3600),
            life=f"{token_hours:g} hours",
        )
        click.echo(introduction)
        while not received:
            time.sleep(0.05)
            if not emulator.running:
                raise click.ClickException("the server has ended unexpectedly")


if __name__ == "__main__":
    sys.exit(main())
