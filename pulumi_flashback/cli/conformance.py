"""``flashback conformance``: observe how the API behaves, and write a report."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from pulumi_flashback.cli.connection import read_configuration
from pulumi_flashback.cli.terminal import complain, say, table, warn
from pulumi_flashback.client import FlashbackError
from pulumi_flashback.client.identifiers import checked
from pulumi_flashback.config import Settings
from pulumi_flashback.conformance.exchanges import Wire, sign_in
from pulumi_flashback.conformance.flow import clean_up, observe_all
from pulumi_flashback.conformance.outcome import ODD, Finding, NotObserved
from pulumi_flashback.conformance.report import deviations, report_of, rows_of, settings_of
from pulumi_flashback.conformance.run import Run
from pulumi_flashback.redaction import printable

DIFFERS, COULD_NOT_RUN = 1, 2  # exit codes

_PLAN = """\
This command observes {url}
as {email}{second}.

{steps}
It triggers neither a lockout nor a rate limit, and changes and deletes nothing that it did not
create. Do not run it twice at the same time.
"""
_READ = "  - It only reads: about 50 requests. It signs in once more and signs out again.\n"
_WRITES = """\
  - It creates API keys, AI models, buckets (four at most) and repositories (five) with keys in
    {where}. All credentials are made up.
    Buckets and repositories count towards the quotas of the organization until they are deleted.
{more}  - It signs in once more and signs out again.
  - At the end, it deletes everything that it created. This takes about 350 requests and a minute
    or two.
"""
_WORKSPACES = """\
  - It creates at most six workspaces, whose names begin with flashback-conformance. The platform
    only hides deleted workspaces; one of them keeps a made-up key if the platform allows that.
  - It creates policies that apply to one of these workspaces alone.
"""
_SECOND = "  - It makes the second user a member of these workspaces, in several roles.\n"
_USERS = """\
  - It creates a user of the organization (an address of example.com, without an invitation), and
    deletes it. The platform may keep deleted users, and count them.
