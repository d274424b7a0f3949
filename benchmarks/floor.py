"""A plugin that does nothing: what a run costs with it is what the engine alone costs."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

_THREADS = 64


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Accepts everything. States are as large as those of the native provider."""

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="0.0.0")

    def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:
        same = request.news == request.old_inputs
        kinds = provider_pb2.DiffResponse
        return kinds(changes=kinds.DIFF_NONE if same else kinds.DIFF_SOME)

    def Create(self, request: Any, context: Any) -> Any:
        identifier = "" if request.preview else str(uuid.uuid4())
        outputs = _with_outputs(request.properties, identifier)
        return provider_pb2.CreateResponse(id=identifier, properties=outputs)

    def Read(self, request: Any, context: Any) -> Any:
        return provider_pb2.ReadResponse(
            id=request.id, properties=request.properties, inputs=request.inputs
        )

    def Update(self, request: Any, context: Any) -> Any:
        return provider_pb2.UpdateResponse(properties=_with_outputs(request.news, request.id))

    def Delete(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    CheckConfig, DiffConfig, Cancel = Check, Diff, Delete


def _with_outputs(inputs: struct_pb2.Struct, identifier: str) -> struct_pb2.Struct:
    outputs = struct_pb2.Struct()
    outputs.CopyFrom(inputs)
    # what the native provider adds: the id, the organization of the token, and its own mark
    outputs.update({"apiKeyId": identifier, "orgId": "benchmark", "_holder": "01234567"})
    return outputs


def main() -> None:
    """Serve until the engine ends the process."""
    server = grpc.server(ThreadPoolExecutor(_THREADS))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
