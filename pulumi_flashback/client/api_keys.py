"""The endpoints below ``/apikeys``."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_flashback.client.identifiers import checked, path_of
from pulumi_flashback.client.matching import equal_without_case
from pulumi_flashback.client.models import ApiKey, ApiKeyList, CreatedApiKey, Rows
from pulumi_flashback.client.session import Session
from pulumi_flashback.client.transport import Call

_SECRET_FIELDS = ("key", "secret")


class ApiKeys:
    """Provider API keys: reusable credentials of a workspace (Flashback API reference, /apikeys).

    Every method raises a :class:`~pulumi_flashback.client.FlashbackError`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(
        self,
        *,
        workspace_id: str,
        key: str,
        secret: str,
        provider: str,
        endpoint: str | None = None,
        region: str | None = None,
        tenant_id: str | None = None,
        subscription_id: str | None = None,
        description: str | None = None,
    ) -> CreatedApiKey:
        """``POST /apikeys``: create a key and return its id.

        The backend knows no idempotency key, so the request is sent again only where it provably
        never arrived or was turned away by a rate limit. An error whose
        ``may_have_taken_effect`` is true leaves open whether the key exists.

        Args:
            workspace_id: The workspace that owns the key.
            key: The public half: access key, identifier or email address, by provider.
            secret: The private half.
            provider: The provider type, such as ``AWS``, ``GCP`` or ``AZURE``.
            endpoint: A custom endpoint, for S3-compatible services.
            region: The provider's region.
            tenant_id: The Azure tenant.
            subscription_id: The Azure subscription.
            description: Free text.

        Raises:
            DuplicateError: An identical key exists already in the workspace.
            BadRequestError: The backend refuses the input.
            PermissionDeniedError: The user may not create keys in the workspace.
        """
        checked("POST /apikeys", workspace_id)
        fields = {
            "workspaceId": workspace_id,
            "key": key,
            "secret": secret,
            "provider": provider,
            "endpoint": endpoint,
            "region": region,
            "tenantId": tenant_id,
            "subscriptionId": subscription_id,
            "description": description,
        }
        body = {name: value for name, value in fields.items() if value is not None}
        return self._session.call_for(
            CreatedApiKey,
            Call(
                "POST /apikeys",
                "/apikeys",
                body=body,
                repeatable=False,
                secrets=_secrets(body),
            ),
        )

    def list(
        self,
        *,
        workspace_id: str | None = None,
        provider: str | None = None,
        capability: int | None = None,
        max_retries: int | None = None,
        timeout: float | None = None,
    ) -> Rows[ApiKey]:
        """``GET /apikeys``: return the keys, without their secrets.

        ``find`` of the list finds one by its id, or says that it certainly is not there.

        Args:
            workspace_id: Only keys of this workspace; None for all that the user can see.
            provider: Only keys of this provider type; the case of ASCII letters is ignored.
            capability: Only keys whose provider has this capability (1 storage, 2 AI, 4 cloud).
            max_retries: Fewer retries than the client's own number.
            timeout: Fewer seconds than the client's own number.
        """
        if workspace_id is not None:
            checked("GET /apikeys", workspace_id)
        # the backend may compare exactly, and its names of provider types are in capitals
        query = provider if provider is None or provider.isupper() else None
        rows = self._session.call_for(
            ApiKeyList,
            Call(
                "GET /apikeys",
                "/apikeys",
                parameters={
                    "workspaceId": workspace_id,
                    "provider": query,
                    "capability": None if capability is None else str(capability),
                },
                max_retries=max_retries,
                timeout=timeout,
            ),
        ).api_keys
        # a backend that does not know the filter answers with all rows
        return rows.where(
            lambda row: provider is None or equal_without_case(row.provider or "", provider)
        )

    def get(self, api_key_id: str, *, workspace_id: str | None = None) -> ApiKey | None:
        """Return one key, or None: the API has no such endpoint, so it is picked from the list.

        Args:
            api_key_id: The id that :meth:`create` returned.
            workspace_id: The workspace that owns the key; None looks through all.
        """
        checked("GET /apikeys", api_key_id)
        return self.list(workspace_id=workspace_id).find(api_key_id)

    def update(self, api_key_id: str, changes: Mapping[str, str | None]) -> None:
        """``PUT /apikeys/{id}``: change the given fields and keep the others.

        Args:
            api_key_id: The key to change.
            changes: New values by the API's field names (``key``, ``secret``, ``provider``,
                ``endpoint``, ``region``, ``tenantId``, ``subscriptionId``, ``description``).
                None asks the backend to clear an optional field.
        """
        path = path_of("PUT /apikeys/{id}", api_key_id)
        self._session.call(
            Call("PUT /apikeys/{id}", path, body=dict(changes), secrets=_secrets(changes))
        )

    def delete(self, api_key_id: str) -> None:
        """``DELETE /apikeys/{id}``: remove a key for good.

        Raises:
            APIError: The key is in use by a bucket or an AI model, or does not exist.
        """
        path = path_of("DELETE /apikeys/{id}", api_key_id)
        self._session.call(Call("DELETE /apikeys/{id}", path))


def _secrets(fields: Mapping[str, str | None]) -> tuple[str, ...]:
    return tuple(value for name in _SECRET_FIELDS if (value := fields.get(name)))
