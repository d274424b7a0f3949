"""The arguments of a provider: the default one's come from the stack config, others from a program.

Both are the settings of ``settings.py``, by the name after ``flashback:``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_flashback.client import DEFAULT_BASE_URL
from pulumi_flashback.config import Settings, as_text, read_settings
from pulumi_flashback.core.resource_model import Difference
from pulumi_flashback.core.values import UNKNOWN
from pulumi_flashback.settings import (
    ALL_SETTINGS,
    BASE_URL,
    EMAIL,
    NAMESPACE,
    PASSWORD,
    REFRESH_TOKEN,
    TOKEN,
)

_BY_NAME = {option.name: option for option in ALL_SETTINGS}
_CREDENTIALS = (TOKEN, REFRESH_TOKEN, EMAIL, PASSWORD)

_OF_THE_ENGINE = frozenset({"version", "pluginDownloadURL", "pluginChecksums", "__internal"})
"""What the engine adds to the arguments of a provider for its own use."""

SECRETS = frozenset(option.name for option in ALL_SETTINGS if option.secret)
"""The arguments that are encrypted in the state."""


@dataclass(frozen=True)
class ProviderArguments:
    """What a provider was given.

    Attributes:
        values: By name; some may be ``UNKNOWN``.
        explicit: The program made the provider; False for the default provider.
    """

    values: Mapping[str, Any] = field(repr=False)
    explicit: bool

    def settings(self) -> Settings:
        """Read the settings, with the environment for what the arguments leave open."""
        return read_settings(self._stack_config(), explicit=self.explicit)

    def problems(self) -> tuple[str, ...]:
        """Find everything that is wrong with them, one sentence each."""
        wrong = [
            f"{self._place(name)} must be a string, a number or a boolean"
            for name, value in self._settings_given().items()
            if value is not UNKNOWN and not isinstance(value, (str, bool, int, float))
        ]
        # the stack config may hold keys of the program under the same namespace
        foreign = [
            name
            for name in self.values
            if self.explicit and name not in _BY_NAME and name not in _OF_THE_ENGINE
        ]
        wrong += [f"{name} is not an argument of the provider" for name in foreign]
        return (*wrong, *self.settings().problems)

    def _place(self, name: str) -> str:
        return f"{name} of the Provider" if self.explicit else f"{NAMESPACE}:{name}"

    def _settings_given(self) -> dict[str, Any]:
        return {name: value for name, value in self.values.items() if name in _BY_NAME}

    def _stack_config(self) -> dict[str, str]:
        config = {}
        for name, value in self._settings_given().items():
            if value is UNKNOWN:
                # some credential will be there: its partner is not to be missed
                if _BY_NAME[name] in _CREDENTIALS:
                    config[_BY_NAME[name].key] = "unknown"
            elif isinstance(value, (str, bool, int, float)):
                config[_BY_NAME[name].key] = as_text(value)
        return config


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """Compare the arguments of a provider with earlier ones.

    Another backend has none of the resources, so another address replaces the provider and all that
    it made. Another way to sign in never does: the same objects are reached by it.
    """
    changed = tuple(name for name in _BY_NAME if _comparable(name, old) != _comparable(name, new))
    known = new.get(BASE_URL.name) is not UNKNOWN
    return Difference(changed, tuple(n for n in changed if n == BASE_URL.name and known))


def _comparable(name: str, values: Mapping[str, Any]) -> object:
    value = values.get(name)
    if value is UNKNOWN:
        return UNKNOWN
    text = "" if value is None else as_text(value).strip()
    if name == BASE_URL.name:
        return (text or DEFAULT_BASE_URL).lower().rstrip("/")
    return text


def is_default(name: str, urn: str) -> bool:
    """Say whether a provider is the one that the engine makes by itself.

    Args:
        name: Its name; empty where the engine does not tell.
        urn: Its URN, or empty.
    """
    known = name or urn.rpartition("::")[2]
    return not known or known == "default" or known.startswith("default_")
