"""The endpoints below ``/repo``."""

from pydantic import Field

from pulumi_flashback.client.endpoints.family import WorkspaceCollection
from pulumi_flashback.client.identifiers import Identifier, OptionalIdentifier
from pulumi_flashback.client.models import Mention, OptionalText, Record, Row


class RepositoryBucket(Record):
    """One bucket of a repository."""

    bucket_id: Identifier
    folder: OptionalText = None
    master: bool = False


class RepositoryLlm(Record):
    """One AI model configuration of a repository."""

    ai_llm_id: Identifier


class Repository(Row):
    """One row of ``GET /repo``. The lists are None if the API does not return them."""

    nouns = ("repo",)

    id: Identifier
    name: OptionalText = None
    workspace_id: OptionalIdentifier = None
    storage_type: OptionalText = None
    mode: OptionalText = None
    buckets: list[RepositoryBucket] | None = None
    ai_llms: list[RepositoryLlm] | None = None
    created_at: Mention = None


class CreatedRepository(Record):
    """The response of ``POST /repo``."""

    id: Identifier = Field(alias="repoId")


class Repositories(WorkspaceCollection[Repository, CreatedRepository]):
    """``/repo``: the repositories of workspaces.

    Their fields are ``workspaceId``, ``name``, ``storageType``, ``mode``, ``repoBuckets`` and
    ``repoAiLlms``; an update requires all of them. Deleting a repository keeps its buckets.
    """

    path = "/repo/{id}"
    row, listed_at = Repository, "repos"
    created = CreatedRepository

    def find(self, repository_id: str) -> Repository | None:
        """``GET /repo?repoId=``: return a repository; None if it is gone or not accessible."""
        rows = self._rows(filters={"repoId": repository_id})
        return rows.find(repository_id)  # a backend may not support the filter
