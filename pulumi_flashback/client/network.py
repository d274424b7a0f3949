"""Network connections with deadlines: the HTTP library's own timeouts restart with each byte."""

import os
import ssl
import time
from collections.abc import Iterable
from typing import Any

import certifi
import httpcore

from pulumi_flashback.client.address import host_of
from pulumi_flashback.client.deadline import LONGEST_BLIND_WAIT_SECONDS, Cancellation
from pulumi_flashback.client.errors import ConfigurationError
from pulumi_flashback.client.proxy import Proxy


def pool(
    scheme: str, proxy: Proxy | None, cancellation: Cancellation, connections: int
) -> httpcore.ConnectionPool:
    secure = scheme == "https" or (proxy is not None and proxy.url.scheme == "https")
    context = _tls() if secure else None
    return httpcore.ConnectionPool(
        ssl_context=context,
        proxy=None if proxy is None else _httpcore_proxy(proxy, context),
        max_connections=connections,
        max_keepalive_connections=connections,
        keepalive_expiry=5.0,
        network_backend=_Network(cancellation),
    )


def _httpcore_proxy(proxy: Proxy, context: ssl.SSLContext | None) -> httpcore.Proxy:
    host, port = host_of(proxy.url), proxy.url.port or 1080  # the default port of SOCKS
    url = httpcore.URL(scheme=proxy.url.scheme, host=host, port=port, target="/")
    encrypted = proxy.url.scheme == "https"
    return httpcore.Proxy(url, auth=proxy.credentials, ssl_context=context if encrypted else None)


def _tls() -> ssl.SSLContext:
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    try:
        if file or folder:
            return ssl.create_default_context(cafile=file or None, capath=None if file else folder)
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        pass
    else:
        return ssl.create_default_context(cafile=certifi.where())
    raise ConfigurationError(
        f"the certificates of {'SSL_CERT_FILE' if file else 'SSL_CERT_DIR'} cannot be read. Set it "
        f"to {'a file of certificates in PEM form' if file else 'a folder of certificates'}, or "
        "unset it"
    )


class _Network(httpcore.NetworkBackend):
    def __init__(self, cancellation: Cancellation) -> None:
        self._backend = httpcore.SyncBackend()
        self._cancellation = cancellation

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._cancellation.seconds_to_wait(timeout)
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self._cancellation)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, cancellation: Cancellation) -> None:
        self._stream = stream
        self._cancellation = cancellation
        self._left = cancellation.seconds_to_wait

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        started = time.monotonic()
        while True:
            waited = time.monotonic() - started
            left = self._left(None if timeout is None else timeout - waited)
            if left is not None and left <= 0.001:
                raise httpcore.ReadTimeout("deadline")
            try:
                # in pieces, to notice a cancelled run
                piece = LONGEST_BLIND_WAIT_SECONDS
                return self._stream.read(max_bytes, piece if left is None else min(piece, left))
            except httpcore.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _Stream(stream, self._cancellation)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
