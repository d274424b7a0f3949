"""The provider types that the platform knows: ``/providers``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.models import OptionalText, Row, Rows, number_or_none


class ProviderType(Row):
    """One row of ``GET /providers``."""

    nouns = ("provider",)

    id: OptionalText = None  # the id of the provider type
    name: OptionalText = None  # its name, as an API key has it in ``provider``
    # What it offers, as a sum of 1 (storage), 2 (AI) and 4 (cloud)
    capabilities: Annotated[int, BeforeValidator(lambda value: number_or_none(value) or 0)] = 0


class Providers(Family):
    """Provider types. Methods raise a :class:`FlashbackError`."""

    def list(self) -> Rows[ProviderType]:
        """``GET /providers``: return all provider types with their capabilities."""
        return self._list("GET /providers", ProviderType, "providers")
