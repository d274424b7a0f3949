"""The endpoints below ``/bucket``."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field

from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.identifiers import Identifier, OptionalIdentifier
from pulumi_flashback.client.models import Mention, Number, OptionalText, Record, Row, Rows


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

    bucket_id: Identifier


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


class Buckets(Family):
    """The storage buckets of workspaces. Methods raise a :class:`FlashbackError`."""

    def create(self, fields: Mapping[str, str]) -> str:
        """``POST /bucket``: create a bucket; return its id. A used-up quota is a RateLimitError.

        Args:
            fields: Values by the API's field names, with ``apiKeyUuid``, or ``key`` and ``secret``.
        """
        return self._create("POST /bucket", CreatedBucket, "", body=fields).bucket_id

    def list(self, *, workspace_id: str | None = None) -> Rows[Bucket]:
        """``GET /bucket``: return the buckets of a workspace, or all that the user can see."""
        return self._list("GET /bucket", Bucket, "buckets", workspace_id=workspace_id)

    def status(self, bucket_id: str) -> tuple[NodeStatus, ...]:
        """``GET /bucket/{id}/status``: return how the nodes of Flashback reach a bucket."""
        return self._get("GET /bucket/{id}/status", BucketStatus, "", bucket_id).node_status

    def update(self, bucket_id: str, fields: Mapping[str, str | None]) -> None:
        """``PUT /bucket/{id}``: write the given fields; see :meth:`create` for their names."""
        self._write("PUT /bucket/{id}", bucket_id, body=dict(fields))

    def delete(self, bucket_id: str) -> None:
        """``DELETE /bucket/{id}``: delete a bucket; the API refuses it while it is in use (403)."""
        self._write("DELETE /bucket/{id}", bucket_id)
