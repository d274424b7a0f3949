"""Sends one attempt of a request over a pooled connection. The only module that imports httpx."""

import logging
import random
import ssl
import sys
import threading
import time
import weakref
import zlib
from collections.abc import Iterable
from platform import python_version
from typing import Any, cast

import httpcore

# httpx would also load its command-line tool, and thereby click and rich, which are larger than
# httpx. Importing a module that is None fails, and httpx handles this
_modules = cast(dict[str, Any], sys.modules)
_modules.setdefault("httpx._main", None)
import httpx  # noqa: E402

from pulumi_flashback.client import retry  # noqa: E402
from pulumi_flashback.client.address import authority_of, host_of, parsed_address  # noqa: E402
from pulumi_flashback.client.call import (  # noqa: E402
    MAX_ERROR_BYTES,
    Call,
    NoResponse,
    Response,
)
from pulumi_flashback.client.deadline import (  # noqa: E402
    LONGEST_BLIND_WAIT_SECONDS,
    Cancellation,
    deadline,
    has_extra_time,
    keep_quiet,
)
from pulumi_flashback.client.errors import ConfigurationError  # noqa: E402
from pulumi_flashback.client.network import pool  # noqa: E402
from pulumi_flashback.client.pace import MAX_CONNECTIONS, Pace  # noqa: E402
from pulumi_flashback.client.proxy import Proxy, proxy_for  # noqa: E402
from pulumi_flashback.redaction import one_line  # noqa: E402
from pulumi_flashback.version import VERSION  # noqa: E402

if _modules["httpx._main"] is None:
    del _modules["httpx._main"]

CONNECT_TIMEOUT_SECONDS = 10.0
_NO_TIME_SECONDS = 0.01  # a wait may end slightly before its deadline, or after it

# The backend is not trusted, so the cost of a response is limited in advance. The limits allow
# lists of 100,000 real keys, which are 35 MB, compressed at 70 to 1 at most.
MAX_BODY_BYTES = 64 * 1024 * 1024
MAX_UNPACKED_RATIO = 200  # for a response that decompresses to more than 1 MiB
_MEBIBYTE = 1024 * 1024

_TIME_LIMIT = "the operation exceeded its customTimeouts limit"
_LOGGERS = ("connection", "http11", "http2", "proxy", "socks")
_NEVER_SENT = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    httpcore.LocalProtocolError,
    httpx.InvalidURL,
    UnicodeError,
)

_log = logging.getLogger("pulumi_flashback")


