"""The ``RepositoryApiKey`` resource: an application's access key for a repository."""

from __future__ import annotations

from typing import Annotated, Final

from pulumi_flashback.core.properties import input_property, output_property
from pulumi_flashback.core.types import OpenEnum, Word
from pulumi_flashback.resources.generated_keys import (
    GENERATED,
    WITHOUT_RESPONSE,
    GeneratedKey,
    GeneratedKeyInputs,
    GeneratedKeyOutputs,
)

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


REPOSITORY_API_KEY: Final = GeneratedKey(
    name="RepositoryApiKey",
    label="repository API key",
    description=(f"An access key of a `Repository`. {GENERATED}\n\n{WITHOUT_RESPONSE}"),
    inputs=RepositoryApiKeyInputs,
    outputs=RepositoryApiKeyOutputs,
    import_id="{repositoryId}/{repositoryApiKeyId}",
    endpoints=lambda client, of: client.repository_api_keys(of["repositoryId"]),
    updates_all=True,
    finds_again=("name", "accessType"),
)
