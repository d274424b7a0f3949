"""``flashback orphans``: the keys of a workspace that no stack holds."""

import json
from collections.abc import Sequence
from typing import Any, Final

from pulumi_flashback.cli.importing.names import Subject, unique_names
from pulumi_flashback.cli.keys import Row, describe_key
from pulumi_flashback.client import FlashbackError
from pulumi_flashback.resources.api_key import API_KEY
from pulumi_flashback.settings import token
from pulumi_flashback.suggested_commands import to_delete_key, to_import

TYPES: Final = (token(API_KEY.name), "pulumi-python:dynamic/flashback:ApiKey")
"""The type tokens of keys in a state: of the native and of the dynamic provider."""


def held_ids(text: str, source: str) -> set[str]:
    """Return the ids of the keys that a stack holds; those that it only reads are not held."""
    try:
        state = json.loads(text)
        deployment = state["deployment"] if "deployment" in state else state["checkpoint"]["latest"]
        resources: list[dict[str, Any]] = (deployment or {}).get("resources") or []
        keys = [each for each in resources if each["type"] in TYPES and not each.get("external")]
        return {each["id"] for each in keys if each.get("id")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FlashbackError(
            f"{source} is not the state of a stack. Create one with `pulumi stack export --file "
            "FILE`"
        ) from None


def with_commands(rows: Sequence[Row], workspace_id: str, stack: str | None) -> list[Row]:
    subjects = [
        Subject(row["id"], row.get("provider") or "key", row.get("description") or "")
        for row in rows
    ]
    names = unique_names(subjects)
    return [
        {
            **row,
            "remove": to_delete_key(workspace_id, row["id"], stack),
            "import": to_import(TYPES[0], name, f"{workspace_id}/{row['id']}"),
        }
        for row, name in zip(rows, names, strict=True)
    ]


def as_text(orphans: Sequence[Row]) -> str:
    blocks = [f"{describe_key(row)}\n  {row['remove']}\n  {row['import']}" for row in orphans]
    return "\n\n".join(blocks) or "no orphans"
