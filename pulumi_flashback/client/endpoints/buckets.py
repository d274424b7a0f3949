"""The endpoints below ``/bucket``."""

from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field

from pulumi_flashback.client.endpoints.family import WorkspaceCollection
from pulumi_flashback.client.identifiers import Identifier, OptionalIdentifier
from pulumi_flashback.client.models import Mention, Number, OptionalText, Record, Row


class Using(Record):
    """A repository that uses a bucket, or an AI model."""

    id: Mention = None
    name: Mention = None


def _readable(value: object) -> tuple[object, ...]:
    """Return the valid entries. The list is informational, so others are ignored."""
    return (
        tuple(each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()
    )


Users = Annotated[tuple[Using, ...], BeforeValidator(_readable)]
"""The repositories that use a row; informational."""


class Bucket(Row):
    """One row of ``GET /bucket``, without its credentials, which are never read."""

    nouns = ("bucket",)

    id: Identifier
    name: OptionalText = None
    bucket: OptionalText = None
    storage_type: OptionalText = None
    region: OptionalText = None
    endpoint: OptionalText = None
    api_key_id: OptionalText = None
    workspace_id: OptionalIdentifier = None
    status: Mention = None
    created_at: Mention = None
    repos: Users = ()


class CreatedBucket(Record):
    """The response of ``POST /bucket``."""

    id: Identifier = Field(alias="bucketId")


class NodeStatus(Record):
    """How well a node of Flashback reaches a bucket."""

    ip: Mention = None
    region: Mention = None
    version: Mention = None
    status: Mention = None
    # the API reference and the vendor's client use different names for it
    latency_ms: Annotated[
        Number, Field(validation_alias=AliasChoices("latency_ms", "latencyMs", "latency"))
    ] = None
    last_updated: Mention = None


class BucketStatus(Record):
    """The response of ``GET /bucket/{id}/status``, which has no ``success``."""

    node_status: tuple[NodeStatus, ...]


class Buckets(WorkspaceCollection[Bucket, CreatedBucket]):
    """``/bucket``: the storage buckets of workspaces.

    Their fields are those of :class:`Bucket`, and ``apiKeyUuid``, or ``key`` and ``secret``. A
    create beyond the quota raises :class:`RateLimitError`. The API refuses to delete a bucket that
    a repository uses (403).
    """

    path = "/bucket/{id}"
    row, listed_at = Bucket, "buckets"
    created = CreatedBucket

    def status(self, bucket_id: str) -> tuple[NodeStatus, ...]:
        """``GET /bucket/{id}/status``: return how well the nodes of Flashback reach a bucket."""
        return self._get("GET /bucket/{id}/status", BucketStatus, "", bucket_id).node_status
