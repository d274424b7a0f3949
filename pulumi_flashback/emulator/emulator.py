"""The class ``Emulator``, which runs the emulator in a thread of this process."""

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pulumi_flashback.emulator.app import OPERATIONS, Responded, make_app
from pulumi_flashback.emulator.back_door import BackDoor
from pulumi_flashback.emulator.backend import Backend
from pulumi_flashback.emulator.faults import FaultScript
from pulumi_flashback.emulator.seed import Seed
from pulumi_flashback.emulator.server import ServerThread
from pulumi_flashback.emulator.settings import EmulatorSettings
from pulumi_flashback.emulator.store import Store, User


class Emulator(BackDoor):
    """An emulator of the Flashback API in this process, on a local socket.

    Use it as a context manager, or call :meth:`start` and :meth:`stop`. It has a demo user, who is
    the OWNER of the organization, and two workspaces.

    Attributes:
        base_url: Its address, after the start.
        app: The ASGI application, which needs no socket; see ``httpx.ASGITransport``.
        requests: Method, path template and status of each request, in order of arrival; a status
            of 0 stands for no response.
        settings: Its settings.

    Args:
        settings: Choices for behavior that the platform's documentation leaves open.
        data: A database file, or None for a database in memory.
        seed: The content of a new database, besides the demo user and workspaces; see
            :func:`~pulumi_flashback.emulator.seed_file.read_seed`.
        host: Address to listen on.
        port: Port to listen on; 0 for a free one.
        log: Prints a line for each request.
        faults: Accept faults from :meth:`script_faults` and ``/_faults``.

    Raises:
        ValueError: The data file belongs to another program, or a seed is given for a file that
            already contains data.
    """

    def __init__(
        self,
        settings: EmulatorSettings | None = None,
        *,
        data: Path | None = None,
        seed: Seed | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        log: bool = False,
        faults: bool = False,
    ) -> None:
        self.settings = settings or EmulatorSettings()
        self.requests: list[tuple[str, str, int]] = []
        self._running: Counter[str] = Counter()
        self._print = log
        self._faults = FaultScript(OPERATIONS) if faults else None
        store = Store(data)
        try:
            with store.transaction():
                if seed:
                    _require_new(store, data)
                super().__init__(Backend(self.settings, store))
                if seed:
                    seed.plant(self)
            self.app = make_app(self._backend, self._note, self._faults)
            self._server = ServerThread(self.app, host, port)
        except BaseException:
            store.close()
            raise
        self.base_url = self._server.base_url

    def start(self) -> Self:
        """Serve requests; raise ``RuntimeError`` if the server does not start."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop serving and close the database. May be called twice."""
        self._server.stop()
        self.store.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether it serves requests."""
        return self._server.running

    def count(self, method: str, path: str = "") -> int:
        """Return the number of requests received for a method (and path template)."""
        return sum(m == method and path in ("", p) for m, p, _ in self.requests)

    def in_flight(self, operation: str) -> int:
        """Return the number of pending requests for an operation, such as ``POST /apikeys``."""
        return self._running[operation]

    def script_faults(self, script: Mapping[str, list[Any]]) -> None:
        """Add faults, in the format of ``POST /_faults``.

        Raises:
            RuntimeError: The emulator does not accept faults.
            ValueError: An operation or a fault does not exist.
        """
        if self._faults is None:
            raise RuntimeError("this emulator accepts no faults; create it with faults=True")
        self._faults.add(script)

    def faults_left(self) -> dict[str, list[Any]]:
        """Return the faults that have not occurred yet."""
        return self._faults.left() if self._faults else {}

    def clear_faults(self) -> None:
        """Remove all faults."""
        if self._faults:
            self._faults.clear()

    def _note(self, method: str, path: str) -> Responded:
        index = len(self.requests)
        self.requests.append((method, path, 0))
        self._running[f"{method} {path}"] += 1

        def responded(status: int, milliseconds: float) -> None:
            self._running[f"{method} {path}"] -= 1
            if index < len(self.requests):  # a test may have cleared them
                self.requests[index] = (method, path, status)
            if self._print:
                line = f"{method} {path} {status} {milliseconds:.1f} ms"
                print(line, file=sys.stderr, flush=True)  # noqa: T201

        return responded


def _require_new(store: Store, data: Path | None) -> None:
    if store.one(User):
        raise ValueError(
            f"{data} already contains data, which a seed would mix with. Start without the seed, "
            "or choose another file"
        )
