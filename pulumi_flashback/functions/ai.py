"""Functions for AI models and policies."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.function import Function, result, summary
from pulumi_flashback.core.properties import Inputs, input_property
from pulumi_flashback.core.types import Name
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.policy import ACTIONS


class GetAiLlmsInputs(Inputs):
    """Arguments of ``getAiLlms``."""

    workspace_id: Name = input_property("The workspace whose AI models are listed.")


@result
class AiLlmSummary:
    """An AI model as a list shows it, without its credentials."""

    id: str = Field(description="The `aiLlmId`.")
    name: str | None = Field(default=None, description="Its name.")
    ai_type: str | None = Field(default=None, description="The type of the provider.")
    endpoint: str | None = Field(default=None, description="The URL of the provider's API.")
    api_key_id: str | None = Field(default=None, description="The `ApiKey` that it uses.")
    created_at: str | None = Field(default=None, description="When it was created, as ISO 8601.")


@result
class GetAiLlmsResult:
    """The AI models of a workspace. The platform offers this only in its TEST environment."""

    ai_llms: list[AiLlmSummary] = Field(description="The models, in the order of the API.")


def _get_ai_llms(context: Context, arguments: Properties) -> GetAiLlmsResult:
    workspace_id = arguments["workspaceId"]
    rows = context.reported_of_workspace(
        workspace_id, context.client.ai_llms.list(workspace_id=workspace_id)
    )
    return GetAiLlmsResult(ai_llms=[summary(AiLlmSummary, row) for row in rows])


class GetPoliciesInputs(Inputs):
    """Arguments of ``getPolicies``."""

    org_id: Name | None = input_property(
        "The organization. Default: the signed-in user's organization.", optional=True
    )
    workspace_id: Name | None = input_property("Only policies of this workspace.", optional=True)
    repository_id: Name | None = input_property("Only policies of this repository.", optional=True)


@result
class PolicySummary:
    """A policy as a list shows it."""

    id: str = Field(description="The `policyId`.")
    name: str | None = Field(default=None, description="Its name.")
    content: str | None = Field(default=None, description="The rule.")
    risk_type: str | None = Field(default=None, description="The severity of a violation.")
    action_type: str | None = Field(
        default=None, description="The action on a violation: `LOG`, `ALERT` or `BLOCK`."
    )
    org_id: str | None = Field(default=None, description="The organization.")
    workspace_id: str | None = Field(default=None, description="The workspace that it applies to.")
    repository_id: str | None = Field(
        default=None, description="The repository that it applies to."
    )
    created_at: str | None = Field(default=None, description="When it was created, as ISO 8601.")


@result
class GetPoliciesResult:
    """The policies of a scope that the user may see.

    The platform determines whether policies of narrower scopes are included. It offers this only
    in its TEST environment.
    """

    policies: list[PolicySummary] = Field(description="The policies, in the order of the API.")


def _get_policies(context: Context, arguments: Properties) -> GetPoliciesResult:
    org_id = arguments.get("orgId") or context.account.organization_id
    if org_id is None:
        raise FlashbackError("could not determine the organization of the user. Give orgId")
    rows = context.client.policies.list(
        org_id=org_id,
        workspace_id=arguments.get("workspaceId"),
        repository_id=arguments.get("repositoryId"),
    )
    return GetPoliciesResult(
        policies=[
            summary(PolicySummary, row, action_type=ACTIONS.text(row.action_type))
            for row in context.reported(rows)
        ]
    )


GET_AI_LLMS: Final = Function("getAiLlms", "GET /ai/llm", _get_ai_llms, GetAiLlmsInputs)
GET_POLICIES: Final = Function("getPolicies", "GET /policy", _get_policies, GetPoliciesInputs)
