"""The registry: every resource, one line each. Both providers and the docs have this order."""

from __future__ import annotations

from typing import Final

from pulumi_flashback.core.resource import Resource
from pulumi_flashback.resources.ai_llm import AI_LLM
from pulumi_flashback.resources.api_key import API_KEY
from pulumi_flashback.resources.bucket import BUCKET
from pulumi_flashback.resources.organization_user import ORGANIZATION_USER
from pulumi_flashback.resources.policy import POLICY
from pulumi_flashback.resources.repository import REPOSITORY
from pulumi_flashback.resources.repository_ai_key import REPOSITORY_AI_KEY
from pulumi_flashback.resources.repository_api_key import REPOSITORY_API_KEY
from pulumi_flashback.resources.repository_cloud_key import REPOSITORY_CLOUD_KEY
from pulumi_flashback.resources.workspace import WORKSPACE
from pulumi_flashback.resources.workspace_member import WORKSPACE_MEMBER

RESOURCES: Final[tuple[Resource, ...]] = (
    WORKSPACE,
    WORKSPACE_MEMBER,
    ORGANIZATION_USER,
    API_KEY,
    BUCKET,
    REPOSITORY,
    REPOSITORY_API_KEY,
    REPOSITORY_CLOUD_KEY,
    AI_LLM,
    REPOSITORY_AI_KEY,
    POLICY,
)


def resource_type(name: str) -> Resource:
    """Return the resource with this name, such as ``ApiKey``."""
    return next(each for each in RESOURCES if each.name == name)
