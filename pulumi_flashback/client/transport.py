"""One attempt of one request over a pooled connection. The only module that imports httpx."""

from __future__ import annotations

import json
import logging
import os
import platform
import random
import re
import ssl
import sys
import threading
import time
import weakref
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from itertools import islice
from typing import Any, cast

import certifi
import httpcore
from pydantic_core import Url, from_json

# httpx would load the command that it comes with too, and thereby click and rich: more than itself.
# Where a module is None its import fails, which httpx provides for
_modules = cast(dict[str, Any], sys.modules)
_modules.setdefault("httpx._main", None)
import httpx  # noqa: E402

from pulumi_flashback.client import retry  # noqa: E402
from pulumi_flashback.client.deadline import (  # noqa: E402
    LONGEST_BLIND_WAIT_SECONDS,
    Cancellation,
    Network,
    deadline,
    has_extra_time,
    keep_quiet,
)
from pulumi_flashback.client.errors import ConfigurationError  # noqa: E402
from pulumi_flashback.client.pace import Pace  # noqa: E402
from pulumi_flashback.client.proxy import Proxy, is_loopback, proxy_for  # noqa: E402
from pulumi_flashback.redaction import one_line  # noqa: E402

if _modules["httpx._main"] is None:
    del _modules["httpx._main"]

MAX_CONNECTIONS = 512
"""Connections of one process. One is opened only where no idle one is left, so this is no more than
a bound; an engine runs as many operations at once as ``--parallel`` says."""

CONNECT_TIMEOUT_SECONDS = 10.0
KEEP_IDLE_SECONDS = 5.0
_NO_TIME_SECONDS = 0.01  # a wait ends a little before its deadline, or after it

# The backend is not trusted: what a response may cost is bounded before any of it is paid. The
# limits leave room for lists of 100 000 real keys, which are 35 MB, packed at 70 to 1 at most.
MAX_BODY_BYTES = 64 * 1024 * 1024
MAX_ERROR_BYTES = 4 * 1024 * 1024
"""Bytes of the body of an error that are read: it is of use for its message alone."""
MAX_UNPACKED_RATIO = 200
"""A packed response of more than 1 MiB may be this many times larger when it is unpacked."""
MAX_VALUES = 4_000_000
"""Values of the JSON of a response, counted by the commas."""
MAX_OBJECTS = 300_000
"""Objects and arrays among them: a row that is wrong costs more than one that is right."""
LARGEST_NUMBER = 2**53
"""Larger whole numbers do not survive JSON everywhere, and the API has none."""

_MEBIBYTE = 1024 * 1024
_OBJECT = re.compile(rb"(?<=[\[{,:])\s*[\[{]")
_LARGE_NUMBER = re.compile(rb"\d{16}")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_HIGH, _LOW = rb"\\u[dD][89abAB][0-9a-fA-F]{2}", rb"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_HALF_CHARACTER = re.compile(
    rb"(?<!\\)((?:\\\\)*)(?:" + _HIGH + rb"(?!" + _LOW + rb")|(?<!" + _HIGH + rb")" + _LOW + rb")"
)

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
    sent_at: float = 0.0
    """When the request was sent, on the monotonic clock."""

    @property
    def succeeded(self) -> bool:
        """True for a 2xx status."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Return the parsed body; None where it is empty or not JSON."""
        try:
            return parsed(self.body)
        except ValueError:
            return None


def parsed(text: bytes) -> Any:
    """Return the values of a JSON text; whole numbers that are too large are floats.

    Raises:
        ValueError: It is not JSON, or has more values than any response of the API.
    """
    text = text.removeprefix(_BYTE_ORDER_MARK)
    if text.count(b",") > MAX_VALUES or _has_many_objects(text):
        raise ValueError("too many values")
    try:
        values = from_json(text, allow_inf_nan=False)
    except ValueError:  # a text may be cut in the middle of a character: see JavaScript's slice
        text = _HALF_CHARACTER.sub(rb"\1\\ufffd", text)
        values = from_json(text, allow_inf_nan=False)
    if _LARGE_NUMBER.search(text):  # the parser above has no way to limit them
        values = json.loads(text, parse_int=_whole_number)
    return values


