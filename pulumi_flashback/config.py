"""Reads the settings from the stack config and the environment, and checks them."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, TypeVar

from pulumi_flashback import settings
from pulumi_flashback.client import ConfigurationError, FlashbackClient
from pulumi_flashback.client.address import base_url_problem
from pulumi_flashback.client.credentials import quoted_problem, token_problem, without_line_end
from pulumi_flashback.client.session import NO_CREDENTIALS
from pulumi_flashback.settings import ALL_SETTINGS, CREDENTIALS, WAYS_TO_SIGN_IN, Setting

LONGEST_TIMEOUT_SECONDS = 3600.0
MOST_RETRIES = 20

_Value = TypeVar("_Value")
_BOOLEANS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_CREDENTIAL_CHECKS: Final = {
    settings.TOKEN: token_problem,
    settings.REFRESH_TOKEN: token_problem,
    settings.EMAIL: quoted_problem,
}
_HINT_OF_A_PROVIDER: Final = (
    "The credentials of the Provider were not accepted: access tokens expire after one hour. Its "
    "arguments take precedence over the stack config and the FLASHBACK_* variables; give it a "
    "new token, or email and password, which do not expire, and run `pulumi up`; for destroy and "
    "refresh, which use the "
    "arguments of the last up, add --run-program"
)


@dataclass(frozen=True)
class Settings:
    base_url: str
    timeout: float  # seconds for each attempt
    max_retries: int
    allow_insecure: bool  # whether ``http://`` to another machine is accepted
    adopt_existing: bool  # whether a create may adopt an identical existing object
    credentials: Mapping[str, str] = field(repr=False)  # by the name of the setting
    problems: tuple[str, ...]  # one sentence each; missing credentials count only when needed
    credentials_hint: str | None = None  # advice for credentials given to a Provider

    @property
    def secrets(self) -> tuple[str, ...]:
        names = {setting.name for setting in ALL_SETTINGS if setting.secret}
        return tuple(value for name, value in self.credentials.items() if name in names)

    def client(self) -> FlashbackClient:
        problems = self.problems or (() if self.credentials else (NO_CREDENTIALS,))
        if problems:
            raise ConfigurationError("; ".join(problems))
        return FlashbackClient(
            self.base_url,
            token=self.credentials.get(settings.TOKEN.name),
            refresh_token=self.credentials.get(settings.REFRESH_TOKEN.name),
            email=self.credentials.get(settings.EMAIL.name),
            password=self.credentials.get(settings.PASSWORD.name),
            timeout=self.timeout,
            max_retries=self.max_retries,
            allow_insecure=self.allow_insecure,
            credentials_hint=self.credentials_hint,
        )


def read_settings(
    stack_config: Mapping[str, str],
    environment: Mapping[str, str] | None = None,
    *,
    explicit: bool = False,
) -> Settings:
    """Read all settings; invalid values are collected in ``problems`` and never quoted."""
    reader = _Reader(stack_config, os.environ if environment is None else environment, explicit)
    allow_insecure = reader.parse(settings.ALLOW_INSECURE, _boolean)
    base_url = reader.value(settings.BASE_URL) or settings.BASE_URL.default
    if problem := base_url_problem(base_url, allow_insecure):
        reader.complain(settings.BASE_URL, problem)
    return Settings(
        base_url=base_url,
        timeout=reader.parse(settings.TIMEOUT, _seconds),
        max_retries=reader.parse(settings.MAX_RETRIES, _retries),
        allow_insecure=allow_insecure,
        adopt_existing=reader.parse(settings.ADOPT_EXISTING, _boolean),
        credentials=reader.credentials(),
        problems=tuple(reader.problems),
        credentials_hint=_HINT_OF_A_PROVIDER if any(map(reader.is_argument, CREDENTIALS)) else None,
    )


class _Reader:
    def __init__(
        self, stack_config: Mapping[str, str], environment: Mapping[str, str], explicit: bool
    ) -> None:
        variables = {s: _clean(s, environment.get(s.variable, "")) for s in ALL_SETTINGS}
        written = {s: _clean(s, stack_config.get(s.key, "")) for s in ALL_SETTINGS}
        self._first, self._second = (written, variables) if explicit else (variables, written)
        self._explicit = explicit
        self.problems: list[str] = []

    def value(self, setting: Setting) -> str:
        return self._first[setting] or self._second[setting]

    def parse(self, setting: Setting, parse: Callable[[str], _Value]) -> _Value:
        try:
            return parse(self.value(setting) or setting.default)
        except ValueError as error:
            self.complain(setting, str(error))
            return parse(setting.default)

    def complain(self, setting: Setting, problem: str) -> None:
        """Record a problem under the names of both places, or of the overriding argument."""
        place = f"{setting.key} ({setting.variable})"
        if self.is_argument(setting):
            place = f"{setting.name} of the Provider"
        self.problems.append(f"{place} {problem}")

    def is_argument(self, setting: Setting) -> bool:
        return self._explicit and bool(self._first[setting])

    def credentials(self) -> dict[str, str]:
        # credentials of the other place are ignored if they are not needed: a token in it may have
        # expired or belong to another user
        complete = any(all(map(self._first.get, way)) for way in WAYS_TO_SIGN_IN)
        look_up = self._first.__getitem__ if complete else self.value
        found = {each.name: value for each in CREDENTIALS if (value := look_up(each))}
        for setting, check in _CREDENTIAL_CHECKS.items():
            if problem := check(found.get(setting.name, "")):
                variable = bool(self._first[setting]) is not self._explicit
                source = f" (read from {setting.variable if variable else setting.key})"
                self.complain(setting, problem if self.is_argument(setting) else problem + source)
        if settings.EMAIL.name in found and settings.PASSWORD.name not in found:
            self.complain(settings.PASSWORD, "is missing; an email alone cannot sign in")
        if settings.PASSWORD.name in found and settings.EMAIL.name not in found:
            self.complain(settings.EMAIL, "is missing; a password alone cannot sign in")
        return found


def as_text(value: object) -> str:
    """Return a value as stack config text; providers may get numbers and booleans."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _clean(setting: Setting, value: str) -> str:
    """Remove the line break that files and pipes add, and outer spaces except in a password."""
    value = without_line_end(value)
    return value if setting is settings.PASSWORD else value.strip()


def _boolean(text: str) -> bool:
    if text.lower() in _BOOLEANS:
        return _BOOLEANS[text.lower()]
    raise ValueError("must be true or false")


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 < (seconds := float(text)) <= LONGEST_TIMEOUT_SECONDS:
            return seconds
    raise ValueError(f"must be a number of seconds from above 0 to {LONGEST_TIMEOUT_SECONDS:g}")


def _retries(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= MOST_RETRIES:
        return int(text)
    raise ValueError(f"must be a whole number from 0 to {MOST_RETRIES}")
