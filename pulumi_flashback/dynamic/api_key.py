"""The ``ApiKey`` resource as programs write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, overload

import pulumi

from pulumi_flashback.dynamic.provider import FlashbackProvider
from pulumi_flashback.dynamic.resource import FlashbackResource, values_of


class ApiKeyProvider(FlashbackProvider):
    """Runs the core's ``ApiKey`` in the provider process. Its module and name are frozen."""

    resource_name = "ApiKey"
    write_again = (
        "run `pulumi refresh` and give rotation_triggers a new value, so that `pulumi up` writes "
        "key and secret again"
    )


@dataclass(kw_only=True)
class ApiKeyArgs:
    """The inputs of :class:`ApiKey`, for programs that build them apart from the resource.

    Args:
        workspace_id: The workspace that owns the key. Another value replaces the key: a new one
            is created in the new workspace before the old one is deleted.
        key: The public half of the credential: access key, identifier or email address,
            depending on the provider. Changed in place. Kept as a secret; it can be exported.
        secret: The private half of the credential. Changed in place. The platform never returns
            it, so a change made elsewhere cannot be noticed.
        provider: The provider type: `AWS`, `GCP`, `AZURE`, `OPENAI`, `ANTHROPIC`, `OTHER`, or
            another one that the platform knows. Changed in place.
        endpoint: A custom endpoint, as a host such as `s3.us-east-1.amazonaws.com` or a URL, for
            S3-compatible services. Leaving it out again clears it.
        region: The provider's region. Leaving it out again clears it.
        tenant_id: The Azure tenant. Leaving it out again clears it.
        subscription_id: The Azure subscription. Leaving it out again clears it.
        description: Free text; the only label that the platform has for a key. Leaving it out
            again clears it.
        rotation_triggers: Any texts. When one of them changes, `key` and `secret` are written
            again although they look unchanged: the platform never returns a secret, so a change
            made elsewhere cannot be noticed otherwise.
        adopt_existing: What happens where the platform refuses a new key because an identical one
            exists: `true` takes over the existing key of the same workspace, provider, key and
            endpoint, and writes this secret and these fields to it. So a lost state heals by
            running `pulumi up` again. Do not use it where another stack may hold that key.
    """

    workspace_id: pulumi.Input[str]
    key: pulumi.Input[str] = field(repr=False)
    secret: pulumi.Input[str] = field(repr=False)
    provider: pulumi.Input[str]
    endpoint: pulumi.Input[str] | None = None
    region: pulumi.Input[str] | None = None
    tenant_id: pulumi.Input[str] | None = None
    subscription_id: pulumi.Input[str] | None = None
    description: pulumi.Input[str] | None = None
    rotation_triggers: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None
    adopt_existing: pulumi.Input[bool] | None = None


class ApiKey(FlashbackResource, module="flashback", name="ApiKey"):
    """A provider API key: a credential of a cloud or AI provider that a workspace may use.

    Buckets and AI models of the workspace refer to it by its id::

        backups = ApiKey(
            "backups",
            workspace_id=config.require("workspaceId"),
            key=config.require_secret("accessKey"),
            secret=config.require_secret("secretKey"),
            provider="AWS",
            region="us-east-1",
        )
        pulumi.export("apiKeyId", backups.api_key_id)

    ``key`` and ``secret`` are secrets of the state whatever is passed. Changing any input but
    ``workspace_id`` changes the key in place; its id stays.

    Args:
        name: The name of the resource in the program.
        args: All inputs in one object, instead of the single ones.
        opts: Options of the resource.
        workspace_id: See :class:`ApiKeyArgs`, as for the other inputs.
        key: The public half of the credential.
        secret: The private half of the credential.
        provider: The provider type, such as ``AWS``.
        endpoint: A custom endpoint.
        region: The provider's region.
        tenant_id: The Azure tenant.
        subscription_id: The Azure subscription.
        description: Free text.
        rotation_triggers: Texts; a change writes key and secret again.
        adopt_existing: Take over an identical key that exists.

    Raises:
        TypeError: A required input is missing.
    """

    workspace_id: pulumi.Output[str]
    """The workspace that owns the key."""
    key: pulumi.Output[str]
    """The public half of the credential; a secret."""
    secret: pulumi.Output[str]
    """The private half of the credential; a secret."""
    provider: pulumi.Output[str]
    """The provider type."""
    endpoint: pulumi.Output[str | None]
    """The custom endpoint."""
    region: pulumi.Output[str | None]
    """The provider's region."""
    tenant_id: pulumi.Output[str | None]
    """The Azure tenant."""
    subscription_id: pulumi.Output[str | None]
    """The Azure subscription."""
    description: pulumi.Output[str | None]
    """Free text."""
    rotation_triggers: pulumi.Output[Mapping[str, str] | None]
    """The texts whose change writes key and secret again."""
    adopt_existing: pulumi.Output[bool | None]
    """Whether an identical key that exists was to be taken over."""
    api_key_id: pulumi.Output[str]
    """The id that the platform gave the key; also the id of the resource."""
    org_id: pulumi.Output[str | None]
    """The organization that the workspace belongs to."""

    @overload
    def __init__(
        self, name: str, args: ApiKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...

    @overload
    def __init__(
        self,
        name: str,
        *,
        workspace_id: pulumi.Input[str],
        key: pulumi.Input[str],
        secret: pulumi.Input[str],
        provider: pulumi.Input[str],
        endpoint: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
        subscription_id: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        rotation_triggers: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        adopt_existing: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None: ...

    def __init__(
        self,
        name: str,
        args: ApiKeyArgs | None = None,
        opts: pulumi.ResourceOptions | None = None,
        *,
        workspace_id: pulumi.Input[str] | None = None,
        key: pulumi.Input[str] | None = None,
        secret: pulumi.Input[str] | None = None,
        provider: pulumi.Input[str] | None = None,
        endpoint: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
        subscription_id: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        rotation_triggers: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        adopt_existing: pulumi.Input[bool] | None = None,
    ) -> None:
        single: dict[str, pulumi.Input[Any] | None] = {
            "workspace_id": workspace_id,
            "key": key,
            "secret": secret,
            "provider": provider,
            "endpoint": endpoint,
            "region": region,
            "tenant_id": tenant_id,
            "subscription_id": subscription_id,
            "description": description,
            "rotation_triggers": rotation_triggers,
            "adopt_existing": adopt_existing,
        }
        super().__init__(
            ApiKeyProvider(),
            name,
            inputs=values_of(args, single),
            required=("workspace_id", "key", "secret", "provider"),
            outputs=("org_id",),
            secrets=("key", "secret"),
            opts=opts,
            same_as_id="api_key_id",
        )

    @staticmethod
    def get(
        name: str,
        id: pulumi.Input[str],  # noqa: A002 - the name that Pulumi's SDKs give it
        workspace_id: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> ApiKey:
        """Read a key that exists already and is not managed by this program.

        The platform never returns a secret, so ``secret`` is None; ``key`` is None as well where
        the platform masks it.

        Args:
            name: The name of the resource in the program.
            id: The ``apiKeyId``.
            workspace_id: The workspace that owns the key; the API can only list a workspace.
            opts: Options of the resource.
        """
        merged = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))
        found: ApiKey = ApiKey(  # type: ignore[call-overload] # reading needs no more than this
            name, workspace_id=workspace_id, opts=merged
        )
        return found
