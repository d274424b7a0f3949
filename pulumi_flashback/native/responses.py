"""What the engine is sent back: check failures, diffs, and failures that leave an object behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from pulumi_flashback.core.guard import ProviderError
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.resource_model import Difference
from pulumi_flashback.core.values import Properties
from pulumi_flashback.native.wire import Bag, encode


class PartialError(Exception):
    """A failure that leaves an object behind; the details tell the engine which."""

    def __init__(self, text: str, details: Any) -> None:
        super().__init__(text)
        self.details = details


def secrets_of(resource: Resource, *bags: Bag) -> frozenset[str]:
    """The properties to mark: those that always are secret, and those that came so."""
    return resource.secrets.union(*(bag.secrets for bag in bags))


def failures(problems: Any) -> list[Any]:
    """The engine prints the value of a property that is named here, even of a secret one."""
    return [
        provider_pb2.CheckFailure(
            property=problem.property if problem.showable else "", reason=problem.reason
        )
        for problem in problems
    ]


def diff_response(
    old: Properties, new: Properties, found: Difference, stables: tuple[str, ...] = ()
) -> Any:
    """Return a diff; ``stables`` are the outputs that an update in place does not change."""
    changes = provider_pb2.DiffResponse.DIFF_SOME if found.changed else None
    return provider_pb2.DiffResponse(
        changes=changes or provider_pb2.DiffResponse.DIFF_NONE,
        replaces=found.replaces,
        deleteBeforeReplace=found.delete_first,
        stables=() if found.replaces else stables,
        diffs=found.changed,
        detailedDiff={
            name: provider_pb2.PropertyDiff(kind=_kind(name, old, new, name in found.replaces))
            for name in found.changed
        },
        hasDetailedDiff=True,
    )


def _kind(name: str, old: Properties, new: Properties, replaces: bool) -> Any:
    kinds = provider_pb2.PropertyDiff
    if name not in old:
        return kinds.ADD_REPLACE if replaces else kinds.ADD
    if name not in new:
        return kinds.DELETE_REPLACE if replaces else kinds.DELETE
    return kinds.UPDATE_REPLACE if replaces else kinds.UPDATE


def expected_outputs(resource: Resource, state: Properties, inputs: Properties) -> Properties:
    """What an update will make of a state."""
    kept = {name: value for name, value in state.items() if name not in resource.inputs.names()}
    return {**kept, **resource.without_placeholders(inputs, state)}


@contextmanager
def recorded(resource: Resource, inputs: Properties, secrets: frozenset[str]) -> Iterator[None]:
    """Let a failure that leaves an object behind tell the engine of it."""
    try:
        yield
    except ProviderError as error:
        partial = error.partial
        if partial is None:
            raise
        details = provider_pb2.ErrorResourceInitFailed(
            id=partial.identifier,
            properties=encode(partial.outputs, secrets),
            inputs=encode(resource.inputs_to_import(partial.outputs, inputs), secrets),
            reasons=[str(error)],
        )
        raise PartialError(str(error), details) from None


def status(text: str, details: Any) -> tuple[tuple[str, bytes], ...]:
    """Details travel in a header of their own."""
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=text)
    status.details.add().Pack(details)
    return (("grpc-status-details-bin", status.SerializeToString()),)
