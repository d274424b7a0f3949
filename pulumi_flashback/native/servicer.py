"""The native provider: offers the core's resources over the engine's gRPC protocol.

The SDK's own server for Python providers does not support unknown values, partial failures and old
inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from pulumi_flashback.core.operations import (
    Operations,
    ProviderError,
    check_arguments,
    invoke,
    unexpected,
)
from pulumi_flashback.core.runtime import Runtime
from pulumi_flashback.core.values import UNKNOWN, Properties
from pulumi_flashback.engine import Engine
from pulumi_flashback.native import SCHEMA, provider_config, responses
from pulumi_flashback.native.connections import Connections
from pulumi_flashback.native.provider_config import ProviderArguments
from pulumi_flashback.native.wire import Bag, decode, encode
from pulumi_flashback.resources import RESOURCES
from pulumi_flashback.settings import token
from pulumi_flashback.version import VERSION

if TYPE_CHECKING:
    from pulumi_flashback.core.function import Function

_RESOURCES = {token(each.name): each for each in RESOURCES}

Class = TypeVar("Class", bound=type)


def _guarded(servicer: Class) -> Class:
    """Make each method of the protocol return a response or a status with one line."""
    for name, method in list(vars(servicer).items()):
        if name[0].isupper():
            setattr(servicer, name, _guarded_method(method))
    return servicer


def _guarded_method(handler: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(handler)
    def wrapper(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return handler(self, request, context)
        except ProviderError as error:
            text = str(error)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the guard of the process
            text = f"could not respond to {handler.__name__}: {unexpected(error)}"
        return context.abort(grpc.StatusCode.UNKNOWN, text)

    return wrapper


@_guarded
class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Implements the methods of Pulumi's ``provider.proto``. Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connections = Connections()

    def cancel(self) -> None:
        self._connections.cancel()

    # the process

    def Handshake(self, request: Any, context: Any) -> Any:
        if request.engine_address:
            self._engine.address = request.engine_address
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request: Any, context: Any) -> Any:
        self._engine.address = request.address
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema=SCHEMA.read_text(encoding="utf-8"))

    def GetMapping(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetMappingResponse()

    def GetMappings(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetMappingsResponse()

    def Cancel(self, request: Any, context: Any) -> Any:
        self._connections.cancel(context.peer())
        return empty_pb2.Empty()

    # the provider itself

    def CheckConfig(self, request: Any, context: Any) -> Any:
        bag = decode(request.news)
        explicit = not provider_config.is_default(request.name, request.urn)
        problems = ProviderArguments(bag.values, explicit).problems()
        return provider_pb2.CheckResponse(
            inputs=encode(bag.values, bag.secrets | provider_config.SECRETS),
            failures=[provider_pb2.CheckFailure(reason=problem) for problem in problems],
        )

    def DiffConfig(self, request: Any, context: Any) -> Any:
        old, new = decode(request.olds).values, decode(request.news).values
        return responses.diff_response(old, new, provider_config.difference(old, new))

    def Configure(self, request: Any, context: Any) -> Any:
        # the first request that needs the arguments reads them; a preview may not need them
        explicit = not provider_config.is_default(request.name, request.urn)
        arguments = ProviderArguments(decode(request.args).values, explicit)
        self._connections.configure(context.peer(), Runtime(arguments.settings, self._engine))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    # resources

    def Check(self, request: Any, context: Any) -> Any:
        bag = decode(request.news)
        operations = self._operations(request, context, bag)
        verdict = operations.check(decode(request.olds).values, bag.values)
        return provider_pb2.CheckResponse(
            inputs=encode(bag.values, operations.type.secrets | bag.secrets),
            failures=[
                provider_pb2.CheckFailure(property=each.blamed, reason=each.reason)
                for each in verdict.problems
            ],
        )

    def Diff(self, request: Any, context: Any) -> Any:
        state, inputs = decode(request.olds), decode(request.news)
        operations = self._operations(request, context, state, inputs)
        found = operations.diff(request.id, state.values, inputs.values)
        return responses.diff_response(
            state.values, inputs.values, found, operations.type.outputs.names()
        )

    def Create(self, request: Any, context: Any) -> Any:
        bag = decode(request.properties)
        operations = self._operations(request, context, bag)
        secrets = operations.type.secrets | bag.secrets
        if request.preview:
            outputs = {**dict.fromkeys(operations.type.outputs.names(), UNKNOWN), **bag.values}
            return provider_pb2.CreateResponse(properties=encode(outputs, secrets))
        with responses.recorded(context, operations.type, bag.values, secrets):
            identifier, outputs = operations.create(bag.values)
        return provider_pb2.CreateResponse(id=identifier, properties=encode(outputs, secrets))

    def Read(self, request: Any, context: Any) -> Any:
        """Read an object for a refresh, an import, or a program that only reads it."""
        state, inputs = decode(request.properties), decode(request.inputs)
        operations = self._operations(request, context, state, inputs)
        outputs: Properties | None
        if state.values or inputs.values:
            identifier, outputs = request.id, operations.read(request.id, state.values)
        else:
            identifier, outputs = operations.find(request.id)
        if outputs is None:
            return provider_pb2.ReadResponse()
        secrets = operations.type.secrets | state.secrets | inputs.secrets
        return provider_pb2.ReadResponse(
            id=identifier,
            properties=encode(outputs, secrets),
            inputs=encode(operations.type.inputs_to_import(outputs, inputs.values), secrets),
        )

    def Update(self, request: Any, context: Any) -> Any:
        state, inputs = decode(request.olds), decode(request.news)
        operations = self._operations(request, context, state, inputs)
        secrets = operations.type.secrets | inputs.secrets
        if request.preview:
            wanted = operations.type.without_placeholders(inputs.values, state.values)
            names = operations.type.inputs.names()
            outputs = {**{n: v for n, v in state.values.items() if n not in names}, **wanted}
        else:
            with responses.recorded(context, operations.type, inputs.values, secrets):
                outputs = operations.update(request.id, state.values, inputs.values)
        return provider_pb2.UpdateResponse(properties=encode(outputs, secrets))

    def Delete(self, request: Any, context: Any) -> Any:
        state = decode(request.properties)
        self._operations(request, context, state).delete(request.id, state.values)
        return empty_pb2.Empty()

    # functions

    def Invoke(self, request: Any, context: Any) -> Any:
        function = _functions().get(request.tok)
        if function is None:
            raise _unknown_token(request.tok, "function")
        bag = decode(request.args)
        # an error, because SDKs print only the first check failure, or each with an empty name
        check_arguments(function, bag.values)
        runtime = self._connections.runtime(context.peer)
        result = invoke(function, runtime, bag.values, bag.hidden)
        fields: Any = {"return": encode(function.to_wire(result))}  # a keyword of Python
        return provider_pb2.InvokeResponse(**fields)

    def _operations(self, request: Any, context: Any, *bags: Bag) -> Operations:
        # urn:pulumi:STACK::PROJECT::PARENT$TOKEN::NAME
        token = request.urn.split("::")[2].rpartition("$")[2]
        resource = _RESOURCES.get(token)
        if resource is None:
            raise _unknown_token(token, "resource")
        return Operations(
            resource,
            self._connections.runtime(context.peer),
            hidden=tuple(text for bag in bags for text in bag.hidden),
            timeout=getattr(request, "timeout", 0) or None,  # 0 is no limit
            urn=request.urn,
        )


@cache
def _functions() -> Mapping[str, Function[Any]]:
    # loaded on demand: most runs do not need them
    from pulumi_flashback.functions import FUNCTIONS

    return {token(each.name): each for each in FUNCTIONS}


def _unknown_token(token: str, kind: str) -> ProviderError:
    return ProviderError(
        f"{token} is not a {kind} of version {VERSION} of this provider. "
        "Install pulumi_flashback in the version of the SDK that the program uses"
    )
