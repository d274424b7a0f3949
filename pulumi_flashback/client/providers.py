"""The provider types that the platform knows."""

from __future__ import annotations

from pulumi_flashback.client.models import ProviderType, ProviderTypeList, Rows
from pulumi_flashback.client.session import Session
from pulumi_flashback.client.transport import Call


class Providers:
    """Provider types (Flashback API, ``/providers``).

    Every method raises a :class:`~pulumi_flashback.client.FlashbackError`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self) -> Rows[ProviderType]:
        """``GET /providers``: return all provider types with their capabilities."""
        call = Call("GET /providers", "/providers")
        return self._session.call_for(ProviderTypeList, call).providers
