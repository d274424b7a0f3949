"""What each connection of an engine has configured."""

import threading
from collections import OrderedDict

from pulumi_flashback.core.operations import ProviderError
from pulumi_flashback.core.runtime import Runtime

GRACE_SECONDS = 4.0  # for running requests when the run is cancelled; after 5 the engine kills
MOST_CONNECTIONS = 100  # those of earlier runs are never reported as closed


class Connections:
    """What each connection of an engine has configured. Thread-safe."""

    # An engine starts one process for each provider of a program, but all of them attach to one
    # that runs already. Then only the connection distinguishes their accounts

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
        """Return what a connection has configured, or raise ``ProviderError``."""
        with self._lock:
            if peer in self._runtimes:
                self._runtimes.move_to_end(peer)
                return self._runtimes[peer]
            if len(self._runtimes) == 1:  # an idle connection was re-created
                return next(iter(self._runtimes.values()))
        raise ProviderError("the provider is not configured. Run the same command again")

    def cancel(self, peer: str | None = None) -> None:
        with self._lock:
            for each, runtime in self._runtimes.items():
                if peer in (None, each):
                    runtime.cancel(GRACE_SECONDS)
