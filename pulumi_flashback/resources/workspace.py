"""The ``Workspace`` resource, which contains API keys, buckets, repositories and members."""

from __future__ import annotations

from typing import Final

from pulumi_flashback.client import DuplicateError, FlashbackClient, FlashbackError, Workspace
from pulumi_flashback.client.errors import WorkspaceInUseError
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.properties import Inputs, Outputs, input_property, output_property
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.types import Name
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspace_contents import described, keys_at_a_glance, named
from pulumi_flashback.resources.workspace_reader import reader_of
from pulumi_flashback.resources.workspace_sources import WorkspaceSource
from pulumi_flashback.resources.workspace_twins import name_taken, refuse_second


class WorkspaceInputs(Inputs):
    """Inputs of ``Workspace`` (``POST /workspace``)."""

    name: Name = input_property("The name of the workspace. Updated in place.")


class WorkspaceOutputs(Outputs):
    """Outputs of ``Workspace``."""

    workspace_id: str = output_property(
        "The id of the workspace on the platform; also the id of the resource.",
        same_as_id=True,
    )
    org_id: str | None = output_property("The organization that the workspace belongs to.")


class _Workspace(Resource):
    """The rules of workspaces: unique names, and a delete that affects the contents."""

    @property
    def source(self) -> WorkspaceSource:
        return WorkspaceSource()

    def post(self, client: FlashbackClient, inputs: Properties) -> tuple[str, Properties]:
        created = client.workspaces.create(inputs["name"])
        return created.id, {"orgId": created.org_id}

    def put(
        self, client: FlashbackClient, identifier: str, changes: Properties, inputs: Properties
    ) -> None:
        client.workspaces.update(identifier, name=inputs["name"])

    def remove(self, client: FlashbackClient, identifier: str, state: Properties) -> None:
        client.workspaces.delete(identifier)

    def create(self, context: Context, inputs: Properties) -> tuple[str, Properties]:
        refuse_second(context, inputs["name"])
        return super().create(context, inputs)

    def is_ours(self, context: Context, row: Workspace, inputs: Properties) -> bool:
        reader = reader_of(context)
        if reader.is_as_created(row.id):
            return True
        reader.existing(row.id)  # raises an error if the API does not return the members
        return False

    def how_to_look(self, inputs: Properties) -> str:
        return (
            "Look for a new workspace of this name that no stack manages (`flashback workspaces "
            "list`); import it, or delete it with `flashback workspaces delete WORKSPACE_ID`"
        )

    def on_duplicate(
        self, context: Context, inputs: Properties, error: DuplicateError
    ) -> tuple[str, Properties]:
        raise name_taken(context, inputs["name"], error)

    def delete(self, context: Context, identifier: str, state: Properties) -> None:
        keys = keys_at_a_glance(context.client, identifier)
        super().delete(context, identifier, state)
        if keys:  # they can no longer be listed
            context.notify(
                f"workspace {identifier} was deleted with API keys in it, which can no longer be "
                f"listed: {named(keys)}"
            )

    def is_refusal(self, error: FlashbackError) -> bool:
        return isinstance(error, WorkspaceInUseError)

    def refused(
        self, context: Context, identifier: str, row: Workspace | None, failure: FlashbackError
    ) -> FlashbackError:
        if not self.is_refusal(failure):
            return failure
        shown = described(context.client, identifier)
        if not shown:
            return failure
        return FlashbackError(
            f"{failure.brief}. In it: {shown}. Delete or move them, then run the same command again"
        )


WORKSPACE: Final = _Workspace(
    name="Workspace",
    label="workspace",
    description=(
        "A workspace, which contains API keys, buckets, repositories and members. The user who "
        "creates it becomes a member with the role ADMIN.\n\n"
        "It cannot be deleted while it contains buckets or repositories."
    ),
    inputs=WorkspaceInputs,
    outputs=WorkspaceOutputs,
    import_id="{workspaceId}",
    finds_again=("name",),
)
