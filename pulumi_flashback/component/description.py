"""The description of a workspace, as a program writes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from pulumi_flashback.component.diagnostics import Source
from pulumi_flashback.component.entries import KeyDescription, MemberDescription

__all__ = ["KeyDescription", "MemberDescription", "WorkspaceDescription"]


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
