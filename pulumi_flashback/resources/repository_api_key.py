"""The ``RepositoryApiKey`` resource: what an application signs in to a repository with."""

from __future__ import annotations

from typing import Annotated, Final

from pulumi_flashback.client import FlashbackClient
from pulumi_flashback.core.properties import OpenEnum, input_property, output_property
from pulumi_flashback.core.types import Word
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.generated_keys import (
    GENERATED,
    WITHOUT_RESPONSE,
    GeneratedKey,
    GeneratedKeyInputs,
    GeneratedKeyOutputs,
)
from pulumi_flashback.resources.repository_sources import listed_in_repository

_ACCESS_TYPES: Final = {
    "READ": "Read the contents of the repository",
    "WRITE": "Also change its contents",
    "ADMIN": "Do everything",
}


class RepositoryApiKeyInputs(GeneratedKeyInputs):
    """Inputs of ``RepositoryApiKey`` (``POST /repo/{id}/apikey``)."""

    access_type: Annotated[Word, OpenEnum("AccessType", _ACCESS_TYPES)] = input_property(
        "The permission: `READ`, `WRITE` or `ADMIN`. Updated in place."
    )


class RepositoryApiKeyOutputs(GeneratedKeyOutputs):
    """Outputs of ``RepositoryApiKey``."""

    repository_api_key_id: str = output_property(
        "The id of the key on the platform; also the id of the resource.", same_as_id=True
    )


def _post(client: FlashbackClient, inputs: Properties) -> tuple[str, Properties]:
    made = client.repository_api_keys(inputs["repositoryId"]).create(
        {"name": inputs["name"], "accessType": inputs["accessType"]}
    )
    return made.id, {"key": made.key, "secret": made.secret}


def _put(client: FlashbackClient, identifier: str, _: Properties, inputs: Properties) -> None:
    client.repository_api_keys(inputs["repositoryId"]).update(
        identifier, {"name": inputs["name"], "accessType": inputs["accessType"]}
    )


REPOSITORY_API_KEY: Final = GeneratedKey(
    name="RepositoryApiKey",
    label="repository API key",
    description=(f"An access key of a `Repository`. {GENERATED}\n\n{WITHOUT_RESPONSE}"),
    inputs=RepositoryApiKeyInputs,
    outputs=RepositoryApiKeyOutputs,
    import_id="{repositoryId}/{repositoryApiKeyId}",
    source=listed_in_repository(
        "repository API keys",
        lambda client, repository_id: client.repository_api_keys(repository_id).list(),
    ),
    post=_post,
    put=_put,
    remove=lambda client, identifier, state: client.repository_api_keys(
        state["repositoryId"]
    ).delete(identifier),
    finds_again=("name", "accessType"),
)
