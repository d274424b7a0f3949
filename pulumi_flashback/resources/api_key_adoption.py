"""Adoption of an identical API key, if the program wants it and there is exactly one."""

from __future__ import annotations

from pulumi_flashback.client import ApiKey, DuplicateError, FlashbackError
from pulumi_flashback.core import lifecycle
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.lifecycle import PartialFailureError
from pulumi_flashback.core.list_cache import settled
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.masked_keys import may_show
from pulumi_flashback.resources.workspace_sources import InWorkspace
from pulumi_flashback.suggested_commands import to_delete_key


class AdoptingResource(InWorkspace):
    """API keys, with the rules for a duplicate: adopt it or explain it."""

    def on_duplicate(
        self, context: Context, inputs: Properties, error: DuplicateError
    ) -> tuple[str, Properties]:
        workspace_id = inputs["workspaceId"]
        rows = self._duplicates(context, inputs)
        wanted = inputs.get("adoptExisting")
        if not (context.adopt_existing if wanted is None else wanted):
            raise _not_adopted(context, rows, workspace_id, error) from None
        context.ownership.wait_for_others()
        endpoint = inputs.get("endpoint")
        twins = [row for row in rows if self.inputs.same("endpoint", row.endpoint, endpoint)]
        if len(twins) != 1 or not context.ownership.claim(twins[0].id, context.mark):
            raise FlashbackError(
                f"an identical API key exists in workspace {workspace_id} ({error.brief}) and "
                f"cannot be adopted: {_why_not(twins)}"
            ) from None
        (twin,) = twins
        found = self.outputs_of(context, twin.id, twin, {"workspaceId": workspace_id})
        try:
            lifecycle.write(self, context, twin.id, found, inputs)
        except FlashbackError as failure:
            if not failure.may_have_taken_effect:
                raise
            raise PartialFailureError(
                f"API key {twin.id} is adopted, but could not determine whether its secret was "
                f"written ({failure.brief}). Run `pulumi up` again",
                twin.id,
                found,
            ) from None
        context.notify(
            f"adopted API key {twin.id} of workspace {workspace_id}; its secret was written"
        )
        return twin.id, {**self.outputs_kept(found), **inputs}

    def on_taken(
        self, context: Context, identifier: str, inputs: Properties, error: DuplicateError
    ) -> FlashbackError:
        which, held = _described(context, self._duplicates(context, inputs, but=identifier))
        text = (
            f"another API key{which} of workspace {inputs['workspaceId']} already has the same "
            f"credentials ({error.brief})"
        )
        if held:
            return FlashbackError(
                f"{text}, and a resource of this program manages it. {_RENAMED}, so that each "
                "resource keeps its key; otherwise declare these credentials once"
            )
        return FlashbackError(
            f"{text}; as far as this run shows, no resource of the program manages it. Give this "
            "key other credentials, or declare the other key and remove this one"
        )

    def _duplicates(
        self, context: Context, inputs: Properties, but: str | None = None
    ) -> list[ApiKey]:
        """Return the keys that the API may consider duplicates; none if listing fails."""

        def may_be(row: ApiKey) -> bool:
            same_provider = self.inputs.same("provider", row.provider, inputs["provider"])
            return not row.odd and same_provider and may_show(row.key, inputs["key"])

        def fetch() -> list[ApiKey]:
            rows = self.source.candidates(context, inputs)
            return [row for row in rows if row.id != but and may_be(row)]

        try:
            rows = settled(fetch, bool)
        except FlashbackError:
            return []
        # if the list shows keys in full, a key that only looks like a mask of this one is no match
        return [row for row in rows if row.key == inputs["key"]] or rows


_RENAMED = (
    "If keys are named by list index, name each key after its purpose, and give its old name in "
    "the option aliases"
)


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
        f"another resource of this program manages it ({names}). Declare it once; if it was "
        "renamed, add the option aliases with the old name"
    )


def _not_adopted(
    context: Context, rows: list[ApiKey], workspace_id: str, error: DuplicateError
) -> FlashbackError:
    which, held = _described(context, rows)
    text = f"an identical API key{which} already exists in workspace {workspace_id} ({error.brief})"
    if held:
        return FlashbackError(
            f"{text}, and a resource of this program manages it. Declare each key once; to replace "
            "a key within its workspace, set deleteBeforeReplace (delete_before_replace=True in "
            f"Python). {_RENAMED}"
        )
    identifier = rows[0].id if len(rows) == 1 else "API_KEY_ID"
    return FlashbackError(
        f"{text}; as far as this run shows, no resource of the program manages it. If this "
        "resource is being replaced, set deleteBeforeReplace (delete_before_replace=True in "
        "Python); if it was renamed, add the option aliases with its old name; if the key was "
        "created outside this stack, adopt it with adoptExisting (adopt_existing=True in Python) "
        "or read it with ApiKey.get; if nothing uses it, delete it with "
        f"`{to_delete_key(workspace_id, identifier)}`"
    )


def _described(context: Context, rows: list[ApiKey]) -> tuple[str, bool]:
    """Return the ids of keys as text, and whether a resource of this program holds one of them."""
    context.ownership.wait_for_others()
    ids = [row.id for row in rows]
    which = f" with id {', '.join(ids)}" if ids else ""
    return which, any(map(context.ownership.is_held, ids))
