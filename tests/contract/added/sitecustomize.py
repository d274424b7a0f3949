"""Adds the line of the registry, in every process that has this directory on its path."""

from pulumi_flashback import resources
from tests.contract.added.resource import BADGE

setattr(resources, "RESOURCES", (*resources.RESOURCES, BADGE))  # noqa: B010 - it is final
