"""The ``RepositoryCloudKey`` resource: permission for a repository to use an ``ApiKey``."""

from __future__ import annotations

from typing import Final

from pulumi_flashback.core.properties import Inputs, input_property, output_property
from pulumi_flashback.core.types import Id
from pulumi_flashback.resources.repository_sources import InRepository, InRepositoryOutputs


class RepositoryCloudKeyInputs(Inputs):
    """Inputs of ``RepositoryCloudKey`` (``POST /repo/{id}/cloud-apikey``)."""

    repository_id: Id = input_property(
        "The repository. Changing it replaces the link.", replaces=True
    )
    api_key_id: Id = input_property(
        "The `ApiKey` that the repository may use. Changing it replaces the link: the new one is "
        "created before the old one is deleted.",
        replaces=True,
    )


class RepositoryCloudKeyOutputs(InRepositoryOutputs):
    """Outputs of ``RepositoryCloudKey``."""

    repository_cloud_key_id: str = output_property(
        "The id of the link on the platform; also the id of the resource.", same_as_id=True
    )


REPOSITORY_CLOUD_KEY: Final = InRepository(
    name="RepositoryCloudKey",
    label="repository cloud key",
    description=(
        "The permission of a repository to use an `ApiKey` with the capability `cloud`. Deleting "
        "it does not delete the key.\n\n"
        "The API reference does not describe it; this resource follows the vendor's client."
    ),
    inputs=RepositoryCloudKeyInputs,
    outputs=RepositoryCloudKeyOutputs,
    import_id="{repositoryId}/{repositoryCloudKeyId}",
    endpoints=lambda client, of: client.repository_cloud_keys(of["repositoryId"]),
    finds_again=("apiKeyId",),
)
