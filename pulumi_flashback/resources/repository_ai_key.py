"""The ``RepositoryAiKey`` resource: a key for the AI models of a repository."""

from __future__ import annotations

from typing import Final

from pulumi_flashback.core.properties import input_property, output_property
from pulumi_flashback.resources.ai_llm import TEST_ONLY, AiType
from pulumi_flashback.resources.generated_keys import (
    GENERATED,
    WITHOUT_RESPONSE,
    GeneratedKey,
    GeneratedKeyInputs,
    GeneratedKeyOutputs,
)


class RepositoryAiKeyInputs(GeneratedKeyInputs):
    """Inputs of ``RepositoryAiKey`` (``POST /repo/{id}/ai/apikey``)."""

    ai_type: AiType = input_property(
        "The protocol that the application speaks: `OPENAI`, `GOOGLE`, `ANTHROPIC`, `AWS`, `OTHER` "
        "or another one. Changing it replaces the key.",
        replaces=True,
    )


class RepositoryAiKeyOutputs(GeneratedKeyOutputs):
    """Outputs of ``RepositoryAiKey``."""

    repository_ai_key_id: str = output_property(
        "The id of the key on the platform; also the id of the resource.", same_as_id=True
    )


REPOSITORY_AI_KEY: Final = GeneratedKey(
    name="RepositoryAiKey",
    label="repository AI key",
    description=(
        f"A key for applications that use the AI models of a `Repository`. {GENERATED} "
        f"{TEST_ONLY}\n\n{WITHOUT_RESPONSE}"
    ),
    inputs=RepositoryAiKeyInputs,
    outputs=RepositoryAiKeyOutputs,
    import_id="{repositoryId}/{repositoryAiKeyId}",
    endpoints=lambda client, of: client.repository_ai_keys(of["repositoryId"]),
    finds_again=("name", "aiType"),
)
