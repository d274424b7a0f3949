"""The ``AiLlm`` resource: an AI model that a workspace may use."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator

from pulumi_flashback.core.properties import Inputs, Outputs, input_property, output_property
from pulumi_flashback.core.types import (
    Canonical,
    Id,
    Name,
    OpenEnum,
    Text,
    Word,
    endpoint_key,
    valid_endpoint,
)
from pulumi_flashback.resources.credentials import CredentialsResource, SentId

TEST_ONLY: Final = "The platform offers this only in its TEST environment."

_AI_TYPES: Final = {
    "OPENAI": "OpenAI, and services with its protocol",
    "GOOGLE": "Google",
    "ANTHROPIC": "Anthropic",
    "AWS": "Amazon Bedrock",
    "OTHER": "Any other provider",
}
AiType = Annotated[Word, OpenEnum("AiType", _AI_TYPES)]
"""The known types of AI providers."""


def _valid_url(value: str) -> str:
    valid_endpoint(value)
    if "://" not in value:
        raise ValueError("must be a URL such as https://api.openai.com/v1")
    return value


_Url = Annotated[str, AfterValidator(_valid_url), Canonical(endpoint_key)]


class AiLlmInputs(Inputs):
    """Inputs of ``AiLlm`` (``POST /ai/llm``)."""

    workspace_id: Id = input_property(
        "The workspace. Changing it replaces the configuration.", replaces=True
    )
    name: Name = input_property("The name, unique in the workspace. Updated in place.")
    ai_type: AiType = input_property(
        "The type of the provider: `OPENAI`, `GOOGLE`, `ANTHROPIC`, `AWS`, `OTHER` or another one. "
        "Updated in place."
    )
    endpoint: _Url | None = input_property(
        "The URL of the provider's API. Removing it clears it.", optional=True
    )
    api_key_id: SentId | None = input_property(
        "The `ApiKey` with the credentials. Updated in place. Set either this or `secret`.",
        optional=True,
    )
    key: Text | None = input_property(
        "The public half of its own credentials, for providers that have one. Updated in place.",
        optional=True,
        secret=True,
    )
    secret: Text | None = input_property(
        "The token or the private half of its own credentials. Updated in place. The API never "
        "returns `key` and `secret`, so the provider cannot detect a change made elsewhere.",
        optional=True,
        secret=True,
    )


class AiLlmOutputs(Outputs):
    """Outputs of ``AiLlm``."""

    ai_llm_id: str = output_property(
        "The id of the configuration on the platform; also the id of the resource.",
        same_as_id=True,
    )
    org_id: str | None = output_property("The organization that the workspace belongs to.")


AI_LLM: Final = CredentialsResource(
    name="AiLlm",
    label="AI model",
    description=(
        "The configuration of an AI model that a workspace may use, with the credentials of an "
        f"`ApiKey` or with its own. {TEST_ONLY}\n\n"
        "Repositories of the workspace refer to it by its id. It cannot be deleted while a "
        "repository uses it."
    ),
    inputs=AiLlmInputs,
    outputs=AiLlmOutputs,
    import_id="{workspaceId}/{aiLlmId}",
    needed=("secret",),
    unique_in="workspace",
    endpoints=lambda client, _: client.ai_llms,
    uses=lambda repository, ai_llm_id: any(
        each.ai_llm_id == ai_llm_id for each in repository.ai_llms or ()
    ),
    a_used_one="An AI model",
    finds_again=("name", "aiType"),
)
