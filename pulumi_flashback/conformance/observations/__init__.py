"""The observations, in a module for each family of the emulator that has settings."""

from types import ModuleType
from typing import Final

from pulumi_flashback.conformance.observations import (
    api_keys,
    members,
    organization,
    requests,
    users,
    workspaces,
)

FAMILIES: Final[tuple[ModuleType, ...]] = (
    api_keys,
    workspaces,
    members,
    organization,
    users,
    requests,  # last: some of it shows up by itself
)  # in the order of observation
