"""The endpoints below ``/policy``, which the API reference marks "TEST environment only"."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from pulumi_flashback.client.endpoints.family import Collection
from pulumi_flashback.client.identifiers import Identifier, OptionalIdentifier, checked
from pulumi_flashback.client.models import Mention, Number, OptionalText, Row, Rows


def _id_of(user: Any) -> Any:
    return user.get("id") if isinstance(user, dict) else user


class Policy(Row):
    """One policy, as all endpoints return it."""

    nouns = ("policy", "policies")

    id: Identifier
    org_id: OptionalIdentifier = None
    workspace_id: OptionalText = None
    repository_id: OptionalText = Field(default=None, alias="repoId")
    name: OptionalText = None
    content: OptionalText = None
    risk_type: OptionalText = None
    action_type: Number = None  # 0 log, 1 alert, 2 block
    created_by: Annotated[OptionalIdentifier, BeforeValidator(_id_of)] = None  # the id of a user
    created_at: Mention = None


class Policies(Collection[Policy, Policy]):
    """``/policy``: the policies of an organization.

    Their fields are ``name``, ``content``, ``riskType`` and ``actionType``, which an update can
    change; ``orgId``; and for a narrower scope ``workspaceId`` and ``repoId``. The platform keeps
    deleted policies but does not return them.
    """

    path = "/policy/{id}"
    row, listed_at = Policy, "policies"
    created, created_at = Policy, "policy"

    def list(
        self, *, org_id: str, workspace_id: str | None = None, repository_id: str | None = None
    ) -> Rows[Policy]:
        """``GET /policy``: return the policies of a scope.

        The backend determines whether policies of narrower scopes are included.
        """
        checked("GET /policy", org_id, *filter(None, (repository_id,)))
        scope = {"orgId": org_id, "repoId": repository_id}
        return self._rows(workspace_id=workspace_id, filters=scope)

    def get(self, policy_id: str) -> Policy:
        """``GET /policy/{id}``: return a policy.

        Raises:
            NotFoundError: It does not exist, or is deleted.
        """
        return self._get("GET /policy/{id}", Policy, "policy", policy_id)
