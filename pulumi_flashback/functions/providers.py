"""The functions about provider types."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from pulumi_flashback.core.context import Context
from pulumi_flashback.core.function import Function, result, summary
from pulumi_flashback.core.values import Properties


@result
class ProviderSummary:
    """A provider type that an API key can have."""

    name: str = Field(description="Its name, as `provider` of an API key has it.")
    capabilities: int = Field(
        description="What it offers, as a sum of 1 (storage), 2 (AI) and 4 (cloud)."
    )


@result
class GetProvidersResult:
    """The provider types that the platform knows at present."""

    providers: list[ProviderSummary] = Field(
        description="The provider types, in the order of the platform."
    )


def _get_providers(context: Context, _: Properties) -> GetProvidersResult:
    rows = context.reported(context.client.providers.list())
    shown = [summary(ProviderSummary, row) for row in rows if row.name is not None]
    return GetProvidersResult(providers=shown)


GET_PROVIDERS: Final = Function("getProviders", "GET /providers", _get_providers)
