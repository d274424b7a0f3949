"""A resource as somebody adds one: all that the core needs to know of it."""

from __future__ import annotations

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.properties import Inputs, Outputs, input_property, output_property
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspaces import view_of


class BadgeInputs(Inputs):
    """Inputs of ``Badge``, which is the name of a workspace that exists."""

    workspace_id: str = input_property("The workspace.", replaces=True)
    text: str = input_property("The text.")
    code: str | None = input_property("Never shown.", secret=True, optional=True)


class BadgeOutputs(Outputs):
    badge_id: str = output_property("The id.", same_as_id=True)


def create(context: Context, inputs: Properties) -> tuple[str, Properties]:
    """Make it."""
    context.client.workspaces.update(inputs["workspaceId"], name=inputs["text"])
    context.notify("made a badge")
    return inputs["workspaceId"], {**inputs, "badgeId": inputs["workspaceId"]}


def read(context: Context, identifier: str, state: Properties) -> Properties | None:
    """Read it."""
    workspace = view_of(context).find(identifier, identifier)
    if workspace is None:
        return None
    return {**state, "workspaceId": identifier, "text": workspace.name, "badgeId": identifier}


def find(context: Context, import_id: str) -> tuple[str, Properties]:
    """Find it for an import."""
    outputs = read(context, import_id, {})
    if outputs is None:
        raise FlashbackError("there is no such badge")
    return import_id, outputs


def update(context: Context, identifier: str, state: Properties, inputs: Properties) -> Properties:
    """Change it."""
    context.client.workspaces.update(identifier, name=inputs["text"])
    return {**state, **inputs}


def delete(context: Context, identifier: str, state: Properties) -> None:
    """Delete it."""
    context.client.workspaces.update(identifier, name=f"no badge, was {state['text']}")


BADGE = Resource(
    name="Badge",
    description="A badge.",
    inputs=BadgeInputs,
    outputs=BadgeOutputs,
    create=create,
    read=read,
    find=find,
    update=update,
    delete=delete,
)
