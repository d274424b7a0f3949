"""``flashback keys delete`` and ``flashback workspaces delete``.

They have words of their own: what the provider says of a failed deletion is about a stack.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from pulumi_flashback.cli.keys import Row, list_keys
from pulumi_flashback.client import (
    AuthenticationError,
    ConfigurationError,
    FlashbackError,
    NotFoundError,
    RateLimitError,
    Workspace,
)
from pulumi_flashback.core.context import Context
from pulumi_flashback.redaction import one_line

MOST_NAMED = 10
"""Of what is in a workspace, so many of a kind are named."""


@dataclass(frozen=True)
class Contents:
    """A workspace that is to be deleted, and what is in it.

    Attributes:
        workspace: The workspace.
        blocking: What the platform does not delete a workspace with, by kind.
        keys: The ids of its API keys, which vanish with it.
    """

    workspace: Workspace
    blocking: dict[str, list[str]]
    keys: list[str]

    @property
    def line(self) -> str:
        """One line about the workspace."""
        members = self.workspace.members
        parts = ["workspace", self.workspace.id, one_line(self.workspace.name or "")]
        shown = " ".join(part for part in parts if part)
        return shown if members is None else f"{shown}, {len(members)} member(s)"

    @property
    def warning(self) -> str:
        """What is lost with the workspace; empty if nothing is."""
        if not self.keys:
            return ""
        return (
            f"warning: {len(self.keys)} API key(s) are in it, which nobody can list or delete any "
            f"more without it: {_named(self.keys)}. To be safe, delete them first with `flashback "
            "keys delete`"
        )


def contents_of(context: Context, workspace_id: str) -> Contents:
    """Return what is in a workspace.

    Raises:
        FlashbackError: It cannot be read, or something in it bars its deletion.
    """
    client = context.client
    workspace = client.workspaces.get(workspace_id)
    found = {
        "buckets": [row.name or row.id for row in client.buckets.list(workspace_id=workspace.id)],
        "repositories": [
            row.name or row.id for row in client.repositories.list(workspace_id=workspace.id)
        ],
    }
    blocking = {kind: names for kind, names in found.items() if names}
    keys = [row.id for row in client.api_keys.list(workspace_id=workspace.id)]
    contents = Contents(workspace, blocking, keys)
    if blocking:
        shown = "; ".join(f"{kind} {_named(names)}" for kind, names in blocking.items())
        raise FlashbackError(
            f"{contents.line} is not empty, so the platform does not delete it. In it: {shown}. "
            "Delete or move them, then run the same command again"
        )
    return contents


def delete_workspace(context: Context, workspace_id: str) -> None:
    """Delete a workspace.

    Raises:
        FlashbackError: Something is in it, or it could not be determined whether it is gone.
    """
    workspaces = context.client.workspaces

    def check() -> None:
        try:
            workspaces.get(workspace_id)
        except NotFoundError:
            return  # it was shown to this user a moment ago
        raise _StillThereError

    _delete(lambda: workspaces.delete(workspace_id), check, ["workspaces", "list"])


def delete_key(context: Context, workspace_id: str, api_key_id: str) -> None:
    """Delete a key.

    Raises:
        FlashbackError: It is in use, or it could not be determined whether it is gone.
    """

    def check() -> None:
        for row in list_keys(context, workspace_id):
            if row["id"] == api_key_id:
                raise _StillThereError(_users(row))

    look = ["keys", "list", f"--workspace={workspace_id}"]
    _delete(lambda: context.client.api_keys.delete(api_key_id), check, look)


class _StillThereError(Exception):
    """What was to be deleted exists. The text says what uses it, if that is known."""


def _delete(delete: Callable[[], None], check: Callable[[], None], look: list[str]) -> None:
    """Delete something; a response that is lost, or that it is gone already, is no failure."""
    try:
        delete()
    except (AuthenticationError, RateLimitError, ConfigurationError):
        raise  # nothing was done
    except FlashbackError as error:
        failure = error
    else:
        return
    try:
        check()
    except _StillThereError as error:
        users = str(error)
    except FlashbackError as error:
        raise FlashbackError(
            f"{failure.brief}; could not determine whether it still exists ({error.brief}). Check "
            f"the credentials, then run `{shlex.join(['flashback', *look])}`"
        ) from None
    else:
        return
    if not users:
        raise failure
    raise FlashbackError(
        f"it is in use by {users} ({failure.brief}). Remove them or give them another key, then "
        "run the same command again"
    )


def _users(row: Row) -> str:
    counts = ((row.get("bucketCount"), "bucket(s)"), (row.get("aiModelCount"), "AI model(s)"))
    return " and ".join(f"{count} {what}" for count, what in counts if count)


def _named(names: list[str]) -> str:
    more = [f"and {len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return ", ".join([*(one_line(name) for name in names[:MOST_NAMED]), *more])
