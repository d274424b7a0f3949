"""``getProviders``: the provider types that the platform knows (``GET /providers``)."""

from __future__ import annotations

from typing import Final

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulumi_flashback.core.context import Context
from pulumi_flashback.core.function import RESULT, Function
from pulumi_flashback.core.properties import Inputs
from pulumi_flashback.core.values import Properties


class GetProvidersInputs(Inputs):
    """``getProviders`` takes no arguments."""


@dataclass(frozen=True, kw_only=True, config=RESULT)
class ProviderSummary:
    """A provider type that an API key can have."""

    name: str = Field(description="Its name, as `provider` of an API key has it.")
    capabilities: int = Field(
        description="What it offers, as a sum of 1 (storage), 2 (AI) and 4 (cloud)."
    )


@dataclass(frozen=True, kw_only=True, config=RESULT)
class GetProvidersResult:
    """The provider types that the platform knows at present."""

    providers: list[ProviderSummary] = Field(
        description="The provider types, in the order of the platform."
    )


def call(context: Context, _: Properties) -> GetProvidersResult:
    """``GET /providers``."""
    rows = context.reported(context.client.providers.list())
    return GetProvidersResult(
        providers=[
            ProviderSummary(name=row.name, capabilities=row.capabilities)
            for row in rows
            if row.name is not None
        ]
    )


GET_PROVIDERS: Final = Function("getProviders", GetProvidersInputs, GetProvidersResult, call)
