"""The observations, one module for each family of the emulator that has settings."""

from types import ModuleType
from typing import Final

from pulumi_flashback.conformance.observations import (
    ai_llms,
    api_keys,
    buckets,
    members,
    organization,
    policies,
    repositories,
    repository_ai_keys,
    repository_keys,
    requests,
    users,
    workspaces,
)

FAMILIES: Final[tuple[ModuleType, ...]] = (
    api_keys,
    workspaces,
    buckets,
    repositories,
    repository_keys,
    repository_ai_keys,
    ai_llms,
    policies,
    members,  # later: the user may lose the role in a workspace
    organization,
    users,
    requests,  # last: a rate limit may have occurred by then
)  # in the order of observation
