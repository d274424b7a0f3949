"""The ``RepositoryAiKey`` resource: what an application uses the AI models of a repository with."""

from __future__ import annotations

from typing import Final

from pulumi_flashback.client import FlashbackClient
from pulumi_flashback.core.properties import input_property, output_property
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.ai_llm import TEST_ONLY, AiType
from pulumi_flashback.resources.generated_keys import (
    GENERATED,
    WITHOUT_RESPONSE,
    GeneratedKey,
    GeneratedKeyInputs,
    GeneratedKeyOutputs,
)
from pulumi_flashback.resources.repository_sources import listed_in_repository


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


def _post(client: FlashbackClient, inputs: Properties) -> tuple[str, Properties]:
    made = client.repository_ai_keys(inputs["repositoryId"]).create(
        {"name": inputs["name"], "aiType": inputs["aiType"]}
    )
    return made.id, {"key": made.key, "secret": made.secret}


def _put(client: FlashbackClient, identifier: str, _: Properties, inputs: Properties) -> None:
    client.repository_ai_keys(inputs["repositoryId"]).update(identifier, {"name": inputs["name"]})


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
    source=listed_in_repository(
        "repository AI keys",
        lambda client, repository_id: client.repository_ai_keys(repository_id).list(),
    ),
    post=_post,
    put=_put,
    remove=lambda client, identifier, state: client.repository_ai_keys(
        state["repositoryId"]
    ).delete(identifier),
    finds_again=("name", "aiType"),
)
