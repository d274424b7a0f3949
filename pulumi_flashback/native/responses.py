"""Responses to the engine: diffs, and failures that leave an object behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from pulumi_flashback.core.operations import ProviderError
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.resource_model import Difference
from pulumi_flashback.core.values import Properties
from pulumi_flashback.native.wire import encode


def diff_response(
    old: Properties, new: Properties, found: Difference, stables: tuple[str, ...] = ()
) -> Any:
    """Return a diff; ``stables`` are the outputs that an update in place does not change."""

    def kind(name: str) -> Any:
        change = "ADD" if name not in old else "UPDATE" if name in new else "DELETE"
        return f"{change}_REPLACE" if name in found.replaces else change

    response = provider_pb2.DiffResponse
    return response(
        changes=response.DIFF_SOME if found.changed else response.DIFF_NONE,
        replaces=found.replaces,
        deleteBeforeReplace=found.delete_first,
        stables=() if found.replaces else stables,
        diffs=found.changed,
        detailedDiff={name: provider_pb2.PropertyDiff(kind=kind(name)) for name in found.changed},
        hasDetailedDiff=True,
    )


@contextmanager
def recorded(
    context: grpc.ServicerContext, resource: Resource, inputs: Properties, secrets: frozenset[str]
) -> Iterator[None]:
    """Report an object that a failure leaves behind in the trailing metadata."""
    try:
        yield
    except ProviderError as error:
        if error.partial is not None:
            failed = provider_pb2.ErrorResourceInitFailed(
                id=error.partial.identifier,
                properties=encode(error.partial.outputs, secrets),
                inputs=encode(resource.inputs_to_import(error.partial.outputs, inputs), secrets),
                reasons=[str(error)],
            )
            status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
            status.details.add().Pack(failed)
            context.set_trailing_metadata(
                (("grpc-status-details-bin", status.SerializeToString()),)
            )
        raise
