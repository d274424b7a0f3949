"""``getApiKeys``: the API keys of a workspace (``GET /apikeys``)."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from pulumi_flashback.client import ApiKey
from pulumi_flashback.client.matching import equal_without_case
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.function import RESULT, Function
from pulumi_flashback.core.properties import Inputs, input_property
from pulumi_flashback.core.types import valid_identifier
from pulumi_flashback.core.values import Properties

_Identifier = Annotated[str, AfterValidator(valid_identifier)]


class GetApiKeysInputs(Inputs):
    """Arguments of ``getApiKeys``."""

    workspace_id: _Identifier = input_property("The workspace whose keys are listed.")
    provider: _Identifier | None = input_property(
        "Only keys of this provider type, such as `AWS`.", optional=True
    )
    capability: int | None = input_property(
        "Only keys whose provider has this capability: 1 storage, 2 AI, 4 cloud.", optional=True
    )


@dataclass(frozen=True, kw_only=True, config=RESULT)
class ApiKeySummary:
    """An API key as a list shows it, without `key` and `secret`."""

    id: str = Field(description="The `apiKeyId`.")
    provider: str | None = Field(default=None, description="The provider type.")
    endpoint: str | None = Field(default=None, description="The custom endpoint.")
    region: str | None = Field(default=None, description="The provider's region.")
    tenant_id: str | None = Field(default=None, description="The Azure tenant.")
    subscription_id: str | None = Field(default=None, description="The Azure subscription.")
    description: str | None = Field(default=None, description="Free text.")
    created_at: str | None = Field(default=None, description="When it was created, as ISO 8601.")
    bucket_count: int | None = Field(default=None, description="How many buckets use it.")
    ai_model_count: int | None = Field(default=None, description="How many AI models use it.")


@dataclass(frozen=True, kw_only=True, config=RESULT)
class GetApiKeysResult:
    """The API keys of a workspace, without what they unlock.

    Neither half of a key is in the result: the platform never returns the secret, and `key` is
    treated as a secret as well.
    """

    api_keys: list[ApiKeySummary] = Field(description="The keys, in the order of the platform.")


def call(context: Context, arguments: Properties) -> GetApiKeysResult:
    """``GET /apikeys``.

    Raises:
        FlashbackError: The list cannot be fetched, or the user cannot see the workspace.
    """
    workspace_id, provider = arguments["workspaceId"], arguments.get("provider")
    # the filter for providers is ours: that of the platform may be particular about case
    rows = context.reported(
        context.client.api_keys.list(
            workspace_id=workspace_id, capability=arguments.get("capability")
        )
    )
    if not rows:  # a closed workspace may look like an empty one
        context.client.workspaces.get(workspace_id)
    if provider is not None:
        rows = rows.where(lambda row: equal_without_case(row.provider or "", provider))
    return GetApiKeysResult(api_keys=[_summary(row) for row in rows])


def _summary(row: ApiKey) -> ApiKeySummary:
    shown = {each.name for each in fields(ApiKeySummary)}
    return ApiKeySummary(**row.model_dump(include=shown), ai_model_count=row.aillm_count)


GET_API_KEYS: Final = Function("getApiKeys", GetApiKeysInputs, GetApiKeysResult, call)
