"""The endpoints below ``/policy``, which the API reference marks "TEST environment only"."""

from collections.abc import Mapping

from pydantic import Field

from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.identifiers import Identifier, OptionalIdentifier, checked
from pulumi_flashback.client.models import Mention, Number, OptionalText, Row, Rows


class Policy(Row):
    """One policy, as all of its endpoints show it."""

    nouns = ("policy", "policies")

    id: Identifier
    org_id: OptionalIdentifier = None
    workspace_id: OptionalText = None
    repository_id: OptionalText = Field(default=None, alias="repoId")
    name: OptionalText = None
    content: OptionalText = None
    risk_type: OptionalText = None
    action_type: Number = None  # 0 log, 1 alert, 2 block
    created_at: Mention = None


class Policies(Family):
    """The policies of an organization. Methods raise a :class:`FlashbackError`."""

    def create(self, fields: Mapping[str, str | int]) -> Policy:
        """``POST /policy``: create a policy and return it.

        Args:
            fields: Values by the API's field names: ``orgId``, ``name``, ``content``, ``riskType``,
                ``actionType``, and for a narrower scope ``workspaceId`` and ``repoId``.
        """
        return self._create("POST /policy", Policy, "policy", body=fields)

    def list(
        self, *, org_id: str, workspace_id: str | None = None, repository_id: str | None = None
    ) -> Rows[Policy]:
        """``GET /policy``: return the policies of a scope.

        Whether those of narrower scopes are among them is up to the backend.
        """
        operation = "GET /policy"
        checked(operation, org_id, *filter(None, (repository_id,)))
        scope = {"orgId": org_id, "repoId": repository_id}
        return self._list(operation, Policy, "policies", workspace_id=workspace_id, filters=scope)

    def get(self, policy_id: str) -> Policy:
        """``GET /policy/{id}``: return a policy.

        Raises:
            NotFoundError: It does not exist, or is deleted.
        """
        return self._get("GET /policy/{id}", Policy, "policy", policy_id)

    def update(self, policy_id: str, changes: Mapping[str, str | int]) -> None:
        """``PUT /policy/{id}``: change ``name``, ``content``, ``riskType`` or ``actionType``."""
        self._write("PUT /policy/{id}", policy_id, body=dict(changes))

    def delete(self, policy_id: str) -> None:
        """``DELETE /policy/{id}``: delete a policy; the platform keeps it out of sight."""
        self._write("DELETE /policy/{id}", policy_id)
