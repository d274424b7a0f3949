"""The ``Workspace`` resource: the place where API keys, buckets and members belong."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Final

from pydantic import AfterValidator

from pulumi_flashback.client import (
    DuplicateError,
    FlashbackError,
    NotFoundError,
)
from pulumi_flashback.client.deadline import extra_time
from pulumi_flashback.client.errors import WorkspaceInUseError
from pulumi_flashback.client.models import Workspace
from pulumi_flashback.redaction import one_line
from pulumi_flashback.resources.base import (
    Context,
    Inputs,
    Properties,
    ResourceType,
    input_property,
)
from pulumi_flashback.resources.create_once import LOOK_SECONDS, Lost, create_once
from pulumi_flashback.resources.text import valid_identifier

MOST_NAMED = 10
"""Of what bars a deletion, so many of a kind are named."""

GRACE_SECONDS = 1.0
"""Time for the engine to name the workspaces that other resources of the program have already."""

GLANCE_SECONDS = 5.0
"""Seconds to wait for the keys of a workspace that is to be deleted, only to name them."""

_Name = Annotated[str, AfterValidator(valid_identifier)]


class WorkspaceInputs(Inputs):
    """Inputs of ``Workspace`` (Flashback API reference, ``POST /workspace``)."""

    name: _Name = input_property("The name of the workspace. Changed in place.")


OUTPUTS: Final = {
    "workspaceId": "The id that the platform gave the workspace; also the id of the resource.",
    "orgId": "The organization that the workspace belongs to.",
}


def create(context: Context, inputs: Properties) -> tuple[str, Properties]:
    """``POST /workspace``, once, whatever happens to its answer; returns the id and the outputs.

    Raises:
        FlashbackError: Nothing was created, or the text says what to look for.
    """
    name = inputs["name"]
    _refuse_to_make_it_twice(context, name)
    before = context.workspaces.ids_before()
    made: list[Workspace] = []

    def post() -> str:
        made.append(context.client.workspaces.create(name))
        return made[0].id

    lost = Lost(
        before=before,
        find_ours=lambda: [
            row.id
            for row in context.workspaces.named(name)
            if row.id not in before and context.workspaces.is_as_made(row.id)
        ],
        advice=(
            "Look for a new workspace of this name that no stack holds and delete it (DELETE "
            "/workspace/{id}), or import it"
        ),
    )
    # two of one name, made at the same time, could not be told apart
    with context.claims.lock("workspace", name):
        try:
            identifier = create_once(post, lost, context.claims)
        except DuplicateError as error:
            raise _in_the_way(context, name, error) from None
    org_id = made[0].org_id if made else _organization(context, identifier, name)
    return identifier, _outputs(identifier, name, org_id)


def read(context: Context, identifier: str, state: Properties) -> Properties | None:
    """Return the workspace as the platform has it, or None where it is gone.

    Raises:
        FlashbackError: It cannot be told whether the workspace exists.
    """
    row = context.workspaces.find(identifier, identifier)
    if row is None:
        if "workspaceId" not in state:  # not a refresh: somebody asks for it by its id
            raise FlashbackError("there is no workspace with this id. Check it")
        context.workspaces.check_organization(state.get("orgId"))
        return None
    known = state.get("name")
    name = known if known and (row.name or "").strip() == known.strip() else row.name
    return _outputs(identifier, name, row.org_id or state.get("orgId"))


def find(context: Context, import_id: str) -> tuple[str, Properties]:
    """Return id and outputs of a workspace for an import: ``WORKSPACE_ID``.

    Raises:
        FlashbackError: There is no such workspace.
    """
    if "/" in import_id:
        raise FlashbackError(
            "an import needs the id of the workspace and nothing else: WORKSPACE_ID"
        )
    outputs = read(context, import_id, {})
    assert outputs is not None  # noqa: S101 - a missing one has raised
    return import_id, outputs


def update(context: Context, identifier: str, state: Properties, inputs: Properties) -> Properties:
    """``PUT /workspace/{id}``: another name.

    Raises:
        FlashbackError: The change was refused.
    """
    if WORKSPACE.diff(state, inputs).changed:
        try:
            context.client.workspaces.update(identifier, name=inputs["name"])
        except NotFoundError as error:
            raise FlashbackError(
                f"the platform does not have it any more ({error.brief}). Run `pulumi refresh`; "
                "the next `pulumi up` creates it again"
            ) from None
        finally:
            context.workspaces.written(identifier)
    return {**state, **inputs, "workspaceId": identifier}


def delete(context: Context, identifier: str, state: Properties) -> None:
    """``DELETE /workspace/{id}``; a workspace that is gone already is deleted.

    Raises:
        FlashbackError: Something is still in it, or it cannot be told whether it is gone.
    """
    left = _listed(lambda: _keys_at_a_glance(context, identifier))
    try:
        context.client.workspaces.delete(identifier)
    except WorkspaceInUseError as error:
        raise FlashbackError(_what_is_in_it(context, identifier, error)) from None
    except FlashbackError as error:
        if error.not_processed:
            raise
        failure = error
    else:
        if left:  # nobody can list them any more
            context.notify(
                f"workspace {identifier} was deleted with API keys in it, which nobody can list "
                f"any more: {', '.join(left)}"
            )
        return
    finally:
        context.workspaces.written(identifier)
    try:
        with extra_time(LOOK_SECONDS):
            kept = context.workspaces.now(identifier) is not None
            if not kept:
                context.workspaces.check_organization(state.get("orgId"))
    except FlashbackError as error:
        raise FlashbackError(
            f"{failure.brief}; and whether it still exists cannot be told: {error}"
        ) from None
    if kept:
        raise failure


def _outputs(identifier: str, name: str | None, org_id: str | None) -> Properties:
    outputs = {"name": name, "workspaceId": identifier, "orgId": org_id}
    return {key: value for key, value in outputs.items() if value is not None}


def _refuse_to_make_it_twice(context: Context, name: str) -> None:
    """Find what a run has left that was killed, or that gave up before the platform was done.

    The platform may take a name twice, so the second workspace would be made without a word.

    Raises:
        FlashbackError: There is such a workspace, or that cannot be told.
    """
    found = [row.id for row in context.workspaces.named_before(name)]
    if all(each in context.claims for each in found):
        return
    time.sleep(GRACE_SECONDS)
    for each in found:
        if each not in context.claims and context.workspaces.is_as_made(each):
            raise FlashbackError(
                f"a workspace of this name with id {each} exists already, with nobody but this "
                "user and no API key in it, as an interrupted run leaves one. Delete it (DELETE "
                f"/workspace/{each}) and run `pulumi up` again. {_other_ways_out(each)}"
            )


def _organization(context: Context, identifier: str, name: str) -> str | None:
    """The organization of a workspace whose create had no answer: the list has been read."""
    rows = context.workspaces.named(name)
    return next((row.org_id for row in rows if row.id == identifier), None)


def _other_ways_out(identifier: str) -> str:
    return (
        "If it is that of a resource which was renamed, use the option aliases; otherwise use "
        "another name, or import it, into the native form only: `pulumi import "
        f"flashback:index:Workspace NAME {identifier}`"
    )


def _in_the_way(context: Context, name: str, error: DuplicateError) -> FlashbackError:
    try:
        found = [row.id for row in context.workspaces.named(name)]
    except FlashbackError:
        found = []
    which = f" with id {', '.join(found)}" if found else ""
    others = _other_ways_out(found[0] if len(found) == 1 else "WORKSPACE_ID")
    return FlashbackError(
        f"a workspace of this name{which} exists already ({error.brief}). {others}"
    )


def _keys_at_a_glance(context: Context, identifier: str) -> list[str]:
    rows = context.client.api_keys.list(
        workspace_id=identifier, max_retries=0, timeout=GLANCE_SECONDS
    )
    return [row.id for row in rows]


def _what_is_in_it(context: Context, identifier: str, error: WorkspaceInUseError) -> str:
    """Say what bars the deletion, as far as the API tells."""
    client = context.client
    lists: dict[str, Callable[[], list[str]]] = {
        "buckets": lambda: [
            row.name or row.id for row in client.buckets.list(workspace_id=identifier)
        ],
        "repositories": lambda: [
            row.name or row.id for row in client.repositories.list(workspace_id=identifier)
        ],
        "API keys": lambda: [row.id for row in client.api_keys.list(workspace_id=identifier)],
    }
    found = {kind: _listed(names) for kind, names in lists.items()}
    shown = "; ".join(f"{kind} {', '.join(names)}" for kind, names in found.items() if names)
    if not shown:
        return str(error)
    return f"{error.brief}. In it: {shown}. Delete or move them, then run the same command again"


def _listed(names: Callable[[], list[str]]) -> list[str]:
    """The first names; none where they cannot be listed."""
    try:
        found = names()
    except FlashbackError:
        return []
    more = [f"and {len(found) - MOST_NAMED} more"] if len(found) > MOST_NAMED else []
    return [one_line(name) for name in found[:MOST_NAMED]] + more


WORKSPACE: Final = ResourceType(
    name="Workspace",
    description=(
        "A workspace: the place where API keys, buckets, repositories and members belong. The user "
        "who creates it is a member of it with the role ADMIN.\n\n"
        "Deleting one is refused while buckets or repositories are in it."
    ),
    inputs=WorkspaceInputs,
    outputs=OUTPUTS,
    always=("workspaceId",),
    create=create,
    read=read,
    find=find,
    update=update,
    delete=delete,
)
