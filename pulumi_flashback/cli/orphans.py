"""``flashback orphans``: the keys of a workspace that no stack holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from pulumi_flashback.cli.importing.found import key_subject
from pulumi_flashback.cli.importing.names import unique_names
from pulumi_flashback.cli.keys import Row, describe, list_keys
from pulumi_flashback.client import FlashbackError
from pulumi_flashback.core.context import Context
from pulumi_flashback.native.schema import resource_token
from pulumi_flashback.resources.api_key import API_KEY
from pulumi_flashback.suggested_commands import to_delete_key, to_import

TYPES: Final = (resource_token(API_KEY), "pulumi-python:dynamic/flashback:ApiKey")
"""Keys in a state: those of the native and those of the dynamic provider."""


def held_ids(text: str, source: str) -> set[str]:
    """Return the ids of the keys that a stack holds.

    A key that the stack only reads is not held; one that is yet to be deleted is.

    Args:
        text: What ``pulumi stack export`` printed, or a state file of a local backend.
        source: Where that comes from, for the error.

    Raises:
        FlashbackError: It is something else.
    """
    try:
        resources = _resources(json.loads(text))
        keys = [each for each in resources if each["type"] in TYPES and not each.get("external")]
        return {each["id"] for each in keys if each.get("id")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FlashbackError(
            f"{source} is no state of a stack. Make one with `pulumi stack export --file FILE`"
        ) from None


def find_orphans(context: Context, workspace_id: str, held: set[str]) -> list[Row]:
    """Return the keys of a workspace that are none of those held.

    Raises:
        FlashbackError: The keys cannot be listed.
    """
    return [row for row in list_keys(context, workspace_id) if row["id"] not in held]


def with_commands(rows: Iterable[Row], workspace_id: str, stack: str | None) -> list[Row]:
    """Return orphans together with the commands that remove and that import each."""
    rows = list(rows)
    token = resource_token(API_KEY)
    names = unique_names([key_subject(row) for row in rows])
    return [
        {
            **row,
            "remove": to_delete_key(workspace_id, row["id"], stack),
            "import": to_import(token, name, f"{workspace_id}/{row['id']}"),
        }
        for row, name in zip(rows, names, strict=True)
    ]


def as_text(rows: Sequence[Row]) -> str:
    """Return orphans with their commands as a text for people."""
    if not rows:
        return "no orphans"
    blocks = [
        "\n".join([describe(row), f"  {row['remove']}", f"  {row['import']}"]) for row in rows
    ]
    return "\n\n".join(blocks)


def _resources(state: Any) -> list[dict[str, Any]]:
    deployment = state["deployment"] if "deployment" in state else state["checkpoint"]["latest"]
    resources: list[dict[str, Any]] = (deployment or {}).get("resources") or []
    return resources
