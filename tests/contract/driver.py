"""Drives a provider process over gRPC as the engine does, of either provider."""

from __future__ import annotations

import base64
import copy
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Self

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc

from pulumi_flashback.dynamic.resource import snake_case
from tests.contract.properties import State, from_struct, is_secret, to_struct, unwrapped
from tests.contract.warm import WarmProcess

Given = Mapping[str, Any]
Properties = dict[str, Any]
PICKLES: dict[str, str] = {}
"""The pickles of providers, as every state of a stack holds them; a test freezes them."""


def pickled_provider(resource: str) -> str:
    """Return the pickle of the dynamic provider of a resource."""
    if resource not in PICKLES:
        module = import_module(f"pulumi_flashback.dynamic.{snake_case(resource).lower()}")
        provider = getattr(module, f"{resource}Provider")()
        PICKLES[resource] = base64.b64encode(pickle.dumps(provider, 4)).decode()
    return PICKLES[resource]


START_TIMEOUT_SECONDS = 30
CALL_TIMEOUT_SECONDS = 120


class ProviderFailureError(Exception):
    """An operation failed; the text is what the engine would show.

    Attributes:
        message: The line that is ours.
        metadata: What came beside the text.
    """

    def __init__(self, text: str, metadata: Given) -> None:
        super().__init__(text)
        self.message = text.splitlines()[-1].removeprefix("pulumi_flashback.ProviderError: ")
        self.metadata = metadata


