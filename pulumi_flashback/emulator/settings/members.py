"""Choices about members of workspaces, observed in ``conformance/observations/members.py``."""

from typing import Literal

from pulumi_flashback.emulator.settings.group import SettingGroup


class MemberSettings(SettingGroup):
    """Choices that concern the members of workspaces."""

    members_of_unknown_workspace: Literal[403, 404] = 403
    """Status of POST, PUT and DELETE /workspace/{id}/users for a workspace that does not exist or
    is deleted; the documentation has no 404 for the workspace there."""
    member_added_twice: Literal["refused", "conflict", "fails", "updates", "ignored"] = "refused"
    """What POST /workspace/{id}/users does for a user who is a member already: 400, 409, 500, takes
    the new role, or keeps the old role and reports success."""
    unknown_role: Literal["refused", "fails", "accepted"] = "refused"
    """What happens to a role other than READ, WRITE and ADMIN: 400, 500, or it is stored and
    allows reading only."""
    role_case: Literal["exact", "any"] = "exact"
    """Whether `admin` is accepted as ADMIN in a request."""
    listed_role: Literal["upper", "lower"] = "upper"
    """How roles are written in the responses of GET /workspace."""
    last_admin: Literal["unprotected", "protected"] = "unprotected"
    """Whether the last ADMIN of a workspace can be removed or get a lesser role."""
    own_role: Literal["changeable", "fixed"] = "changeable"
    """Whether an ADMIN of a workspace can end their own membership or change their own role."""
    unvalidated_member: Literal["accepted", "refused"] = "accepted"
    """Whether a user who is invited, but has not validated the account, can become a member;
    if not, the response is that for an unknown user."""
    member_order: Literal["oldest-first", "newest-first"] = "oldest-first"
    """Order of the rows of `users`."""
    membership_of_deleted_user: Literal["ends", "stays"] = "ends"
    """Whether a user who is deleted from the organization stays in `users`."""
