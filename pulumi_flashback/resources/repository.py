"""The ``Repository`` resource: buckets and AI models at one address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from pulumi_flashback.client.endpoints.repositories import Repository
from pulumi_flashback.client.endpoints.repositories import RepositoryBucket as Bucket
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.properties import (
    Inputs,
    Outputs,
    PropertyModel,
    input_property,
    output_property,
)
from pulumi_flashback.core.resource_model import Difference
from pulumi_flashback.core.types import ApiForm, Id, Name, OpenEnum, Text, Word, as_set, tidy
from pulumi_flashback.core.values import UNKNOWN, Properties
from pulumi_flashback.resources.bucket import StorageType
from pulumi_flashback.resources.workspace_sources import InWorkspace

_MODES: Final = {
    "NORMAL": "Each bucket is a folder of the repository",
    "MIRROR": "Each bucket has all of the data; one is the master",
    "BACKUP": "Listed in the API reference, but unknown to the vendor's client",
}


class RepositoryBucket(PropertyModel):
    """A bucket of a repository."""

    bucket_id: Id = input_property("The `Bucket`.")
    folder: Text | None = input_property(
        "The folder of the repository that contains the bucket. In the mode `NORMAL`, each bucket "
        "has its own folder, which the API does not change.",
        optional=True,
    )
    master: bool | None = input_property(
        "In the mode `MIRROR`, `true` for the bucket that the others copy.", optional=True
    )


def _entry(given: Any) -> tuple[str, str, bool]:
    """Return the canonical form of an entry, from the program or from a response."""
    given = given if isinstance(given, dict) else {}
    folder = tidy(given.get("folder")).strip("/")
    return given.get("bucketId", ""), folder, bool(given.get("master"))


def _may_be(bucket: str, folder: str, wanted: Any) -> bool:
    """Return whether an entry of a program can be this bucket and folder; parts may be unknown."""
    if not isinstance(wanted, dict):
        return True
    same_folder = wanted.get("folder") is UNKNOWN or _entry(wanted)[1] == folder
    return same_folder and wanted.get("bucketId") in (UNKNOWN, bucket)


def _sent_bucket(entry: Properties) -> Properties:
    master = bool(entry.get("master"))
    return {"bucketId": entry["bucketId"], "folder": entry.get("folder") or "", "master": master}


def _shown_bucket(row: Bucket) -> Properties:
    entry = {"bucketId": row.bucket_id, "folder": row.folder, "master": row.master or None}
    return {name: value for name, value in entry.items() if value is not None}


def _list_of(name: str, sent: Callable[[Any], Any], shown: Callable[[Any], Any]) -> ApiForm:
    """Return the form of a list, which the API takes in full; a missing one is empty."""
    return ApiForm(
        name,
        sent=lambda entries: [sent(each) for each in entries or ()],
        shown=lambda rows: [shown(each) for each in rows or ()] or None,
    )


_Buckets = Annotated[
    list[RepositoryBucket],
    as_set(_entry),
    _list_of("repoBuckets", _sent_bucket, _shown_bucket),
]
_Llms = Annotated[
    list[Id],
    as_set(),
    _list_of("repoAiLlms", lambda each: {"aiLlmId": each}, lambda row: row.ai_llm_id),
]


class RepositoryInputs(Inputs):
    """Inputs of ``Repository`` (``POST /repo``)."""

    workspace_id: Id = input_property(
        "The workspace. Changing it replaces the repository.", replaces=True
    )
    name: Name = input_property("The name, which no other repository may have. Updated in place.")
    storage_type: StorageType = input_property(
        "The protocol that the repository offers: `S3`, `GCS`, `BLOB` or another one. Changing "
        "it replaces the repository.",
        replaces=True,
    )
    mode: Annotated[Word, OpenEnum("RepositoryMode", _MODES)] = input_property(
        "`NORMAL` or `MIRROR`. Changing it replaces the repository.", replaces=True
    )
    buckets: _Buckets | None = input_property(
        "The buckets, in any order. Updated in place, except that in the mode `NORMAL` the API "
        "refuses to remove a bucket or to change its folder.",
        optional=True,
    )
    ai_llms: _Llms | None = input_property(
        "The ids of AI model configurations, in any order. Updated in place.", optional=True
    )


class RepositoryOutputs(Outputs):
    """Outputs of ``Repository``."""

    repository_id: str = output_property(
        "The id of the repository on the platform; also the id of the resource.",
        same_as_id=True,
    )
    org_id: str | None = output_property("The organization that the workspace belongs to.")


class _Repository(InWorkspace):
    """The rules of repositories: their lists, and what the mode allows."""

    def warn(self, inputs: Properties) -> tuple[str, ...]:
        warnings, buckets = super().warn(inputs), inputs.get("buckets")
        if inputs.get("mode") != "NORMAL" or not isinstance(buckets, list):
            return warnings
        known = [each for each in buckets if isinstance(each, dict)]
        folders = [_entry(each)[1] for each in known if isinstance(each.get("folder") or "", str)]
        twice = sorted({each for each in folders if folders.count(each) > 1})
        return warnings + tuple(
            f'the folder "{each}" has several buckets, which the API refuses in the mode NORMAL'
            for each in twice
        )

    def foresee_update(
        self, identifier: str, state: Properties, inputs: Properties, difference: Difference
    ) -> tuple[str, ...]:
        warnings = super().foresee_update(identifier, state, inputs, difference)
        wanted = inputs.get("buckets") or []
        if difference.replaces or inputs.get("mode") != "NORMAL" or wanted is UNKNOWN:
            return warnings
        old = [_entry(each)[:2] for each in state.get("buckets") or ()]
        lost = [each for each in old if not any(_may_be(*each, entry) for entry in wanted)]
        return warnings + tuple(
            f'the API refuses to remove bucket {bucket} (folder "{folder}") from repository '
            f"{identifier} or to change its folder, because its mode is NORMAL. Revert the "
            "change, or replace the repository with the option deleteBeforeReplace and `pulumi up "
            "--replace URN`"
            for bucket, folder in lost
        )

    def body(self, inputs: Properties) -> Properties:
        return super().body(_whole(inputs))

    def is_ours(self, context: Context, row: Repository, inputs: Properties) -> bool:
        return super().is_ours(context, row, _whole(inputs))


def _whole(inputs: Properties) -> Properties:
    """Return inputs with both lists: the API requires each in full, and an empty one for none."""
    return {"buckets": [], "aiLlms": [], **inputs}


REPOSITORY: Final = _Repository(
    name="Repository",
    label="repository",
    description=(
        "A repository: buckets and AI models that applications reach at one address, with an "
        "access key of the repository (`RepositoryApiKey`).\n\n"
        "Deleting it deletes its access keys, but neither its buckets nor the data in them."
    ),
    inputs=RepositoryInputs,
    outputs=RepositoryOutputs,
    import_id="{workspaceId}/{repositoryId}",
    holds_data=True,
    delete_before_replace=True,  # its name is unique
    endpoints=lambda client, _: client.repositories,
    updates_all=True,
    finds_again=("name", "storageType", "mode"),
)
