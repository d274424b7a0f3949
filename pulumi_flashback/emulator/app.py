"""The ASGI application: routes, and what is done with every request."""

from __future__ import annotations

import math
import secrets
import sys
import time
from collections import deque
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pulumi_flashback.emulator import api_keys, contents, members, organization, users, workspaces
from pulumi_flashback.emulator.backend import Backend
from pulumi_flashback.emulator.errors import Refusal
from pulumi_flashback.emulator.faults import (
    OPERATION,
    RESET,
    FaultLayer,
    FaultScript,
    reset_connection,
)
from pulumi_flashback.emulator.lag import LagLayer

Answered = Callable[[int, float], None]
"""Takes status and milliseconds; a status of 0 stands for a broken connection."""

Log = Callable[[str, str], Answered]
"""Takes method and path template of a request that has arrived."""


ROUTES = (
    *api_keys.ROUTES,
    *users.ROUTES,
    *workspaces.ROUTES,
    *members.ROUTES,
    *organization.ROUTES,
    *contents.ROUTES,
)
OPERATIONS = tuple(f"{method} {each.path}" for each in ROUTES for method in each.methods or ())
"""All operations, such as ``PUT /apikeys/{id}``."""

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""What the log repeats; a method can be any word."""


def make_app(backend: Backend, log: Log, faults: FaultScript | None = None) -> ASGIApp:
    """Return the backend as an ASGI application.

    Args:
        backend: Settings and data.
        log: Is told of each request.
        faults: What is to go wrong; None for an application that takes no such orders.
    """
    app = _serving(backend)
    if backend.settings.list_lag:
        app = LagLayer(app, backend, _serving)
    if faults is not None:
        app = FaultLayer(app, faults, failure)
    return _Envelope(app, backend, log)


def _serving(backend: Backend) -> ASGIApp:
    app = Starlette(
        routes=list(ROUTES),
        exception_handlers={Refusal: _refuse, HTTPException: _no_route, Exception: _fail},
    )
    app.router.redirect_slashes = False  # its redirect has no JSON, and repeats the Host header
    app.state.backend = backend
    return app


def _operation(scope: Scope) -> str:
    """Return method and path template; an unknown path is not repeated."""
    method = scope["method"] if scope["method"] in _METHODS else "OTHER"
    path = "(unknown path)"
    for route in ROUTES:
        match = route.matches(scope)[0]
        if match is Match.FULL:
            return f"{method} {route.path}"
        if match is Match.PARTIAL:  # the path without the method
            path = route.path
    return f"{method} {path}"


async def _refuse(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)  # noqa: S101 - registered for this class only
    return JSONResponse(refusal.body, refusal.status)


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    status = error.status_code
    message = {404: "Not found", 405: "Method not allowed"}.get(status, "Bad request")
    headers = {"Allow": ", ".join(_allowed(request))} if status == 405 else None
    return JSONResponse({"success": False, "message": message}, status, headers)


def _allowed(request: Request) -> list[str]:
    """Return the methods of a path, whose routes each know one of them."""
    known = (each for each in ROUTES if each.matches(request.scope)[0] is not Match.NONE)
    return sorted({method for each in known for method in each.methods or ()})


_FAILURES: dict[str, dict[str, object]] = {
    **{
        operation: {"message": message}
        for operation, message in {**workspaces.FAILURES, **members.FAILURES}.items()
    },
    **organization.FAILURES,
}


def failure(operation: str) -> dict[str, object]:
    """Return what an unexpected accident of an operation is answered with."""
    return {"success": False, **_FAILURES.get(operation, {"message": "Internal server error"})}


async def _fail(request: Request, error: Exception) -> Response:
    return JSONResponse(failure(request.scope[OPERATION]), 500)


class _Envelope:
    """Round every request: a request id, the rate limit, a line of log, no traceback."""

    def __init__(self, app: ASGIApp, backend: Backend, log: Log) -> None:
        self._app = app
        self._settings = backend.settings
        self._log = log
        self._recent: deque[float] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        scope[OPERATION] = _operation(scope)
        method, _, path = scope[OPERATION].partition(" ")
        answered = self._log(method, path)
        status = 0
        noted = False
        cycle = getattr(send, "__self__", None)  # uvicorn's; ASGI itself cannot reset
        if cycle is not None:
            scope[RESET] = lambda: reset_connection(cycle.transport)

        def note() -> None:
            nonlocal noted
            if not noted:
                noted = True
                answered(status, (time.perf_counter() - started) * 1000)

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                request_id = (b"x-request-id", secrets.token_hex(8).encode())
                message = {**message, "headers": [*message.get("headers", []), request_id]}
            elif not message.get("more_body"):
                note()  # before the client can go on: a test may look at once
            await send(message)

        try:
            if self._too_many():
                await self._turn_away(scope, receive, send_with_id)
            else:
                await self._app(scope, receive, send_with_id)
        except Exception as error:  # noqa: BLE001 - answered already; the server would print it
            print(f"internal error: {type(error).__name__}", file=sys.stderr)  # noqa: T201
        finally:
            note()

    def _too_many(self) -> bool:
        limit = self._settings.requests_per_second
        if not limit:
            return False
        now = time.monotonic()
        while self._recent and self._recent[0] < now - 1:
            self._recent.popleft()
        if len(self._recent) >= limit:
            return True
        self._recent.append(now)
        return False

    async def _turn_away(self, scope: Scope, receive: Receive, send: Send) -> None:
        seconds = str(math.ceil(self._settings.retry_after_seconds))
        body = {"success": False, "message": "Too many requests"}
        await JSONResponse(body, 429, {"Retry-After": seconds})(scope, receive, send)
