"""The life cycle shared by all resources; ``Resource`` exposes it as methods."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

from pulumi_flashback.client import (
    BadRequestError,
    DuplicateError,
    FlashbackError,
    NotFoundError,
    PermissionDeniedError,
)
from pulumi_flashback.client.deadline import extra_time
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.create_once import LOOK_SECONDS, create_once
from pulumi_flashback.core.list_cache import settled
from pulumi_flashback.core.listed import UndeterminedError
from pulumi_flashback.core.values import Properties

if TYPE_CHECKING:
    from pulumi_flashback.core.resource import Resource


class PartialFailureError(FlashbackError):
    """An operation did not finish, but the object exists. Has the outputs that are known."""

    def __init__(self, text: str, identifier: str, outputs: Properties) -> None:
        super().__init__(text)
        self.identifier = identifier
        self.outputs = outputs


def create(resource: Resource, context: Context, inputs: Properties) -> tuple[str, Properties]:
    before = resource.source.ids_before(context, inputs)
    seen: dict[str, Properties] = {}
    shown_once = resource.outputs.marked("shown_once")

    def post() -> str:
        identifier, seen_in_response = resource.post(context.client, inputs)
        seen[identifier] = seen_in_response
        return identifier

    def find_ours() -> list[str]:
        rows = resource.source.candidates(context, inputs)
        new = [row for row in rows if row.id not in (before or ())]
        ours = [row for row in new if resource.is_ours(context, row, inputs)]
        seen.update({row.id: resource.outputs_kept(resource.shown(row)) for row in ours})
        return [row.id for row in ours]

    def attempt() -> str:
        advice = resource.how_to_look(inputs)
        return create_once(post, context, before=before, find_ours=find_ours, advice=advice)

    # two objects of one identity, created at the same time, could not be distinguished
    with context.ownership.lock(resource.name, *resource.identity(inputs)):
        try:
            if resource.accepts_twins:
                before = _just_before(resource, context, inputs)
            for _ in range(2):
                identifier = attempt()
                if shown_once <= seen[identifier].keys():
                    break
                _discard(resource, context, identifier, inputs)
                before = {*(before or ()), identifier}
            else:
                raise FlashbackError(
                    f"the response with its {' and '.join(sorted(shown_once))} was lost twice; "
                    "what was created has been deleted again. Run `pulumi up` again"
                )
        except DuplicateError as error:
            return resource.on_duplicate(context, inputs, error)
    resource.source.invalidate(context, identifier, inputs)
    return identifier, resource.completed(context, identifier, {**inputs, **seen[identifier]})


def _just_before(
    resource: Resource, context: Context, inputs: Properties
) -> Collection[str] | None:
    """Return the ids that exist now, and report an object that an interrupted run may have left."""
    with suppress(PermissionDeniedError):
        for row in resource.source.candidates(context, inputs):
            if resource.is_ours(context, row, inputs) and not context.ownership.is_held(row.id):
                context.notify(
                    f"{resource.label} {row.id} looks like the one to create. Unless this run "
                    "replaces it, an interrupted run may have left it: "
                    f"{resource.what_to_do_with_lost}"
                )
    return resource.source.ids_before(context, inputs)


def _discard(resource: Resource, context: Context, identifier: str, inputs: Properties) -> None:
    """Delete an object whose secret was only in the lost response."""
    context.ownership.release(identifier, context.mark)
    try:
        with extra_time(LOOK_SECONDS):
            resource.delete(context, identifier, inputs)
    except FlashbackError as error:
        raise FlashbackError(
            f"{resource.label} {identifier} was created, but the response with its secret was "
            f"lost, and it could not be deleted ({error.brief}). Delete it, then run `pulumi up` "
            "again"
        ) from None
    # the object was found by comparison, so the message explains the loss if it was another one
    context.notify(
        f"the response with the secret of {resource.label} {identifier} was lost, so it is deleted"
    )


def read(
    resource: Resource, context: Context, identifier: str, state: Properties
) -> Properties | None:
    """Return the outputs of an object; None if a managed object is gone."""
    known = {**state, **resource.named(identifier, state)}
    managed = resource.is_managed(state)
    try:
        row = resource.source.read(context, identifier, known)
    except UndeterminedError:
        if managed or resource.parents:
            raise
        row = None
    if row is not None:
        return resource.outputs_of(context, identifier, row, known)
    if not managed:
        raise FlashbackError(resource.not_found(known))
    resource.source.confirm_gone(context, identifier, known)
    return None


def find(resource: Resource, context: Context, import_id: str) -> tuple[str, Properties]:
    named = resource.parsed(import_id)
    own = [named.pop(name) for name in resource.outputs.marked("same_as_id")]
    identifier = own[0] if own else import_id
    outputs = resource.read(context, identifier, named)
    assert outputs is not None  # noqa: S101 - a missing one has raised
    return identifier, outputs


def update(
    resource: Resource, context: Context, identifier: str, state: Properties, inputs: Properties
) -> Properties:
    """Update an object in place; return its outputs."""
    # If the update may have taken effect in part, the outputs of the error lack these values, so
    # that the next run writes them even if the program has reverted the change
    try:
        write(resource, context, identifier, state, inputs)
    except FlashbackError as error:
        if not error.may_have_taken_effect:
            raise
        doubtful = resource.in_doubt(resource.changes(state, inputs))
        sure = {name: value for name, value in state.items() if name not in doubtful}
        failure = PartialFailureError(str(error), identifier, sure)
        failure.may_have_taken_effect, failure.hopeless = True, error.hopeless
        raise failure from None
    return resource.completed(context, identifier, {**resource.outputs_kept(state), **inputs})


def write(
    resource: Resource, context: Context, identifier: str, state: Properties, inputs: Properties
) -> None:
    """Write the changed inputs, and make sure that those to clear are cleared."""
    changes = resource.changes(state, inputs)
    if not changes:
        return
    removed = [name for name, value in changes.items() if value is None]
    try:
        resource.send_update(context, identifier, state, inputs, changes)
        if removed:
            _confirm_cleared(resource, context, identifier, state, inputs, removed)
    except NotFoundError as error:
        raise FlashbackError(
            f"it no longer exists ({error.brief}). Run `pulumi refresh`; the next `pulumi "
            "up` creates it again"
        ) from None
    except DuplicateError as error:
        raise resource.on_taken(context, identifier, inputs, error) from None
    finally:
        resource.source.invalidate(context, identifier, inputs)


def _confirm_cleared(
    resource: Resource,
    context: Context,
    identifier: str,
    state: Properties,
    inputs: Properties,
    removed: list[str],
) -> None:
    """Clear what the API still shows. The rest of the update is done in any case."""

    def still_set() -> list[str]:
        row = resource.source.look(context, identifier, inputs)
        shown = {} if row is None else resource.shown(row)
        return [name for name in removed if shown.get(name)]

    try:
        kept = still_set()
        if kept:
            with suppress(BadRequestError):  # the API may reject an empty string as well
                emptied = dict.fromkeys(kept, "")
                resource.put(context.client, identifier, emptied, {**inputs, **emptied})
            kept = settled(still_set, lambda names: not names)
        if not kept:
            return
        problem = (
            f"the API still shows {', '.join(kept)} although it was cleared. Run `pulumi refresh` "
            "and `pulumi up` again after a minute; if the error persists, set another value, or "
            "replace the "
            "object with the option deleteBeforeReplace and `pulumi up --replace URN`"
        )
    except NotFoundError:
        raise
    except FlashbackError as error:
        problem = str(error)
    before = {name: state[name] for name in removed if name in state}
    raise PartialFailureError(problem, identifier, {**state, **inputs, **before})


def delete(resource: Resource, context: Context, identifier: str, state: Properties) -> None:
    """Delete an object; if it is already gone, this succeeds."""
    # the statuses for "no such object" and "in use" are not certain, and a response can be lost, so
    # after any failure the object is looked for
    source = resource.source
    state = {**state, **resource.named(identifier, state)}
    try:
        resource.remove(context.client, identifier, state)
    except FlashbackError as error:
        if error.not_processed:
            raise
        if resource.is_refusal(error):
            raise resource.refused(context, identifier, None, error) from None
        failure = error
    else:
        return
    finally:
        source.invalidate(context, identifier, state)
    try:
        with extra_time(LOOK_SECONDS):
            # a response that contradicts the delete may be older than the delete
            gone = isinstance(failure, NotFoundError)
            row = settled(
                lambda: source.look(context, identifier, state, failure),
                lambda row: (row is None) == gone,
            )
            if row is None:
                source.confirm_gone(context, identifier, state)
    except FlashbackError as error:
        raise FlashbackError(
            f"{failure.brief}; and could not determine whether it still exists ({error.brief}). "
            "Check the credentials and their role in the workspace, then run the same command "
            "again; only if it is certainly gone, remove it from the state with `pulumi state "
            "delete URN`"
        ) from None
    if row is not None:
        raise resource.refused(context, identifier, row, failure)
