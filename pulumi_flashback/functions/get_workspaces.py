"""``getWorkspaces``: the workspaces that the user can see (``GET /workspace``)."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulumi_flashback.core.context import Context
from pulumi_flashback.core.function import RESULT, Function
from pulumi_flashback.core.properties import Inputs
from pulumi_flashback.core.values import Properties


class GetWorkspacesInputs(Inputs):
    """``getWorkspaces`` takes no arguments."""


@dataclass(frozen=True, kw_only=True, config=RESULT)
class WorkspaceSummary:
    """A workspace as a list shows it."""

    id: str = Field(description="The id of the workspace.")
    name: str | None = Field(default=None, description="Its name.")
    org_id: str | None = Field(default=None, description="The organization that it belongs to.")


@dataclass(frozen=True, kw_only=True, config=RESULT)
class GetWorkspacesResult:
    """The workspaces that the user can see."""

    workspaces: list[WorkspaceSummary] = Field(
        description="The workspaces, in the order of the platform."
    )


def call(context: Context, _: Properties) -> GetWorkspacesResult:
    """``GET /workspace``."""
    rows = context.reported(context.client.workspaces.list())
    shown = {each.name for each in fields(WorkspaceSummary)}
    return GetWorkspacesResult(
        workspaces=[WorkspaceSummary(**row.model_dump(include=shown)) for row in rows]
    )


GET_WORKSPACES: Final = Function("getWorkspaces", GetWorkspacesInputs, GetWorkspacesResult, call)
