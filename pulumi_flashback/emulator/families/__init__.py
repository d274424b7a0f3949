"""The families of endpoints, one file each: settings, what is stored, handlers."""

from pulumi_flashback.emulator.families import (
    api_keys,
    buckets,
    members,
    organization,
    roles,
    users,
    workspaces,
)

FAMILIES = (
    api_keys.FAMILY,
    users.FAMILY,
    roles.FAMILY,
    workspaces.FAMILY,
    members.FAMILY,
    organization.FAMILY,
    buckets.FAMILY,
    buckets.REPOSITORIES,
)  # in the order in which paths are looked for
