"""One attempt of one request over a pooled connection. The only module that imports httpx."""

from __future__ import annotations

import logging
import platform
import ssl
import sys
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from ipaddress import ip_address
from typing import Any, cast

# httpx would load the command that it comes with too, and thereby click and rich: more than itself.
# Where a module is None its import fails, which httpx provides for
_modules = cast(dict[str, Any], sys.modules)
_modules.setdefault("httpx._main", None)
import httpx  # noqa: E402
from pydantic_core import from_json  # noqa: E402

from pulumi_flashback.client.deadline import (  # noqa: E402
    Cancellation,
    deadline,
    guard,
    keep_quiet,
)
from pulumi_flashback.client.errors import ConfigurationError  # noqa: E402
from pulumi_flashback.redaction import one_line  # noqa: E402

if _modules["httpx._main"] is None:
    del _modules["httpx._main"]

MAX_CONNECTIONS = 512
"""Connections of one process. One is opened only where no idle one is left, so this is no more than
a bound; an engine runs as many operations at once as ``--parallel`` says."""

CONNECT_TIMEOUT_SECONDS = 10.0
_NO_TIME_SECONDS = 0.01  # a wait ends a little before its deadline, or after it
MAX_BODY_BYTES = 64 * 1024 * 1024
"""Bytes of an answer, unpacked, that are read at most: about 200 000 keys of a list."""

_log = logging.getLogger("pulumi_flashback")


@dataclass(frozen=True)
class Call:
    """One request, as the endpoint modules describe it.

    Attributes:
        operation: Method and path template for messages, such as ``"DELETE /apikeys/{id}"``.
        path: The path, with ids quoted.
        body: The JSON object to send, or None for no body.
        parameters: The query; entries that are None are left out.
        repeatable: True where sending it twice has the effect of sending it once.
        authenticated: False for the endpoints that need no token.
        secrets: Values in the body that must not come back in any text.
        max_retries: Fewer retries than the client's own number, or None.
        timeout: Fewer seconds than the client's own number, or None.
    """

    operation: str
    path: str
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    parameters: Mapping[str, str | None] = field(default_factory=dict)
    repeatable: bool = True
    authenticated: bool = True
    secrets: tuple[str, ...] = field(default=(), repr=False)
    max_retries: int | None = None
    timeout: float | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.operation.partition(" ")[0]


@dataclass(frozen=True)
class Answer:
    """What the backend answered: the status, and the body as far as it is of use."""

    status: int
    body: bytes = field(repr=False)
    request_id: str | None
    retry_after: str | None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def succeeded(self) -> bool:
        """True for a 2xx status."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Return the parsed body; None where it is empty or not JSON."""
        try:
            return from_json(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class NoAnswer:
    """No answer came. ``sent`` is False where the request provably never arrived."""

    reason: str
    sent: bool
    hopeless: bool = False


def base_url_problem(base_url: str, allow_insecure: bool = False) -> str | None:
    """Return what is wrong with the address of a backend, or None. Never quotes the address.

    Args:
        base_url: The address, such as ``https://backend.flashback.tech``; a path is allowed.
        allow_insecure: Accept ``http://`` to other hosts than this machine.
    """
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        return "is not a URL"
    spaced = not base_url.isprintable() or " " in base_url
    port_fits = url.port is None or 0 < url.port < 65536
    if url.scheme not in ("http", "https") or not url.host or spaced or not port_fits:
        return "must be a URL such as https://backend.flashback.tech"
    if url.userinfo:
        return "must not contain a user name or password; requests carry a bearer token"
    if url.query or url.fragment:
        return "must not contain a query or a fragment"
    if url.scheme == "http" and not (allow_insecure or _is_loopback(url.host)):
        return (
            "uses http:// to another machine, which would show the token and the secrets to the "
            "network; use https://, or set flashback:allowInsecure (FLASHBACK_ALLOW_INSECURE)"
        )
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Transport:
    """A connection pool to one backend. Thread-safe; made once per process.

    Args:
        base_url: The backend, such as ``https://backend.flashback.tech``.
        timeout: Seconds for one attempt, from its start to the last byte of its answer.

    Raises:
        ConfigurationError: The machine's variables for proxies or certificates are wrong.
    """

    def __init__(self, base_url: str, timeout: float) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout
        self.cancellation = Cancellation()
        self._http = _pool()
        guard(self._http, self.cancellation)
        keep_quiet("httpx", *(f"httpcore.{each}" for each in _LOGGERS))
        self._resume_at = 0.0
        self._resume_lock = threading.Lock()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def pause(self, seconds: float) -> None:
        """Hold back every request of this process: a rate limit counts for all threads."""
        with self._resume_lock:
            self._resume_at = max(self._resume_at, time.monotonic() + seconds)

    def send(self, call: Call, token: str | None) -> Answer | NoAnswer:
        """Make one attempt. Never raises for anything that the network or the backend does."""
        self._wait_for_rate_limit()
        if not self.cancellation.may_send():
            return NoAnswer(self._why_over(), sent=False, hopeless=True)
        started = time.monotonic()
        timeout = min(call.timeout or self._timeout, self._timeout)
        with deadline(timeout):
            outcome = self._attempt(call, token, timeout)
        _log.debug(
            "%s -> %s in %.0f ms",
            call.operation,
            outcome.status if isinstance(outcome, Answer) else outcome.reason,
            (time.monotonic() - started) * 1000,
        )
        return outcome

    def _wait_for_rate_limit(self) -> None:
        while (wait := self._resume_at - time.monotonic()) > 0 and self.may_wait(wait):
            self.cancellation.sleep(wait)

    def may_wait(self, seconds: float) -> bool:
        """Say whether there is time to wait so long and send a request afterwards."""
        left = self.cancellation.seconds_left()
        return not self.cancellation.cancelled and (left is None or seconds < left)

    def _late(self, timeout: float) -> NoAnswer:
        left = self.cancellation.seconds_left()
        if left is not None and left <= _NO_TIME_SECONDS:
            reason = f"no answer came before {self._why_over()}"
            return NoAnswer(reason, sent=True, hopeless=True)
        return NoAnswer(f"no answer within {timeout:g} seconds", sent=True)

    def _why_over(self) -> str:
        if self.cancellation.cancelled:
            return "the run was cancelled"
        return "the time was up that the option customTimeouts gives"

    def _attempt(self, call: Call, token: str | None, timeout: float) -> Answer | NoAnswer:
        try:
            request = self._http.build_request(
                call.method,
                self._base_url + call.path,
                params={k: v for k, v in call.parameters.items() if v is not None},
                json=call.body,
                headers={"Authorization": f"Bearer {token}"} if token else None,
                timeout=httpx.Timeout(timeout, connect=min(timeout, CONNECT_TIMEOUT_SECONDS)),
            )
            response = self._http.send(request, stream=True)
            try:
                return _read(response)
            finally:
                response.close()
        except _NEVER_SENT as error:
            return _not_connected(error)
        except RuntimeError:
            return NoAnswer("the client is closed", sent=False, hopeless=True)
        except httpx.TimeoutException:
            return self._late(timeout)
        except httpx.TransportError:
            return NoAnswer("the connection broke before the answer was complete", sent=True)


def _pool() -> httpx.Client:
    problem: Exception
    try:
        return httpx.Client(
            headers={
                "User-Agent": _user_agent(),
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
            },
            limits=httpx.Limits(
                max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS
            ),
            follow_redirects=False,  # a redirect could carry the token to another host
        )
    except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
        problem = error
    raise ConfigurationError(
        f"HTTP cannot be set up ({type(problem).__name__}): check SSL_CERT_FILE, SSL_CERT_DIR and "
        "the variables for proxies (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY)"
    )


_LOGGERS = ("connection", "http11", "http2", "proxy", "socks")

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
    UnicodeError,
)


