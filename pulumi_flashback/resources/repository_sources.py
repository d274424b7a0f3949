"""Base class of resources in a repository: how they are read, and which outputs they share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from pulumi_flashback.client import (
    BadRequestError,
    FlashbackClient,
    FlashbackError,
    NotFoundError,
    PermissionDeniedError,
)
from pulumi_flashback.client.endpoints.family import RepositoryCollection
from pulumi_flashback.client.endpoints.repositories import Repository
from pulumi_flashback.client.models import Rows
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.list_cache import settled
from pulumi_flashback.core.listed import Listed, UndeterminedError
from pulumi_flashback.core.properties import Outputs, output_property
from pulumi_flashback.core.resource import Resource, undeclared
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspace_reader import confirm_access

_NO_SUCH_REPOSITORY: Final = (BadRequestError, NotFoundError, PermissionDeniedError)
"""The documentation does not describe the response to a list of a repository that is gone."""


class InRepositoryOutputs(Outputs):
    """The outputs that resources in a repository share."""

    workspace_id: str | None = output_property("The workspace of the repository.")
    org_id: str | None = output_property("The organization that the workspace belongs to.")


@dataclass(frozen=True, kw_only=True)
class InRepository(Resource):
    """A resource that belongs to the repository in its input ``repositoryId``.

    It is read by listing the repository. The outputs include the workspace: without it, a deleted
    repository looks like one that the user may not read.
    """

    endpoints: Callable[[FlashbackClient, Properties], RepositoryCollection[Any, Any]] = undeclared
    accepts_twins: bool = True

    @property
    def source(self) -> Listed[Any]:
        def attempt(client: FlashbackClient, repository_id: str) -> Rows[Any] | FlashbackError:
            try:
                return self.endpoints(client, {"repositoryId": repository_id}).list()
            except _NO_SUCH_REPOSITORY as error:
                if client.repositories.find(repository_id) is not None:
                    return error
                return Rows()  # _confirm_access determines whether it is gone or not readable

        def fetch(client: FlashbackClient, repository_id: str) -> Rows[Any]:
            # a new repository may be listed before the API knows the lists in it
            found = settled(
                lambda: attempt(client, repository_id),
                lambda outcome: not isinstance(outcome, NotFoundError),
            )
            if isinstance(found, FlashbackError):
                raise found
            return found

        return Listed(
            kind=self.label, parent="repositoryId", fetch=fetch, confirm_access=_confirm_access
        )

    def body(self, inputs: Properties) -> Properties:
        return super().body({n: v for n, v in inputs.items() if n != "repositoryId"})

    def completed(self, context: Context, identifier: str, outputs: Properties) -> Properties:
        repository_id = outputs.get("repositoryId")
        if repository_id and not outputs.get("workspaceId"):
            with suppress(FlashbackError):
                found = _repository(context, repository_id)
                outputs = {**outputs, "workspaceId": found.workspace_id if found else None}
        return super().completed(context, identifier, outputs)


def _confirm_access(context: Context, repository_id: str, reader: str, state: Properties) -> None:
    """Confirm that this user has access to a repository, or that it certainly does not exist.

    Raises:
        FlashbackError: This user may have no access to it.
    """
    if _repository(context, repository_id) is not None:
        return
    if not state.get("workspaceId"):
        raise UndeterminedError(
            f"repository {repository_id} does not exist or this user has no access to it, and the "
            "API does not say which. Check the credentials; if it was deleted, remove what was in "
            "it from the state with `pulumi state delete URN`"
        )
    confirm_access(context, state["workspaceId"], reader, state)


def _repository(context: Context, repository_id: str) -> Repository | None:
    key = ("repository", repository_id)
    return context.lists.fresh(key, lambda: context.client.repositories.find(repository_id))
