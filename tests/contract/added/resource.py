"""A resource as somebody adds one: all that the core needs to know of it.

It has properties of all types. The dynamic provider's module, ``badge.py``, is generated.
"""

from __future__ import annotations

from typing import Annotated

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.properties import (
    Inputs,
    OpenEnum,
    Outputs,
    PropertyModel,
    input_property,
    output_property,
)
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspaces import view_of

Shape = Annotated[str, OpenEnum("BadgeShape", {"ROUND": "A circle", "SQUARE": "A square"})]


class Hour(PropertyModel):
    """A time of the day."""

    hour_of_day: int = input_property("From 0 to 23.")
    time_zone: str | None = input_property("Where.", optional=True)


class BadgePeriod(PropertyModel):
    """When a badge is worn; \\d is no escape, and \"\"\" no end."""

    first_hour: Hour = input_property("When it begins.")
    other_hours: list[Hour] | None = input_property("When else.", optional=True)


class BadgeInputs(Inputs):
    """Inputs of ``Badge``, which is the name of a workspace that exists."""

    workspace_id: str = input_property("The workspace. Another one replaces it.", replaces=True)
    text: str = input_property("The text; see `badgeId` and `retainOnDelete`, not `camelCase`.")
    code: str | None = input_property("Never shown.", secret=True, optional=True)
    shape: Shape | None = input_property("The shape: `ROUND` or another.", optional=True)
    is_bold: bool | None = input_property("`true` makes it bold.", optional=True)
    line_count: int | None = input_property("How many lines.", optional=True)
    font_size: float | None = input_property("In points.", optional=True)
    colors: list[str] | None = input_property("The colors.", optional=True)
    labels: dict[str, str] | None = input_property("Any texts.", optional=True)
    worn_during: list[BadgePeriod] | None = input_property("When.", optional=True)


class BadgeOutputs(Outputs):
    badge_id: str = output_property("The id.", same_as_id=True)
    version: int = output_property("How often it was written.", always=True)
    stamp_key: str | None = output_property("Never shown.", secret=True)


def create(context: Context, inputs: Properties) -> tuple[str, Properties]:
    context.client.workspaces.update(inputs["workspaceId"], name=inputs["text"])
    context.notify("made a badge")
    return inputs["workspaceId"], {**inputs, "badgeId": inputs["workspaceId"], "version": 1}


def read(context: Context, identifier: str, state: Properties) -> Properties | None:
    workspace = view_of(context).find(identifier, identifier)
    if workspace is None:
        return None
    found = {"workspaceId": identifier, "text": workspace.name, "badgeId": identifier}
    return {"version": 1, **state, **found}


def find(context: Context, import_id: str) -> tuple[str, Properties]:
    outputs = read(context, import_id, {})
    if outputs is None:
        raise FlashbackError("there is no such badge")
    return import_id, outputs


def update(context: Context, identifier: str, state: Properties, inputs: Properties) -> Properties:
    context.client.workspaces.update(identifier, name=inputs["text"])
    return {**state, **inputs}


def delete(context: Context, identifier: str, state: Properties) -> None:
    context.client.workspaces.update(identifier, name=f"no badge, was {state['text']}")


BADGE = Resource(
    name="Badge",
    description="A badge. It has a `text`.",
    inputs=BadgeInputs,
    outputs=BadgeOutputs,
    import_id="{workspaceId}/{badgeId}",
    create=create,
    read=read,
    find=find,
    update=update,
    delete=delete,
)
