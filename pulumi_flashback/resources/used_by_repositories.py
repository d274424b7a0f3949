"""Why what a repository uses is not deleted: the repositories by name, if they show it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from pulumi_flashback.client import (
    BadRequestError,
    ConflictError,
    FlashbackClient,
    FlashbackError,
    PermissionDeniedError,
)
from pulumi_flashback.client.endpoints.buckets import Users
from pulumi_flashback.client.endpoints.repositories import Repository
from pulumi_flashback.resources.workspace_contents import listed, named

_REFUSALS: Final = (BadRequestError, ConflictError, PermissionDeniedError)
"""What may mean that something is in use; the API's texts for that are not documented."""


class _Used(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def repos(self) -> Users: ...


def refusal(
    client: FlashbackClient,
    label: str,
    row: _Used | None,
    failure: FlashbackError,
    uses: Callable[[Repository, str], bool],
) -> FlashbackError:
    """Return why something was not deleted; ``uses`` says whether a repository uses an id."""
    if row is None or not isinstance(failure, _REFUSALS):
        return failure

    def users() -> list[str]:
        shown = [each.name or each.id or "" for each in row.repos]
        rows = () if shown else client.repositories.list()
        return shown or [each.name or each.id for each in rows if uses(each, row.id)]

    if names := listed(users):
        return FlashbackError(
            f"it is in use by repositories {named(names)} ({failure.brief}). Remove it from them, "
            "or delete them, then run the same command again"
        )
    return FlashbackError(
        f"{failure.brief}. {label.capitalize()} that a repository uses cannot be deleted: remove "
        "it from the repository, then run the same command again. If none uses it, this user needs "
        "the role WRITE in the workspace"
    )
