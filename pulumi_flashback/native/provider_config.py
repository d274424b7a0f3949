"""The arguments of a provider, from the stack config (default provider) or from a program.

They are the settings of ``settings.py``, by the name after ``flashback:``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_flashback.client import DEFAULT_BASE_URL
from pulumi_flashback.config import Settings, as_text, read_settings
from pulumi_flashback.core.resource_model import Difference
from pulumi_flashback.core.values import UNKNOWN
from pulumi_flashback.settings import ALL_SETTINGS, BASE_URL, CREDENTIALS, NAMESPACE

SECRETS = frozenset(setting.name for setting in ALL_SETTINGS if setting.secret)
_NAMES = tuple(setting.name for setting in ALL_SETTINGS)
# keys that the engine adds for its own use
_OF_THE_ENGINE = frozenset({"version", "pluginDownloadURL", "pluginChecksums", "__internal"})
_SCALARS = (str, bool, int, float)


@dataclass(frozen=True)
class ProviderArguments:
    """The arguments, some maybe ``UNKNOWN``, of the default or of an ``explicit`` provider."""

    values: Mapping[str, Any] = field(repr=False)
    explicit: bool

    def settings(self) -> Settings:
        config = {}
        for setting in ALL_SETTINGS:
            value = self.values.get(setting.name)
            if isinstance(value, _SCALARS):
                config[setting.key] = as_text(value)
            elif value is UNKNOWN and setting in CREDENTIALS:
                config[setting.key] = "unknown"  # so that the other credential is not an error
        return read_settings(config, explicit=self.explicit)

    def problems(self) -> tuple[str, ...]:
        wrong = []
        for name, value in self.values.items():
            if name in _NAMES and value is not UNKNOWN and not isinstance(value, _SCALARS):
                place = f"{name} of the Provider" if self.explicit else f"{NAMESPACE}:{name}"
                wrong.append(f"{place} must be a string, a number or a boolean")
            # the stack config may have keys of the program in the same namespace
            if self.explicit and name not in _NAMES and name not in _OF_THE_ENGINE:
                wrong.append(f"{name} is not an argument of the provider")
        return (*wrong, *self.settings().problems)


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """Compare the arguments of a provider with earlier ones."""
    # Another backend has none of the resources, so another address replaces the provider and all
    # of its resources. Other credentials never do, because they reach the same objects
    changed = tuple(n for n in _NAMES if _comparable(n, old.get(n)) != _comparable(n, new.get(n)))
    replaces = BASE_URL.name in changed and new.get(BASE_URL.name) is not UNKNOWN
    return Difference(changed, (BASE_URL.name,) if replaces else ())


def _comparable(name: str, value: object) -> object:
    if value is UNKNOWN:
        return UNKNOWN
    text = "" if value is None else as_text(value).strip()
    return (text or DEFAULT_BASE_URL).lower().rstrip("/") if name == BASE_URL.name else text


def is_default(name: str, urn: str) -> bool:
    """Return whether a provider, by name or URN, is the default one that the engine creates."""
    known = name or urn.rpartition("::")[2]
    return not known or known == "default" or known.startswith("default_")
