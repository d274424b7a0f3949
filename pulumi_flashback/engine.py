"""Sends messages for the user to the Pulumi engine of a run."""

import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from pulumi_flashback.redaction import printable


@lru_cache(maxsize=1)
def _engine_at(address: str) -> Any:
    """Return the channel for messages; a process that outlives an engine opens another one."""
    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))


@dataclass
class Engine:
    address: str = ""  # host and port; empty without an engine, then messages go to stderr

    def info(self, text: str, urn: str = "") -> None:
        self._log(engine_pb2.INFO, text, urn)

    def warn(self, text: str, urn: str = "") -> None:
        self._log(engine_pb2.WARNING, text, urn)

    def _log(self, severity: engine_pb2.LogSeverity.ValueType, text: str, urn: str) -> None:
        line = printable(text)  # it may contain foreign texts: ids and names
        if self.address.rpartition(":")[2].isdigit():
            request = engine_pb2.LogRequest(severity=severity, message=line, urn=urn)
            with suppress(grpc.RpcError):
                _engine_at(self.address).Log(request, timeout=5.0)
                return
        print(line, file=sys.stderr, flush=True)  # noqa: T201
