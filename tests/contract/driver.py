"""Drives a provider process over gRPC as the engine does: ``python -m pulumi.dynamic``."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent import futures
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc
from typing_extensions import Self

UNKNOWN = rpc.UNKNOWN
PICKLE = (
    "gASVOgAAAAAAAACMIHB1bHVtaV9mbGFzaGJhY2suZHluYW1pYy5hcGlfa2V5lIwOQXBpS2V5UHJvdmlkZXKUk5QpUpQu"
)
"""What every state of a stack holds: it must work for ever."""

URN = "urn:pulumi:dev::project::pulumi-python:dynamic/flashback:ApiKey::key"
START_TIMEOUT_SECONDS = 30
CALL_TIMEOUT_SECONDS = 60


class ProviderFailureError(Exception):
    """An operation failed; the text is what the engine would show."""


class _Engine(engine_pb2_grpc.EngineServicer):
    """Takes the log messages that a provider sends to the engine."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802 - a gRPC name
        self.messages.append(request.message)
        return empty_pb2.Empty()


class DynamicProvider:
    """A running provider process.

    Args:
        config: The stack config, such as ``{"flashback:token": "..."}``.
        environment: Variables on top of those of this process.
    """

    def __init__(
        self,
        config: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._engine = _Engine()
        self._server = grpc.server(futures.ThreadPoolExecutor(2))
        engine_pb2_grpc.add_EngineServicer_to_server(self._engine, self._server)
        engine_port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("FLASHBACK_")}
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.dynamic", f"127.0.0.1:{engine_port}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**inherited, "PULUMI_PROJECT": "project", **(environment or {})},
            text=True,
        )
        assert self.process.stdout is not None
        port = int(self.process.stdout.readline())
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        grpc.channel_ready_future(self._channel).result(START_TIMEOUT_SECONDS)
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._output = ""
        self._call("Configure", provider_pb2.ConfigureRequest(args=_struct(config or {})))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> str:
        """End the process and return what it printed."""
        self._channel.close()
        self._server.stop(0)
        if self.process.returncode is None:
            self.process.kill()
            self._output = "".join(self.process.communicate())
        return self._output

    @property
    def log(self) -> list[str]:
        """The messages that the provider sent to the engine."""
        return self._engine.messages

    def check(
        self, inputs: Mapping[str, Any], old: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Return the checked inputs and the failures as (property, reason)."""
        request = provider_pb2.CheckRequest(
            urn=URN, olds=_struct(old or {}), news=_struct(with_pickle(inputs))
        )
        answer = self._call("Check", request)
        return _plain(answer.inputs), [(f.property, f.reason) for f in answer.failures]

    def diff(self, identifier: str, state: Mapping[str, Any], inputs: Mapping[str, Any]) -> Any:
        """Return the answer of ``Diff``."""
        return self._call(
            "Diff",
            provider_pb2.DiffRequest(
                id=identifier,
                urn=URN,
                olds=_struct(with_pickle(state)),
                news=_struct(with_pickle(inputs)),
            ),
        )

    def create(self, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return id and outputs."""
        request = provider_pb2.CreateRequest(urn=URN, properties=_struct(with_pickle(inputs)))
        answer = self._call("Create", request)
        return answer.id, _plain(answer.properties)

    def read(
        self, identifier: str, state: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Return id, outputs and inputs, as for a refresh."""
        request = provider_pb2.ReadRequest(
            id=identifier, urn=URN, properties=_struct(with_pickle(state))
        )
        answer = self._call("Read", request)
        return answer.id, _plain(answer.properties), _plain(answer.inputs)

    def update(
        self, identifier: str, state: Mapping[str, Any], inputs: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the outputs."""
        answer = self._call(
            "Update",
            provider_pb2.UpdateRequest(
                id=identifier,
                urn=URN,
                olds=_struct(with_pickle(state)),
                news=_struct(with_pickle(inputs)),
            ),
        )
        return _plain(answer.properties)

    def delete(self, identifier: str, state: Mapping[str, Any]) -> None:
        """Delete the object."""
        request = provider_pb2.DeleteRequest(
            id=identifier, urn=URN, properties=_struct(with_pickle(state))
        )
        self._call("Delete", request)

    def _call(self, method: str, request: Any) -> Any:
        try:
            return getattr(self._stub, method)(request, timeout=CALL_TIMEOUT_SECONDS)
        except grpc.RpcError as error:
            details = error.details()
        raise ProviderFailureError(details)


def with_pickle(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties as the SDK sends them."""
    return {**properties, "__provider": PICKLE}


def together(*calls: Any) -> list[Any]:
    """Make calls at the same time; an exception takes the place of a result."""
    barrier = threading.Barrier(len(calls))

    def run(call: Any) -> Any:
        barrier.wait()
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - a result like any other
            return error

    with futures.ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def _struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update({k: v for k, v in properties.items() if v is not None})
    return struct


def _plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    properties: dict[str, Any] = json_format.MessageToDict(struct)
    properties.pop("__provider", None)
    return properties
