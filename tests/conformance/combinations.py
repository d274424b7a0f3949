"""Combinations of all settings of the emulator, made from their declarations."""

from __future__ import annotations

import random
from typing import Any, Literal, get_args, get_origin

from pulumi_flashback.emulator import EmulatorSettings

VALUES: dict[str, list[Any]] = {
    "providers": [
        {"AWS": 7, "GCP": 7, "OTHER": 255},
        {"X": 1},
        {"GCP": 3, "Y": 7},
        {"OTHER": 255, "AWS": 4},
    ],
    "longest_workspace_name": [255, 100, 256, 64],
    "list_lag": [0, 0, 0, 0, 0, 2],
    "access_token_seconds": [3600.0, 900.0, 86400.0],
    "organization_users_limit": [0, 0, 1],
    "bucket_quota": [0, 0, 25],
    "repository_quota": [0, 0, 25],
}
"""Of the settings that have no list of alternatives: what is tried."""

UNOBSERVED = ("refresh_token_seconds", "max_body_bytes")
"""Settings that the command never observes; each says why."""

IN_PASSING = ("requests_per_second", "retry_after_seconds")
"""Settings that show up only if there is a rate limit, which has a test of its own."""


def alternatives(name: str) -> list[Any]:
    annotation = EmulatorSettings.model_fields[name].annotation
    if annotation is bool:
        return [True, False]
    return list(get_args(annotation)) if get_origin(annotation) is Literal else VALUES[name]


NAMES = [n for n in EmulatorSettings.model_fields if n not in (*UNOBSERVED, *IN_PASSING)]


def observable(settings: EmulatorSettings) -> dict[str, Any]:
    """Return what a run with all options finds, which depends on other settings in few cases."""
    found = {name: getattr(settings, name) for name in NAMES}
    # a list without a limit shows none; one with a limit may not show the deleted user
    limited = settings.organization_users_limit > 0
    del found["deleted_organization_users" if limited else "organization_users_limit"]
    for quota in ("bucket_quota", "repository_quota"):
        if getattr(settings, quota) == 0:
            del found[quota]  # GET /user/quota names none
    if settings.organization_admins != "administer":
        del found["last_admin"]  # nobody could delete the workspace
    if settings.delete_workspace_with_keys == "refused":
        del found["keys_of_deleted_workspace"]
    elif (settings.keys_of_deleted_workspace, settings.foreign_workspace_list) == (
        "as-foreign",
        "empty",
    ):
        found["keys_of_deleted_workspace"] = "hidden"  # which is the same
    if settings.created_users_validated:
        del found["unvalidated_member"]
    elif settings.unvalidated_member == "refused":
        del found["membership_of_deleted_user"]
    only_one = len(settings.providers) == 1
    if only_one and settings.duplicate_identity == "key":
        found["duplicate_identity"] = "key+provider"  # which is the same
    return found


def combinations(least: int, seed: int = 14) -> list[EmulatorSettings]:
    """Return combinations, of which some has each alternative where it can be observed."""
    chance = random.Random(seed)
    left = {(name, str(value)) for name in NAMES for value in alternatives(name)}
    left -= {
        (each, "0") for each in ("organization_users_limit", "bucket_quota", "repository_quota")
    }
    chosen: list[EmulatorSettings] = []
    for _ in range(1000):
        settings = EmulatorSettings(**{name: chance.choice(alternatives(name)) for name in NAMES})
        seen = {(name, str(value)) for name, value in observable(settings).items()}
        if seen & left or len(chosen) < least:
            chosen.append(settings)
        left -= seen
    assert not left, f"these alternatives are never observable: {left}"
    return chosen
