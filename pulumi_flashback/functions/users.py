"""Functions for users."""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.function import Function, result, summary
from pulumi_flashback.core.properties import Inputs, input_property
from pulumi_flashback.core.types import Name
from pulumi_flashback.core.values import Properties

# the component accepts white space around an address as well
_Email = Annotated[Name, BeforeValidator(lambda v: v.strip() if isinstance(v, str) else v)]
_ORG_ROLE: Final = "The role in the organization, as a number."


@result
class GetCurrentUserResult:
    """The user that the provider is signed in as."""

    id: str = Field(description="The id of the user.")
    email: str | None = Field(default=None, description="The email address.")
    name: str | None = Field(default=None, description="The first name.")
    last_name: str | None = Field(default=None, description="The last name.")
    org_id: str | None = Field(default=None, description="The organization.")
    org_role: int | None = Field(default=None, description=_ORG_ROLE)
    org_role_description: str | None = Field(default=None, description="The name of that role.")


def _get_current_user(context: Context, _: Properties) -> GetCurrentUserResult:
    return summary(GetCurrentUserResult, context.client.users.current())


class GetOrganizationUsersInputs(Inputs):
    """Arguments of ``getOrganizationUsers``."""

    email: _Email | None = input_property(
        "Only the user with this email address; an error if there is none.", optional=True
    )


@result
class OrganizationUserSummary:
    """A user of the organization."""

    id: str = Field(description="The id of the user.")
    email: str | None = Field(default=None, description="The email address.")
    name: str | None = Field(default=None, description="The first name.")
    last_name: str | None = Field(default=None, description="The last name.")
    org_role: int | None = Field(default=None, description=_ORG_ROLE)


@result
class GetOrganizationUsersResult:
    """The users of the organization. Requires the permission to manage users."""

    users: list[OrganizationUserSummary] = Field(description="The users, in the order of the API.")
    total: int | None = Field(
        default=None,
        description="The total number; larger than the list if the API truncates it.",
    )


def _get_organization_users(context: Context, arguments: Properties) -> GetOrganizationUsersResult:
    organization, email = context.client.organization, arguments.get("email")
    if email is not None:
        found = organization.find_user(email)
        if found is None:
            raise FlashbackError(
                "no user of the organization has this email address. Invite the user first, or "
                "check how the address is written"
            )
        return GetOrganizationUsersResult(users=[summary(OrganizationUserSummary, found)], total=1)
    answer = organization.users_with_total()
    rows = [row for row in context.reported(answer.data) if not row.deleted_at]
    users = [summary(OrganizationUserSummary, row) for row in rows]
    return GetOrganizationUsersResult(users=users, total=answer.total)


GET_CURRENT_USER: Final = Function("getCurrentUser", "GET /user/profile", _get_current_user)
GET_ORGANIZATION_USERS: Final = Function(
    "getOrganizationUsers",
    "GET /organization/users",
    _get_organization_users,
    GetOrganizationUsersInputs,
)
