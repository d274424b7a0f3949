"""The endpoints below ``/repo``."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.identifiers import Identifier, OptionalIdentifier
from pulumi_flashback.client.models import Mention, OptionalText, Record, Row, Rows


class RepositoryBucket(Record):
    """One bucket of a repository."""

    bucket_id: Identifier
    folder: OptionalText = None
    master: bool = False


class RepositoryLlm(Record):
    """One AI model configuration of a repository."""

    ai_llm_id: Identifier


class Repository(Row):
    """One row of ``GET /repo``. The lists are None if the API does not show them."""

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

    repo_id: Identifier


class Repositories(Family):
    """The repositories of workspaces. Methods raise a :class:`FlashbackError`."""

    def create(self, fields: Mapping[str, Any]) -> str:
        """``POST /repo``: create a repository; return its id.

        Args:
            fields: Values by the API's field names, with ``repoBuckets`` and ``repoAiLlms``.
        """
        return self._create("POST /repo", CreatedRepository, "", body=fields).repo_id

    def list(self, *, workspace_id: str | None = None) -> Rows[Repository]:
        """``GET /repo``: return the repositories of a workspace, or all that the user can see."""
        return self._list("GET /repo", Repository, "repos", workspace_id=workspace_id)

    def find(self, repository_id: str) -> Repository | None:
        """``GET /repo?repoId=``: return a repository; None if it is gone or closed to the user."""
        filters = {"repoId": repository_id}
        rows = self._list("GET /repo", Repository, "repos", filters=filters)
        return rows.find(repository_id)  # a backend may not know the filter

    def update(self, repository_id: str, fields: Mapping[str, Any]) -> None:
        """``PUT /repo/{id}``: write all fields; see :meth:`create` for their names."""
        self._write("PUT /repo/{id}", repository_id, body=dict(fields))

    def delete(self, repository_id: str) -> None:
        """``DELETE /repo/{id}``: delete a repository; its buckets stay."""
        self._write("DELETE /repo/{id}", repository_id)


class RepositoryApiKey(Row):
    """One row of ``GET /repo/{id}/apikey``. Its secret is not read, however it is shown."""

    nouns = ("key",)

    id: Identifier
    name: OptionalText = None
    access_type: OptionalText = None
    key: OptionalText = Field(default=None, repr=False)
    created_at: Mention = None


class CreatedRepositoryApiKey(Record):
    """The response of ``POST /repo/{id}/apikey``: the only one that has the secret."""

    id: Identifier
    key: str = Field(repr=False)
    secret: str = Field(repr=False)


class RepositoryApiKeys(Family):
    """The access keys of repositories. Methods raise a :class:`FlashbackError`."""

    def create(self, repository_id: str, *, name: str, access_type: str) -> CreatedRepositoryApiKey:
        """``POST /repo/{id}/apikey``: create a key; the backend generates both halves."""
        body = {"repoId": repository_id, "name": name, "accessType": access_type}
        operation = "POST /repo/{id}/apikey"
        return self._create(operation, CreatedRepositoryApiKey, "", repository_id, body=body)

    def list(self, repository_id: str) -> Rows[RepositoryApiKey]:
        """``GET /repo/{id}/apikey``: return the keys of a repository."""
        return self._list("GET /repo/{id}/apikey", RepositoryApiKey, "keys", repository_id)

    def update(self, repository_id: str, key_id: str, *, name: str, access_type: str) -> None:
        """``PUT /repo/{id}/apikey/{keyId}``: write both fields."""
        body = {"name": name, "accessType": access_type}
        self._write("PUT /repo/{id}/apikey/{keyId}", repository_id, key_id, body=body)

    def delete(self, repository_id: str, key_id: str) -> None:
        """``DELETE /repo/{id}/apikey/{keyId}``: revoke and delete a key."""
        self._write("DELETE /repo/{id}/apikey/{keyId}", repository_id, key_id)


class RepositoryCloudKey(Row):
    """One row of ``GET /repo/{id}/cloud-apikey``: a provider key that a repository may use."""

    nouns = ("item",)

    id: Identifier
    api_key_id: OptionalText = None
    created_at: Mention = None


class CreatedCloudKey(Record):
    """The response of ``POST /repo/{id}/cloud-apikey``."""

    id: Identifier


class RepositoryCloudKeys(Family):
    """The provider keys of repositories. Methods raise a :class:`FlashbackError`."""

    def create(self, repository_id: str, *, api_key_id: str) -> str:
        """``POST /repo/{id}/cloud-apikey``: link a provider key; return the id of the link."""
        body = {"apiKeyId": api_key_id}
        operation = "POST /repo/{id}/cloud-apikey"
        return self._create(operation, CreatedCloudKey, "", repository_id, body=body).id

    def list(self, repository_id: str) -> Rows[RepositoryCloudKey]:
        """``GET /repo/{id}/cloud-apikey``: return the links of a repository."""
        return self._list("GET /repo/{id}/cloud-apikey", RepositoryCloudKey, "items", repository_id)

    def delete(self, repository_id: str, link_id: str) -> None:
        """``DELETE /repo/{id}/cloud-apikey/{linkId}``: remove a link; the key itself stays."""
        self._write("DELETE /repo/{id}/cloud-apikey/{linkId}", repository_id, link_id)
