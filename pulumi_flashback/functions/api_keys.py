"""Functions for API keys and their provider types."""

from typing import Final

from pydantic import Field

from pulumi_flashback.client.matching import equal_without_case
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.function import Function, result, summary
from pulumi_flashback.core.properties import Inputs, input_property
from pulumi_flashback.core.types import Name
from pulumi_flashback.core.values import Properties


class GetApiKeysInputs(Inputs):
    """Arguments of ``getApiKeys``."""

    workspace_id: Name = input_property("The workspace whose keys are listed.")
    provider: Name | None = input_property(
        "Only keys of this provider type, such as `AWS`.", optional=True
    )
    capability: int | None = input_property(
        "Only keys whose provider has this capability: 1 storage, 2 AI, 4 cloud.", optional=True
    )


@result
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
    bucket_count: int | None = Field(default=None, description="The number of buckets that use it.")
    ai_model_count: int | None = Field(
        default=None, description="The number of AI models that use it."
    )


@result
class GetApiKeysResult:
    """The API keys of a workspace, without their credentials.

    The result contains neither half of a key: the API never returns the secret, and the provider
    treats `key` as a secret as well.
    """

    api_keys: list[ApiKeySummary] = Field(description="The keys, in the order of the API.")


def _get_api_keys(context: Context, arguments: Properties) -> GetApiKeysResult:
    workspace_id, capability = arguments["workspaceId"], arguments.get("capability")
    rows = context.reported_of_workspace(
        workspace_id, context.client.api_keys.list(workspace_id=workspace_id, capability=capability)
    )
    if (provider := arguments.get("provider")) is not None:  # the API may be case-sensitive
        rows = rows.where(lambda row: equal_without_case(row.provider or "", provider))
    return GetApiKeysResult(
        api_keys=[summary(ApiKeySummary, row, ai_model_count=row.aillm_count) for row in rows]
    )


@result
class ProviderSummary:
    """A provider type that an API key can have."""

    name: str = Field(description="The value of `provider` of an API key.")
    capabilities: int = Field(
        description="Its capabilities, as a sum of 1 (storage), 2 (AI) and 4 (cloud)."
    )


@result
class GetProvidersResult:
    """The provider types that the platform currently supports."""

    providers: list[ProviderSummary] = Field(
        description="The provider types, in the order of the API."
    )


def _get_providers(context: Context, _: Properties) -> GetProvidersResult:
    rows = context.reported(context.client.providers.list())
    shown = [summary(ProviderSummary, row) for row in rows if row.name is not None]
    return GetProvidersResult(providers=shown)


GET_API_KEYS: Final = Function("getApiKeys", "GET /apikeys", _get_api_keys, GetApiKeysInputs)
GET_PROVIDERS: Final = Function("getProviders", "GET /providers", _get_providers)
