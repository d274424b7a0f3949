"""Names the contents of a workspace, because they may block its delete or be deleted with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from pulumi_flashback.client import FlashbackClient, FlashbackError
from pulumi_flashback.redaction import one_line

MOST_NAMED: Final = 10
"""Maximum number of objects of a kind to name."""

KEYS_SECONDS: Final = 5.0
"""Timeout in seconds for listing the keys of a workspace to delete, only to name them."""


NAMES_IN: Final[dict[str, Callable[[FlashbackClient, str], list[str]]]] = {
    "buckets": lambda client, workspace_id: [
        row.name or row.id for row in client.buckets.list(workspace_id=workspace_id)
    ],
    "repositories": lambda client, workspace_id: [
        row.name or row.id for row in client.repositories.list(workspace_id=workspace_id)
    ],
    "API keys": lambda client, workspace_id: [
        row.id for row in client.api_keys.list(workspace_id=workspace_id)
    ],
}
"""Functions that list the names of the objects in a workspace, by kind."""


def described(client: FlashbackClient, workspace_id: str) -> str:
    """Return the contents of a workspace by kind, without kinds that cannot be listed."""
    found = {
        kind: named(listed(partial(names, client, workspace_id)))
        for kind, names in NAMES_IN.items()
    }
    return "; ".join(f"{kind} {names}" for kind, names in found.items() if names)


def keys_at_a_glance(client: FlashbackClient, workspace_id: str) -> Sequence[str]:
    """Return the ids of the keys of a workspace, with one attempt; empty if it fails."""

    def ids() -> list[str]:
        rows = client.api_keys.list(workspace_id=workspace_id, max_retries=0, timeout=KEYS_SECONDS)
        return [row.id for row in rows]

    return listed(ids)


def listed(names: Callable[[], Sequence[str]]) -> Sequence[str]:
    """Return names; empty if they cannot be listed."""
    try:
        return names()
    except FlashbackError:
        return ()


def named(names: Sequence[str]) -> str:
    """Return the first names as one line."""
    more = [f"and {len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return ", ".join([*map(one_line, names[:MOST_NAMED]), *more])
