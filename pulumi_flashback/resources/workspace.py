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
    Workspace,
    WorkspaceInUseError,
)
from pulumi_flashback.client.deadline import extra_time
from pulumi_flashback.commands import to_delete_workspace, to_import
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.create_once import LOOK_SECONDS, Lost, create_once
from pulumi_flashback.core.list_cache import settled
from pulumi_flashback.core.properties import Inputs, Outputs, input_property, output_property
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.validators import tidy, valid_identifier
from pulumi_flashback.core.values import Properties
from pulumi_flashback.redaction import one_line
from pulumi_flashback.resources.workspaces import UndeterminedError, same_name, view_of

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


class WorkspaceOutputs(Outputs):
    """Outputs of ``Workspace``."""

    workspace_id: str = output_property(
        "The id that the platform gave the workspace; also the id of the resource.",
        same_as_id=True,
    )
    org_id: str | None = output_property("The organization that the workspace belongs to.")


def create(context: Context, inputs: Properties) -> tuple[str, Properties]:
    """``POST /workspace``, once, whatever happens to its answer; returns the id and the outputs.

    Raises:
        FlashbackError: Nothing was created, or the text says what to look for.
    """
    name = inputs["name"]
    _refuse_to_create_it_twice(context, name)
    before = view_of(context).ids_before()
    seen: dict[str, Workspace] = {}

    def post() -> str:
        created = context.client.workspaces.create(name)
        seen[created.id] = created
        return created.id

    def find_ours() -> list[str]:
        new = [row for row in view_of(context).named(name) if row.id not in before]
        seen.update({row.id: row for row in new})
        ours = [row.id for row in new if view_of(context).is_as_made(row.id)]
        for row in [] if ours else new:
            view_of(context).existing(row.id)  # says if the API does not return who is in it
        return ours

    lost = Lost(
        before=before,
        find_ours=find_ours,
        advice=(
            "Look for a new workspace of this name that no stack holds (`flashback workspaces "
            "list`); import it, or delete it with `flashback workspaces delete WORKSPACE_ID`"
        ),
    )
    # two of one name, made at the same time, could not be told apart
    with context.ownership.lock("workspace", tidy(name)):
        try:
            identifier = create_once(post, lost, context)
        except DuplicateError as error:
            raise _in_the_way(context, name, error) from None
    return identifier, _outputs(identifier, name, seen[identifier].org_id)


def read(context: Context, identifier: str, state: Properties) -> Properties | None:
    """Return the workspace as the platform has it, or None where it is gone.

    Raises:
        FlashbackError: It could not be determined whether the workspace exists.
    """
    managed = "workspaceId" in state  # otherwise somebody asks for it by its id
    try:
        row = view_of(context).find(identifier, identifier)
    except UndeterminedError:
        if managed:
            raise
        row = None
    if row is None:
        if not managed:
            raise FlashbackError(
                "there is no workspace with this id, or this user has no role in it. Check the id "
                "and the credentials"
            )
        view_of(context).check_organization(state.get("orgId"))
        return None
    known = state.get("name")
    name = known if known and same_name(row.name, known) else row.name
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
            view_of(context).written(identifier)
    return {**state, **inputs, "workspaceId": identifier}


def delete(context: Context, identifier: str, state: Properties) -> None:
    """``DELETE /workspace/{id}``; a workspace that is gone already is deleted.

    Raises:
        FlashbackError: Something is still in it, or it could not be determined whether it is gone.
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
        view_of(context).written(identifier)
    try:
        with extra_time(LOOK_SECONDS):
            # a read that contradicts the response to the delete may be older than it
            gone = isinstance(failure, NotFoundError)
            kept = settled(lambda: _present(context, identifier, failure), lambda it: it != gone)
            if not kept:
                view_of(context).check_organization(state.get("orgId"))
    except FlashbackError as error:
        raise FlashbackError(
            f"{failure.brief}; and could not determine whether it still exists: {error}"
        ) from None
    if kept:
        raise failure


def _present(context: Context, identifier: str, failure: FlashbackError) -> bool:
    """Say whether a workspace exists that could not be deleted."""
    try:
        return view_of(context).now(identifier) is not None
    except UndeterminedError:
        # a write tells no workspace (404) from one without a role (403), which no read does
        if isinstance(failure, NotFoundError) and view_of(context).lists_keys_of(identifier):
            return False
        raise


def _outputs(identifier: str, name: str | None, org_id: str | None) -> Properties:
    outputs = {"name": name, "workspaceId": identifier, "orgId": org_id}
    return {key: value for key, value in outputs.items() if value is not None}


def _refuse_to_create_it_twice(context: Context, name: str) -> None:
    """Find what a run has left that was killed, or that gave up before the platform was done.

    The platform may take a name twice, so the second workspace would be created without a word.

    Raises:
        FlashbackError: There is such a workspace, or that could not be determined.
    """
    found = [row.id for row in view_of(context).named_before(name)]
    if all(map(context.ownership.is_held, found)):
        return
    time.sleep(GRACE_SECONDS)
    for each in found:
        if not context.ownership.is_held(each) and view_of(context).is_as_made(each):
            raise FlashbackError(
                f"workspace {each} has this name already, with nobody but this user and no API key "
                f"in it, as an interrupted run leaves one. {_ways_out(each)}. If nobody needs it, "
                f"delete it with `{to_delete_workspace(each)}` and run `pulumi up` again"
            )


def _ways_out(identifier: str) -> str:
    command = to_import("flashback:index:Workspace", "NAME", identifier)
    return (
        "If it belongs to a resource that was renamed, add the option aliases; to manage it with "
        f"the native provider, import it with `{command}`; otherwise use another name"
    )


def _in_the_way(context: Context, name: str, error: DuplicateError) -> FlashbackError:
    try:
        found = [row.id for row in view_of(context).named(name)]
    except FlashbackError:
        found = []
    if not found:
        return FlashbackError(
            f"the name is taken ({error.brief}), and no workspace that this user can see has it: "
            "it is the name of a deleted workspace, which the platform keeps, or of one that is "
            "closed to this user. Use another name"
        )
    which = ", ".join(found)
    return FlashbackError(
        f"workspace {which} has this name already ({error.brief}). {_ways_out(found[0])}"
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


WORKSPACE: Final = Resource(
    name="Workspace",
    description=(
        "A workspace: the place where API keys, buckets, repositories and members belong. The user "
        "who creates it is a member of it with the role ADMIN.\n\n"
        "Deleting one is refused while buckets or repositories are in it."
    ),
    inputs=WorkspaceInputs,
    outputs=WorkspaceOutputs,
    create=create,
    read=read,
    find=find,
    update=update,
    delete=delete,
)
