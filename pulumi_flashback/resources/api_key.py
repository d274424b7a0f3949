"""The ``ApiKey`` resource: a credential of a cloud or AI provider that a workspace may use."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Final

from pydantic import AfterValidator

from pulumi_flashback.client import ApiKey, FlashbackClient, FlashbackError
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.properties import Inputs, Outputs, input_property, output_property
from pulumi_flashback.core.types import Canonical, Endpoint, Id, OpenEnum, Text, Word, valid_text
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.api_key_adoption import AdoptingResource
from pulumi_flashback.resources.masked_keys import VISIBLE_END, identifies, is_masked, may_show
from pulumi_flashback.resources.workspace_contents import listed, named

PROVIDERS: Final = {
    "AWS": "Amazon Web Services, and services with its protocol",
    "GCP": "Google Cloud",
    "AZURE": "Microsoft Azure",
    "OPENAI": "OpenAI",
    "ANTHROPIC": "Anthropic",
    "OTHER": "Any other provider",
}
"""The provider types that the API reference names; the API accepts others as well."""

_Key = Annotated[str, AfterValidator(valid_text), Canonical(lambda key: (key or "").strip())]
_Provider = Annotated[Word, OpenEnum("ProviderType", PROVIDERS)]


class ApiKeyInputs(Inputs):
    """Inputs of ``ApiKey`` (``POST /apikeys``)."""

    workspace_id: Id = input_property(
        "The workspace that owns the key. Changing it replaces the key: the new key is created in "
        "the new workspace before the old one is deleted.",
        replaces=True,
    )
    key: _Key = input_property(
        "The public half of the credential: access key, identifier or email address, depending "
        "on the provider. Updated in place. Stored as a secret in the state; a program can "
        "export it.",
        secret=True,
    )
    secret: Text = input_property(
        "The private half of the credential. Updated in place. The API never returns it, so the "
        "provider cannot detect a change made elsewhere.",
        secret=True,
    )
    provider: _Provider = input_property(
        "The provider type: `AWS`, `GCP`, `AZURE`, `OPENAI`, `ANTHROPIC`, `OTHER`, or another one "
        "that the platform knows. Updated in place.",
    )
    endpoint: Endpoint | None = input_property(
        "A custom endpoint, as a host such as `s3.us-east-1.amazonaws.com` or a URL, for "
        "S3-compatible services. Removing it clears it.",
        optional=True,
    )
    region: Word | None = input_property(
        "The provider's region. Removing it clears it.", optional=True
    )
    tenant_id: Word | None = input_property(
        "The Azure tenant. Removing it clears it.", optional=True
    )
    subscription_id: Word | None = input_property(
        "The Azure subscription. Removing it clears it.", optional=True
    )
    description: Text | None = input_property(
        "Free text, the only label of a key on the platform. Removing it clears it.",
        optional=True,
    )
    rotation_triggers: dict[str, str] | None = input_property(
        "Arbitrary strings. When one of them changes, `key` and `secret` are written again, even "
        "if they are unchanged in the program. This corrects a secret that was changed elsewhere, "
        "which the provider cannot detect.",
        optional=True,
        local=True,
    )
    adopt_existing: bool | None = input_property(
        "`true` adopts an existing key if the API rejects the new one as its duplicate: a key with "
        "the same workspace, provider, key and endpoint. The provider writes the secret and the "
        "other fields of the program to it. With this, the next `pulumi up` recovers from a lost "
        "state. Do not set it if another stack may manage that key.",
        optional=True,
        ignored=True,
    )


class ApiKeyOutputs(Outputs):
    """Outputs of ``ApiKey``."""

    api_key_id: str = output_property(
        "The id of the key on the platform; also the id of the resource.", same_as_id=True
    )
    org_id: str | None = output_property("The organization that the workspace belongs to.")


class _ApiKey(AdoptingResource):
    """The rules of API keys besides adoption: masked values and rotation."""

    def post(self, client: FlashbackClient, inputs: Properties) -> tuple[str, Properties]:
        names = self.inputs.python_names()
        fields = {names[name]: value for name, value in self.body(inputs).items()}
        return client.api_keys.create(**fields).api_key_id, {}

    def warn(self, inputs: Properties) -> tuple[str, ...]:
        return (*super().warn(inputs), *_stray_white_space(inputs))

    def identity(self, inputs: Properties) -> tuple[str, ...]:
        # as broad as is_ours: a masked key is recognized by its last characters
        *others, key = super().identity(inputs)
        return (*others, key[-VISIBLE_END:])

    def is_ours(self, context: Context, row: ApiKey, inputs: Properties) -> bool:
        certain = not row.odd and identifies(row.key, inputs["key"])
        return certain and super().is_ours(context, row, inputs)

    def how_to_look(self, inputs: Properties) -> str:
        return (
            f"Look in workspace {inputs['workspaceId']} for a key of provider "
            f"{inputs['provider']} that no stack manages (`flashback orphans` lists them); adopt "
            "it with adoptExisting, or delete it and run `pulumi up` again"
        )

    def looks_same(self, name: str, listed: Any, known: Any) -> bool:
        if name == "key" and listed is not None:
            # a mask is not the key
            return (known is None and is_masked(listed)) or may_show(listed, known)
        return super().looks_same(name, listed, known)

    def changes(self, state: Properties, inputs: Properties) -> Properties:
        changes = super().changes(state, inputs)
        triggered = "rotationTriggers" in self.diff(state, inputs).changed
        if triggered and inputs.get("rotationTriggers"):
            changes.update(key=inputs["key"], secret=inputs["secret"])
        return changes

    def refused(
        self, context: Context, identifier: str, row: ApiKey | None, failure: FlashbackError
    ) -> FlashbackError:
        counts = ((row.bucket_count, "bucket(s)"), (row.aillm_count, "AI model(s)")) if row else ()
        users = [
            f"{count} {what}{f': {names}' if names else ''}"
            for count, what in counts
            if count
            for names in [named(listed(partial(_users, context.client, what, identifier)))]
        ]
        if not users:
            return failure
        return FlashbackError(
            f"it is in use by {' and '.join(users)} ({failure.brief}). Remove them or give them "
            "another key, then run the same command again"
        )


def _users(client: FlashbackClient, what: str, key_id: str) -> list[str]:
    """Return the names of the objects that use a key."""
    rows = client.buckets.list() if what == "bucket(s)" else client.ai_llms.list()
    return [row.name or row.id for row in rows if row.api_key_id == key_id]


def _stray_white_space(inputs: Properties) -> tuple[str, ...]:
    """Files and pipes add a line break. At the end of several lines, it belongs to the value."""
    key, secret = inputs.get("key"), inputs.get("secret")
    odd = []
    if isinstance(key, str) and key.strip() and key != key.strip():
        odd.append("key begins or ends with white space")
    if isinstance(secret, str) and secret.strip() and len(secret.strip().splitlines()) == 1:
        odd += ["secret ends with a line break"] * secret.endswith(("\n", "\r"))
    return tuple(f"{each}; it is sent unchanged. If it is not intended, remove it" for each in odd)


API_KEY: Final = _ApiKey(
    name="ApiKey",
    label="API key",
    description=(
        "An API key: a credential of a cloud or AI provider that a workspace may use. Buckets and "
        "AI models of the workspace refer to it by its id.\n\n"
        "`key` and `secret` are secrets of the state even if plain values are passed. A change of "
        "any input except `workspaceId` updates the key in place; its id stays."
    ),
    inputs=ApiKeyInputs,
    outputs=ApiKeyOutputs,
    import_id="{workspaceId}/{apiKeyId}",
    write_again=(
        "run `pulumi refresh` and give rotation_triggers a new value, so that `pulumi up` writes "
        "key and secret again"
    ),
    endpoints=lambda client, _: client.api_keys,
    finds_again=("provider", "endpoint", "key"),
)
