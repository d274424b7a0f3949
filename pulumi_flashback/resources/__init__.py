"""The registry: every resource, one line each. Both shells offer what stands here."""

from __future__ import annotations

from typing import Final

from pulumi_flashback.resources.api_key import API_KEY
from pulumi_flashback.resources.base import ResourceType

RESOURCES: Final[tuple[ResourceType, ...]] = (API_KEY,)


def resource_type(name: str) -> ResourceType:
    """Return the resource of a name, such as ``ApiKey``."""
    return next(each for each in RESOURCES if each.name == name)
