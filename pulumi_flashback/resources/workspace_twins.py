"""Prevents two workspaces with one name: the API may accept a name twice."""

from __future__ import annotations

from contextlib import suppress

from pulumi_flashback.client import DuplicateError, FlashbackError
from pulumi_flashback.core.context import Context
from pulumi_flashback.resources.workspace_reader import reader_of
from pulumi_flashback.suggested_commands import to_delete_workspace, to_import


def refuse_second(context: Context, name: str) -> None:
    """Raise an error if an interrupted run left behind a workspace with this name.

    Raises:
        FlashbackError: There is such a workspace, or this could not be determined.
    """
    found = [row.id for row in reader_of(context).named_before(name)]
    if all(map(context.ownership.is_held, found)):
        return
    context.ownership.wait_for_others()
    for each in found:
        if not context.ownership.is_held(each) and reader_of(context).is_as_created(each):
            raise FlashbackError(
                f"workspace {each} already has this name and contains only this user and no API "
                f"key: an interrupted run may have left it. {_ways_out(each)}. If nobody needs it, "
                f"delete it with `{to_delete_workspace(each)}` and run `pulumi up` again"
            )


def name_taken(context: Context, name: str, error: DuplicateError) -> FlashbackError:
    """Return the error for a create that the API rejects because of the name."""
    found: list[str] = []
    with suppress(FlashbackError):
        found = [row.id for row in reader_of(context).named(name)]
    if not found:
        return FlashbackError(
            f"the name is taken ({error.brief}), and no workspace that this user can see has it: "
            "it is the name of a deleted workspace, which the platform keeps, or of one that "
            "this user cannot see. Use another name"
        )
    return FlashbackError(
        f"workspace {', '.join(found)} already has this name ({error.brief}). {_ways_out(found[0])}"
    )


def _ways_out(identifier: str) -> str:
    command = to_import("flashback:index:Workspace", "NAME", identifier)
    return (
        "If it belongs to a resource that was renamed, add the option aliases; to manage it with "
        f"the native provider, import it with `{command}`; otherwise use another name"
    )
