"""A resource as somebody adds one: all that the core needs to know of it."""

from __future__ import annotations

from pulumi_flashback.client import FlashbackClient
from pulumi_flashback.client.models import Workspace
from pulumi_flashback.core.properties import Inputs, Outputs, input_property, output_property
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspace_sources import WorkspaceSource


class BadgeInputs(Inputs):
    """Inputs of ``Badge``, which is the name of a workspace that exists."""

    workspace_id: str = input_property("The workspace.", replaces=True)
    text: str = input_property("The text.")
    code: str | None = input_property("Never shown.", secret=True, optional=True, local=True)


class BadgeOutputs(Outputs):
    badge_id: str = output_property("The id.", same_as_id=True)
    org_id: str | None = output_property("The organization.")


class _Badge(Resource):
    def shown(self, row: Workspace) -> Properties:
        return {"workspaceId": row.id, "text": row.name}


def _post(client: FlashbackClient, inputs: Properties) -> tuple[str, Properties]:
    client.workspaces.update(inputs["workspaceId"], name=inputs["text"])
    return inputs["workspaceId"], {}


BADGE = _Badge(
    name="Badge",
    label="badge",
    description="A badge.",
    inputs=BadgeInputs,
    outputs=BadgeOutputs,
    import_id="{badgeId}",
    source=WorkspaceSource(),
    post=_post,
    put=lambda client, identifier, changes, _: client.workspaces.update(
        identifier, name=changes["text"]
    ),
    remove=lambda client, identifier: client.workspaces.update(identifier, name="no badge"),
)
