"""``flashback doctor``: checks settings, network, credentials and installed programs."""

import platform
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final, Literal

import click

from pulumi_flashback.cli.connection import Configuration, run
from pulumi_flashback.cli.odd_settings import odd_settings
from pulumi_flashback.client import FlashbackClient, errors
from pulumi_flashback.client.session import NO_CREDENTIALS, claims_of
from pulumi_flashback.redaction import one_line, printable
from pulumi_flashback.settings import (
    ALL_SETTINGS,
    BASE_URL,
    CREDENTIALS,
    EMAIL,
    PASSWORD,
    REFRESH_TOKEN,
    TOKEN,
)
from pulumi_flashback.version import VERSION

OLDEST_CLI: Final = (3, 216)  # older engines do not accept inputs from a refresh


_COLORS: Final = {"ok": "green", "warn": "yellow", "fail": "red"}

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    area: str  # ``settings``, ``backend``, ``sign-in`` or ``programs``
    verdict: Verdict  # ``ok``; ``warn``: may be intended; ``fail``: must be changed
    text: str  # one line, without the value of a setting


def examine(configuration: Configuration) -> list[Finding]:
    return [*_settings(configuration), *_api(configuration), *_programs()]


def as_text(findings: Sequence[Finding]) -> str:
    lines = []
    for each in findings:
        heading = click.style(each.area, bold=True)
        if heading not in lines:
            lines.append(heading)
        verdict = click.style(each.verdict.ljust(4), fg=_COLORS[each.verdict])
        lines.append(f"  {verdict}  {printable(each.text)}")
    return "\n".join(lines)


