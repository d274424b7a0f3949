"""``getWorkspace``: one workspace with its members (``GET /workspace/{id}``)."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from pulumi_flashback.client import WorkspaceMember
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.function import RESULT, Function
from pulumi_flashback.core.properties import Inputs, input_property
from pulumi_flashback.core.validators import valid_identifier
from pulumi_flashback.core.values import Properties

_Identifier = Annotated[str, AfterValidator(valid_identifier)]


class GetWorkspaceInputs(Inputs):
    """Arguments of ``getWorkspace``."""

    workspace_id: _Identifier = input_property("The id of the workspace.")


@dataclass(frozen=True, kw_only=True, config=RESULT)
class MemberSummary:
    """A member of a workspace."""

    user_id: str = Field(description="The id of the user.")
    role: str | None = Field(default=None, description="The role: `READ`, `WRITE` or `ADMIN`.")
    email: str | None = Field(default=None, description="The email address.")
    name: str | None = Field(default=None, description="The first name.")
    last_name: str | None = Field(default=None, description="The last name.")


@dataclass(frozen=True, kw_only=True, config=RESULT)
class GetWorkspaceResult:
    """A workspace with its members."""

    id: str = Field(description="The id of the workspace.")
    name: str | None = Field(default=None, description="Its name.")
    org_id: str | None = Field(default=None, description="The organization that it belongs to.")
    members: list[MemberSummary] = Field(
        description="The members; empty where the platform does not tell them."
    )


def call(context: Context, arguments: Properties) -> GetWorkspaceResult:
    """``GET /workspace/{id}``.

    Raises:
        FlashbackError: There is no such workspace, or the user has no role in it.
    """
    found = context.client.workspaces.get(arguments["workspaceId"])
    return GetWorkspaceResult(
        id=found.id,
        name=found.name,
        org_id=found.org_id,
        members=[_summary(each) for each in found.members or ()],
    )


def _summary(member: WorkspaceMember) -> MemberSummary:
    user = member.user
    return MemberSummary(
        user_id=member.user_id,
        role=member.role,
        email=user.email if user else None,
        name=user.name if user else None,
        last_name=user.last_name if user else None,
    )


GET_WORKSPACE: Final = Function("getWorkspace", GetWorkspaceInputs, GetWorkspaceResult, call)
