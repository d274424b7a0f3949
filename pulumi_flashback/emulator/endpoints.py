"""The framework for endpoint families: handlers, requests, responses and refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from pulumi_flashback.emulator.backend import Backend
    from pulumi_flashback.emulator.lag import Lag
    from pulumi_flashback.emulator.store import User

OPERATION = "flashback.operation"  # the entry of the ASGI scope that has the operation of a request

INTERNAL_ERROR = "Internal server error"


class Refusal(Exception):  # noqa: N818 - a response, not an accident
    """An error response, such as ``{"success": false, "message": ...}``."""

    def __init__(self, status: int, message: str | None = None, **more: Any) -> None:
        super().__init__(message or status)
        self.status = status
        text = {} if message is None else {"message": message}
        self.body: dict[str, Any] = {"success": False, **text, **more}


class Call:
    """A request to one endpoint: the parameters in its path and query, and its JSON object."""

    def __init__(self, backend: Backend, endpoint: Endpoint, request: Request) -> None:
        self.backend, self.settings, self.store = backend, backend.settings, backend.store
        self.endpoint = endpoint
        self.path: dict[str, str] = request.path_params
        self.query = dict(request.query_params)
        self.body: dict[str, Any] = {}
        self._authorization = request.headers.get("authorization", "")

    @cached_property
    def caller(self) -> User | None:
        """The active user of the valid token in the request."""
        scheme, _, token = self._authorization.partition(" ")
        return self.backend.token_user(token.strip()) if scheme.lower() == "bearer" else None

    @property
    def user(self) -> User:
        """The caller; without one, the request is refused."""
        if self.caller is None:
            raise Refusal(401, "User not found or not validated")
        return self.caller

    @property
    def filters(self) -> dict[str, str]:
        """The query; the vendor's client sends ``undefined`` for unset parameters."""
        unset = ("", "undefined", "null")
        return {name: value for name, value in self.query.items() if value not in unset}

    def role(self, workspace_id: str, *, deleted: bool = False) -> str | None:
        """Return the role of the caller in a workspace; see :meth:`Backend.role`."""
        return self.backend.role(self.user, workspace_id, deleted=deleted)


Reply = dict[str, Any] | tuple[int, dict[str, Any]] | Response
"""Fields of the body besides ``success``, optionally with a status; or a complete response."""

Handler = Callable[[Call], Reply]
Admit = Callable[[Call], object]  # raises a refusal if the caller may not use an endpoint at all


def admit_known(call: Call) -> None:
    """Refuse an unknown caller, with the message of most families."""
    if call.caller is None:
        raise Refusal(404, "User not found")


@dataclass(frozen=True)
class Endpoint:
    """Serves one operation, such as ``PUT /apikeys/{id}``."""

    method: str
    path: str
    handle: Handler  # returns the response, in one transaction
    family: Family  # its family, with the differences of this endpoint

    async def respond(self, request: Request) -> Response:
        """Serve a request."""
        backend: Backend = request.app.state.backend
        lag: Lag = request.app.state.lag
        if self.family.lags and request.method == "GET":
            store = lag.store_for(f"{request.url.path}?{request.url.query}")
            backend = replace(backend, store=store)
        elif self.family.lags and request.method != "HEAD":
            lag.before_write()
        call = Call(backend, self, request)
        self._guarded(self.family.admit, call)
        expects_body = self.family.has_body or (self.family.may_have_body and _has_body(request))
        if self.method in ("POST", "PUT") and expects_body:
            call.body = await _json_object(request, backend)
        with backend.store.transaction():
            reply = self._guarded(self.handle, call)
        if isinstance(reply, Response):
            return reply
        status, body = reply if isinstance(reply, tuple) else (200, reply)
        return JSONResponse({"success": True, **body}, status)

    def _guarded(self, function: Callable[[Call], Any], call: Call) -> Any:
        try:
            return function(call)
        except Refusal as refusal:
            refusal.body.update(self.family.refused)
            raise

    def internal_error(self) -> Refusal:
        """Return the response to an unexpected error."""
        if self.family.failure:
            return Refusal(500, self.family.failure, **self.family.failed)
        return Refusal(500, **self.family.refused)


@dataclass(frozen=True)
class Family:
    """Endpoints with the same rules."""

    admit: Admit = lambda call: call.user  # called before the body is read
    lags: bool = False  # whether reads may show the state before a write (setting ``list_lag``)
    has_body: bool = True  # whether POST and PUT take a JSON object
    may_have_body: bool = False  # whether they take one without needing it
    refused: dict[str, Any] = field(default_factory=dict)  # additional fields of each refusal
    failure: str = INTERNAL_ERROR  # the message of an unexpected error; empty for none
    failed: dict[str, Any] = field(default_factory=dict)  # additional fields of that response
    endpoints: list[Endpoint] = field(default_factory=list)

    def endpoint(self, operation: str, **different: Any) -> Callable[[Handler], Handler]:
        """Make a function the handler of an operation; ``different`` overrides attributes."""
        method, _, path = operation.partition(" ")

        def add(handle: Handler) -> Handler:
            self.endpoints.append(Endpoint(method, path, handle, replace(self, **different)))
            return handle

        return add


def _has_body(request: Request) -> bool:
    headers = request.headers
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


async def _json_object(request: Request, backend: Backend) -> dict[str, Any]:
    settings = backend.settings
    if settings.wrong_content_type != "accepted" and not is_json(request):
        raise Refusal(settings.wrong_content_type, "Content-Type must be application/json")
    body = await limited_body(request, settings.max_body_bytes, "Request body is too large")
    try:
        content = json.loads(body)
        # refuses lone surrogates, which are not Unicode text, and NaN, which is not JSON
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise Refusal(400, "Request body must be valid JSON") from None
    if not isinstance(content, dict):
        raise Refusal(400, "Request body must be a JSON object")
    return content


def is_json(request: Request) -> bool:
    """Return whether a request says that its body is JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


async def limited_body(request: Request, limit: int, message: str) -> bytes:
    """Return the body of a request; one with more bytes than the limit is refused."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise Refusal(413, message)
    return bytes(body)
