"""Deletes objects by command. The provider's messages do not fit here: they are about a stack."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pulumi_flashback.cli.contents import contents
from pulumi_flashback.cli.keys import describe_key, find_key, list_keys
from pulumi_flashback.client import errors
from pulumi_flashback.core.context import Context
from pulumi_flashback.redaction import one_line
from pulumi_flashback.resources.ai_llm import AI_LLM
from pulumi_flashback.resources.policy import POLICY
from pulumi_flashback.resources.workspace_contents import NAMES_IN, listed, named
from pulumi_flashback.suggested_commands import command


@dataclass(frozen=True)
class Deletable:
    line: str  # one line about it
    request: Callable[[], None]  # sends the request that deletes it
    users: Callable[[], str | None]  # what uses it; empty if unknown, None if it no longer exists
    look: str  # the command that shows whether it still exists
    warning: str = ""  # what is lost with it; empty if nothing is

    def delete(self) -> None:
        """Delete it. It is no failure if it is already gone or if the response is lost."""
        try:
            self.request()
        except (errors.AuthenticationError, errors.RateLimitError, errors.ConfigurationError):
            raise  # nothing was deleted
        except errors.FlashbackError as error:
            failure = error
        else:
            return
        try:
            users = self.users()
        except errors.FlashbackError as error:
            raise errors.FlashbackError(
                f"{failure.brief}; could not determine whether it still exists ({error.brief}). "
                f"Check the credentials, then run `{self.look}`"
            ) from None
        if users == "":
            raise failure
        if users:
            raise errors.FlashbackError(
                f"it is in use by {users} ({failure.brief}). Remove them or give them another key, "
                "then run the same command again"
            )


def deletable_workspace(context: Context, workspace_id: str) -> Deletable:
    client = context.client
    workspace = client.workspaces.get(workspace_id)
    line = " ".join(filter(None, ["workspace", workspace.id, one_line(workspace.name or "")]))
    found = {kind: NAMES_IN[kind](client, workspace.id) for kind in ("buckets", "repositories")}
    blocking = [f"{kind} {named(names)}" for kind, names in found.items() if names]
    if blocking:
        raise errors.FlashbackError(
            f"{line} is not empty, so the API does not delete it. In it: "
            f"{'; '.join(blocking)}. Delete or move them, then run the same command again"
        )
    if workspace.members is not None:
        line += f", {len(workspace.members)} member(s)"
    keys = NAMES_IN["API keys"](client, workspace.id)
    others = listed(
        lambda: [
            f"{each.type.label} {getattr(each.row, 'name', None) or each.id}"
            for each in contents(context, workspace.id)
            if each.type in (AI_LLM, POLICY)
        ]
    )
    lost = [
        f"{len(keys)} API key(s) are in it; without the workspace, nobody can list or delete them: "
        f"{named(keys)}. To be safe, delete them first with `flashback keys delete`",
        f"What the platform does with these is not documented: {named(others)}. To be safe, delete "
        "them first",
    ]
    warning = ". ".join(text for text, found in zip(lost, (keys, others), strict=True) if found)

    def users() -> str | None:
        try:
            client.workspaces.get(workspace_id)
        except errors.NotFoundError:
            return None  # it was visible to this user a moment ago
        return ""

    look = command("flashback", "workspaces", "list")
    request = partial(client.workspaces.delete, workspace_id)
    return Deletable(line, request, users, look, warning)


def deletable_key(context: Context, workspace_id: str, api_key_id: str) -> Deletable:
    def users() -> str | None:
        for row in list_keys(context, workspace_id):
            if row["id"] == api_key_id:
                counts = {"bucket(s)": "bucketCount", "AI model(s)": "aiModelCount"}
                used = {what: row.get(name) for what, name in counts.items()}
                return " and ".join(f"{count} {what}" for what, count in used.items() if count)
        return None

    line = describe_key(find_key(context, workspace_id, api_key_id))
    look = command("flashback", "keys", "list", f"--workspace={workspace_id}")
    return Deletable(line, partial(context.client.api_keys.delete, api_key_id), users, look)
