"""The endpoints below ``/ai/llm``, which the API reference marks "TEST environment only"."""

from pydantic import Field

from pulumi_flashback.client.endpoints.buckets import Users
from pulumi_flashback.client.endpoints.family import WorkspaceCollection
from pulumi_flashback.client.identifiers import Identifier, OptionalIdentifier
from pulumi_flashback.client.models import Mention, OptionalText, Record, Row


class AiLlm(Row):
    """One row of ``GET /ai/llm``, without its credentials, which are never read."""

    nouns = ("aillm", "llm")

    id: Identifier
    name: OptionalText = None
    ai_type: OptionalText = None
    endpoint: OptionalText = None
    api_key_id: OptionalText = None
    workspace_id: Mention = None
    created_by: OptionalIdentifier = Field(default=None, alias="userId")
    created_at: Mention = None
    repos: Users = ()


class CreatedAiLlm(Record):
    """The response of ``POST /ai/llm``."""

    id: Identifier = Field(alias="aiLlmId")


class AiLlms(WorkspaceCollection[AiLlm, CreatedAiLlm]):
    """``/ai/llm``: the AI model configurations of workspaces.

    Their fields are ``workspaceId``, ``name``, ``aiType`` and optionally ``endpoint``; and
    ``apiKeyUuid``, or ``secret`` and optionally ``key``.
    """

    path = "/ai/llm/{id}"
    row, listed_at = AiLlm, "aiLlms"
    created = CreatedAiLlm
