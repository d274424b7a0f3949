"""Faults on demand: what networks and backends do to a request, scripted over HTTP.

Only with ``--faults``. ``POST /_faults`` takes a JSON object of operations with a list each; every
request of an operation consumes the first entry of its list::

    {"POST /apikeys": ["commit-then-reset", {"fault": "rate-limit", "retryAfter": "2"}]}

``GET /_faults`` says what is left, so that a test can assert that all were used;
``DELETE /_faults`` forgets all. Web pages of others can send none of these. Where an
operation has no entry, it works as ever.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pulumi_flashback.emulator.backend import is_json
from pulumi_flashback.emulator.errors import Refusal

PATH: Final = "/_faults"
RESET: Final = "flashback.reset"
"""The entry of the ASGI scope that breaks the connection."""

OPERATION: Final = "flashback.operation"
"""The entry of the ASGI scope that says which operation a request is."""

FOREVER: Final = "forever"
_DRIP_BYTES = 1
MOST_TIMES: Final = 10_000
MOST_LEFT: Final = 100_000
"""Entries that may wait, of all operations."""

MOST_BYTES: Final = 1024 * 1024
_MOST_SECONDS = 24 * 3600.0
_WITHOUT_BODY = (204, 304)


@dataclass(frozen=True)
class Field:
    """A kind of value that a script may give.

    Attributes:
        words: What it is.
        accepts: Says whether a value is one.
    """

    words: str
    accepts: Callable[[object], bool]


def _is_seconds(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return 0 <= value <= _MOST_SECONDS


def _is_status(value: object) -> bool:
    # what begins with 1 is no answer: another one follows it
    return isinstance(value, int) and 200 <= value <= 599


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not re.search("[\ud800-\udfff]", value)


def _is_header(value: object) -> bool:
    """A line end in it would be the beginning of another header."""
    return isinstance(value, str) and value.isprintable() and value == value.strip()


_SECONDS = Field(f"a number of seconds from 0 to {_MOST_SECONDS:.0f}", _is_seconds)
_FLAG = Field("true or false", lambda value: isinstance(value, bool))
_HEADER = Field("a printable text without space at its ends", _is_header)

FIELDS: Final = {
    "stallBefore": _SECONDS,
    "stallAfter": _SECONDS,
    "dripSeconds": _SECONDS,
    "read": _FLAG,
    "commit": _FLAG,
    "reset": _FLAG,
    "cut": _FLAG,
    "status": Field("a number from 200 to 599", _is_status),
    "body": Field("a text", _is_text),
    "contentType": _HEADER,
    "retryAfter": _HEADER,
    "location": _HEADER,
}
"""What an entry of a script may change of a fault."""


@dataclass(frozen=True)
class Fault:
    """What happens to one request. A script gives these by their camelCase names.

    Attributes:
        read: The request body is read.
        commit: The request is carried out.
        stall_before: Seconds of silence before it is carried out.
        stall_after: Seconds of silence before the answer.
        reset: The connection is reset instead of an answer.
        status: Status of the answer; None for the real one.
        body: Body of the answer; None for the real one.
        content_type: Of the answer; None for the real one.
        retry_after: The header; None for none.
        location: The header; None for none.
        cut: Half of the body is sent under the length of the whole, then the connection ends.
        drip_seconds: Pause after each byte of the body; None for all at once.
        accident: Without a body of its own, the answer is the one of an unexpected accident.
    """

    read: bool = True
    commit: bool = False
    stall_before: float = 0.0
    stall_after: float = 0.0
    reset: bool = False
    status: int | None = None
    body: str | None = None
    content_type: str | None = None
    retry_after: str | None = None
    location: str | None = None
    cut: bool = False
    drip_seconds: float | None = None
    accident: bool = False


_HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"

NAMED: Final[Mapping[str, Fault]] = {
    "none": Fault(commit=True),
    "refuse": Fault(read=False, reset=True),
    "reset-before-effect": Fault(reset=True),
    "commit-then-reset": Fault(commit=True, reset=True),
    **{f"{status}": Fault(status=status, accident=True) for status in (500, 502, 503, 504)},
    **{
        f"commit-then-{status}": Fault(commit=True, status=status, accident=True)
        for status in (500, 502, 503, 504)
    },
    "stall-before-commit": Fault(commit=True, stall_before=3600),
    "stall-after-commit": Fault(commit=True, stall_after=3600),
    "rate-limit": Fault(
        status=429, body='{"success": false, "message": "Too many requests"}', retry_after="1"
    ),
    "html-502": Fault(status=502, body=_HTML, content_type="text/html"),
    "truncated-json": Fault(commit=True, body='{"success": true, "apiKeyId": "'),
    "cut-off": Fault(commit=True, cut=True),
    "wrong-shape": Fault(commit=True, body='["unexpected"]'),
    "without-id": Fault(commit=True, body='{"success": true}'),
    "empty-body": Fault(commit=True, body=""),
    "slow-drip": Fault(commit=True, drip_seconds=1),
    "wrong-content-type": Fault(commit=True, content_type="text/html"),
    "redirect": Fault(status=307, body="", location="https://elsewhere.example/apikeys"),
}
"""The faults that a script can name; each field can be given beside the name to change it."""


Pair = tuple[Any, Fault]
"""An entry of a script, and what it stands for."""


class FaultScript:
    """What is still to happen. Thread-safe.

    Args:
        operations: The operations that exist, such as ``PUT /apikeys/{id}``.
    """

    def __init__(self, operations: Iterable[str]) -> None:
        self._operations = frozenset(operations)
        self._left: dict[str, deque[Pair]] = {}
        self._lock = threading.Lock()

    def add(self, script: Mapping[str, Iterable[Any]]) -> None:
        """Append entries.

        Args:
            script: Entries by operation, as ``POST /_faults`` takes them.

        Raises:
            ValueError: An operation or a fault does not exist; nothing was added.
        """
        parsed = {}
        for operation, entries in script.items():
            if operation not in self._operations:
                raise ValueError(f"there is no operation {operation!r}")
            if not isinstance(entries, list):
                raise ValueError(f"the faults of {operation} must be a list")  # noqa: TRY004
            parsed[operation] = list(_within_limit(map(_parse, entries)))
        with self._lock:
            waiting = sum(map(len, [*self._left.values(), *parsed.values()]))
            if waiting > MOST_LEFT:
                raise ValueError(_TOO_MANY)
            for operation, faults in parsed.items():
                self._left.setdefault(operation, deque()).extend(faults)

    def next(self, operation: str) -> Fault | None:
        """Take the next fault of an operation."""
        with self._lock:
            faults = self._left.get(operation)
            if not faults:
                return None
            entry, fault = faults[0]
            if not _is_for_ever(entry):
                faults.popleft()
            return fault

    def left(self) -> dict[str, list[Any]]:
        """Return the entries that were not used; those for ever do not count."""
        with self._lock:
            entries = {
                operation: [entry for entry, _ in faults if not _is_for_ever(entry)]
                for operation, faults in self._left.items()
            }
        return {operation: left for operation, left in entries.items() if left}

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._left.clear()


_TOO_MANY = f"no more than {MOST_LEFT} faults can wait at once"


def _within_limit(faults: Iterable[Iterable[Pair]]) -> Iterator[Pair]:
    """Yield faults one by one: a small script may stand for more of them than fit into memory.

    Raises:
        ValueError: There are too many.
    """
    for count, pair in enumerate(chain.from_iterable(faults), start=1):
        if count > MOST_LEFT:
            raise ValueError(_TOO_MANY)
        yield pair


def _is_for_ever(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("times") == FOREVER


class FaultLayer:
    """ASGI middleware that does to requests what the script says.

    Args:
        app: The backend.
        script: What is to happen.
        failure: Returns what an unexpected accident of an operation is answered with.
    """

    def __init__(
        self, app: ASGIApp, script: FaultScript, failure: Callable[[str], Mapping[str, object]]
    ) -> None:
        self._app = app
        self._script = script
        self._failure = failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or do to it what the script says."""
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
        """Do what a request asks for.

        Raises:
            Refusal: It is wrong, or a web page of somebody else may have sent it.
        """
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
            script = json.loads(await _limited_body(request))
            if not isinstance(script, dict):
                raise ValueError("a script is a JSON object")  # noqa: TRY004, TRY301
            self._script.add(script)
        except ValueError as error:
            raise Refusal(400, str(error)) from None
        except RecursionError:
            raise Refusal(400, "the script is nested too deeply") from None

    async def _suffer(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive) if fault.read else b""
        await asyncio.sleep(fault.stall_before)
        answer = await self._carry_out(scope, body) if fault.commit else _Answer()
        await asyncio.sleep(fault.stall_after)
        if fault.reset:
            scope[RESET]()
            await asyncio.sleep(0.01)  # the server notices before this request counts as answered
            return
        if fault.accident:
            answer.body = json.dumps(self._failure(scope[OPERATION])).encode()
        await _send(fault, answer, scope, send)

    async def _carry_out(self, scope: Scope, body: bytes) -> _Answer:
        """Run the real handler to its end and keep its answer."""
        answer = _Answer()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = list(message["headers"])
            else:
                answer.body += message.get("body", b"")

        await self._app(scope, receive, keep)
        return answer


