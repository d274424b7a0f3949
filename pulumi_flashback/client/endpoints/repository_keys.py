"""The endpoints of the keys of one repository: below ``/repo/{id}``."""

from pydantic import Field

from pulumi_flashback.client.endpoints.family import Body, RepositoryCollection
from pulumi_flashback.client.identifiers import Identifier
from pulumi_flashback.client.models import Mention, OptionalText, Record, Row, Rows


class GeneratedKey(Record):
    """The response to the create of a generated key, the only one that contains the secret."""

    id: Identifier
    key: str = Field(repr=False)
    secret: str = Field(repr=False)


class RepositoryApiKey(Row):
    """One row of ``GET /repo/{id}/apikey``, without its secret, which is never read."""

    nouns = ("key",)

    id: Identifier
    name: OptionalText = None
    access_type: OptionalText = None
    key: OptionalText = Field(default=None, repr=False)
    created_at: Mention = None


class RepositoryApiKeys(RepositoryCollection[RepositoryApiKey, GeneratedKey]):
    """``/repo/{id}/apikey``: the access keys of a repository.

    Their fields are ``name`` and ``accessType``; an update requires both.
    """

    path = "/repo/{id}/apikey/{keyId}"
    row, listed_at = RepositoryApiKey, "keys"
    created = GeneratedKey

    def create(self, fields: Body) -> GeneratedKey:
        """``POST /repo/{id}/apikey``: create a key; the backend generates both halves."""
        (repository_id,) = self._parents
        return super().create({"repoId": repository_id, **fields})


class RepositoryCloudKey(Row):
    """One row of ``GET /repo/{id}/cloud-apikey``: a provider key that a repository may use."""

    nouns = ("item",)

    id: Identifier
    api_key_id: OptionalText = None
    created_at: Mention = None


class CreatedCloudKey(Record):
    """The response of ``POST /repo/{id}/cloud-apikey``."""

    id: Identifier


class RepositoryCloudKeys(RepositoryCollection[RepositoryCloudKey, CreatedCloudKey]):
    """``/repo/{id}/cloud-apikey``: links from a repository to API keys of providers (``apiKeyId``).

    The API cannot update a link. Deleting a link keeps the key.
    """

    path = "/repo/{id}/cloud-apikey/{linkId}"
    row, listed_at = RepositoryCloudKey, "items"
    created = CreatedCloudKey


class RepositoryAiKey(Row):
    """One row of ``GET /repo/{id}/ai/apikey``. The secret is never returned."""

    nouns = ("apikey", "key")

    id: Identifier
    name: OptionalText = None
    ai_type: OptionalText = None
    key: OptionalText = Field(default=None, repr=False)
    created_at: Mention = None
    deleted_at: OptionalText = None  # when it was deleted; None if it was not


class RepositoryAiKeys(RepositoryCollection[RepositoryAiKey, GeneratedKey]):
    """``/repo/{id}/ai/apikey``: the AI keys of a repository, "TEST environment only".

    Their fields are ``name``, which an update can change, and ``aiType``. The platform keeps
    deleted keys.
    """

    path = "/repo/{id}/ai/apikey/{keyId}"
    row, listed_at = RepositoryAiKey, "apiKeys"
    created = GeneratedKey

    def list(self) -> Rows[RepositoryAiKey]:
        """``GET /repo/{id}/ai/apikey``: return the keys of the repository, except deleted ones."""
        return super().list().where(lambda row: not row.deleted_at)
