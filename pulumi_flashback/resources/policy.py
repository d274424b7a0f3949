"""The ``Policy`` resource: a rule for prompts to AI models and their responses."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator

from pulumi_flashback.core.properties import Inputs, Outputs, input_property, output_property
from pulumi_flashback.core.types import ApiForm, Id, Name, OpenEnum, Text, Word
from pulumi_flashback.resources.ai_llm import TEST_ONLY
from pulumi_flashback.resources.named_numbers import NamedNumbers
from pulumi_flashback.resources.policy_scope import ScopedResource

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
        "The organization. Default: the signed-in user's organization. Changing it replaces the "
        "policy.",
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


POLICY: Final = ScopedResource(
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
    accepts_twins=True,
    finds_again=("name", "content", "riskType", "actionType"),
)
