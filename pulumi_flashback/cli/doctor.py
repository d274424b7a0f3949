"""``flashback doctor``: what works, and what is in the way."""

from __future__ import annotations

import base64
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal

import click

from pulumi_flashback.cli.config_files import clear_text, odd_entries, odd_key, odd_variable
from pulumi_flashback.cli.connection import Configuration
from pulumi_flashback.client import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    ConfigurationError,
    CurrentUser,
    FlashbackClient,
    FlashbackError,
)
from pulumi_flashback.client.session import NO_CREDENTIALS
from pulumi_flashback.redaction import one_line, printable
from pulumi_flashback.settings import (
    ALL_SETTINGS,
    BASE_URL,
    EMAIL,
    PASSWORD,
    REFRESH_TOKEN,
    TOKEN,
    Setting,
)

OLDEST_CLI: Final = (3, 216)
"""Older engines do not take inputs from a refresh."""

PLUGIN: Final = "pulumi-resource-flashback"
ANSWER_SECONDS = 60.0
"""How long a program may take to tell its version."""

CREDENTIALS: Final = (TOKEN, REFRESH_TOKEN, EMAIL, PASSWORD)
_COLORS: Final = {"ok": "green", "warn": "yellow", "fail": "red"}

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        area: ``settings``, ``backend``, ``sign-in`` or ``programs``.
        verdict: ``ok``; ``warn`` for what may be meant so; ``fail`` for what is in the way.
        text: One line, without the value of a setting.
    """

    area: str
    verdict: Verdict
    text: str


def examine(configuration: Configuration) -> list[Finding]:
    """Look at everything."""
    return [*_settings(configuration), *_platform(configuration), *_programs()]


def is_well(findings: Sequence[Finding]) -> bool:
    """Say whether nothing is in the way."""
    return all(each.verdict != "fail" for each in findings)


def as_json(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Return findings as plain values."""
    return [asdict(each) for each in findings]


def as_text(findings: Sequence[Finding]) -> str:
    """Return findings as a text for people."""
    lines = []
    area = ""
    for each in findings:
        if each.area != area:
            area = each.area
            lines.append(click.style(area, bold=True))
        verdict = click.style(each.verdict.ljust(4), fg=_COLORS[each.verdict])
        lines.append(f"  {verdict}  {printable(each.text)}")
    return "\n".join(lines)