class Transport:
    """A connection pool for one backend. Thread-safe; ``timeout`` applies to a whole attempt."""

    def __init__(self, base_url: str, timeout: float) -> None:
        url = parsed_address(base_url)
        if url is None:
            raise ConfigurationError("base_url is not a URL")
        authority, python = authority_of(url), python_version()
        self._base_url = f"{url.scheme}://{authority}{(url.path or '').rstrip('/')}"
        self._headers = {
            "Host": authority,
            "User-Agent": f"pulumi-flashback/{VERSION} python/{python}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
        self._timeout = timeout
        self.cancellation = Cancellation()
        self._proxy = proxy_for(url.scheme, host_of(url), url.port or 0)
        self._pool = pool(url.scheme, self._proxy, self.cancellation, MAX_CONNECTIONS)
        # also at the end of the process: open sockets would cause warnings
        self._open = weakref.finalize(self, self._pool.close)
        keep_quiet(*(f"httpcore.{each}" for each in _LOGGERS))
        self._pace = Pace()
        self._pace_lock = threading.Lock()
        self._turnstile = threading.Lock()

    def close(self) -> None:
        self._open()

    def slow_down(self, response: Response, pause: float) -> None:
        jitter = random.random()  # noqa: S311 - not for security
        with self._pace_lock:
            self._pace.rejected(response.sent_at, time.monotonic(), pause, jitter)

    def is_patient(self, since: float) -> bool:
        last_progress = max(since, self._pace.last_accepted)
        return time.monotonic() - last_progress <= retry.PATIENCE_SECONDS

    def send(self, call: Call, token: str | None) -> Response | NoResponse:
        """Make one attempt. Never raises an error because of the network or the backend."""
        if not self._open.alive:
            return NoResponse("the client is closed", sent=False, hopeless=True)
        sent_at = self._turn()
        if sent_at is None and not self.cancellation.cancelled:
            reason = "the rate limit of the API left no time for it: " + _TIME_LIMIT
            hint = "Give customTimeouts more time, or run with a smaller --parallel"
            return NoResponse(reason, sent=False, hopeless=True, hint=hint)
        if sent_at is None or not self.cancellation.may_send():
            return NoResponse(self._why_over(), sent=False, hopeless=True)
        started = time.monotonic()
        timeout = min(call.timeout or self._timeout, self._timeout)
        with deadline(timeout):
            outcome = self._attempt(call, token, timeout, sent_at)
        known = outcome.status if isinstance(outcome, Response) else outcome.reason
        if isinstance(outcome, Response) and outcome.status != 429:
            with self._pace_lock:
                self._pace.accepted(sent_at, time.monotonic())
        milliseconds = (time.monotonic() - started) * 1000
        _log.debug("%s -> %s in %.0f ms", call.operation, known, milliseconds)
        return outcome

    def _turn(self) -> float | None:
        """Wait for a slot of the pace and return its time; None if there is no time left."""
        # one thread watches the clock, so that the others do not wake up for each slot
        wait, now = self._slot()
        while wait:
            if not self.cancellation.may_wait(wait):
                # a cancelled run that may still send does so immediately: there is no later time
                return now if has_extra_time() else None
            if self._turnstile.acquire(timeout=LONGEST_BLIND_WAIT_SECONDS):
                try:
                    wait, now = self._slot()
                    while wait and self.cancellation.may_wait(wait):
                        self.cancellation.sleep(wait)
                        wait, now = self._slot()
                finally:
                    self._turnstile.release()
            else:
                wait, now = self._slot()
        return now

    def _slot(self) -> tuple[float, float]:
        """Return the seconds until the next slot, 0.0 if it was taken, and the time it is now."""
        with self._pace_lock:
            now = time.monotonic()
            return self._pace.seconds_to_wait(now), now

    def _why_over(self) -> str:
        return "the run was cancelled" if self.cancellation.cancelled else _TIME_LIMIT

    def _attempt(
        self, call: Call, token: str | None, timeout: float, sent_at: float
    ) -> Response | NoResponse:
        authorization = {"Authorization": f"Bearer {token}"} if token else {}
        connect = min(timeout, CONNECT_TIMEOUT_SECONDS)
        timeouts = dict.fromkeys(("read", "write", "pool"), timeout)
        try:
            request = httpx.Request(
                call.method,
                self._base_url + call.path,
                params={k: v for k, v in call.parameters.items() if v is not None},
                json=call.body,
                headers={**self._headers, **authorization, **call.headers},
            )
            with self._pool.stream(
                request.method,
                str(request.url),
                headers=request.headers.raw,
                content=request.content,
                extensions={"timeout": {**timeouts, "connect": connect}},
            ) as response:
                return _read(response, sent_at)
        except _NEVER_SENT as error:
            if not self._open.alive:  # another thread has closed it in the meantime
                return NoResponse("the client is closed", sent=True, hopeless=True)
            return _not_connected(error, self._proxy)
        except httpcore.TimeoutException:
            left = self.cancellation.seconds_left()
            if left is not None and left <= _NO_TIME_SECONDS:
                reason = f"no response came: {self._why_over()}"
                return NoResponse(reason, sent=True, hopeless=True)
            return NoResponse(f"no response within {timeout:g} seconds", sent=True)
        except (httpcore.NetworkError, httpcore.ProtocolError):
            return NoResponse("the connection broke before the response was complete", sent=True)


def _read(response: httpcore.Response, sent_at: float) -> Response | NoResponse:
    succeeded = 200 <= response.status < 300
    limit = MAX_BODY_BYTES if succeeded else MAX_ERROR_BYTES
    headers = dict(httpx.Headers(response.headers).items())
    body: bytes | None = None
    try:
        packed = _within(limit, response.iter_stream())
        if packed is not None:
            body = _unpacked(packed, headers.get("content-encoding", ""), limit)
    except (zlib.error, ValueError):
        return NoResponse("the response cannot be decompressed", sent=True)
    if body is None and succeeded:
        reason = (
            f"the response is larger than {MAX_BODY_BYTES // _MEBIBYTE} MiB, or compressed more "
            f"than {MAX_UNPACKED_RATIO} to 1"
        )
        return NoResponse(reason, sent=True, hopeless=True)
    # the status identifies an error even without its message
    return Response(response.status, body or b"", headers, sent_at)


def _within(limit: int, pieces: Iterable[bytes]) -> bytearray | None:
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > limit:
            return None
    return whole


def _unpacked(packed: bytearray, encoding: str, limit: int) -> bytes | None:
    """Return the body; None beyond the limit; raise ValueError if it is truncated or not gzip."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return bytes(packed)
    if encoding not in ("gzip", "x-gzip"):
        raise ValueError(encoding)
    limit = min(limit, _MEBIBYTE + MAX_UNPACKED_RATIO * len(packed))
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    body = unpacker.decompress(packed, limit + 1)
    if len(body) > limit:
        return None
    if not unpacker.eof:
        raise ValueError("cut off")
    return body


def _not_connected(error: Exception, proxy: Proxy | None) -> NoResponse:
    if isinstance(error, (httpcore.LocalProtocolError, httpx.InvalidURL, UnicodeError)):
        # the text may quote a header or the body, so it is not shown
        reason = "a value is too long or has characters that cannot be sent over HTTP"
        return NoResponse(reason, sent=False, hopeless=True)
    if isinstance(error, (httpcore.ConnectTimeout, httpcore.PoolTimeout)):
        return NoResponse("no connection in time", sent=False)
    certificate = _certificate_problem(error)
    if certificate:
        reason = (
            f"the backend's certificate is not trusted ({certificate}); for a private authority "
            "set SSL_CERT_FILE"
        )
        return NoResponse(reason, sent=False, hopeless=True)
    if proxy is None:
        return NoResponse(f"cannot connect ({one_line(str(error))})", sent=False)
    problem = one_line(str(error), [each.decode() for each in proxy.credentials or ()])
    reason = f"cannot connect through the proxy of {proxy.variable} ({problem})"
    hint = f"Check {proxy.variable}, or add the backend's host to NO_PROXY"
    return NoResponse(reason, sent=False, hint=hint)


def _certificate_problem(error: BaseException | None) -> str | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return one_line(error.verify_message)
        error = error.__cause__ or error.__context__
    return None
