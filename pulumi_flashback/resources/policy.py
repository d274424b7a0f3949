"""The ``Policy`` resource: a rule for what AI models are asked and answer."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.client.endpoints.policies import Policy
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.listed import Single
from pulumi_flashback.core.properties import (
    InputProblem,
    Inputs,
    Outputs,
    input_property,
    output_property,
)
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.resource_model import Difference
from pulumi_flashback.core.types import ApiForm, Id, Name, OpenEnum, Text, Word
from pulumi_flashback.core.values import UNKNOWN, Properties
from pulumi_flashback.resources.ai_llm import TEST_ONLY
from pulumi_flashback.resources.named_numbers import NamedNumbers
from pulumi_flashback.resources.workspace_reader import confirm_access

ACTIONS: Final = NamedNumbers({"LOG": 0, "ALERT": 1, "BLOCK": 2})

_RISKS: Final = {"LOW": "A low risk", "MEDIUM": "A medium risk", "HIGH": "A high risk"}
_ACTION_TYPES: Final = {
    "LOG": "A violation is logged",
    "ALERT": "A violation raises an alert",
    "BLOCK": "A violation is blocked",
}
_RiskType = Annotated[Word, OpenEnum("PolicyRisk", _RISKS)]
_ActionType = Annotated[
    str,
    AfterValidator(ACTIONS.valid),
    OpenEnum("PolicyAction", _ACTION_TYPES),
    ApiForm(sent=ACTIONS.number, shown=ACTIONS.text),
]


class PolicyInputs(Inputs):
    """Inputs of ``Policy`` (``POST /policy``)."""

    name: Name = input_property("The name. Updated in place.")
    content: Text = input_property("The rule, in plain language. Updated in place.")
    risk_type: _RiskType = input_property(
        "The severity of a violation: `LOW`, `MEDIUM` or `HIGH`. Updated in place."
    )
    action_type: _ActionType = input_property(
        "The action on a violation: `LOG`, `ALERT` or `BLOCK` (0, 1 and 2 in the API). Updated in "
        "place."
    )
    org_id: Id | None = input_property(
        "The organization. Default: that of the signed-in user. Changing it replaces the policy.",
        optional=True,
        replaces=True,
    )
    workspace_id: Id | None = input_property(
        "The workspace that the policy applies to. Default: the whole organization. "
        "Changing it replaces the policy.",
        optional=True,
        replaces=True,
    )
    repository_id: Annotated[Id, ApiForm("repoId")] | None = input_property(
        "The repository of that workspace that the policy applies to. Changing it replaces the "
        "policy.",
        optional=True,
        replaces=True,
    )


class PolicyOutputs(Outputs):
    """Outputs of ``Policy``."""

    policy_id: str = output_property(
        "The id of the policy on the platform; also the id of the resource.", same_as_id=True
    )


class _PolicySource(Single[Policy]):
    """Policies are open to who may use what they are for."""

    def confirm_gone(self, context: Context, identifier: str, state: Properties) -> None:
        super().confirm_gone(context, identifier, state)
        if state.get("workspaceId"):
            confirm_access(context, state["workspaceId"], f"policy {identifier}", state)
        elif not context.account.administers:
            raise FlashbackError(
                "the API shows policies of the whole organization to its administrators, but the "
                "signed-in user is not one. Sign in as an ADMINISTRATOR or OWNER"
            )


_SOURCE: Final = _PolicySource(
    get=lambda client, identifier: client.policies.get(identifier),
    # whether a list of the organization has those of its workspaces is not documented
    scope=("orgId", "workspaceId", "repositoryId"),
    fetch=lambda client, scope: client.policies.list(
        org_id=scope["orgId"],
        workspace_id=scope.get("workspaceId"),
        repository_id=scope.get("repositoryId"),
    ),
)


class _Policy(Resource):
    """What is special about a policy: an organization that is left out, and a single read."""

    @property
    def source(self) -> _PolicySource:
        return _SOURCE

    def contradictions(self, inputs: Properties) -> list[InputProblem]:
        if inputs.get("repositoryId") is None or inputs.get("workspaceId") is not None:
            return []
        reason = "workspaceId is required: set it to the workspace of the repository"
        return [InputProblem("workspaceId", reason)]

    def diff(self, state: Properties, inputs: Properties) -> Difference:
        if inputs.get("orgId") is UNKNOWN:
            # while the workspace that it comes from is renamed, the preview of a dynamic provider
            # does not know it; a user belongs to one
            inputs = {**inputs, "orgId": None}
        return super().diff(state, _with_organization(inputs, state))

    def create(self, context: Context, inputs: Properties) -> tuple[str, Properties]:
        organization = inputs.get("orgId") or context.account.organization_id
        if organization is None:
            raise FlashbackError(
                "neither the token nor the profile says which organization the signed-in user "
                "belongs to. Set orgId"
            )
        return super().create(context, {**inputs, "orgId": organization})

    def update(
        self, context: Context, identifier: str, state: Properties, inputs: Properties
    ) -> Properties:
        return super().update(context, identifier, state, _with_organization(inputs, state))


def _with_organization(inputs: Properties, state: Properties) -> Properties:
    return {**inputs, "orgId": inputs.get("orgId") or state.get("orgId")}


POLICY: Final = _Policy(
    name="Policy",
    label="policy",
    description=(
        "A rule for prompts to AI models and their responses, in an organization, a workspace or a "
        f"repository. {TEST_ONLY}\n\n"
        "Policies of a narrower scope add to those of a wider one and never override them."
    ),
    inputs=PolicyInputs,
    outputs=PolicyOutputs,
    import_id="{policyId}",
    endpoints=lambda client, _: client.policies,
    finds_again=("name", "content", "riskType", "actionType"),
)
