"""The ``Bucket`` resource: storage of a provider that a workspace may use."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Final

from pulumi_flashback.client import (
    BadRequestError,
    ConflictError,
    DuplicateError,
    FlashbackClient,
    FlashbackError,
    PermissionDeniedError,
)
from pulumi_flashback.client.endpoints.buckets import Bucket as BucketRow
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.properties import (
    InputProblem,
    Inputs,
    OpenEnum,
    Outputs,
    input_property,
    output_property,
)
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.core.types import Endpoint, Id, Name, Text, Word
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspace_contents import listed, named
from pulumi_flashback.resources.workspace_sources import listed_in_workspace

_TYPES: Final = {
    "S3": "Amazon S3, and services with its protocol",
    "GCS": "Google Cloud Storage",
    "BLOB": "Azure Blob Storage",
}
StorageType = Annotated[Word, OpenEnum("StorageType", _TYPES)]
"""The protocol of a bucket or a repository."""


class BucketInputs(Inputs):
    """Inputs of ``Bucket`` (``POST /bucket``)."""

    workspace_id: Id = input_property(
        "The workspace. Another value replaces the bucket; data at the provider stays.",
        replaces=True,
    )
    name: Name = input_property(
        "The name in Flashback, unique in the organization. Changed in place."
    )
    bucket: Name = input_property(
        "The name of the bucket or container at the provider. Changed in place."
    )
    storage_type: StorageType = input_property(
        "The protocol: `S3`, `GCS`, `BLOB` or another one. Changed in place."
    )
    region: Word | None = input_property(
        "The provider's region. Leaving it out again clears it.", optional=True
    )
    endpoint: Endpoint | None = input_property(
        "A custom endpoint. Leaving it out again clears it.", optional=True
    )
    api_key_id: Id | None = input_property(
        "The `ApiKey` with the credentials of the bucket. Changed in place. Give it, or `key` and "
        "`secret`.",
        optional=True,
    )
    key: Text | None = input_property(
        "The public half of credentials of its own. Changed in place.", optional=True, secret=True
    )
    secret: Text | None = input_property(
        "The private half of credentials of its own. Changed in place. The platform never returns "
        "`key` and `secret`, so a change made elsewhere cannot be noticed.",
        optional=True,
        secret=True,
    )


class BucketOutputs(Outputs):
    """Outputs of ``Bucket``."""

    bucket_id: str = output_property(
        "The id that the platform gave the bucket; also the id of the resource.", same_as_id=True
    )
    org_id: str | None = output_property("The organization that the workspace belongs to.")


_CREDENTIALS: Final = ("apiKeyId", "key", "secret")
_REFUSALS: Final = (BadRequestError, ConflictError, PermissionDeniedError)
"""What may mean that a bucket is in use; the API's texts for that are not documented."""


class _Bucket(Resource):
    """What is special about a bucket: it has credentials of its own, or those of a key."""

    def contradictions(self, inputs: Properties) -> list[InputProblem]:
        of_key, *own = (inputs.get(name) is not None for name in _CREDENTIALS)
        if of_key is not any(own) and (of_key or all(own)):
            return []
        return [InputProblem("apiKeyId", "apiKeyId is required, or key and secret instead of it")]

    def inputs_to_import(self, outputs: Properties, known: Properties) -> Properties:
        found = super().inputs_to_import(outputs, known)
        if found.get("apiKeyId") or known.get("apiKeyId"):
            return found
        own = {name: known.get(name, placeholder(name)) for name in ("key", "secret")}
        return {**own, **found}

    def on_duplicate(
        self, context: Context, inputs: Properties, error: DuplicateError
    ) -> tuple[str, Properties]:
        raise FlashbackError(
            f"{error.brief}. If the bucket belongs to a resource that was renamed, add the option "
            "aliases; if it is being replaced, set deleteBeforeReplace (delete_before_replace=True "
            "in Python); to manage the one that exists, import it (native provider); otherwise use "
            "another name, which is unique in the organization"
        ) from None

    def changes(self, state: Properties, inputs: Properties) -> Properties:
        changes = super().changes(state, inputs)
        if changes.keys().isdisjoint(_CREDENTIALS):
            return changes
        # they are written together: the wanted ones replace whatever the bucket has instead
        others = {n: value for n, value in changes.items() if n not in _CREDENTIALS}
        return {**others, **{n: inputs[n] for n in _CREDENTIALS if n in inputs}}

    def in_doubt(self, changes: Properties) -> Collection[str]:
        doubtful = set(super().in_doubt(changes))
        # it may have the earlier ones or the new ones, whichever the program says next
        return doubtful if doubtful.isdisjoint(_CREDENTIALS) else doubtful.union(_CREDENTIALS)

    def refused(
        self, context: Context, identifier: str, row: BucketRow | None, failure: FlashbackError
    ) -> FlashbackError:
        if row is None or not isinstance(failure, _REFUSALS):
            return failure
        users = listed(lambda: _users(context.client, row))
        if users:
            return FlashbackError(
                f"it is in use by repositories {named(users)} ({failure.brief}). Remove it from "
                "them, or delete them, then run the same command again"
            )
        return FlashbackError(
            f"{failure.brief}. A bucket that a repository uses cannot be deleted: remove it from "
            "the repository, then run the same command again. If none uses it, this user needs the "
            "role WRITE in the workspace"
        )


def _users(client: FlashbackClient, row: BucketRow) -> list[str]:
    """Return the names of the repositories that use a bucket."""
    shown = [each.name or each.id or "" for each in row.repos]
    return shown or [
        each.name or each.id
        for each in client.repositories.list()
        if any(entry.bucket_id == row.id for entry in each.buckets or ())
    ]


def _put(client: FlashbackClient, identifier: str, changes: Properties, inputs: Properties) -> None:
    # it is not documented that fields may be left out; what is secret is sent if it changes
    unchanged = {n: v for n, v in inputs.items() if n not in BucketInputs.marked("secret")}
    client.buckets.update(identifier, _body({**unchanged, **changes}))


def _body(inputs: Properties) -> Properties:
    return {("apiKeyUuid" if n == "apiKeyId" else n): value for n, value in inputs.items()}


BUCKET: Final = _Bucket(
    name="Bucket",
    label="bucket",
    description=(
        "A storage bucket of a provider that a workspace may use, with the credentials of an "
        "`ApiKey` or with its own.\n\n"
        "Repositories of the workspace refer to it by its id. Deleting it does not delete the data "
        "at the provider."
    ),
    inputs=BucketInputs,
    outputs=BucketOutputs,
    import_id="{workspaceId}/{bucketId}",
    holds_data=True,
    delete_before_replace=True,  # its name is unique in the organization
    source=listed_in_workspace(
        "buckets",
        lambda client, workspace_id: client.buckets.list(workspace_id=workspace_id),
    ),
    post=lambda client, inputs: (client.buckets.create(_body(inputs)), {}),
    put=_put,
    remove=lambda client, identifier: client.buckets.delete(identifier),
    finds_again=("name", "bucket", "storageType"),
)
