"""The endpoints below ``/apikeys``, and ``/providers``: the provider types of keys."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from pulumi_flashback.client.endpoints.family import Family, WorkspaceCollection
from pulumi_flashback.client.identifiers import Identifier, checked
from pulumi_flashback.client.matching import equal_without_case
from pulumi_flashback.client.models import (
    Mention,
    Number,
    OptionalText,
    Record,
    Row,
    Rows,
    number_or_none,
)


class ApiKey(Row):
    """One row of ``GET /apikeys``. The API never returns the secret or the workspace id.

    Attributes that are not arguments of :meth:`ApiKeys.create`:
        id: The ``apiKeyId``.
        key: The public half; some backends mask it.
        created_at: ISO 8601 time of creation.
        bucket_count: Number of buckets that use the key.
        aillm_count: Number of AI model configurations that use the key.
    """

    nouns = ("apikey", "key")

    id: Identifier
    key: OptionalText = Field(default=None, repr=False)
    provider: OptionalText = None
    endpoint: OptionalText = None
    region: OptionalText = None
    tenant_id: OptionalText = None
    subscription_id: OptionalText = None
    description: OptionalText = None
    created_at: Mention = None
    bucket_count: Number = Field(default=None, alias="bucket_count")
    aillm_count: Number = Field(default=None, alias="aillm_count")


class CreatedApiKey(Record):
    """The response of ``POST /apikeys``."""

    api_key_id: Identifier


class ApiKeys(WorkspaceCollection[ApiKey, CreatedApiKey]):
    """``/apikeys``: provider API keys, the reusable credentials of a workspace.

    The fields of an update are ``key``, ``secret``, ``provider``, ``endpoint``, ``region``,
    ``tenantId``, ``subscriptionId`` and ``description``. A key that a bucket or an AI model uses
    cannot be deleted.
    """

    path = "/apikeys/{id}"
    row, listed_at = ApiKey, "apiKeys"
    created = CreatedApiKey

    def create(  # type: ignore[override] # these arguments are older than the other families
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

        The API has no idempotency key, so the request is sent again only if it provably never
        arrived or was rejected by a rate limit. An error whose ``may_have_taken_effect`` is true
        leaves open whether the key exists.

        Args:
            workspace_id: The workspace that owns the key.
            key: The public half: access key, identifier or email address, depending on provider.
            secret: The private half.
            provider: The provider type, such as ``AWS``, ``GCP`` or ``AZURE``.
            endpoint: A custom endpoint, for S3-compatible services.
            region: The provider's region.
            tenant_id: The Azure tenant.
            subscription_id: The Azure subscription.
            description: Free text.

        Raises:
            DuplicateError: An identical key already exists in the workspace.
            BadRequestError: The backend rejects the input.
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
        return super().create(body)

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

        ``find`` of the list returns a key by its id, or None if it certainly is not listed.

        Args:
            workspace_id: Only keys of this workspace; None for all keys that the user can see.
            provider: Only keys of this provider type; the case of ASCII letters is ignored.
            capability: Only keys whose provider has this capability (1 storage, 2 AI, 4 cloud).
            max_retries: Maximum number of retries, if lower than that of the client.
            timeout: Timeout for each attempt in seconds, if lower than that of the client.
        """
        # the backend may compare case-sensitively, and its provider types are in uppercase
        query = provider if provider is None or provider.isupper() else None
        rows = self._rows(
            workspace_id=workspace_id,
            filters={
                "provider": query,
                "capability": None if capability is None else str(capability),
            },
            max_retries=max_retries,
            timeout=timeout,
        )
        # a backend that does not support the filter returns all rows
        return rows.where(
            lambda row: provider is None or equal_without_case(row.provider or "", provider)
        )

    def get(self, api_key_id: str, *, workspace_id: str | None = None) -> ApiKey | None:
        """Return one key from the list, because the API has no endpoint for it; or None.

        Args:
            api_key_id: The id that :meth:`create` returned.
            workspace_id: The workspace that owns the key; None searches all keys.
        """
        checked("GET /apikeys", api_key_id)
        return self.list(workspace_id=workspace_id).find(api_key_id)


class ProviderType(Row):
    """One row of ``GET /providers``."""

    nouns = ("provider",)

    id: OptionalText = None
    name: OptionalText = None  # its name, as in ``provider`` of an API key
    # Its capabilities, as a sum of 1 (storage), 2 (AI) and 4 (cloud)
    capabilities: Annotated[int, BeforeValidator(lambda value: number_or_none(value) or 0)] = 0


class Providers(Family):
    """Provider types. Methods raise a :class:`FlashbackError`."""

    def list(self) -> Rows[ProviderType]:
        """``GET /providers``: return all provider types with their capabilities."""
        return self._list("GET /providers", ProviderType, "providers")
