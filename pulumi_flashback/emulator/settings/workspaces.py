"""Choices about workspaces, observed in ``conformance/observations/workspaces.py``."""

from typing import Literal

from pydantic import Field

from pulumi_flashback.emulator.settings.group import SettingGroup


class WorkspaceSettings(SettingGroup):
    """Choices that concern workspaces."""

    delete_workspace_with_keys: Literal["accepted", "refused"] = "accepted"
    """Whether a workspace that still has API keys can be deleted; the documentation names only
    buckets and repositories as obstacles."""
    duplicate_workspace_name: Literal["accepted", "refused", "refused-also-deleted"] = "accepted"
    """Whether two workspaces of an organization may have the same name; `refused-also-deleted` "
    "keeps the
    names of deleted workspaces taken."""
    workspace_name_stored: Literal["as-sent", "trimmed"] = "as-sent"
    """Whether white space around the name of a workspace is removed."""
    longest_workspace_name: int = Field(default=255, gt=0)
    """Maximum length of the name of a workspace, in characters."""
    deleted_workspaces: Literal["hidden", "listed", "shown"] = "hidden"
    """Whether a deleted workspace stays in GET /workspace, marked by `deletedAt`; with `shown`,
    GET /workspace/{id} returns it too, instead of 404."""
    users_in_workspace_list: Literal["shown", "absent", "empty"] = "shown"
    """How the rows of GET /workspace show `users`; `empty` is always an empty list."""
    organization_admins: Literal["administer", "read", "as-members"] = "administer"
    """What an ADMINISTRATOR or OWNER of the organization may do in each of its workspaces:
    everything, read it, or what the role as a member allows."""
    no_role_status: Literal[403, 404] = 403
    """Status of PUT and DELETE /workspace/{id} for a workspace of the organization that the user
    has no role in."""
    unknown_caller_of_workspaces: Literal["documented", "401"] = "documented"
    """Status below /workspace without a valid token: 400 for writes and 404 for reads, as the
    documentation says for a user that does not exist, or 401."""
