"""``python -m pulumi_flashback.emulator``: run the backend until it is interrupted."""

from __future__ import annotations

import argparse
import signal
import sqlite3
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_flashback.emulator.server import Emulator

_INTRODUCTION = """\
Flashback emulator at {url}

  e-mail        {email}
  password      {password}
  workspaces    {workspace}, {second}
  access token  {token}

With Pulumi:

  export FLASHBACK_BASE_URL={url} FLASHBACK_EMAIL={email} FLASHBACK_PASSWORD={password}

By hand:

  curl '{url}/apikeys?workspaceId={workspace}' -H "Authorization: Bearer $TOKEN"
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the emulator; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        from pulumi_flashback.emulator import settings
        from pulumi_flashback.emulator.server import Emulator
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
    return _serve(emulator)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pulumi_flashback.emulator",
        description="A Flashback backend on this machine, with a demo user and two workspaces.",
    )
    parser.add_argument("--port", type=int, default=8080, help="0 for a free one (default 8080)")
    parser.add_argument("--host", default="127.0.0.1", help="address (default 127.0.0.1)")
    parser.add_argument(
        "--data", type=Path, help="database file, made if missing; without it all is in memory"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="change a setting; can be given several times",
    )
    parser.add_argument("--list-settings", action="store_true", help="show all settings and end")
    parser.add_argument(
        "--faults", action="store_true", help="take faults to make, over POST /_faults"
    )
    parser.add_argument("--quiet", action="store_true", help="no line for each request")
    return parser


def _serve(emulator: Emulator) -> int:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with emulator:
        introduction = _INTRODUCTION.format(
            url=emulator.base_url,
            email=emulator.email,
            password=emulator.password,
            workspace=emulator.workspace_id,
            second=emulator.second_workspace_id,
            token=emulator.token,
        )
        print(introduction, flush=True)  # noqa: T201
        while not stop.wait(0.5):
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
