"""The gRPC server: it reports its port to the engine and serves until the engine is done."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from pulumi_flashback.client.pace import MAX_CONNECTIONS
from pulumi_flashback.core.create_once import LOOK_SECONDS
from pulumi_flashback.engine import Engine
from pulumi_flashback.native.connections import GRACE_SECONDS
from pulumi_flashback.native.servicer import Servicer

# time for running calls before the process ends: requests have their own grace, a create may search
# for its object, and the rest is for waits
STOP_SECONDS = GRACE_SECONDS + LOOK_SECONDS + 16.0
_PARENT_CHECK_SECONDS = 2.0


def serve(engine_address: str) -> None:
    """Serve until the engine is done; without an engine if the process was started by hand."""
    servicer = Servicer(Engine(engine_address))
    stop = threading.Event()
    signals = [signal.SIGINT, signal.SIGTERM]
    # Windows has no SIGHUP, and under nohup it is ignored
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signals.append(signal.SIGHUP)
    for number in signals:
        signal.signal(number, lambda *_: stop.set())
    limits = ("grpc.max_send_message_length", "grpc.max_receive_message_length")
    server = grpc.server(
        ThreadPoolExecutor(MAX_CONNECTIONS),  # starts a thread only if all others are busy
        options=[(limit, -1) for limit in limits],  # -1: no limit
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 - the first line is the port
    parent = os.getppid()
    while not stop.wait(_PARENT_CHECK_SECONDS):
        if engine_address and os.getppid() != parent:
            break  # the engine was killed and cannot report that it is done
    servicer.cancel()
    server.stop(STOP_SECONDS).wait()
