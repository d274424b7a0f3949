"""Functions for buckets, repositories and quotas."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from pulumi_flashback.core.context import Context
from pulumi_flashback.core.function import Function, result, summary
from pulumi_flashback.core.properties import Inputs, input_property
from pulumi_flashback.core.types import Name
from pulumi_flashback.core.values import Properties


class GetBucketsInputs(Inputs):
    """Arguments of ``getBuckets``."""

    workspace_id: Name = input_property("The workspace whose buckets are listed.")


@result
class BucketSummary:
    """A bucket as a list shows it, without credentials."""

    id: str = Field(description="The `bucketId`.")
    name: str | None = Field(default=None, description="The name in Flashback.")
    bucket: str | None = Field(default=None, description="The name at the provider.")
    storage_type: str | None = Field(default=None, description="The protocol.")
    region: str | None = Field(default=None, description="The provider's region.")
    endpoint: str | None = Field(default=None, description="The custom endpoint.")
    api_key_id: str | None = Field(
        default=None, description="The `ApiKey` with its credentials; None if it has its own."
    )
    status: str | None = Field(default=None, description="Whether it can be reached.")
    created_at: str | None = Field(default=None, description="When it was created, as ISO 8601.")
    repositories: list[str] = Field(description="The names of the repositories that use it.")


@result
class GetBucketsResult:
    """The buckets of a workspace, without their credentials."""

    buckets: list[BucketSummary] = Field(description="The buckets, in the order of the API.")


def _get_buckets(context: Context, arguments: Properties) -> GetBucketsResult:
    workspace_id = arguments["workspaceId"]
    rows = context.reported_of_workspace(
        workspace_id, context.client.buckets.list(workspace_id=workspace_id)
    )
    return GetBucketsResult(
        buckets=[
            summary(BucketSummary, row, repositories=[each.name or each.id for each in row.repos])
            for row in rows
        ]
    )


class GetRepositoriesInputs(Inputs):
    """Arguments of ``getRepositories``."""

    workspace_id: Name = input_property("The workspace whose repositories are listed.")


@result
class RepositorySummary:
    """A repository as a list shows it."""

    id: str = Field(description="The `repositoryId`.")
    name: str | None = Field(default=None, description="The name.")
    storage_type: str | None = Field(default=None, description="The protocol that it offers.")
    mode: str | None = Field(default=None, description="The mode: `NORMAL` or `MIRROR`.")
    created_at: str | None = Field(default=None, description="When it was created, as ISO 8601.")
    bucket_ids: list[str] = Field(description="The ids of its buckets.")
    ai_llm_ids: list[str] = Field(description="The ids of its AI model configurations.")


@result
class GetRepositoriesResult:
    """The repositories of a workspace."""

    repositories: list[RepositorySummary] = Field(
        description="The repositories, in the order of the API."
    )


def _get_repositories(context: Context, arguments: Properties) -> GetRepositoriesResult:
    workspace_id = arguments["workspaceId"]
    rows = context.reported_of_workspace(
        workspace_id, context.client.repositories.list(workspace_id=workspace_id)
    )
    return GetRepositoriesResult(
        repositories=[
            summary(
                RepositorySummary,
                row,
                bucket_ids=list(dict.fromkeys(each.bucket_id for each in row.buckets or ())),
                ai_llm_ids=[each.ai_llm_id for each in row.ai_llms or ()],
            )
            for row in rows
        ]
    )


class GetBucketStatusInputs(Inputs):
    """Arguments of ``getBucketStatus``."""

    bucket_id: Name = input_property("The id of the bucket.")


@result
class NodeStatusSummary:
    """Whether one node of Flashback reaches a bucket, and how fast."""

    ip: str | None = Field(default=None, description="The address of the node.")
    region: str | None = Field(default=None, description="The region of the node.")
    version: str | None = Field(default=None, description="The version of the node.")
    status: str | None = Field(default=None, description="Whether it reaches the bucket.")
    latency_ms: int | None = Field(default=None, description="The latency in milliseconds.")
    last_updated: str | None = Field(default=None, description="The time of the measurement.")


@result
class GetBucketStatusResult:
    """Whether the nodes of Flashback reach a bucket, and how fast."""

    nodes: list[NodeStatusSummary] = Field(description="One entry for each node.")


def _get_bucket_status(context: Context, arguments: Properties) -> GetBucketStatusResult:
    found = context.client.buckets.status(arguments["bucketId"])
    return GetBucketStatusResult(nodes=[summary(NodeStatusSummary, each) for each in found])


@result
class QuotaSummary:
    """One quota and its use."""

    code: str = Field(description="The limited resource, as the API names it.")
    type: str | None = Field(default=None, description="The kind of the limit.")
    period_type: str | None = Field(default=None, description="The period that it applies to.")
    current: int | None = Field(default=None, description="The current use.")
    max: int | None = Field(default=None, description="The limit.")


@result
class GetQuotaResult:
    """The quotas of the subscription of the signed-in user, and their use."""

    quotas: list[QuotaSummary] = Field(description="The quotas, in the order of the API.")


def _get_quota(context: Context, _: Properties) -> GetQuotaResult:
    return GetQuotaResult(
        quotas=[
            summary(
                QuotaSummary,
                each.capability,
                current=each.usage.current if each.usage else None,
                max=each.usage.max if each.usage else None,
            )
            for each in context.client.users.quota()
        ]
    )


GET_BUCKETS: Final = Function("getBuckets", "GET /bucket", _get_buckets, GetBucketsInputs)
GET_BUCKET_STATUS: Final = Function(
    "getBucketStatus", "GET /bucket/{id}/status", _get_bucket_status, GetBucketStatusInputs
)
GET_QUOTA: Final = Function("getQuota", "GET /user/quota", _get_quota)
GET_REPOSITORIES: Final = Function(
    "getRepositories", "GET /repo", _get_repositories, GetRepositoriesInputs
)
