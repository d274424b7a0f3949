"""The families of endpoints, one file each: settings, what is stored, handlers."""

from pulumi_flashback.emulator.families import (
    api_keys,
    buckets,
    contents,
    members,
    organization,
    users,
    workspaces,
)

FAMILIES = (
    api_keys.FAMILY,
    users.FAMILY,
    workspaces.FAMILY,
    members.FAMILY,
    organization.FAMILY,
    buckets.FAMILY,
    contents.FAMILY,
)
"""In the order in which their paths are looked for."""