def token_expiry(token: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(claims_of(token)["exp"], UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


def _settings(configuration: Configuration) -> Iterator[Finding]:
    credentials = configuration.settings.credentials
    for setting in ALL_SETTINGS:
        source = configuration.source(setting)
        origin = f"from {source}" if source else "default" if setting.default else "not set"
        unused = setting in CREDENTIALS and setting.name not in credentials
        if unused and source:
            origin += ", not used: the variables have another way to sign in"
        verdict: Verdict = "warn" if unused and not credentials else "ok"
        yield Finding("settings", verdict, f"{setting.key}: {origin}")
    for problem in configuration.settings.problems:
        yield Finding("settings", "fail", problem)
    for problem in odd_settings(configuration):
        yield Finding("settings", "warn", problem)


def _api(configuration: Configuration) -> Iterator[Finding]:
    if configuration.settings.problems:
        for area in ("backend", "sign-in"):
            yield Finding(area, "warn", "not checked: correct the settings first")
        return
    reachable = True
    try:
        yield _health(configuration)
    except (errors.APIConnectionError, errors.ConfigurationError) as error:
        reachable = False  # or a variable has a wrong value
        yield Finding("backend", "fail", _explained(configuration, error))
    if not configuration.settings.credentials:
        yield Finding("sign-in", "fail", NO_CREDENTIALS)
    elif not reachable:
        yield Finding("sign-in", "warn", "not checked: the backend does not respond")
    else:
        yield from _sign_in(configuration)


def _health(configuration: Configuration) -> Finding:
    settings = configuration.settings
    address = settings.base_url
    try:
        with FlashbackClient(
            address, timeout=settings.timeout, max_retries=0, allow_insecure=settings.allow_insecure
        ) as client:
            health = client.health()
    except errors.APIError as error:
        return Finding("backend", "fail", f"{address}: {error}")
    if health.status != "ok":
        return Finding("backend", "fail", f"{address} responds that it is unhealthy")
    return Finding("backend", "ok", f"{address} responds")


def _sign_in(configuration: Configuration) -> Iterator[Finding]:
    found = list(_attempts(configuration))
    if TOKEN.name in configuration.settings.credentials:
        expiry = _expiry_of_token(configuration)
        # the expiry of a rejected token does not matter
        if expiry.verdict != "ok" or all(each.verdict == "ok" for each in found):
            yield expiry
    yield from found


def _attempts(configuration: Configuration) -> Iterator[Finding]:
    """Sign in, but not with a refresh token, which the platform may accept only once."""
    credentials = dict(configuration.settings.credentials)
    refresh_token = credentials.pop(REFRESH_TOKEN.name, None)
    expiry = token_expiry(credentials.get(TOKEN.name, ""))
    expired = expiry is not None and expiry <= datetime.now(UTC)
    if refresh_token and (not credentials or (expired and PASSWORD.name not in credentials)):
        text = "not checked: the platform may accept a refresh token only once"
        yield Finding("sign-in", "warn", text)
        return
    ways = [credentials]
    if {TOKEN.name, PASSWORD.name} <= credentials.keys():
        token = {TOKEN.name: credentials.pop(TOKEN.name)}
        ways = [credentials] if expired else [token, credentials]
    outcome = _user(configuration, ways[0])
    if isinstance(outcome, errors.AuthenticationError) and len(ways) > 1:
        text = (
            f"{outcome.brief}: the access token is not accepted, and email and password replace "
            f"it. Remove or renew {configuration.place(TOKEN)}"
        )
        yield Finding("sign-in", "warn", text)
        outcome = _user(configuration, ways[1])
    if isinstance(outcome, errors.FlashbackError):
        yield Finding("sign-in", "fail", _explained(configuration, outcome))
    else:
        user, offers_ai = outcome
        yield Finding("sign-in", "ok", f"signed in as {user}")
        if not offers_ai:
            text = "has no AI models, AI keys and policies: the platform has them in TEST only"
            yield Finding("backend", "ok", text)


def _user(
    configuration: Configuration, credentials: Mapping[str, str]
) -> tuple[str, bool] | errors.FlashbackError:
    """Return who is signed in, and whether the API offers AI models."""
    settings = replace(configuration.settings, credentials=credentials, max_retries=0)
    try:
        with settings.client() as client:
            user = client.users.current()
            offers_ai = _offers_ai(client)
    except errors.FlashbackError as error:
        return error
    role = user.org_role_description or user.org_role
    details = [f"role {role}"] if role is not None else []
    details += [f"organization {user.org_id}"] if user.org_id else []
    name = user.email or user.id
    return one_line(f"{name} ({', '.join(details)})" if details else name), offers_ai


def _offers_ai(client: FlashbackClient) -> bool:
    try:
        client.ai_llms.list()
    except errors.NotFoundError:
        return False
    except errors.FlashbackError:
        pass  # the API offers them, or this is uncertain
    return True


def _explained(configuration: Configuration, error: errors.FlashbackError) -> str:
    """Return an error with advice that says where the current settings come from."""
    place = configuration.place
    if isinstance(error, errors.APIConnectionError):
        usual = error.hint == errors.APIConnectionError.hint
        text = f"{error.brief}. Check the network and {place(BASE_URL)}" if usual else str(error)
        return f"{configuration.settings.base_url}: {text}"
    if not isinstance(error, errors.AuthenticationError):
        return str(error)
    if PASSWORD.name in configuration.settings.credentials:
        return f"{error.brief}. Check {place(EMAIL)} and {place(PASSWORD)}"
    return f"{error.brief}. Set a new one in {place(TOKEN)}"


def _expiry_of_token(configuration: Configuration) -> Finding:
    expiry = token_expiry(configuration.settings.credentials[TOKEN.name])
    if expiry is None:
        return Finding("sign-in", "ok", "the access token does not say when it expires")
    when = f"{expiry:%Y-%m-%d %H:%M} UTC"
    minutes = (expiry - datetime.now(UTC)).total_seconds() / 60
    if minutes > 0:
        return Finding("sign-in", "ok", f"the access token expires at {when}, in {minutes:.0f} min")
    text = f"the access token expired at {when}"
    if len(configuration.settings.credentials) > 1:
        return Finding("sign-in", "warn", f"{text}; it is renewed")
    advice = f"Set a new one in {configuration.place(TOKEN)}, or set email and password"
    return Finding("sign-in", "fail", f"{text}. {advice}")


def _programs() -> Iterator[Finding]:
    packages = f"pulumi_flashback {VERSION}, pulumi {version('pulumi')}"
    yield Finding("programs", "ok", f"Python {platform.python_version()} with {packages}")
    oldest = ".".join(map(str, OLDEST_CLI))
    yield _program(
        ("pulumi", "version"),
        ": install the Pulumi CLI (pulumi.com/docs/install)",
        lambda found: tuple(map(int, re.findall(r"\d+", found)[:2])) >= OLDEST_CLI,
        f"is too old: {oldest} or newer is needed",
    )
    yield _program(
        ("pulumi-resource-flashback", "--version"),
        "; programs with the native resources need it: activate the virtual environment of "
        "pulumi_flashback",
        lambda found: found == VERSION,
        f"on PATH does not match this command, which belongs to {VERSION}",
    )


def _program(
    command: tuple[str, str], advice: str, is_usable: Callable[[str], bool], problem: str
) -> Finding:
    name, argument = command
    path = shutil.which(name)
    if path is None:
        return Finding("programs", "warn", f"there is no {name} on PATH{advice}")
    try:
        printed = run([path, argument], timeout=60.0).stdout
        found = re.search(r"\bv?\d+\.\d+[\w.+-]*", printed)
    except (OSError, subprocess.TimeoutExpired):
        found = None
    if found is None:
        return Finding("programs", "warn", f"{name} did not report its version")
    if not is_usable(found[0]):
        return Finding("programs", "warn", f"{name} {found[0]} {problem}")
    return Finding("programs", "ok", f"{name} {found[0]}")