def _has_many_objects(text: bytes) -> bool:
    brackets = text.count(b"{") + text.count(b"[")
    if brackets <= MAX_OBJECTS:
        return False
    # a text may have brackets too: now only those count that begin a value
    return any(islice(_OBJECT.finditer(text), MAX_OBJECTS, None))


def _whole_number(digits: str) -> float:
    if len(digits) > len(str(LARGEST_NUMBER)) + 1 or abs(int(digits)) > LARGEST_NUMBER:
        return float(digits)
    return int(digits)


@dataclass(frozen=True)
class NoAnswer:
    """No answer came. ``sent`` is False where the request provably never arrived.

    Attributes:
        reason: What went wrong, in words.
        sent: False where the request provably never arrived.
        hopeless: True where the same request would end in the same way.
        hint: What to do, if the reason makes it certain.
    """

    reason: str
    sent: bool
    hopeless: bool = False
    hint: str = ""


def base_url_problem(base_url: str, allow_insecure: bool = False) -> str | None:
    """Return what is wrong with the address of a backend, or None. Never quotes the address.

    Args:
        base_url: The address, such as ``https://backend.flashback.tech``; a path is allowed.
        allow_insecure: Accept ``http://`` to other hosts than this machine.
    """
    url = _address(base_url)
    if url is None:
        return "must be a URL such as https://backend.flashback.tech"
    if not _is_name(base_url):
        return "has a host that is not a valid name or address"
    if url.username or url.password:
        return "must not contain a user name or password; requests carry a bearer token"
    if "?" in base_url or "#" in base_url:
        return "must not contain a query or a fragment"
    if url.scheme == "http" and not (allow_insecure or is_loopback(_host(url))):
        return (
            "uses http:// to another machine, which would show the token and the secrets to the "
            "network; use https://, or set flashback:allowInsecure (FLASHBACK_ALLOW_INSECURE)"
        )
    return None


def _is_name(base_url: str) -> bool:
    """Say whether httpx takes the host as well: it follows a newer rule for international names."""
    try:
        return bool(httpx.URL(base_url).host)
    except (httpx.InvalidURL, UnicodeError):
        return False


def _address(text: str) -> Url | None:
    """Return a parsed http or https URL. The parser is that of a browser, which repairs much."""
    written_out = text.lower().startswith(("http://", "https://"))
    if not written_out or not text.isprintable() or " " in text or "\\" in text:
        return None
    try:
        url = Url(text)
        _host(url).encode("idna")  # as the resolver does: a label may be empty or too long
    except ValueError:
        return None
    return url if url.host and url.port else None


def _host(url: Url) -> str:
    """Return the host, an IPv6 address without brackets."""
    return (url.host or "").strip("[]")


def _port(url: Url) -> int | None:
    """Return the port; None for the usual one of the scheme."""
    return None if url.port == {"http": 80, "https": 443}[url.scheme] else url.port


