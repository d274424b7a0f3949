"""The process ``pulumi-resource-flashback``: started by the engine, which it tells its port."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from pulumi_flashback.client.transport import MAX_CONNECTIONS
from pulumi_flashback.plugin.servicer import GRACE_SECONDS, Servicer
from pulumi_flashback.shell.runtime import Engine

_PARENT_CHECK_SECONDS = 2.0
_UNLIMITED = -1


def main(arguments: list[str] | None = None) -> int:
    """Serve until the engine is done.

    Args:
        arguments: Those of the command line; None for the process's own.
    """
    given, _ = _parser().parse_known_args(arguments)  # the engine adds flags of its logging
    if given.schema:
        from pulumi_flashback.plugin.schema import package_schema

        print(json.dumps(package_schema(), indent=2))  # noqa: T201
        return 0
    if given.version:
        print(version("pulumi_flashback"))  # noqa: T201
        return 0
    address = given.engine[-1] if given.engine else ""
    _serve(Servicer(Engine(address)), watch_parent=bool(address))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pulumi-resource-flashback",
        description="The Flashback provider as a plugin of Pulumi. The Pulumi CLI starts it; to "
        "start it by hand, set PULUMI_DEBUG_PROVIDERS=flashback:PORT for the CLI with the port "
        "that it prints.",
        allow_abbrev=False,
    )
    parser.add_argument("engine", nargs="*", help="the address of the engine")
    parser.add_argument("--schema", action="store_true", help="print the package schema and exit")
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    return parser


def _serve(servicer: Servicer, watch_parent: bool) -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # a thread is started only where all others are at work
    server = grpc.server(
        ThreadPoolExecutor(MAX_CONNECTIONS),
        options=[
            ("grpc.max_send_message_length", _UNLIMITED),
            ("grpc.max_receive_message_length", _UNLIMITED),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 - the first line is the port
    parent = os.getppid()
    while not stop.wait(_PARENT_CHECK_SECONDS):
        if watch_parent and os.getppid() != parent:
            break  # the engine was killed and cannot say that it is done
    servicer.cancel()
    server.stop(GRACE_SECONDS).wait()


if __name__ == "__main__":
    sys.exit(main())