@dataclass
class _Answer:
    """The answer that the backend would have given."""

    status: int = 200
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = field(default=b"", repr=False)


def reset_connection(transport: asyncio.Transport) -> None:
    """End a connection with a TCP reset, as a crash or a middlebox does."""
    connection = transport.get_extra_info("socket")
    if connection is not None:
        linger_not = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
    transport.abort()


async def _send(fault: Fault, answer: _Answer, scope: Scope, send: Send) -> None:
    refused = fault.status is None and answer.status >= 400
    # a body of a success would make a success of a refusal
    body = answer.body if fault.body is None or refused else fault.body.encode()
    status = answer.status if fault.status is None else fault.status
    if status in _WITHOUT_BODY:
        body = b""
    replaced = {b"content-type": fault.content_type, b"content-length": str(len(body))}
    kept = [(name, value) for name, value in answer.headers if name.lower() not in replaced]
    kind = fault.content_type or _header(answer, b"content-type") or "application/json"
    extra = {"retry-after": fault.retry_after, "location": fault.location}
    headers = [
        *kept,
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        *((name.encode(), value.encode()) for name, value in extra.items() if value is not None),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if fault.cut:
        await send(
            {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
        )
        await asyncio.sleep(0.05)
        scope[RESET]()
        return
    if fault.drip_seconds is not None:
        for start in range(0, len(body), _DRIP_BYTES):
            piece = body[start : start + _DRIP_BYTES]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(fault.drip_seconds)
        body = b""
    await send({"type": "http.response.body", "body": body})


def _refuse_foreign(request: Request) -> None:
    """Refuse what a web page of another site can send.

    A page may send requests to this machine, under another name as well, which its owner lets
    point to this machine: so a name with a dot, which somebody can own, is refused. DNS may answer
    for the other names, too (those below localhost, and those that it looks for in a domain of the
    network), so a page under one of them is not believed to be from this machine.
    """
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


async def _limited_body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise Refusal(413, "the script is too large")
    return bytes(body)


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def _header(answer: _Answer, name: bytes) -> str | None:
    return next((value.decode() for key, value in answer.headers if key.lower() == name), None)


def _parse(entry: Any) -> list[Pair]:
    """Return what an entry of a script stands for, once for each time."""
    given = dict(entry) if isinstance(entry, dict) else {"fault": entry}
    name = given.pop("fault", "none")
    if not isinstance(name, str) or name not in NAMED:
        raise ValueError(f"there is no fault {name!r}; there are {', '.join(NAMED)}")
    times = given.pop("times", 1)
    whole = isinstance(times, int) and not isinstance(times, bool)
    if times != FOREVER and not (whole and 1 <= times <= MOST_TIMES):
        raise ValueError(f"times must be a number from 1 to {MOST_TIMES}, or {FOREVER!r}")
    for key, value in given.items():
        if key not in FIELDS:
            raise ValueError(f"{key!r} is not a field of a fault")
        if not FIELDS[key].accepts(value):
            raise ValueError(f"{key!r} must be {FIELDS[key].words}")
    snake = {"".join(f"_{c.lower()}" if c.isupper() else c for c in k): v for k, v in given.items()}
    fault = Fault(**{**NAMED[name].__dict__, **snake})
    single = {**entry, "times": 1} if isinstance(entry, dict) and times != FOREVER else entry
    return [(single, fault)] * (1 if times == FOREVER else times)