class Transport:
    """A connection pool to one backend. Thread-safe; made once per process.

    Args:
        base_url: The backend, such as ``https://backend.flashback.tech``.
        timeout: Seconds for one attempt, from its start to the last byte of its answer.

    Raises:
        ConfigurationError: The machine's variables for proxies or certificates are wrong.
    """

    def __init__(self, base_url: str, timeout: float) -> None:
        url = _address(base_url)
        if url is None:
            raise ConfigurationError("base_url is not a URL")
        port = _port(url)
        authority = f"{url.host}:{port}" if port else f"{url.host}"
        self._base_url = f"{url.scheme}://{authority}{(url.path or '').rstrip('/')}"
        self._timeout = timeout
        self.cancellation = Cancellation()
        self._proxy = proxy_for(url.scheme, _host(url), url.port or 0)
        self._http = httpx.Client(
            transport=_Pool(_pool(url.scheme, self._proxy, self.cancellation)),
            headers={
                "User-Agent": _user_agent(),
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
            },
            follow_redirects=False,  # a redirect could carry the token to another host
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # kept and sent: none
            trust_env=False,  # the variables for proxies have been read
        )
        # at the end of the process as well: sockets that are left open show up as warnings
        self._open = weakref.finalize(self, self._http.close)
        keep_quiet("httpx", *(f"httpcore.{each}" for each in _LOGGERS))
        self._pace = Pace()
        self._pace_lock = threading.Lock()
        self._turnstile = threading.Lock()

    def close(self) -> None:
        """Close all connections."""
        self._open()

    def turned_away(self, answer: Answer, pause: float) -> None:
        """Slow down every request of this process: a rate limit counts for all threads.

        Args:
            answer: A response 429 that is about the rate of requests.
            pause: Seconds that it asks to wait; 0 if it does not say.
        """
        jitter = random.random()  # noqa: S311 - not for security
        with self._pace_lock:
            self._pace.turned_away(answer.sent_at, time.monotonic(), pause, jitter)

    def is_patient(self, since: float) -> bool:
        """Say whether a call that is turned away since then should wait on."""
        last_progress = max(since, self._pace.last_accepted)
        return time.monotonic() - last_progress <= retry.PATIENCE_SECONDS

    def send(self, call: Call, token: str | None) -> Answer | NoAnswer:
        """Make one attempt. Never raises for anything that the network or the backend does."""
        if not self._open.alive:
            return NoAnswer("the client is closed", sent=False, hopeless=True)
        sent_at = self._turn()
        if sent_at is None and not self.cancellation.cancelled:
            reason = f"the rate limit of the API leaves no time for it before {_CUSTOM_TIMEOUTS}"
            hint = "Give customTimeouts more time, or run with a smaller --parallel"
            return NoAnswer(reason, sent=False, hopeless=True, hint=hint)
        if sent_at is None or not self.cancellation.may_send():
            return NoAnswer(self._why_over(), sent=False, hopeless=True)
        started = time.monotonic()
        timeout = min(call.timeout or self._timeout, self._timeout)
        with deadline(timeout):
            outcome = self._attempt(call, token, timeout, sent_at)
        if isinstance(outcome, Answer) and outcome.status != _TOO_MANY_REQUESTS:
            with self._pace_lock:
                self._pace.accepted(sent_at, time.monotonic())
        _log.debug(
            "%s -> %s in %.0f ms",
            call.operation,
            outcome.status if isinstance(outcome, Answer) else outcome.reason,
            (time.monotonic() - started) * 1000,
        )
        return outcome

    def _turn(self) -> float | None:
        """Wait for a slot of the pace, return its time; None if no time is left to wait for it.

        One thread watches the clock, the others queue up behind it: they need not all wake up for
        each slot.
        """
        wait, now = self._slot()
        while wait:
            if not self.may_wait(wait):
                # a cancelled run that may still send does so at once: it has no other time
                return now if has_extra_time() else None
            if self._turnstile.acquire(timeout=LONGEST_BLIND_WAIT_SECONDS):
                try:
                    wait, now = self._slot()
                    while wait and self.may_wait(wait):
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
        return _CUSTOM_TIMEOUTS

    def _attempt(
        self, call: Call, token: str | None, timeout: float, sent_at: float
    ) -> Answer | NoAnswer:
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
                return _read(response, sent_at)
            finally:
                response.close()
        except _NEVER_SENT as error:
            if not self._open.alive:  # another thread has closed it meanwhile
                return NoAnswer("the client is closed", sent=True, hopeless=True)
            return _not_connected(error, self._proxy)
        except httpcore.TimeoutException:
            return self._late(timeout)
        except (httpcore.NetworkError, httpcore.ProtocolError):
            return NoAnswer("the connection broke before the answer was complete", sent=True)


class _Pool(httpx.BaseTransport):
    """httpx on a pool of httpcore: that one takes a network with deadlines, httpx does not.

    Args:
        pool: The connections.
    """

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raises what httpcore raises."""
        url = request.url
        response = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response.stream)
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()


def _pool(scheme: str, proxy: Proxy | None, cancellation: Cancellation) -> httpcore.ConnectionPool:
    secure = scheme == "https" or (proxy is not None and proxy.url.scheme == "https")
    context = _tls() if secure else None
    return httpcore.ConnectionPool(
        ssl_context=context,
        proxy=None if proxy is None else _httpcore_proxy(proxy, context),
        max_connections=MAX_CONNECTIONS,
        max_keepalive_connections=MAX_CONNECTIONS,
        keepalive_expiry=KEEP_IDLE_SECONDS,
        network_backend=Network(cancellation),
    )


def _httpcore_proxy(proxy: Proxy, context: ssl.SSLContext | None) -> httpcore.Proxy:
    url = httpcore.URL(
        scheme=proxy.url.scheme,
        host=_host(proxy.url),
        port=proxy.url.port or _DEFAULT_SOCKS_PORT,
        target="/",
    )
    encrypted = proxy.url.scheme == "https"
    return httpcore.Proxy(url, auth=proxy.credentials, ssl_context=context if encrypted else None)


def _tls() -> ssl.SSLContext:
    """Return what certificates are verified with: those of the machine's variables, or certifi's.

    Raises:
        ConfigurationError: The variable does not name certificates.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    try:
        if file:
            return ssl.create_default_context(cafile=file)
        if folder:
            return ssl.create_default_context(capath=folder)
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        pass
    else:
        return ssl.create_default_context(cafile=certifi.where())
    raise ConfigurationError(
        f"the certificates of {'SSL_CERT_FILE' if file else 'SSL_CERT_DIR'} cannot be read. Set it "
        f"to {'a file of certificates in PEM form' if file else 'a folder of certificates'}, or "
        "unset it"
    )