"""


_NOT_DESCRIBED = (
    "responses were not compared with the description of the API; to do that as well, install "
    "pulumi_flashback[emulator]"
)


class CouldNotRunError(click.ClickException):
    """The command ended before it had observed anything."""

    exit_code = COULD_NOT_RUN


def prepare(
    exit_stack: ExitStack,
    stack: str | None,
    second: tuple[str, str] | None,
    options: dict[str, Any],
) -> tuple[Run, Settings]:
    """Sign in; return a run that has not begun."""
    settings = read_configuration(stack).settings
    workspace_id = options["workspace_id"]
    try:
        checked("--workspace", *([] if workspace_id is None else [workspace_id]))
        first = sign_in("first", exit_stack.enter_context(settings.client()), _login(settings))
    except FlashbackError as error:
        raise CouldNotRunError(str(error)) from None
    if second is None:
        return Run(Wire(first), **options), settings
    credentials = dict(zip(("email", "password"), second, strict=True))
    client = exit_stack.enter_context(replace(settings, credentials=credentials).client())
    try:
        account = sign_in("second", client, second)
    except FlashbackError as error:
        raise CouldNotRunError(
            f"cannot sign in as the second user: {error.brief}. Check --second-email and "
            "--second-password"
        ) from None
    if account.id == first.id:
        raise CouldNotRunError("the second user is the first one; give another --second-email")
    return Run(Wire(first, account), **options), settings


def _login(settings: Settings) -> tuple[str, str] | None:
    """Return the email and password if nothing else was used to sign in, so that they are valid."""
    given = settings.credentials
    only = given.keys() == {"email", "password"}
    return (given["email"], given["password"]) if only else None


def plan(run: Run, url: str) -> str:
    """Return a description of what the command is going to do, for the user."""
    first, second = run.first, run.wire.second
    where = f"workspace {run.given_workspace}" if run.given_workspace else "workspaces of its own"
    own = run.given_workspace is None
    more = "".join(
        text
        for text, wanted in (
            (_WORKSPACES, own),
            (_SECOND, own and second),
            (_USERS, run.may_create_users),
        )
        if wanted
    )
    return _PLAN.format(
        url=url,
        email=printable(first.email or first.id),
        second=f" and {printable(second.email or second.id)}" if second else "",
        steps=_READ if run.read_only else _WRITES.format(where=where, more=more),
    )


def remove_leftovers(run: Run, *, ask: bool) -> None:
    """Report what an earlier run left behind, and delete it."""
    found = [] if run.read_only else run.scratch.found()
    if not found:
        return
    names = "".join(f"  {printable(str(each))}\n" for each in found)
    say(f"An interrupted run left behind:\n{names}", error=True)
    if ask:
        click.confirm("Delete this?", abort=True, err=True)
    for problem in run.scratch.delete(found):
        warn(f"could not delete {problem}")


def observe(run: Run) -> tuple[list[Finding], bool]:
    """Observe everything and always clean up; return the findings, and whether all was deleted."""
    clean = False
    with _terminated_like_interrupted():
        try:
            _begin(run)
            findings = observe_all(run, _progress)
        except FlashbackError as error:
            raise CouldNotRunError(str(error)) from None
        finally:
            if sys.stderr.isatty():
                say("\r\x1b[Kcleaning up", error=True)
            clean = _clean_up(run)
    return findings, clean


def _begin(run: Run) -> None:
    run.wire.step = "workspace"
    if run.read_only:
        _read_given_workspace(run)
        return
    try:
        _ = run.workspace
    except (NotObserved, *ODD) as failure:
        raise CouldNotRunError(
            f"cannot create API keys for the observations: {failure}. Give --workspace ID of a "
            "workspace that you may write to, or --read-only"
        ) from None


def _read_given_workspace(run: Run) -> None:
    """Refuse a workspace that cannot be read: each of its lists would seem to differ."""
    if run.given_workspace is None:
        return
    reply = run.send("GET /workspace/{id}", run.given_workspace)
    if not reply.ok:
        raise CouldNotRunError(f"cannot read the workspace: {reply.failure()}. Check --workspace")


def _clean_up(run: Run) -> bool:
    try:
        problems = clean_up(run)
    except KeyboardInterrupt:
        complain("interrupted during the cleanup; run the same command again to delete the rest")
        raise
    except FlashbackError as error:
        problems = [str(error)]
    for problem in problems:
        complain(f"left behind: {problem}; run the same command again to delete it")
    return not problems


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _progress(number: int, count: int, behavior: str) -> None:
    line = f"[{number}/{count}] {behavior}"
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{line}", err=True, nl=False)
    elif number % 10 == 0 or number == count:
        say(line, error=True)


def finish(
    run: Run, findings: Sequence[Finding], url: str, settings: Path | None, report: Path | None
) -> int:
    """Show and write the findings; return the exit code."""
    rows = [[printable(cell) for cell in row] for row in rows_of(findings)]
    say(table(("", "BEHAVIOR", "EXPECTED", "OBSERVED"), rows))
    described = deviations(run.wire.exchanges)
    if described is None:
        warn(_NOT_DESCRIBED)
    for text in described or ():
        warn(f"differs from the description of the API: {text}")
    differing = sum(each.differs for each in findings)
    unknown = sum(bool(each.reason) for each in findings)
    say(
        f"\n{len(findings) - differing - unknown} as expected, {differing} different, {unknown} "
        f"not observed; {len(run.wire.exchanges)} requests"
    )
    if settings is not None:
        _write(settings, settings_of(findings))
    if report is not None:
        _write(report, report_of(run, findings, url))
    return DIFFERS if differing or described else 0


def _write(path: Path, content: dict[str, Any]) -> None:
    try:
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise CouldNotRunError(f"cannot write {path}: {error.strerror}") from None
    say(f"Wrote {printable(str(path))}")
