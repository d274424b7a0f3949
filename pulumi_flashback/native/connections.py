"""The configuration of each engine connection."""

import threading
from collections import OrderedDict
from collections.abc import Callable

from pulumi_flashback.core.operations import ProviderError
from pulumi_flashback.core.runtime import Runtime

GRACE_SECONDS = 4.0  # for running requests after a cancel; the engine kills the process after 5
MOST_CONNECTIONS = 100  # nothing reports that connections of earlier runs are closed


class Connections:
    """The configuration of each engine connection. Thread-safe."""

    # An engine starts one process for each provider of a program, but they all attach to a process
    # that is already running. Then only the connection distinguishes their accounts

    def __init__(self) -> None:
        self._runtimes: OrderedDict[str, Runtime] = OrderedDict()
        self._lock = threading.Lock()

    def configure(self, peer: str, runtime: Runtime) -> None:
        """Store the configuration of a connection, and drop the one that was idle the longest."""
        with self._lock:
            self._runtimes[peer] = runtime
            self._runtimes.move_to_end(peer)
            if len(self._runtimes) > MOST_CONNECTIONS:
                self._runtimes.popitem(last=False)

    def runtime(self, peer: Callable[[], str]) -> Runtime:
        """Return the configuration of a connection, or raise ``ProviderError``.

        Asking gRPC for the name of the connection lets other threads run first, so that happens
        only if there are several.
        """
        with self._lock:
            if len(self._runtimes) == 1:  # also if an idle connection was re-created
                return next(iter(self._runtimes.values()))
            connection = peer()
            if connection in self._runtimes:
                self._runtimes.move_to_end(connection)
                return self._runtimes[connection]
        raise ProviderError("the provider is not configured. Run the same command again")

    def cancel(self, peer: str | None = None) -> None:
        with self._lock:
            for each, runtime in self._runtimes.items():
                if peer in (None, each):
                    runtime.cancel(GRACE_SECONDS)
