"""The entry point of ``flashback`` and ``python -m pulumi_flashback.cli``; errors are one line."""

import io
import sys
from collections.abc import Sequence

import click
from click.exceptions import NoArgsIsHelpError

from pulumi_flashback.cli.app import commands
from pulumi_flashback.cli.terminal import complain

INTERRUPTED = 130  # the exit code that shells report for a command that Ctrl-C ended


def main(arguments: Sequence[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a terminal without Unicode shows escapes instead of failing
            stream.reconfigure(errors="backslashreplace")
    try:
        return commands.main(arguments, prog_name="flashback", standalone_mode=False) or 0
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        text = error.format_message().rstrip(".")
        context = error.ctx if isinstance(error, click.UsageError) else None
        complain(f"{text}; see `{context.command_path} --help`" if context else text)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the guard of the process
        # imported here, because they load the client, which most runs do not need
        from pulumi_flashback.client import FlashbackError
        from pulumi_flashback.core.operations import unexpected

        complain(str(error) if isinstance(error, FlashbackError) else unexpected(error))
        return 1


if __name__ == "__main__":
    sys.exit(main())
