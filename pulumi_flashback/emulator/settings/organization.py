"""Choices about an organization, observed in ``conformance/observations/organization.py``."""

from typing import Literal

from pydantic import Field

from pulumi_flashback.emulator.settings.group import SettingGroup


class OrganizationSettings(SettingGroup):
    """Choices that concern the users of an organization."""

    organization_users_for: Literal["managers", "everyone"] = "managers"
    """Who may read GET /organization/users: the roles that manage users (WORKSPACES or higher), or
    every user of the organization."""
    organization_users_limit: int = Field(default=0, ge=0)
    """Maximum number of rows in GET /organization/users; 0 for all. `total` counts all; "
    "parameters for
    further pages are not documented."""
    deleted_organization_users: Literal["hidden", "listed"] = "hidden"
    """Whether GET /organization/users lists deleted users, marked by `deletedAt`."""
    email_stored: Literal["as-sent", "lower"] = "as-sent"
    """Whether email addresses are converted to lowercase when a user is created."""
    email_of_deleted_user: Literal["refused", "revived"] = "refused"
    """What POST /organization/users does for the email address of a deleted user: it is taken, or
    the user comes back with the same id."""
    activate_active_user: Literal["accepted", "refused"] = "accepted"
    """What POST /organization/users/{id}/activate does for a user who is not deleted."""
    created_users_validated: bool = False
    """Whether a user created by POST /organization/users can sign in at once. The documentation
    says no: the user validates the account first, by an email that the emulator does not send."""