_LOGGERS = ("connection", "http11", "http2", "proxy", "socks")
_DEFAULT_SOCKS_PORT = 1080
_TOO_MANY_REQUESTS = 429
_CUSTOM_TIMEOUTS = "the time was up that the option customTimeouts gives"

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


def _read(response: httpx.Response, sent_at: float) -> Answer | NoAnswer:
    """Read and unpack the body, both within bounds."""
    succeeded = 200 <= response.status_code < 300
    limit = MAX_BODY_BYTES if succeeded else MAX_ERROR_BYTES
    body: bytes | None = None
    try:
        packed = _within(limit, response.iter_raw())
        if packed is not None:
            body = _unpacked(packed, response.headers.get("content-encoding", ""), limit)
    except (zlib.error, ValueError):
        return NoAnswer("the answer cannot be unpacked", sent=True)
    if body is None and succeeded:
        return _too_large()
    return Answer(
        status=response.status_code,
        body=body or b"",  # an error is known by its status, even without its message
        request_id=response.headers.get("x-request-id"),
        retry_after=response.headers.get("retry-after"),
        sent_at=sent_at,
        headers=dict(response.headers.items()),
    )


def _within(limit: int, pieces: Iterable[bytes]) -> bytearray | None:
    """Put the pieces of a body together; return None beyond the limit."""
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > limit:
            return None
    return whole


def _too_large() -> NoAnswer:
    limit = MAX_BODY_BYTES // 1024 // 1024
    text = f"the response is larger than {limit} MiB, or packed more than {MAX_UNPACKED_RATIO} to 1"
    return NoAnswer(text, sent=True, hopeless=True)


def _unpacked(packed: bytearray, encoding: str, limit: int) -> bytes | None:
    """Unpack a body, stopping a little after the limit; return None beyond it.

    Raises:
        ValueError: It is cut off, or packed in another way than gzip.
    """
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


def _not_connected(error: Exception, proxy: Proxy | None) -> NoAnswer:
    if isinstance(error, httpx.InvalidURL):
        return NoAnswer("an id is too long to be sent over HTTP", sent=False, hopeless=True)
    if isinstance(error, (httpcore.LocalProtocolError, UnicodeError)):
        # its text may quote a header or the body, so it is not shown
        return NoAnswer(
            "a value has characters that cannot be sent over HTTP", sent=False, hopeless=True
        )
    if isinstance(error, (httpcore.ConnectTimeout, httpcore.PoolTimeout)):
        return NoAnswer("no connection in time", sent=False)
    certificate = _certificate_problem(error)
    if certificate:
        return NoAnswer(
            f"the backend's certificate is not trusted ({certificate}); for a private "
            "authority set SSL_CERT_FILE",
            sent=False,
            hopeless=True,
        )
    if proxy is None:
        return NoAnswer(f"cannot connect ({one_line(str(error))})", sent=False)
    secrets = [each.decode() for each in proxy.credentials or ()]
    return NoAnswer(
        f"cannot connect through the proxy of {proxy.variable} ({one_line(str(error), secrets)})",
        sent=False,
        hint=f"Check {proxy.variable}, or add the backend's host to NO_PROXY",
    )


def _certificate_problem(error: BaseException | None) -> str | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return one_line(error.verify_message)
        error = error.__cause__ or error.__context__
    return None


def _user_agent() -> str:
    return f"pulumi-flashback/{version('pulumi_flashback')} python/{platform.python_version()}"
