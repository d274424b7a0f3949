"""The ``Bucket`` resource: a storage bucket at a provider that a workspace may use."""

from __future__ import annotations

from typing import Annotated, Final

from pulumi_flashback.core.properties import Inputs, Outputs, input_property, output_property
from pulumi_flashback.core.types import Endpoint, Id, Name, OpenEnum, Text, Word
from pulumi_flashback.resources.credentials import CredentialsResource, SentId

_TYPES: Final = {
    "S3": "Amazon S3, and services with its protocol",
    "GCS": "Google Cloud Storage",
    "BLOB": "Azure Blob Storage",
}
StorageType = Annotated[Word, OpenEnum("StorageType", _TYPES)]
"""The known protocols of buckets and repositories."""


class BucketInputs(Inputs):
    """Inputs of ``Bucket`` (``POST /bucket``)."""

    workspace_id: Id = input_property(
        "The workspace. Changing it replaces the bucket; data at the provider stays.",
        replaces=True,
    )
    name: Name = input_property(
        "The name in Flashback, unique in the organization. Updated in place."
    )
    bucket: Name = input_property(
        "The name of the bucket or container at the provider. Updated in place."
    )
    storage_type: StorageType = input_property(
        "The protocol: `S3`, `GCS`, `BLOB` or another one. Updated in place."
    )
    region: Word | None = input_property(
        "The provider's region. Removing it clears it.", optional=True
    )
    endpoint: Endpoint | None = input_property(
        "A custom endpoint. Removing it clears it.", optional=True
    )
    api_key_id: SentId | None = input_property(
        "The `ApiKey` with the credentials of the bucket. Updated in place. Set either this, or "
        "`key` and `secret`.",
        optional=True,
    )
    key: Text | None = input_property(
        "The public half of the bucket's own credentials. Updated in place.",
        optional=True,
        secret=True,
    )
    secret: Text | None = input_property(
        "The private half of the bucket's own credentials. Updated in place. The API never returns "
        "`key` and `secret`, so the provider cannot detect a change made elsewhere.",
        optional=True,
        secret=True,
    )


class BucketOutputs(Outputs):
    """Outputs of ``Bucket``."""

    bucket_id: str = output_property(
        "The id of the bucket on the platform; also the id of the resource.", same_as_id=True
    )
    org_id: str | None = output_property("The organization that the workspace belongs to.")


BUCKET: Final = CredentialsResource(
    name="Bucket",
    label="bucket",
    description=(
        "A storage bucket at a provider, used by a workspace with the credentials of an "
        "`ApiKey` or with its own.\n\n"
        "Repositories of the workspace refer to it by its id. Deleting it does not delete the data "
        "at the provider."
    ),
    inputs=BucketInputs,
    outputs=BucketOutputs,
    import_id="{workspaceId}/{bucketId}",
    holds_data=True,
    delete_before_replace=True,  # its name is unique
    unique_in="organization",
    endpoints=lambda client, _: client.buckets,
    updates_all=True,  # the documentation does not say that fields may be omitted
    uses=lambda repository, bucket_id: any(
        each.bucket_id == bucket_id for each in repository.buckets or ()
    ),
    a_used_one="A bucket",
    finds_again=("name", "bucket", "storageType"),
)
