"""The scope of a policy: an organization, a workspace or a repository; and who can see it."""

from __future__ import annotations

from typing import Final

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.client.endpoints.policies import Policy
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.listed import Single
from pulumi_flashback.core.properties import InputProblem
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.resource_model import Difference
from pulumi_flashback.core.values import UNKNOWN, Properties
from pulumi_flashback.resources.workspace_reader import confirm_access


class _PolicySource(Single[Policy]):
    """Reads policies. A user can see those of a scope that the user has access to."""

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
    # the documentation leaves open whether a list of the organization includes its workspaces
    scope=("orgId", "workspaceId", "repositoryId"),
    fetch=lambda client, scope: client.policies.list(
        org_id=scope["orgId"],
        workspace_id=scope.get("workspaceId"),
        repository_id=scope.get("repositoryId"),
    ),
)


class ScopedResource(Resource):
    """Policies. The default of the organization is the signed-in user's."""

    @property
    def source(self) -> _PolicySource:
        return _SOURCE

    def contradictions(self, inputs: Properties) -> list[InputProblem]:
        if inputs.get("repositoryId") is None or inputs.get("workspaceId") is not None:
            return []
        reason = "workspaceId is required: set it to the workspace of the repository"
        return [InputProblem(reason)]

    def diff(self, state: Properties, inputs: Properties) -> Difference:
        if inputs.get("orgId") is UNKNOWN:
            # An organization that comes from a workspace is unknown in the preview of a dynamic
            # provider while the workspace is renamed. This is no change: a user has only one
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
