"""The description of a workspace, as a program writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from pulumi_flashback.component.diagnostics import Source


@dataclass(kw_only=True)
class MemberDescription:
    """A member of a workspace: give ``email`` or ``user_id``.

    Args:
        role: The role: `READ`, `WRITE` or `ADMIN`. Changed in place.
        email: The email address of a user of the organization. The id is looked up with it.
        user_id: The id of the user.
        allow_removing_last_admin: `True` lets the last ADMIN of the workspace be removed or get a
            lesser role, and lets the user that the provider is signed in as remove itself.
        renamed_from: The label, or the labels, that this member had before.
    """

    role: pulumi.Input[str]
    email: str | None = None
    user_id: pulumi.Input[str] | None = None
    allow_removing_last_admin: bool | None = None
    renamed_from: str | Sequence[str] | None = None


@dataclass(kw_only=True)
class KeyDescription:
    """An API key of a workspace: the inputs of :class:`ApiKeyArgs` without the workspace.

    Args:
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
        renamed_from: The label, or the labels, that this key had before.
    """

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
    renamed_from: str | Sequence[str] | None = None


@dataclass(kw_only=True)
class WorkspaceDescription:
    """A workspace, its members and its API keys: give ``name`` or ``workspace_id``.

    Args:
        name: The name of the workspace to create. Updated in place.
        workspace_id: A workspace that exists; only these members and keys of it are managed.
        members: The members by label.
        keys: The API keys by label.
        source: The file that the description comes from, for error messages.
    """

    name: pulumi.Input[str] | None = None
    workspace_id: pulumi.Input[str] | None = None
    members: Mapping[str, MemberDescription] = field(default_factory=dict)
    keys: Mapping[str, KeyDescription] = field(default_factory=dict)
    source: Source | None = field(default=None, repr=False, compare=False)
