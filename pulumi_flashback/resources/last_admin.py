"""Protects the last ADMIN of a workspace: without one, nobody can change or delete it."""

from __future__ import annotations

import threading
import time
from typing import Final

from pulumi_flashback.client import FlashbackError, Workspace
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.workspace_reader import reader_of

ADMIN: Final = "ADMIN"

OTHER_ADMIN_SECONDS = (0.0, 0.5, 1.0, 2.0)
"""Waits for another ADMIN, which the same program may be creating at this moment."""


def members_lock(context: Context, workspace_id: str) -> threading.Lock:
    """Return the lock that serializes changes of the members of a workspace."""
    return context.ownership.lock("members", workspace_id)


def stays(context: Context, user_id: str, inputs: Properties) -> bool:
    """Return whether a delete keeps a membership, because it belongs to the signed-in user."""
    return not inputs.get("allowRemovingLastAdmin") and user_id == context.account.user.id


def keeps_its_admin(context: Context, state: Properties) -> bool:
    """Return whether a workspace must keep an ADMIN so that it can still be deleted.

    Raises:
        FlashbackError: It must, and that ADMIN is not the signed-in user.
    """
    workspace_id, user_id = state["workspaceId"], state["userId"]
    if stays(context, user_id, state):
        return True
    if not state.get("allowRemovingLastAdmin"):
        refuse_without_admin(context, workspace_id, user_id)
        return False
    # the same run destroys other resources after this membership
    workspace = reader_of(context).existing(workspace_id)
    return user_id == context.account.user.id and not _has_other_admin(workspace, user_id)


def refuse_without_admin(context: Context, workspace_id: str, user_id: str) -> None:
    """Raise an error unless somebody else is ADMIN of the workspace."""
    for seconds in OTHER_ADMIN_SECONDS:
        time.sleep(seconds)
        if _has_other_admin(reader_of(context).existing(workspace_id), user_id):
            return
    raise FlashbackError(
        f"user {user_id} is the last ADMIN of workspace {workspace_id}, and without one nobody "
        "can change the workspace. Give another member the role ADMIN first, or set "
        "allowRemovingLastAdmin"
    )


def _has_other_admin(workspace: Workspace, user_id: str) -> bool:
    members = workspace.members or ()
    return any(each.role == ADMIN and each.user_id != user_id for each in members)