def token_expiry(token: str) -> datetime | None:
    """Return until when an access token says that it is valid; None where it does not say it."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return datetime.fromtimestamp(claims["exp"], timezone.utc)
    except (IndexError, KeyError, TypeError, ValueError, OverflowError, OSError, RecursionError):
        return None


def _settings(configuration: Configuration) -> Iterator[Finding]:
    for option in ALL_SETTINGS:
        origin = _origin(configuration, option)
        missing = option in CREDENTIALS and not configuration.settings.credentials
        yield Finding("settings", "warn" if missing else "ok", f"{option.key}: {origin}")
    for problem in configuration.settings.problems:
        yield Finding("settings", "fail", problem)
    for problem in _oddities(configuration):
        yield Finding("settings", "warn", problem)


def _origin(configuration: Configuration, option: Setting) -> str:
    origin = configuration.origin(option)
    in_force = option not in CREDENTIALS or option.name in configuration.settings.credentials
    if origin == "not set" or in_force:
        return origin
    return f"{origin}, not used: the variables have another way to sign in"


def _oddities(configuration: Configuration) -> Iterator[str]:
    """Find what is probably not meant, although nothing is certainly wrong with it."""
    for option in ALL_SETTINGS:
        place, value = configuration.place(option), configuration.written(option)
        if value != value.rstrip("\r\n"):
            yield f"{place} ends with a line break. Set it without"
        text = value.strip()
        if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
            yield f"{place} begins and ends with a quotation mark. Set it without"
    yield from filter(None, map(odd_variable, sorted(os.environ)))
    in_files = dict(odd_entries(Path.cwd()))
    yield from in_files.values()
    stack = configuration.stack or ""
    for key in sorted(configuration.stack_config):
        problem = odd_key(key)
        if key in configuration.in_clear_text:
            problem = problem or clear_text(key, f" --stack {shlex.quote(stack)}")
        if problem and key not in in_files:
            yield f"config of stack {stack}: {problem}"


def _platform(configuration: Configuration) -> Iterator[Finding]:
    if configuration.settings.problems:
        for area in ("backend", "sign-in"):
            yield Finding(area, "warn", "not tried: the settings come first")
        return
    signed_in = bool(configuration.settings.credentials)
    reachable = True
    try:
        yield _health(configuration)
    except APIConnectionError as error:
        reachable = False
        yield Finding("backend", "fail", _explained(configuration, error))
    except ConfigurationError as error:  # a variable for proxies or certificates
        reachable = False
        yield Finding("backend", "fail", str(error))
    if not signed_in:
        yield Finding("sign-in", "fail", NO_CREDENTIALS)
    elif not reachable:
        yield Finding("sign-in", "warn", "not tried: the backend comes first")
    else:
        yield from _sign_in(configuration)


def _health(configuration: Configuration) -> Finding:
    settings = configuration.settings
    address = settings.base_url
    try:
        with FlashbackClient(
            address,
            timeout=settings.timeout,
            max_retries=0,
            allow_insecure=settings.allow_insecure,
        ) as client:
            health = client.health()
    except APIError as error:
        return Finding("backend", "fail", f"{address}: {error}")
    if health.status != "ok":
        return Finding("backend", "fail", f"{address} answers that it is not well")
    return Finding("backend", "ok", f"{address} answers")


def _sign_in(configuration: Configuration) -> Iterator[Finding]:
    found = list(_tried(configuration))
    if TOKEN.name in configuration.settings.credentials:
        expiry = _expiry_of_token(configuration)
        # a token that is not accepted is not well, however long it is valid
        if expiry.verdict != "ok" or all(each.verdict == "ok" for each in found):
            yield expiry
    yield from found


def _tried(configuration: Configuration) -> Iterator[Finding]:
    """Sign in, and say so if the token is not what signs in.

    The refresh token is left alone: the platform may accept it only once.
    """
    credentials = configuration.settings.credentials
    without = {name: value for name, value in credentials.items() if name != REFRESH_TOKEN.name}
    expiry = token_expiry(credentials.get(TOKEN.name, ""))
    expired = expiry is not None and expiry <= datetime.now(timezone.utc)
    if without != credentials and (not without or (expired and PASSWORD.name not in without)):
        text = "not tried: the platform may accept a refresh token only once"
        yield Finding("sign-in", "warn", text)
        return
    ways = [without]
    if {TOKEN.name, PASSWORD.name} <= without.keys():
        token = {TOKEN.name: without.pop(TOKEN.name)}
        ways = [without] if expired else [token, without]
    outcome = _user(configuration, ways[0])
    if isinstance(outcome, AuthenticationError) and len(ways) > 1:
        text = (
            f"{outcome.brief}: the access token is not accepted, and email and password replace "
            f"it. Remove or renew {configuration.place(TOKEN)}"
        )
        yield Finding("sign-in", "warn", text)
        outcome = _user(configuration, ways[1])
    if isinstance(outcome, FlashbackError):
        yield Finding("sign-in", "fail", _explained(configuration, outcome))
    else:
        yield Finding("sign-in", "ok", f"signed in as {_person(outcome)}")


def _user(
    configuration: Configuration, credentials: Mapping[str, str]
) -> CurrentUser | FlashbackError:
    """Sign in, without a second attempt; return who that is, or why it fails."""
    hasty = replace(configuration.settings, credentials=credentials, max_retries=0)
    try:
        with hasty.client() as client:
            return client.users.current()
    except FlashbackError as error:
        return error


def _explained(configuration: Configuration, error: FlashbackError) -> str:
    """Return an error with advice that names the places of the settings in force."""
    place = configuration.place
    if isinstance(error, APIConnectionError):
        advice = f"Check the network and {place(BASE_URL)}" if error.hint else ""
        text = f"{configuration.settings.base_url}: {error.brief}"
        return f"{text}. {advice}" if advice else text
    if not isinstance(error, AuthenticationError):
        return str(error)
    credentials = configuration.settings.credentials
    if PASSWORD.name in credentials:
        return f"{error.brief}. Check {place(EMAIL)} and {place(PASSWORD)}"
    return f"{error.brief}. Set a new one in {place(TOKEN)}"


def _expiry_of_token(configuration: Configuration) -> Finding:
    expiry = token_expiry(configuration.settings.credentials[TOKEN.name])
    if expiry is None:
        return Finding("sign-in", "ok", "the access token does not say when it expires")
    when = f"{expiry:%Y-%m-%d %H:%M} UTC"
    minutes = (expiry - datetime.now(timezone.utc)).total_seconds() / 60
    if minutes > 0:
        return Finding("sign-in", "ok", f"the access token expires at {when}, in {minutes:.0f} min")
    if len(configuration.settings.credentials) > 1:
        return Finding("sign-in", "warn", f"the access token expired at {when}; it is renewed")
    text = (
        f"the access token expired at {when}. Set a new one in {configuration.place(TOKEN)}, or "
        "set email and password"
    )
    return Finding("sign-in", "fail", text)


def _person(user: CurrentUser) -> str:
    role = user.org_role_description or user.org_role
    details = [f"role {role}"] if role is not None else []
    details += [f"organization {user.org_id}"] if user.org_id else []
    name = user.email or user.id
    return one_line(f"{name} ({', '.join(details)})" if details else name)


def _programs() -> Iterator[Finding]:
    packages = ", ".join(f"{name} {version(name)}" for name in ("pulumi_flashback", "pulumi"))
    yield Finding("programs", "ok", f"Python {platform.python_version()} with {packages}")
    yield _cli()
    yield _plugin()


def _cli() -> Finding:
    if shutil.which("pulumi") is None:
        text = "there is no pulumi on PATH: install the Pulumi CLI (pulumi.com/docs/install)"
        return Finding("programs", "warn", text)
    found = _version_of("pulumi", "version")
    if found is None:
        return Finding("programs", "warn", "pulumi does not say its version")
    if tuple(int(number) for number in re.findall(r"\d+", found)[:2]) < OLDEST_CLI:
        wanted = ".".join(map(str, OLDEST_CLI))
        return Finding("programs", "warn", f"pulumi {found} is too old: {wanted} or newer")
    return Finding("programs", "ok", f"pulumi {found}")


def _plugin() -> Finding:
    if shutil.which(PLUGIN) is None:
        text = (
            f"there is no {PLUGIN} on PATH; programs with the native resources need it: activate "
            "the virtual environment of pulumi_flashback"
        )
        return Finding("programs", "warn", text)
    found = _version_of(PLUGIN, "--version")
    if found is None:
        return Finding("programs", "warn", f"{PLUGIN} does not say its version")
    ours = version("pulumi_flashback")
    if found != ours:
        text = f"{PLUGIN} on PATH is {found}, but this command belongs to {ours}"
        return Finding("programs", "warn", text)
    return Finding("programs", "ok", f"{PLUGIN} {found}")


def _version_of(program: str, argument: str) -> str | None:
    """Return the version that a program on PATH prints, or None."""
    environment: dict[str, Any] = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run(  # noqa: S603 - the user's own programs
            [shutil.which(program) or program, argument],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=environment,
            timeout=ANSWER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\bv?\d+\.\d+[\w.+-]*", done.stdout)
    return found[0] if found else None
