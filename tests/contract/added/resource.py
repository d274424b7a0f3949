"""A resource as somebody adds one: all that the core needs to know of it.

It has properties of all types. The dynamic provider's module, ``badge.py``, is generated.
"""

from __future__ import annotations

from typing import Annotated

from pulumi_flashback.client import FlashbackClient, Workspace
from pulumi_flashback.core.properties import (
    Inputs,
    Outputs,
    PropertyModel,
    input_property,
    output_property,
)
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.types import OpenEnum
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspace_sources import WorkspaceSource

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
    org_id: str | None = output_property("The organization.")


class _Badge(Resource):
    @property
    def source(self) -> WorkspaceSource:
        return WorkspaceSource()

    def post(self, client: FlashbackClient, inputs: Properties) -> tuple[str, Properties]:
        client.workspaces.update(inputs["workspaceId"], name=inputs["text"])
        return inputs["workspaceId"], {"version": 1}

    def put(
        self, client: FlashbackClient, identifier: str, changes: Properties, inputs: Properties
    ) -> None:
        client.workspaces.update(identifier, name=inputs["text"])

    def remove(self, client: FlashbackClient, identifier: str, state: Properties) -> None:
        client.workspaces.update(identifier, name="no badge")

    def shown(self, row: Workspace) -> Properties:
        return {"workspaceId": row.id, "text": row.name}


BADGE = _Badge(
    name="Badge",
    label="badge",
    description="A badge. It has a `text`.",
    inputs=BadgeInputs,
    outputs=BadgeOutputs,
    import_id="{badgeId}",
)
