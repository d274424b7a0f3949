"""The families of endpoints, one module each: rows and handlers."""

from pulumi_flashback.emulator.families import (
    ai_llms,
    api_keys,
    buckets,
    members,
    organization,
    policies,
    repositories,
    repository_ai_keys,
    repository_keys,
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
    ai_llms.FAMILY,
    policies.FAMILY,
    repositories.FAMILY,
    repository_keys.FAMILY,
    repository_ai_keys.FAMILY,
)