class _Engine(engine_pb2_grpc.EngineServicer):
    """Takes the log messages that a provider sends to the engine."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802 - a gRPC name
        self.messages.append(request.message)
        return empty_pb2.Empty()


class ProviderProcess:
    """A running provider process.

    Args:
        config: The stack config, such as ``{"flashback:token": "..."}``.
        environment: Variables on top of those of this process.
        resource: The resource that the calls are about.
        warm: It need not be a new process of Python: see :mod:`tests.contract.warm`.
        hasty: A warm process waits less between requests.
    """

    module: str
    """What the engine starts."""

    types: str
    """What stands before the name of a resource in its type token."""

    def __init__(
        self,
        config: Given | None = None,
        environment: Mapping[str, str] | None = None,
        resource: str = "ApiKey",
        *,
        warm: bool = False,
        hasty: bool = False,
    ) -> None:
        self.resource = resource
        self._engine = _Engine()
        self._server = grpc.server(futures.ThreadPoolExecutor(2))
        engine_pb2_grpc.add_EngineServicer_to_server(self._engine, self._server)
        engine_port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("FLASHBACK_")}
        variables = {**inherited, "PULUMI_PROJECT": "project", **(environment or {})}
        engine = f"127.0.0.1:{engine_port}"
        self.process: Any  # or what of it a WarmProcess has
        if warm:
            self.process = WarmProcess(self.module, engine, variables, hasty=hasty)
        else:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-m", self.module, engine],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=variables,
                text=True,
            )
        self._address = f"127.0.0.1:{int(self.process.stdout.readline())}"
        # that of a partial failure holds properties; the engine takes up to 16 MB
        size = ("grpc.absolute_max_metadata_size", 1 << 24)
        self._channel = grpc.insecure_channel(self._address, [size])
        grpc.channel_ready_future(self._channel).result(START_TIMEOUT_SECONDS)
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._output = ""
        self.secrets: frozenset[str] = frozenset()
        self.unmarked: list[str] = []
        self._configure(config or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> str:
        """End the process and return what it printed."""
        self._channel.close()
        self._server.stop(0)
        if not self.process.stdout.closed:
            self.process.kill()
            self._output = "".join(self.process.communicate())
        return self._output

    @property
    def urn(self) -> str:
        """The URN of a resource."""
        return f"urn:pulumi:dev::project::{self.types}:{self.resource}::name"

    @property
    def log(self) -> list[str]:
        """The messages that the provider sent to the engine."""
        return self._engine.messages

    def check(self, inputs: Given, old: Given | None = None) -> tuple[Properties, list[Any]]:
        """Return the checked inputs and the failures as (property, reason)."""
        response = self._ask("Check", olds=to_struct(old or {}), news=self._sent(inputs))
        failures = [(each.property, each.reason) for each in response.failures]
        return self._read(response.inputs), failures

    def diff(self, identifier: str, state: Given, inputs: Given) -> Any:
        """Return the response of ``Diff``."""
        return self._ask("Diff", identifier, olds=self._sent(state), news=self._sent(inputs))

    def create(self, inputs: Given, **more: Any) -> tuple[str, Properties]:
        """Return id and outputs."""
        response = self._ask("Create", properties=self._sent(inputs), **more)
        return response.id, self._read(response.properties)

    def read(
        self, identifier: str, state: Given, inputs: Given | None = None
    ) -> tuple[str, Properties, Properties]:
        """Return id, outputs and inputs, as for a refresh."""
        given = None if inputs is None else self._sent(inputs)
        response = self._ask("Read", identifier, properties=self._sent(state), inputs=given)
        return response.id, *self._read_both(response)

    def update(self, identifier: str, state: Given, inputs: Given, **more: Any) -> Properties:
        """Return the outputs."""
        properties = {"olds": self._sent(state), "news": self._sent(inputs)}
        return self._read(self._ask("Update", identifier, **properties, **more).properties)

    def delete(self, identifier: str, state: Given, **more: Any) -> None:
        self._ask("Delete", identifier, properties=self._sent(state), **more)

    def call(self, method: str, request: Any) -> Any:
        """Make a call.

        Raises:
            ProviderFailureError: It failed.
        """
        try:
            return getattr(self._stub, method)(request, timeout=CALL_TIMEOUT_SECONDS)
        except grpc.RpcError as error:
            failure: Any = error
        raise ProviderFailureError(failure.details(), dict(failure.trailing_metadata() or ()))

    def _ask(self, method: str, identifier: str | None = None, /, **fields: Any) -> Any:
        """Make a call about the resource."""
        fields = fields if identifier is None else {"id": identifier, **fields}
        return self.call(method, getattr(provider_pb2, f"{method}Request")(urn=self.urn, **fields))

    def _configure(self, config: Given) -> None:
        raise NotImplementedError

    def _sent(self, properties: Given) -> struct_pb2.Struct:
        return to_struct(properties)

    def _read_both(self, response: Any) -> tuple[Properties, Properties]:
        """Return outputs and inputs; a secret is one that came as one wherever it came."""
        outputs = self._read(response.properties)
        secrets = self.secrets
        inputs = self._read(response.inputs)
        plain = {n for n in outputs if n not in secrets} | {
            n for n in inputs if n not in self.secrets
        }
        self.secrets = (secrets | self.secrets) - plain
        return outputs, inputs

    def _read(self, struct: struct_pb2.Struct) -> Properties:
        """Return properties as plain values, and note which of them came as secrets."""
        plain = from_struct(struct)
        self.unmarked.extend(repr(value) for value in plain.values() if not is_secret(value))
        self.secrets = frozenset(name for name, value in plain.items() if is_secret(value))
        return State({name: unwrapped(value) for name, value in plain.items()})


class DynamicProvider(ProviderProcess):
    """``python -m pulumi.dynamic``, with the pickle of a provider in every property bag."""

    module = "pulumi.dynamic"
    types = "pulumi-python:dynamic/flashback"

    def _configure(self, config: Given) -> None:
        self.call("Configure", provider_pb2.ConfigureRequest(args=to_struct(config)))

    def _sent(self, properties: Given) -> struct_pb2.Struct:
        return to_struct({**properties, "__provider": pickled_provider(self.resource)})


class NativeProvider(ProviderProcess):
    """``pulumi-resource-flashback``."""

    module = "pulumi_flashback.native"
    types = "flashback:index"

    def _configure(self, config: Given) -> None:
        self.call("Handshake", provider_pb2.ProviderHandshakeRequest(engine_address=""))
        arguments = {key.partition(":")[2]: value for key, value in config.items()}
        self.configure(arguments, "default")

    @contextmanager
    def connected(self) -> Iterator[Self]:
        """Yield another connection to the same process."""
        other = copy.copy(self)
        with grpc.insecure_channel(self._address, [("grpc.use_local_subchannel_pool", 1)]) as it:
            other._stub = provider_pb2_grpc.ResourceProviderStub(it)
            yield other

    def configure(self, arguments: Given, name: str) -> None:
        """Give the provider of a name its arguments; ``default`` is the engine's own."""
        self.call("Configure", provider_pb2.ConfigureRequest(args=to_struct(arguments), name=name))

    def check_config(self, arguments: Given, name: str) -> tuple[Properties, list[str]]:
        """Return the checked arguments and what is wrong with them."""
        request = provider_pb2.CheckRequest(news=to_struct(arguments), name=name)
        response = self.call("CheckConfig", request)
        return self._read(response.inputs), [failure.reason for failure in response.failures]

    def find(self, import_id: str) -> tuple[str, Properties, Properties]:
        """Return id, outputs and inputs, as for an import."""
        response = self._ask("Read", import_id)
        return response.id, *self._read_both(response)

    def invoke(self, token: str, arguments: Given) -> Properties:
        """Return the result of a function."""
        request = provider_pb2.InvokeRequest(tok=token, args=to_struct(arguments))
        return self._read(getattr(self.call("Invoke", request), "return"))


PROVIDERS: dict[str, type[ProviderProcess]] = {"dynamic": DynamicProvider, "native": NativeProvider}
