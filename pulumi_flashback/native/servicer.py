"""Shell 2: the resources of the core as a provider of the engine's gRPC protocol.

Written on the protobuf modules of the SDK: its own server for Python providers does not know
unknown values, partial failures and old inputs.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from pulumi_flashback.core.guard import ProviderError, unexpected
from pulumi_flashback.core.operations import Operations, check_arguments, invoke
from pulumi_flashback.core.resource import Difference, Resource
from pulumi_flashback.core.runtime import Engine, Runtime
from pulumi_flashback.core.values import UNKNOWN, Properties
from pulumi_flashback.native.provider_config import (
    SECRETS,
    ProviderArguments,
    difference,
    is_default,
)
from pulumi_flashback.native.wire import Bag, decode, encode
from pulumi_flashback.resources import RESOURCES
from pulumi_flashback.settings import NAMESPACE

if TYPE_CHECKING:
    from pulumi_flashback.core.function import Function

GRACE_SECONDS = 4.0
"""What running requests get when the run is cancelled; the engine kills after five seconds."""

_RESOURCES = {f"{NAMESPACE}:index:{each.name}": each for each in RESOURCES}

MOST_CONNECTIONS = 100
"""More connections than providers that work at the same time. Of those of earlier runs nobody says
that they are closed."""

Handler = TypeVar("Handler", bound=Callable[..., Any])


class _PartialError(Exception):
    """A failure that leaves an object behind; the details tell the engine which."""

    def __init__(self, text: str, details: Any) -> None:
        super().__init__(text)
        self.details = details


def _answers(handler: Handler) -> Handler:
    """Let nothing out of a handler but its answer, or a status with one line."""

    @wraps(handler)
    def wrapper(self: Servicer, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return handler(self, request, context)
        except _PartialError as error:
            text = str(error)
            context.set_trailing_metadata(_status(text, error.details))
        except ProviderError as error:
            text = str(error)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the guard of the process
            text = f"could not answer {handler.__name__}: {unexpected(error)}"
        return context.abort(grpc.StatusCode.UNKNOWN, text)

    return wrapper  # type: ignore[return-value] # the same signature


class _Connections:
    """What each connection of an engine has configured. Thread-safe.

    An engine starts one process for each provider of a program, but all of them attach to one that
    runs already: their accounts are told apart by the connection alone.
    """

    def __init__(self) -> None:
        self._runtimes: OrderedDict[str, Runtime] = OrderedDict()
        self._lock = threading.Lock()

    def configure(self, peer: str, runtime: Runtime) -> None:
        """Note what a connection has configured, and forget the one that was idle for longest."""
        with self._lock:
            self._runtimes[peer] = runtime
            self._runtimes.move_to_end(peer)
            if len(self._runtimes) > MOST_CONNECTIONS:
                self._runtimes.popitem(last=False)

    def runtime(self, peer: str) -> Runtime:
        """Return what a connection has configured.

        Raises:
            ProviderError: It has configured nothing, or is a new one of several that have.
        """
        with self._lock:
            if peer in self._runtimes:
                self._runtimes.move_to_end(peer)
                return self._runtimes[peer]
            if len(self._runtimes) == 1:  # an idle connection was made anew
                return next(iter(self._runtimes.values()))
        raise ProviderError("the provider is not configured. Run the same command again")

    def cancel(self, peer: str | None = None) -> None:
        """End what is going on: running requests get a little time, others are not sent.

        Args:
            peer: The connection; None for all of them.
        """
        with self._lock:
            for each, runtime in self._runtimes.items():
                if peer in (None, each):
                    runtime.cancel(GRACE_SECONDS)


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine. Thread-safe.

    Args:
        engine: Takes messages for the user.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connections = _Connections()

    def cancel(self) -> None:
        """End all that is going on."""
        self._connections.cancel()

    # the process

    @_answers
    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802 - a gRPC name
        """Agree on what both sides understand."""
        if request.engine_address:
            self._engine.address = request.engine_address
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    @_answers
    def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Serve another engine (``PULUMI_DEBUG_PROVIDERS``)."""
        self._engine.address = request.address
        return empty_pb2.Empty()

    @_answers
    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Tell the version."""
        return plugin_pb2.PluginInfo(version=version("pulumi_flashback"))

    @_answers
    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return the package schema."""
        return provider_pb2.GetSchemaResponse(schema=_schema())

    @_answers
    def GetMapping(self, request: Any, context: Any) -> Any:  # noqa: N802
        """No other tool's provider is mapped to this one."""
        return provider_pb2.GetMappingResponse()

    @_answers
    def GetMappings(self, request: Any, context: Any) -> Any:  # noqa: N802
        """No other tool's provider is mapped to this one."""
        return provider_pb2.GetMappingsResponse()

    def Parameterize(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Not offered."""
        return _not_offered(context)

    def Construct(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Not offered: the package has no components."""
        return _not_offered(context)

    def Call(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Not offered: resources have no methods."""
        return _not_offered(context)

    def List(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Not offered."""
        return _not_offered(context)

    @_answers
    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        """End what is going on."""
        self._connections.cancel(context.peer())
        return empty_pb2.Empty()

    # the provider itself

    @_answers
    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Find everything that is wrong with the arguments of the provider."""
        bag = decode(request.news)
        explicit = not is_default(request.name, request.urn)
        problems = ProviderArguments(bag.values, explicit).problems()
        return provider_pb2.CheckResponse(
            inputs=encode(bag.values, bag.secrets | SECRETS),
            failures=[provider_pb2.CheckFailure(reason=problem) for problem in problems],
        )

    @_answers
    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Compare the arguments of the provider with earlier ones."""
        old, new = decode(request.olds).values, decode(request.news).values
        return _diff_response(old, new, difference(old, new))

    @_answers
    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Keep the arguments of the provider for the first request that needs them."""
        explicit = not is_default(request.name, request.urn)
        arguments = ProviderArguments(decode(request.args).values, explicit)
        self._connections.configure(context.peer(), Runtime(arguments.settings, self._engine))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    # resources

    @_answers
    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Find everything that is wrong with inputs."""
        bag = decode(request.news)
        operations = self._operations(request, context, bag)
        verdict = operations.check(decode(request.olds).values, bag.values)
        return provider_pb2.CheckResponse(
            inputs=encode(bag.values, _secrets(operations.type, bag)),
            failures=_failures(verdict.problems),
        )

    @_answers
    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Say exactly what changes, and what of it makes a replacement."""
        state, inputs = decode(request.olds), decode(request.news)
        operations = self._operations(request, context, state, inputs)
        found = operations.diff(request.id, state.values, inputs.values)
        return _diff_response(state.values, inputs.values, found, operations.type.outputs.names())

    @_answers
    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Create an object, or say what is known of it before."""
        bag = decode(request.properties)
        operations = self._operations(request, context, bag)
        secrets = _secrets(operations.type, bag)
        if request.preview:
            outputs = {**dict.fromkeys(operations.type.outputs.names(), UNKNOWN), **bag.values}
            return provider_pb2.CreateResponse(properties=encode(outputs, secrets))
        with _recorded(operations.type, bag.values, secrets):
            identifier, outputs = operations.create(bag.values)
        return provider_pb2.CreateResponse(id=identifier, properties=encode(outputs, secrets))

    @_answers
    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Read an object: to refresh a state, to import it, or for a program that only uses it."""
        state, inputs = decode(request.properties), decode(request.inputs)
        operations = self._operations(request, context, state, inputs)
        outputs: Properties | None
        if state.values or inputs.values:
            identifier, outputs = request.id, operations.read(request.id, state.values)
        else:
            identifier, outputs = operations.find(request.id)
        if outputs is None:
            return provider_pb2.ReadResponse()
        secrets = _secrets(operations.type, state, inputs)
        return provider_pb2.ReadResponse(
            id=identifier,
            properties=encode(outputs, secrets),
            inputs=encode(operations.type.inputs_to_import(outputs, inputs.values), secrets),
        )

    @_answers
    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Change an object in place, or say how it will look."""
        state, inputs = decode(request.olds), decode(request.news)
        operations = self._operations(request, context, state, inputs)
        secrets = _secrets(operations.type, inputs)
        if request.preview:
            outputs = _expected(operations.type, state.values, inputs.values)
        else:
            with _recorded(operations.type, inputs.values, secrets):
                outputs = operations.update(request.id, state.values, inputs.values)
        return provider_pb2.UpdateResponse(properties=encode(outputs, secrets))

    @_answers
    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Delete an object."""
        state = decode(request.properties)
        self._operations(request, context, state).delete(request.id, state.values)
        return empty_pb2.Empty()

    # functions

    @_answers
    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Call a function."""
        function = _functions().get(request.tok)
        if function is None:
            raise ProviderError(_unheard_of(request.tok, "function"))
        bag = decode(request.args)
        # an error: of failures, languages print the first one, or an empty name after each
        check_arguments(function, bag.values)
        runtime = self._connections.runtime(context.peer())
        result = invoke(function, runtime, bag.values, bag.hidden)
        answer = provider_pb2.InvokeResponse()
        values = encode(function.to_wire(result))
        getattr(answer, "return").CopyFrom(values)  # a keyword of Python
        return answer

    def _operations(self, request: Any, context: Any, *bags: Bag) -> Operations:
        token = _type_token(request.urn)
        resource = _RESOURCES.get(token)
        if resource is None:
            raise ProviderError(_unheard_of(token, "resource"))
        timeout = getattr(request, "timeout", 0)
        return Operations(
            resource,
            self._connections.runtime(context.peer()),
            hidden=tuple(text for bag in bags for text in bag.hidden),
            timeout=timeout if timeout > 0 else None,
            urn=request.urn,
        )


# functions and schema are loaded where they are asked for: most runs need neither


@cache
def _functions() -> Mapping[str, Function[Any]]:
    from pulumi_flashback.functions import FUNCTIONS

    return {f"{NAMESPACE}:index:{each.name}": each for each in FUNCTIONS}


@cache
def _schema() -> str:
    from pulumi_flashback.native.schema import package_schema

    return json.dumps(package_schema())


def _secrets(resource: Resource, *bags: Bag) -> frozenset[str]:
    """The properties to mark: those that always are secret, and those that came so."""
    return resource.secrets.union(*(bag.secrets for bag in bags))


def _failures(problems: Any) -> list[Any]:
    """The engine prints the value of a property that is named here, even of a secret one."""
    return [
        provider_pb2.CheckFailure(
            property=problem.property if problem.showable else "", reason=problem.reason
        )
        for problem in problems
    ]


def _diff_response(
    old: Properties, new: Properties, found: Difference, stables: tuple[str, ...] = ()
) -> Any:
    changes = provider_pb2.DiffResponse.DIFF_SOME if found.changed else None
    return provider_pb2.DiffResponse(
        changes=changes or provider_pb2.DiffResponse.DIFF_NONE,
        replaces=found.replaces,
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


def _expected(resource: Resource, state: Properties, inputs: Properties) -> Properties:
    """What an update will make of a state."""
    kept = {name: value for name, value in state.items() if name not in resource.inputs.names()}
    return {**kept, **resource.without_placeholders(inputs, state)}


@contextmanager
def _recorded(resource: Resource, inputs: Properties, secrets: frozenset[str]) -> Iterator[None]:
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
        raise _PartialError(str(error), details) from None


def _status(text: str, details: Any) -> tuple[tuple[str, bytes], ...]:
    """Details travel in a header of their own."""
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=text)
    status.details.add().Pack(details)
    return (("grpc-status-details-bin", status.SerializeToString()),)


def _type_token(urn: str) -> str:
    """Return the type token of a URN: ``urn:pulumi:STACK::PROJECT::PARENT$TOKEN::NAME``."""
    return urn.split("::")[2].rpartition("$")[2]


def _unheard_of(token: str, kind: str) -> str:
    return (
        f"{token} is not a {kind} of version {version('pulumi_flashback')} of this provider. "
        "Install pulumi_flashback in the version of the SDK that the program uses"
    )


def _not_offered(context: grpc.ServicerContext) -> Any:
    return context.abort(grpc.StatusCode.UNIMPLEMENTED, "not offered by this provider")
