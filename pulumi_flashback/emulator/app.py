"""The ASGI application: the endpoints of all families, request ids, logging and rate limit."""

import math
import secrets
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pulumi_flashback.emulator.backend import Backend
from pulumi_flashback.emulator.endpoints import INTERNAL_ERROR, OPERATION, Endpoint, Refusal
from pulumi_flashback.emulator.families import FAMILIES
from pulumi_flashback.emulator.fault_layer import RESET, FaultLayer, reset_connection
from pulumi_flashback.emulator.faults import FaultScript
from pulumi_flashback.emulator.lag import Lag
from pulumi_flashback.emulator.settings import EmulatorSettings

Responded = Callable[[int, float], None]  # takes status (0: none) and milliseconds

Log = Callable[[str, str], Responded]  # takes method and path template of a new request

ENDPOINTS = {f"{each.method} {each.path}": each for family in FAMILIES for each in family.endpoints}

_CORS: dict[str, Any] = {  # pages of every origin may call the API, with every method and header
    "allow_origins": ["*"],
    "allow_methods": ["*"],
    "allow_headers": ["*"],
    "expose_headers": ["Retry-After", "X-Request-Id"],
}
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")  # others are not repeated


def _route(path: str) -> Route:
    endpoints = {each.method: each for each in ENDPOINTS.values() if each.path == path}

    async def respond(request: Request) -> Response:
        endpoint: Endpoint = endpoints["GET" if request.method == "HEAD" else request.method]
        return await endpoint.respond(request)

    return Route(path, respond, methods=list(endpoints))


# /user/quota is matched before /user/{id}
_PATHS = sorted({each.path: None for each in ENDPOINTS.values()}, key=lambda path: path.count("{"))
ROUTES = [_route(path) for path in _PATHS]
OPERATIONS = tuple(f"{method} {each.path}" for each in ROUTES for method in each.methods or ())


def make_app(backend: Backend, log: Log, faults: FaultScript | None = None) -> ASGIApp:
    """Return the backend as an ASGI application; without a script, it accepts no faults."""
    app = Starlette(
        routes=ROUTES,
        exception_handlers={Refusal: _refuse, HTTPException: _no_route, Exception: _fail},
    )
    app.router.redirect_slashes = False  # the redirect has no JSON and repeats the Host header
    app.state.backend = backend
    app.state.lag = Lag(backend.store, backend.settings.list_lag)
    layered = app if faults is None else FaultLayer(app, faults, internal_error)
    # faults and the rate limit are inside, so that a web page can read these responses, too
    for_pages = CORSMiddleware(_RateLimit(layered, backend.settings), **_CORS)
    return _Envelope(for_pages, log)


def internal_error(operation: str) -> dict[str, Any]:
    """Return the body of the response of an operation to an unexpected error."""
    endpoint = ENDPOINTS.get(operation)
    refusal = endpoint.internal_error() if endpoint else Refusal(500, INTERNAL_ERROR)
    return refusal.body


async def _fail(request: Request, error: Exception) -> Response:
    return JSONResponse(internal_error(request.scope[OPERATION]), 500)


async def _refuse(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)  # noqa: S101 - registered for this class only
    return JSONResponse(refusal.body, refusal.status)


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    message = {404: "Not found", 405: "Method not allowed"}.get(error.status_code, "Bad request")
    allowed = (error.headers or {}).get("Allow")  # in no order
    headers = {"Allow": ", ".join(sorted(allowed.split(", ")))} if allowed else None
    return JSONResponse({"success": False, "message": message}, error.status_code, headers)


class _Envelope:
    """Adds a request id and a log line to every request, and prevents tracebacks."""

    def __init__(self, app: ASGIApp, log: Log) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        known = (each.path for each in ROUTES if each.matches(scope)[0] is not Match.NONE)
        path = next(known, "(unknown path)")  # an unknown one is not repeated
        scope[OPERATION] = f"{method} {path}"
        responded = self._log(method, path)
        status = 0
        noted = False
        cycle = getattr(send, "__self__", None)  # uvicorn's; ASGI itself cannot reset
        if cycle is not None:
            scope[RESET] = lambda: reset_connection(cycle.transport)

        def note() -> None:
            nonlocal noted
            if not noted:
                noted = True
                responded(status, (time.perf_counter() - started) * 1000)

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                request_id = (b"x-request-id", secrets.token_hex(8).encode())
                message = {**message, "headers": [*message.get("headers", []), request_id]}
            elif not message.get("more_body"):
                note()  # before the client continues, because a test may check immediately
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:  # noqa: BLE001 - responded already; the server would print it
            print(f"internal error: {type(error).__name__}", file=sys.stderr)  # noqa: T201
        finally:
            note()


class _RateLimit:
    """Rejects requests beyond the rate limit."""

    def __init__(self, app: ASGIApp, settings: EmulatorSettings) -> None:
        self._app = app
        self._settings = settings
        self._recent: deque[float] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = _too_many(self._settings.retry_after_seconds) if self._is_limited() else self._app
        await app(scope, receive, send)

    def _is_limited(self) -> bool:
        limit = self._settings.requests_per_second
        now = time.monotonic()
        while self._recent and self._recent[0] < now - 1:
            self._recent.popleft()
        if limit and len(self._recent) >= limit:
            return True
        if limit:
            self._recent.append(now)
        return False


def _too_many(seconds: float) -> Response:
    body = {"success": False, "message": "Too many requests"}
    return JSONResponse(body, 429, {"Retry-After": str(math.ceil(seconds))})
