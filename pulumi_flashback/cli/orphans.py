"""``flashback orphans``: finds the objects of a workspace that no stack manages."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from pulumi_flashback.cli.contents import KINDS, Item, contents, created_at
from pulumi_flashback.cli.importing.found import subject_of
from pulumi_flashback.cli.importing.names import unique_names
from pulumi_flashback.cli.keys import Row, list_keys
from pulumi_flashback.cli.terminal import say
from pulumi_flashback.client import FlashbackError
from pulumi_flashback.core.context import Context
from pulumi_flashback.redaction import one_line
from pulumi_flashback.settings import token
from pulumi_flashback.suggested_commands import to_delete_key, to_import

TYPES: Final = {
    kind: name
    for name in KINDS
    for kind in (token(name), f"pulumi-python:dynamic/flashback:{name}")
}
"""The resources by their type tokens in the state, for the native and the dynamic provider."""

Held = set[tuple[str, str]]  # resource and id

EXPORTS_AT_ONCE: Final = 3
"""Number of Pulumi CLI processes at the same time."""


def held_ids(text: str, source: str) -> Held:
    """Return the objects that a stack manages, without those that it only reads."""
    try:
        state = json.loads(text)
        deployment = state["deployment"] if "deployment" in state else state["checkpoint"]["latest"]
        resources: list[dict[str, Any]] = (deployment or {}).get("resources") or []
        ours = [each for each in resources if each["type"] in TYPES and not each.get("external")]
        return {(TYPES[each["type"]], each["id"]) for each in ours if each.get("id")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FlashbackError(
            f"{source} is not the state of a stack. Create one with `pulumi stack export --file "
            "FILE`"
        ) from None


def held_by_stacks(stacks: Iterable[str], export: Callable[[str], str]) -> Held:
    """Return the objects that stacks manage. Few states are in memory at the same time."""
    names = list(dict.fromkeys(stacks))
    held = Held()
    with ThreadPoolExecutor(EXPORTS_AT_ONCE) as pool:
        parts = pool.map(lambda name: held_ids(export(name), f"stack {name}"), names)
        for number, part in enumerate(parts, 1):
            held |= part
            if len(names) > EXPORTS_AT_ONCE:
                say(f"read {number} of {len(names)} stacks", error=True)
    return held


def find_orphans(
    context: Context, workspace_id: str, held: Collection[tuple[str, str]], stack: str | None
) -> list[Row]:
    # a workspace that the user may not read fails here instead of looking empty
    keys = {row["id"]: row for row in list_keys(context, workspace_id)}
    items = contents(context, workspace_id)
    return as_rows(
        [each for each in items if (each.type.name, each.id) not in held], keys, workspace_id, stack
    )


def as_rows(
    items: Sequence[Item], keys: Mapping[str, Row], workspace_id: str, stack: str | None
) -> list[Row]:
    names = unique_names([subject_of(each) for each in items])
    return [
        {
            "type": each.type.name,
            **_about(each, keys),
            "remove": _removal(each, workspace_id, stack),
            "import": to_import(token(each.type.name), name, each.import_id),
        }
        for each, name in zip(items, names, strict=True)
    ]


def _removal(item: Item, workspace_id: str, stack: str | None) -> str | None:
    """Return the command that deletes an object, or None if it contains or unlocks data."""
    is_key = item.type.name == "ApiKey"
    return to_delete_key(workspace_id, item.id, stack) if is_key else None


def _about(item: Item, keys: Mapping[str, Row]) -> Row:
    if item.type.name == "ApiKey" and item.id in keys:
        return keys[item.id]
    created = created_at(item.row) or None
    return {"id": item.id, "name": getattr(item.row, "name", None), "createdAt": created}


def as_text(orphans: Sequence[Row]) -> str:
    return "\n\n".join(map(_block, orphans)) or "no orphans"


def _block(row: Row) -> str:
    kind = row.get("provider") if row["type"] == "ApiKey" else row["type"]
    about = (row["id"], kind, row.get("createdAt"), row.get("description") or row.get("name"))
    lines = [", ".join(one_line(str(each)) for each in about if each)]
    return "\n  ".join([*lines, *filter(None, (row["remove"], row["import"]))])
