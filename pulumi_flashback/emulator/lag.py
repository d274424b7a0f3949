"""Lists that lag behind writes, as those of a backend with replicas do (setting ``list_lag``).

Before each write the data is copied. A list is then served from the oldest copy that it has not
served often enough, and from the data itself once there is none. So a test can count on what it
sees, whatever the time.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from pulumi_flashback.emulator.backend import Backend
from pulumi_flashback.emulator.faults import OPERATION
from pulumi_flashback.emulator.store import Store

LISTS: Final = ("GET /apikeys", "GET /workspace", "GET /workspace/{id}")
_WRITING: Final = ("POST", "PUT", "DELETE")
_LAGGING: Final = ("/apikeys", "/workspace")
_MOST_COPIES = 100


@dataclass
class _Copy:
    """The data before a write.

    Attributes:
        store: It.
        served: How often each list was served from it.
    """

    store: Store
    served: Counter[str] = field(default_factory=Counter)


class LagLayer:
    """ASGI middleware that serves lists from the past.

    Args:
        app: The backend.
        backend: Settings and data.
        serving: Returns an application that serves from other data.
    """

    def __init__(
        self, app: ASGIApp, backend: Backend, serving: Callable[[Backend], ASGIApp]
    ) -> None:
        self._app = app
        self._backend = backend
        self._serving = serving
        self._copies: deque[_Copy] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        method, _, path = scope[OPERATION].partition(" ")
        app = self._app
        if scope[OPERATION] in LISTS:
            app = self._past(f"{scope['path']}?{scope['query_string'].decode()}") or app
        elif method in _WRITING and path.startswith(_LAGGING):
            self._copies.append(_Copy(self._backend.store.copy()))
            if len(self._copies) > _MOST_COPIES:
                self._copies.popleft().store.close()
        await app(scope, receive, send)

    def _past(self, path: str) -> ASGIApp | None:
        """Return what serves a list from the past, once more."""
        pending = [
            each for each in self._copies if each.served[path] < self._backend.settings.list_lag
        ]
        if not pending:
            return None
        for each in pending:
            each.served[path] += 1
        # who signs in is no list: tokens and users are those of now
        pending[0].store.take_accounts(self._backend.store)
        return self._serving(Backend(self._backend.settings, pending[0].store))
