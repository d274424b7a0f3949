"""Functions for workspaces."""

from typing import Final

from pydantic import Field

from pulumi_flashback.client import WorkspaceMember
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.function import Function, result, summary
from pulumi_flashback.core.properties import Inputs, input_property
from pulumi_flashback.core.types import Name
from pulumi_flashback.core.values import Properties


class GetWorkspaceInputs(Inputs):
    """Arguments of ``getWorkspace``."""

    workspace_id: Name = input_property("The id of the workspace.")


@result
class WorkspaceSummary:
    """A workspace as a list shows it."""

    id: str = Field(description="The id of the workspace.")
    name: str | None = Field(default=None, description="Its name.")
    org_id: str | None = Field(default=None, description="The organization that it belongs to.")


@result
class MemberSummary:
    """A member of a workspace."""

    user_id: str = Field(description="The id of the user.")
    role: str | None = Field(default=None, description="The role: `READ`, `WRITE` or `ADMIN`.")
    email: str | None = Field(default=None, description="The email address.")
    name: str | None = Field(default=None, description="The first name.")
    last_name: str | None = Field(default=None, description="The last name.")


@result
class GetWorkspaceResult(WorkspaceSummary):
    """A workspace with its members."""

    members: list[MemberSummary] = Field(
        description="The members; empty if the API does not return them."
    )


def _get_workspace(context: Context, arguments: Properties) -> GetWorkspaceResult:
    found = context.client.workspaces.get(arguments["workspaceId"])
    return summary(GetWorkspaceResult, found, members=[_member(row) for row in found.members or ()])


def _member(row: WorkspaceMember) -> MemberSummary:
    user = row.user.model_dump(include={"email", "name", "last_name"}) if row.user else {}
    return summary(MemberSummary, row, **user)


@result
class GetWorkspacesResult:
    """The workspaces that the user can see."""

    workspaces: list[WorkspaceSummary] = Field(
        description="The workspaces, in the order of the API."
    )


def _get_workspaces(context: Context, _: Properties) -> GetWorkspacesResult:
    rows = context.reported(context.client.workspaces.list())
    return GetWorkspacesResult(workspaces=[summary(WorkspaceSummary, row) for row in rows])


GET_WORKSPACE: Final = Function(
    "getWorkspace", "GET /workspace/{id}", _get_workspace, GetWorkspaceInputs
)
GET_WORKSPACES: Final = Function("getWorkspaces", "GET /workspace", _get_workspaces)
