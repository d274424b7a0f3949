"""Reads the settings: where each comes from, and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from pulumi_flashback.client import (
    DEFAULT_BASE_URL,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT_SECONDS,
    ConfigurationError,
    FlashbackClient,
)
from pulumi_flashback.client.address import base_url_problem
from pulumi_flashback.client.credentials import (
    quoted_problem,
    token_problem,
    without_line_end,
)
from pulumi_flashback.client.session import NO_CREDENTIALS
from pulumi_flashback.options import (
    ADOPT_EXISTING,
    ALLOW_INSECURE,
    BASE_URL,
    EMAIL,
    MAX_RETRIES,
    OPTIONS,
    PASSWORD,
    REFRESH_TOKEN,
    TIMEOUT,
    TOKEN,
    Option,
)

LONGEST_TIMEOUT_SECONDS = 3600.0
MOST_RETRIES = 20

_Value = TypeVar("_Value")
_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})


_METHODS: Final = ((TOKEN,), (REFRESH_TOKEN,), (EMAIL, PASSWORD))
_HINT_OF_A_PROVIDER: Final = (
    "The credentials of the Provider were not accepted: access tokens live one hour. Its arguments "
    "win over the stack config and the FLASHBACK_* variables; give it a new token, or email and "
    "password, which renew themselves, and run `pulumi up`; for destroy and refresh, which use the "
    "arguments of the last up, add --run-program"
)


@dataclass(frozen=True)
class Settings:
    """The settings in force, read and checked.

    Attributes:
        base_url: Address of the backend.
        timeout: Seconds for one attempt.
        max_retries: How often a request is sent again at most.
        allow_insecure: Whether ``http://`` to another machine is accepted.
        adopt_existing: Whether new objects may take over identical ones that exist.
        credentials: The values of the credential options that are set, by option name.
        problems: What is wrong, one sentence each; empty where all is well. Missing credentials
            are a problem only once a request needs them.
        credentials_hint: What to do when the backend refuses them, where a program gave them to a
            Provider; None where they come from the stack config or the environment.
    """

    base_url: str
    timeout: float
    max_retries: int
    allow_insecure: bool
    adopt_existing: bool
    credentials: Mapping[str, str] = field(repr=False)
    problems: tuple[str, ...]
    credentials_hint: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must not appear in any text."""
        secret_names = {option.name for option in OPTIONS if option.secret}
        return tuple(v for name, v in self.credentials.items() if name in secret_names)

    def client(self) -> FlashbackClient:
        """Return a client with these settings.

        Raises:
            ConfigurationError: Settings are wrong, or there are no credentials.
        """
        problems = self.problems
        if not problems and not self.credentials:
            problems = (NO_CREDENTIALS,)
        if problems:
            raise ConfigurationError("; ".join(problems))
        return FlashbackClient(
            self.base_url,
            token=self.credentials.get(TOKEN.name),
            refresh_token=self.credentials.get(REFRESH_TOKEN.name),
            email=self.credentials.get(EMAIL.name),
            password=self.credentials.get(PASSWORD.name),
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
    """Read all settings; wrong values are collected in ``problems`` and never quoted.

    Args:
        stack_config: Values by key, such as ``{"flashback:token": "..."}``; other keys are ignored.
        environment: Values by variable; None for the environment of this process.
        explicit: The values are the arguments of a provider that the program makes itself. Those
            win over the environment, so that one program can use several accounts.
    """
    environment = os.environ if environment is None else environment
    reader = _Reader(stack_config, environment, explicit)
    allow_insecure = reader.parse(ALLOW_INSECURE, _boolean, False)
    base_url = reader.value(BASE_URL) or DEFAULT_BASE_URL
    problem = base_url_problem(base_url, allow_insecure)
    if problem:
        reader.complain(BASE_URL, problem)
    return Settings(
        base_url=base_url,
        timeout=reader.parse(TIMEOUT, _seconds, DEFAULT_TIMEOUT_SECONDS),
        max_retries=reader.parse(MAX_RETRIES, _retries, DEFAULT_MAX_RETRIES),
        allow_insecure=allow_insecure,
        adopt_existing=reader.parse(ADOPT_EXISTING, _boolean, False),
        credentials=reader.credentials(),
        problems=tuple(reader.problems),
        credentials_hint=_HINT_OF_A_PROVIDER if reader.has_credentials_of_a_provider() else None,
    )


class _Reader:
    """Looks values up in both places and collects what is wrong with them."""

    def __init__(
        self, stack_config: Mapping[str, str], environment: Mapping[str, str], explicit: bool
    ) -> None:
        variables = {option.name: environment.get(option.variable, "") for option in OPTIONS}
        written = {option.name: stack_config.get(option.key, "") for option in OPTIONS}
        self._first, self._second = (written, variables) if explicit else (variables, written)
        self._explicit = explicit
        self.problems: list[str] = []

    def value(self, option: Option) -> str:
        """Return the value in force; empty where unset."""
        return self._from_first(option) or _clean(option, self._second[option.name])

    def parse(self, option: Option, parse: Callable[[str], _Value], default: _Value) -> _Value:
        """Return the parsed value, or the default where it is unset or wrong."""
        text = self.value(option)
        if not text:
            return default
        try:
            return parse(text)
        except ValueError as error:
            self.complain(option, str(error))
            return default

    def complain(self, option: Option, problem: str) -> None:
        """Note a problem under the names of both places, or of the argument that wins over them."""
        place = f"{option.key} ({option.variable})"
        if self._explicit and self._from_first(option):
            place = f"{option.name} of the Provider"
        self.problems.append(f"{place} {problem}")

    def has_credentials_of_a_provider(self) -> bool:
        """Say whether a program gave credentials to a Provider: no variable replaces those."""
        options = [option for method in _METHODS for option in method]
        return self._explicit and any(map(self._from_first, options))

    def credentials(self) -> dict[str, str]:
        """Return the credentials that are set.

        Where the place that wins has a whole way to sign in, those of the other are left out: a
        token in there may be stale or stand for another user.
        """
        whole = any(all(map(self._from_first, method)) for method in _METHODS)
        look_up = self._from_first if whole else self.value
        options = [option for method in _METHODS for option in method]
        found = {option.name: value for option in options if (value := look_up(option))}
        self._check_credentials(found)
        return found

    def _check_credentials(self, found: Mapping[str, str]) -> None:
        checks = ((TOKEN, token_problem), (REFRESH_TOKEN, token_problem), (EMAIL, quoted_problem))
        for option, check in checks:
            problem = check(found.get(option.name, ""))
            if problem:
                argument = self._explicit and self._from_first(option)
                source = "" if argument else f" (read from {self._source(option)})"
                self.complain(option, problem + source)
        alone = found.keys() & {EMAIL.name, PASSWORD.name}
        if alone == {EMAIL.name}:
            self.complain(PASSWORD, "is missing; an email address alone cannot sign in")
        if alone == {PASSWORD.name}:
            self.complain(EMAIL, "is missing; a password alone cannot sign in")

    def _source(self, option: Option) -> str:
        """Name the place that the value in force comes from."""
        in_variables = bool(self._from_first(option)) is not self._explicit
        return option.variable if in_variables else option.key

    def _from_first(self, option: Option) -> str:
        return _clean(option, self._first[option.name])


def as_text(value: object) -> str:
    """Return a value as a stack config holds it: providers may get numbers and booleans."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _clean(option: Option, value: str) -> str:
    """Cut the line end that files and pipes leave; only in a password may space be meant."""
    value = without_line_end(value)
    return value if option is PASSWORD else value.strip()


def _boolean(text: str) -> bool:
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise ValueError("must be true or false")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if 0 < seconds <= LONGEST_TIMEOUT_SECONDS:
        return seconds
    raise ValueError(f"must be a number of seconds from above 0 to {LONGEST_TIMEOUT_SECONDS:g}")


def _retries(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= MOST_RETRIES:
        return int(text)
    raise ValueError(f"must be a whole number from 0 to {MOST_RETRIES}")
