"""``getCurrentUser``: who is signed in (``GET /user/profile``)."""

from __future__ import annotations

from typing import Final

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulumi_flashback.core.context import Context
from pulumi_flashback.core.function import RESULT, Function
from pulumi_flashback.core.properties import Inputs
from pulumi_flashback.core.values import Properties


class GetCurrentUserInputs(Inputs):
    """``getCurrentUser`` takes no arguments."""


@dataclass(frozen=True, kw_only=True, config=RESULT)
class GetCurrentUserResult:
    """The user that the provider is signed in as."""

    id: str = Field(description="The id of the user.")
    email: str | None = Field(default=None, description="The email address.")
    name: str | None = Field(default=None, description="The first name.")
    last_name: str | None = Field(default=None, description="The last name.")
    org_id: str | None = Field(default=None, description="The organization.")
    org_role: int | None = Field(
        default=None, description="The role in the organization, as a number."
    )
    org_role_description: str | None = Field(default=None, description="The name of that role.")


def call(context: Context, _: Properties) -> GetCurrentUserResult:
    """``GET /user/profile``."""
    user = context.client.users.current()
    return GetCurrentUserResult(**user.model_dump())


GET_CURRENT_USER: Final = Function(
    "getCurrentUser", GetCurrentUserInputs, GetCurrentUserResult, call
)
