"""``python -m pulumi_flashback.emulator``: run the backend until it is interrupted."""

from __future__ import annotations

import argparse
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from pulumi_flashback.emulator import Emulator

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


_DATA = "database file, made if missing; without it all is in memory"
_SET = "change a setting; can be given several times"
_TOKEN_HOURS = "life of the access token that is printed (default 720)"  # noqa: S105


def main(arguments: list[str] | None = None) -> int:
    """Run the emulator; return the exit code."""
    try:
        return _run(_parser().parse_args(arguments))
    except KeyboardInterrupt:  # while it is still starting
        return 130


def _run(options: argparse.Namespace) -> int:
    try:
        from pulumi_flashback.emulator import Emulator, settings
    except ModuleNotFoundError as error:
        return _complain(f"{error.name} is missing: pip install 'pulumi_flashback[emulator]'")
    if options.list_settings:
        print(settings.describe_settings())  # noqa: T201
        return 0
    try:
        chosen = settings.parse_settings(options.set)
        emulator = Emulator(
            chosen,
            data=options.data,
            host=options.host,
            port=options.port,
            log=not options.quiet,
            faults=options.faults,
        )
    except (OSError, OverflowError) as error:
        return _complain(f"cannot start: {_words(error)}; choose another --port or --data")
    except sqlite3.Error as error:
        return _complain(f"cannot use {options.data}: {error}; choose another --data")
    except ValueError as error:
        return _complain(str(error))
    return _serve(emulator, options.token_hours)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}; see --help\n")


def _hours(text: str) -> float:
    hours = float(text)
    if not 0 < hours < 1e6:
        raise ValueError(text)
    return hours


_hours.__name__ = "number of hours"  # argparse shows it


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m pulumi_flashback.emulator",
        description="A Flashback backend on this machine, with a demo user and two workspaces.",
    )
    add = parser.add_argument
    add("--port", type=int, default=8080, help="0 for a free one (default 8080)")
    add("--host", default="127.0.0.1", help="address (default 127.0.0.1)")
    add("--data", type=Path, help=_DATA)
    add("--set", action="append", default=[], metavar="NAME=VALUE", help=_SET)
    add("--token-hours", type=_hours, default=30 * 24, help=_TOKEN_HOURS)
    add("--list-settings", action="store_true", help="show all settings and end")
    add("--faults", action="store_true", help="take faults to make, over POST /_faults")
    add("--quiet", action="store_true", help="no line for each request")
    return parser


def _serve(emulator: Emulator, token_hours: float) -> int:
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
        print(introduction, flush=True)  # noqa: T201
        while not received:
            time.sleep(0.05)
            if not emulator.running:
                return _complain("the server has ended unexpectedly")
    return 0


def _words(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)


def _complain(text: str) -> int:
    print(f"error: {text}", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