def _read(response: httpx.Response) -> Answer | NoAnswer:
    """Read and unpack the body, both within bounds: the backend is not trusted."""
    packed = bytearray()
    for piece in response.iter_raw():
        packed += piece
        if len(packed) > MAX_BODY_BYTES:
            return _too_large()
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    try:
        body = bytes(packed) if encoding in ("", "identity") else _unpacked(packed, encoding)
    except (zlib.error, ValueError):
        return NoAnswer("the answer cannot be unpacked", sent=True)
    if len(body) > MAX_BODY_BYTES:
        return _too_large()
    return Answer(
        status=response.status_code,
        body=body,
        request_id=response.headers.get("x-request-id"),
        retry_after=response.headers.get("retry-after"),
        headers=dict(response.headers.items()),
    )


def _too_large() -> NoAnswer:
    limit = MAX_BODY_BYTES // 1024 // 1024
    return NoAnswer(f"the answer is larger than {limit} MiB", sent=True, hopeless=True)


def _unpacked(packed: bytes | bytearray, encoding: str) -> bytes:
    """Unpack gzip, stopping a little after the limit: httpx would unpack a bomb whole."""
    if encoding not in ("gzip", "x-gzip"):
        raise ValueError(encoding)
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    body = unpacker.decompress(packed, MAX_BODY_BYTES + 1)
    if not unpacker.eof and len(body) <= MAX_BODY_BYTES:
        raise ValueError("cut off")
    return body


def _not_connected(error: Exception) -> NoAnswer:
    if isinstance(error, httpx.InvalidURL):
        return NoAnswer("an id is too long to be sent over HTTP", sent=False, hopeless=True)
    if isinstance(error, (httpx.LocalProtocolError, UnicodeError)):
        # its text may quote a header or the body, so it is not shown
        return NoAnswer(
            "a value has characters that cannot be sent over HTTP", sent=False, hopeless=True
        )
    if isinstance(error, (httpx.ConnectTimeout, httpx.PoolTimeout)):
        return NoAnswer("no connection in time", sent=False)
    certificate = _certificate_problem(error)
    if certificate:
        return NoAnswer(
            f"the backend's certificate is not trusted ({certificate}); for a private "
            "authority set SSL_CERT_FILE",
            sent=False,
            hopeless=True,
        )
    return NoAnswer(f"cannot connect ({one_line(str(error))})", sent=False)


def _certificate_problem(error: BaseException | None) -> str | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return one_line(error.verify_message)
        error = error.__cause__ or error.__context__
    return None


def _user_agent() -> str:
    return f"pulumi-flashback/{version('pulumi_flashback')} python/{platform.python_version()}"
