"""ASGI middleware that applies scripted faults and serves ``/_faults``."""

import asyncio
import ipaddress
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pulumi_flashback.emulator.endpoints import OPERATION, Refusal, is_json, limited_body
from pulumi_flashback.emulator.faults import Fault, FaultScript

PATH: Final = "/_faults"
RESET: Final = "flashback.reset"  # the entry of the ASGI scope that breaks the connection

_MOST_BYTES = 1024 * 1024


@dataclass
class RealResponse:
    """The response that the backend would have sent."""

    status: int = 200
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = field(default=b"", repr=False)


class FaultLayer:
    """ASGI middleware that applies the faults of the script to requests."""

    def __init__(
        self, app: ASGIApp, script: FaultScript, internal_error: Callable[[str], dict[str, Any]]
    ) -> None:
        self._app = app
        self._script = script
        self._internal_error = internal_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or apply its fault."""
        if scope["path"] == PATH:
            await (await self._control(scope, receive))(scope, receive, send)
            return
        fault = self._script.next(scope[OPERATION])
        if fault is None:
            await self._app(scope, receive, send)
        else:
            await self._suffer(fault, scope, receive, send)

    async def _control(self, scope: Scope, receive: Receive) -> Response:
        try:
            await self._obey(Request(scope, receive))
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        return JSONResponse({"success": True, "left": self._script.left()})

    async def _obey(self, request: Request) -> None:
        if request.method not in ("GET", "POST", "DELETE"):
            raise Refusal(405, "Method not allowed; there are GET, POST and DELETE")
        _refuse_foreign(request)
        if request.method == "DELETE":
            self._script.clear()
        if request.method != "POST":
            return
        if not is_json(request):
            raise Refusal(400, "Content-Type must be application/json")
        try:
            script = json.loads(await limited_body(request, _MOST_BYTES, "the script is too large"))
            if not isinstance(script, dict):
                raise ValueError("a script is a JSON object")  # noqa: TRY004, TRY301
            self._script.add(script)
        except ValueError as error:
            raise Refusal(400, str(error)) from None
        except RecursionError:
            raise Refusal(400, "the script is nested too deeply") from None

    async def _suffer(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body() if fault.read else b""
        await asyncio.sleep(fault.stall_before)
        response = await self._carry_out(scope, body) if fault.commit else RealResponse()
        await asyncio.sleep(fault.stall_after)
        if fault.reset:
            scope[RESET]()
            await asyncio.sleep(0.01)  # the server must notice before this request is logged
            return
        if fault.internal_error:
            response.body = json.dumps(self._internal_error(scope[OPERATION])).encode()
        await _send(fault, response, scope, send)

    async def _carry_out(self, scope: Scope, body: bytes) -> RealResponse:
        response = RealResponse()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                response.status = message["status"]
                response.headers = list(message["headers"])
            else:
                response.body += message.get("body", b"")

        await self._app(scope, receive, keep)
        return response


def reset_connection(transport: asyncio.Transport) -> None:
    """End a connection with a TCP reset, as after a crash or by a middlebox."""
    connection = transport.get_extra_info("socket")
    if connection is not None:
        linger_not = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
    transport.abort()


def _on_refusal(fault: Fault) -> Fault:
    """Return the part of a fault that applies to a refused request, which never succeeds."""
    if fault.status is not None and fault.status >= 300:
        return fault
    kind = fault.content_type if fault.body is None else None  # it belongs to the body
    return replace(fault, status=None, body=None, content_type=kind)


async def _send(fault: Fault, response: RealResponse, scope: Scope, send: Send) -> None:
    if response.status >= 400:
        fault = _on_refusal(fault)
    body = response.body if fault.body is None else fault.body.encode()
    status = response.status if fault.status is None else fault.status
    if status in (204, 304):
        body = b""
    kept = dict(response.headers)
    kind = kept.pop(b"content-type", b"application/json")
    kept.pop(b"content-length", None)
    extra = {"retry-after": fault.retry_after, "location": fault.location}
    headers = [
        *kept.items(),
        (b"content-type", fault.content_type.encode() if fault.content_type else kind),
        (b"content-length", str(len(body)).encode()),
        *((name.encode(), value.encode()) for name, value in extra.items() if value is not None),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if fault.cut:
        half = body[: len(body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await asyncio.sleep(0.05)
        scope[RESET]()
        return
    if fault.drip_seconds is not None:
        for number in body:
            await send({"type": "http.response.body", "body": bytes([number]), "more_body": True})
            await asyncio.sleep(fault.drip_seconds)
        body = b""
    await send({"type": "http.response.body", "body": body})


def _refuse_foreign(request: Request) -> None:
    """Refuse requests that a web page of another site can send."""
    # the owner of a page may point a name with a dot to this machine. DNS may resolve other names,
    # too, so a page under one of them is not trusted to be from this machine
    host = request.headers.get("host", "")
    name = urlsplit(f"//{host}").hostname or ""
    if not (_is_address(name) or "." not in name or name.endswith(".localhost")):
        raise Refusal(403, "Host must be an address or a name without a dot, such as localhost")
    certain = name == "localhost" or _is_address(name)
    origin = request.headers.get("origin")
    if origin is not None and not (certain and origin == f"http://{host}"):
        raise Refusal(403, "requests of web pages are not accepted here")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
