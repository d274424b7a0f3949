"""The endpoints below ``/ai/llm``, which the API reference marks "TEST environment only"."""

from collections.abc import Mapping

from pulumi_flashback.client.endpoints.buckets import Users
from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.identifiers import Identifier
from pulumi_flashback.client.models import Mention, OptionalText, Record, Row, Rows


class AiLlm(Row):
    """One row of ``GET /ai/llm``. Its credentials are not read, in whatever form they are shown."""

    nouns = ("aillm", "llm")

    id: Identifier
    name: OptionalText = None
    ai_type: OptionalText = None
    endpoint: OptionalText = None
    api_key_id: OptionalText = None
    workspace_id: Mention = None
    created_at: Mention = None
    repos: Users = ()


class SavedAiLlm(Record):
    """The response of ``POST /ai/llm``."""

    ai_llm_id: Identifier


class AiLlms(Family):
    """The AI model configurations of workspaces. Methods raise a :class:`FlashbackError`."""

    def create(self, fields: Mapping[str, str]) -> str:
        """``POST /ai/llm``: create a configuration; return its id.

        Args:
            fields: Values by the API's field names: ``workspaceId``, ``name``, ``aiType``, perhaps
                ``endpoint``; and ``apiKeyUuid``, or ``secret`` and perhaps ``key``.

        Raises:
            DuplicateError: The workspace has one of this name.
        """
        return self._create("POST /ai/llm", SavedAiLlm, "", body=fields).ai_llm_id

    def list(self, *, workspace_id: str | None = None) -> Rows[AiLlm]:
        """``GET /ai/llm``: return the configurations of a workspace, or all that the user sees."""
        return self._list("GET /ai/llm", AiLlm, "aiLlms", workspace_id=workspace_id)

    def update(self, ai_llm_id: str, changes: Mapping[str, str | None]) -> None:
        """``PUT /ai/llm/{id}``: change the given fields; see :meth:`create` for their names."""
        self._write("PUT /ai/llm/{id}", ai_llm_id, body=dict(changes))

    def delete(self, ai_llm_id: str) -> None:
        """``DELETE /ai/llm/{id}``: delete one for good; refused while it is in use (403)."""
        self._write("DELETE /ai/llm/{id}", ai_llm_id)
