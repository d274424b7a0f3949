"""``WorkspaceDescription``: the description of a workspace in a program."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from pulumi_flashback.component.diagnostics import Source
from pulumi_flashback.component.entries import (
    AiLlmDescription,
    BucketDescription,
    KeyDescription,
    MemberDescription,
    PolicyDescription,
    RepositoryAiKeyDescription,
    RepositoryApiKeyDescription,
    RepositoryCloudKeyDescription,
    RepositoryDescription,
)


@dataclass(kw_only=True)
class WorkspaceDescription:
    """A workspace and its contents. Give ``name`` or ``workspace_id``.

    Args:
        name: The name of the workspace to create. Updated in place.
        workspace_id: The id of an existing workspace; only the described entries are managed.
        members: The members by label.
        keys: The API keys by label.
        buckets: The buckets by label.
        ai_llms: The AI models by label.
        repositories: The repositories by label.
        repository_api_keys: The access keys of repositories by label.
        repository_ai_keys: The AI keys of repositories by label.
        repository_cloud_keys: The API keys that repositories may use, by label.
        policies: The policies by label.
        source: The file that the description comes from, for error messages.
    """

    name: pulumi.Input[str] | None = None
    workspace_id: pulumi.Input[str] | None = None
    members: Mapping[str, MemberDescription] = field(default_factory=dict)
    keys: Mapping[str, KeyDescription] = field(default_factory=dict)
    buckets: Mapping[str, BucketDescription] = field(default_factory=dict)
    ai_llms: Mapping[str, AiLlmDescription] = field(default_factory=dict)
    repositories: Mapping[str, RepositoryDescription] = field(default_factory=dict)
    repository_api_keys: Mapping[str, RepositoryApiKeyDescription] = field(default_factory=dict)
    repository_ai_keys: Mapping[str, RepositoryAiKeyDescription] = field(default_factory=dict)
    repository_cloud_keys: Mapping[str, RepositoryCloudKeyDescription] = field(default_factory=dict)
    policies: Mapping[str, PolicyDescription] = field(default_factory=dict)
    source: Source | None = field(default=None, repr=False, compare=False)
