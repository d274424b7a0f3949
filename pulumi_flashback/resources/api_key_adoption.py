"""What happens if an identical API key exists: it is adopted if that is wanted and certain."""

from __future__ import annotations

from typing import NoReturn

from pulumi_flashback.client import ApiKey, DuplicateError, FlashbackError
from pulumi_flashback.commands import to_delete_key
from pulumi_flashback.core import lifecycle
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.lifecycle import PartialFailureError
from pulumi_flashback.core.list_cache import settled
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.masked_keys import may_show


def adopted(
    resource: Resource, context: Context, inputs: Properties, duplicate: DuplicateError
) -> tuple[str, Properties]:
    """Adopt the key that a create was refused for, and write the inputs to it.

    Raises:
        FlashbackError: Adoption is not wanted, or it is not certain which key to adopt.
    """
    workspace_id = inputs["workspaceId"]
    rows = _duplicates(resource, context, inputs)
    wanted = inputs.get("adoptExisting")
    if not (context.adopt_existing if wanted is None else wanted):
        _refuse(context, rows, workspace_id, duplicate)
    context.ownership.wait_for_others()
    endpoint = inputs.get("endpoint")
    twins = [row for row in rows if resource.inputs.same("endpoint", row.endpoint, endpoint)]
    if len(twins) != 1 or not context.ownership.claim(twins[0].id, context.mark):
        raise FlashbackError(
            f"an identical API key exists in workspace {workspace_id} ({duplicate.brief}) and "
            f"cannot be adopted: {_why_not(twins)}"
        ) from None
    (twin,) = twins
    found = resource.outputs_of(context, twin.id, twin, {"workspaceId": workspace_id})
    try:
        lifecycle.write(resource, context, twin.id, found, inputs)
    except FlashbackError as error:
        if not error.may_have_taken_effect:
            raise
        raise PartialFailureError(
            f"API key {twin.id} is adopted, but could not determine whether its secret was written "
            f"({error.brief}). Run `pulumi up` again",
            twin.id,
            found,
        ) from None
    context.notify(f"adopted API key {twin.id} of workspace {workspace_id}; its secret was written")
    return twin.id, {**resource.outputs_kept(found), **inputs}


def taken_by_another(
    resource: Resource,
    context: Context,
    identifier: str,
    inputs: Properties,
    error: DuplicateError,
) -> FlashbackError:
    """Return what to do about an update that another key with these credentials prevents."""
    rows = _duplicates(resource, context, inputs, but=identifier)
    which, held = _described(context, rows)
    text = (
        f"another API key{which} of workspace {inputs['workspaceId']} has the same credentials "
        f"already ({error.brief})"
    )
    if held:
        return FlashbackError(
            f"{text}, and a resource of this program holds it. If keys are named by the index of a "
            "list, name each after what it is for, with the old name of that key in the option "
            "aliases, so that each resource keeps its key; otherwise declare these credentials once"
        )
    return FlashbackError(
        f"{text}; as far as this run shows, no resource of the program holds it. Give this key "
        "other credentials, or declare the other key and remove this one"
    )


def _duplicates(
    resource: Resource, context: Context, inputs: Properties, but: str | None = None
) -> list[ApiKey]:
    """The keys that the API may take for a duplicate; none if they cannot be listed."""

    def may_be(row: ApiKey) -> bool:
        same_provider = resource.inputs.same("provider", row.provider, inputs["provider"])
        return not row.odd and same_provider and may_show(row.key, inputs["key"])

    def fetch() -> list[ApiKey]:
        rows = resource.source.candidates(context, inputs)
        return [row for row in rows if row.id != but and may_be(row)]

    try:
        rows = settled(fetch, bool)
    except FlashbackError:
        return []
    # if keys are shown whole, a neighbor that only looks like a mask of this one is none
    return [row for row in rows if row.key == inputs["key"]] or rows


def _why_not(twins: list[ApiKey]) -> str:
    if not twins:
        return (
            "the list shows none with the same provider, key and endpoint. Give this one another "
            "key, or check which key of the workspace is the duplicate"
        )
    names = ", ".join(row.id for row in twins)
    if len(twins) > 1:
        return f"several look the same: {names}. Keep the one that is used and delete the others"
    return (
        f"another resource of this program holds it ({names}). Declare it once; if it was renamed, "
        "add the option aliases with the old name"
    )


def _refuse(
    context: Context, rows: list[ApiKey], workspace_id: str, error: DuplicateError
) -> NoReturn:
    which, held = _described(context, rows)
    text = f"an identical API key{which} exists already in workspace {workspace_id} ({error.brief})"
    if held:
        raise FlashbackError(
            f"{text}, and a resource of this program holds it. Declare each key once; to replace a "
            "key within its workspace, set deleteBeforeReplace (delete_before_replace=True in "
            "Python); if keys are named by the index of a list, name each after what it is for, "
            "with the old name of that key in the option aliases"
        ) from None
    identifier = rows[0].id if len(rows) == 1 else "API_KEY_ID"
    raise FlashbackError(
        f"{text}; as far as this run shows, no resource of the program holds it. If this resource "
        "is being replaced, set deleteBeforeReplace (delete_before_replace=True in Python); if it "
        "was renamed, add the option aliases with its old name; if the key was created outside of "
        "this stack, adopt it with adoptExisting (adopt_existing=True in Python) or read it "
        "with ApiKey.get; if nothing uses it, delete it with "
        f"`{to_delete_key(workspace_id, identifier)}`"
    ) from None


def _described(context: Context, rows: list[ApiKey]) -> tuple[str, bool]:
    """The ids of keys in words, and whether resources of this program hold one of them."""
    context.ownership.wait_for_others()
    ids = [row.id for row in rows]
    which = f" with id {', '.join(ids)}" if ids else ""
    return which, any(map(context.ownership.is_held, ids))
