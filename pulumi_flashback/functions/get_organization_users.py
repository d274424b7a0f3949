"""``getOrganizationUsers``: the users of the organization (``GET /organization/users``)."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from pulumi_flashback.client import FlashbackError, OrganizationUser
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.function import RESULT, Function
from pulumi_flashback.core.properties import Inputs, input_property
from pulumi_flashback.core.validators import valid_identifier
from pulumi_flashback.core.values import Properties


def _email(value: str) -> str:
    """Accept an address with white space around it, as the component does."""
    return valid_identifier(value.strip())


_Email = Annotated[str, AfterValidator(_email)]


class GetOrganizationUsersInputs(Inputs):
    """Arguments of ``getOrganizationUsers``."""

    email: _Email | None = input_property(
        "Only the user with this email address; that there is none is an error.", optional=True
    )


@dataclass(frozen=True, kw_only=True, config=RESULT)
class OrganizationUserSummary:
    """A user of the organization."""

    id: str = Field(description="The id of the user.")
    email: str | None = Field(default=None, description="The email address.")
    name: str | None = Field(default=None, description="The first name.")
    last_name: str | None = Field(default=None, description="The last name.")
    org_role: int | None = Field(
        default=None, description="The role in the organization, as a number."
    )


@dataclass(frozen=True, kw_only=True, config=RESULT)
class GetOrganizationUsersResult:
    """The users of the organization; it takes the right to manage users to see them."""

    users: list[OrganizationUserSummary] = Field(
        description="The users, in the order of the platform."
    )
    total: int | None = Field(
        default=None,
        description="How many there are; more than are listed where the platform cuts them off.",
    )


def call(context: Context, arguments: Properties) -> GetOrganizationUsersResult:
    """``GET /organization/users``.

    Raises:
        FlashbackError: The list cannot be fetched, or no user, or more than one, has the email
            address.
    """
    organization, email = context.client.organization, arguments.get("email")
    if email is not None:
        found = organization.find_user(email)
        if found is None:
            raise FlashbackError(
                "no user of the organization has this email address. Invite the user first, or "
                "check how the address is written"
            )
        return GetOrganizationUsersResult(users=[_summary(found)], total=1)
    response = organization.users_with_total()
    users = [_summary(row) for row in context.reported(response.data) if not row.deleted_at]
    return GetOrganizationUsersResult(users=users, total=response.total)


def _summary(row: OrganizationUser) -> OrganizationUserSummary:
    shown = {each.name for each in fields(OrganizationUserSummary)}
    return OrganizationUserSummary(**row.model_dump(include=shown))


GET_ORGANIZATION_USERS: Final = Function(
    "getOrganizationUsers", GetOrganizationUsersInputs, GetOrganizationUsersResult, call
)
