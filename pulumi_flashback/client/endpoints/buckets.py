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
    """It only informs: what is of another form is left out."""
    return (
        tuple(each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()
    )


Users = Annotated[tuple[Using, ...], BeforeValidator(_readable)]
"""The repositories that use a row; only informs."""


class Bucket(Row):
    """One row of ``GET /bucket``. Its credentials are not read, in whatever form they are shown."""

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
    """How a node reaches a bucket."""

    ip: Mention = None
    region: Mention = None
    version: Mention = None
    status: Mention = None
    # the reference and the vendor's client differ in its name
    latency_ms: Annotated[
        Number, Field(validation_alias=AliasChoices("latency_ms", "latencyMs", "latency"))
    ] = None
    last_updated: Mention = None


class BucketStatus(Record):
    """The response of ``GET /bucket/{id}/status``, which has no ``success``."""

    node_status: tuple[NodeStatus, ...]


class Buckets(WorkspaceCollection[Bucket, CreatedBucket]):
    """``/bucket``: the storage buckets of workspaces.

    Their fields are those of :class:`Bucket`, with ``apiKeyUuid``, or ``key`` and ``secret``. A
    create beyond the quota is a :class:`RateLimitError`; a delete of a bucket that a repository
    uses is refused (403).
    """

    path = "/bucket/{id}"
    row, listed_at = Bucket, "buckets"
    created = CreatedBucket

    def status(self, bucket_id: str) -> tuple[NodeStatus, ...]:
        """``GET /bucket/{id}/status``: return how the nodes of Flashback reach a bucket."""
        return self._get("GET /bucket/{id}/status", BucketStatus, "", bucket_id).node_status
