"""The endpoints below ``/repo/{id}/ai/apikey``, which are marked "TEST environment only"."""

from pydantic import Field

from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.endpoints.repositories import CreatedRepositoryApiKey
from pulumi_flashback.client.identifiers import Identifier
from pulumi_flashback.client.models import Mention, OptionalText, Row, Rows


class RepositoryAiKey(Row):
    """One row of ``GET /repo/{id}/ai/apikey``. The secret is never returned."""

    nouns = ("apikey", "key")

    id: Identifier
    name: OptionalText = None
    ai_type: OptionalText = None
    key: OptionalText = Field(default=None, repr=False)
    created_at: Mention = None
    deleted_at: OptionalText = None  # when it was deleted, for a deleted one


class RepositoryAiKeys(Family):
    """The AI keys of repositories. Methods raise a :class:`FlashbackError`."""

    def create(self, repository_id: str, *, name: str, ai_type: str) -> CreatedRepositoryApiKey:
        """``POST /repo/{id}/ai/apikey``: create a key; the backend generates both halves."""
        operation, body = "POST /repo/{id}/ai/apikey", {"name": name, "aiType": ai_type}
        return self._create(operation, CreatedRepositoryApiKey, "", repository_id, body=body)

    def list(self, repository_id: str) -> Rows[RepositoryAiKey]:
        """``GET /repo/{id}/ai/apikey``: return the keys of a repository, except deleted ones."""
        rows = self._list("GET /repo/{id}/ai/apikey", RepositoryAiKey, "apiKeys", repository_id)
        return rows.where(lambda row: not row.deleted_at)

    def update(self, repository_id: str, key_id: str, *, name: str) -> None:
        """``PUT /repo/{id}/ai/apikey/{keyId}``: rename a key."""
        operation = "PUT /repo/{id}/ai/apikey/{keyId}"
        self._write(operation, repository_id, key_id, body={"name": name})

    def delete(self, repository_id: str, key_id: str) -> None:
        """``DELETE /repo/{id}/ai/apikey/{keyId}``: delete a key; the platform keeps it unseen."""
        self._write("DELETE /repo/{id}/ai/apikey/{keyId}", repository_id, key_id)
