"""Finds the proxy for a backend in the environment variables."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from ipaddress import ip_network
from urllib.parse import unquote
from urllib.request import getproxies

from pydantic_core import Url

from pulumi_flashback.client.address import is_loopback, numeric_address
from pulumi_flashback.client.errors import ConfigurationError

_WITH_PORT = re.compile(r"(?P<host>\[.*\]|[^:]*):(?P<port>\d+)")


@dataclass(frozen=True)
class Proxy:
    variable: str
    url: Url = field(repr=False)

    @property
    def credentials(self) -> tuple[bytes, bytes] | None:
        if not self.url.username and not self.url.password:
            return None
        return unquote(self.url.username or "").encode(), unquote(self.url.password or "").encode()


def proxy_for(
    scheme: str, host: str, port: int, proxies: Mapping[str, str] | None = None
) -> Proxy | None:
    """Return the proxy for a backend; None for loopback, so that tokens stay on this machine."""
    proxies = getproxies() if proxies is None else proxies
    kind = next((each for each in (scheme, "all") if proxies.get(each)), None)
    exceptions = re.split(r"[,\s]+", proxies.get("no", "").lower())
    direct = is_loopback(host.rstrip(".")) or any(_matches(e, host, port) for e in exceptions)
    if kind is None or direct:
        return None
    variable, text = _variable(kind), proxies[kind].strip()
    url = _parsed(text if "://" in text else f"http://{text}")
    if url is None:
        raise ConfigurationError(
            f"{variable} is not the address of a proxy. Set it to a URL such as "
            "http://proxy.example:3128, or add the backend's host to NO_PROXY"
        )
    if url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise ConfigurationError(
            f"{variable} names a SOCKS proxy, which needs an extra package. Run `pip install "
            "socksio` in the environment of the provider, or name an HTTP proxy"
        )
    return Proxy(variable, url)


def _parsed(text: str) -> Url | None:
    try:
        url = Url(text)
    except ValueError:
        return None
    return url if url.scheme in ("http", "https", "socks5", "socks5h") and url.host else None


def _variable(kind: str) -> str:
    """Return the name of the variable that is set; lowercase takes precedence."""
    name = f"{kind}_proxy"
    if os.environ.get(name):
        return name
    return next((each for each in os.environ if each.lower() == name), f"{kind.upper()}_PROXY")


def _matches(entry: str, host: str, port: int) -> bool:
    """Return whether an entry of ``NO_PROXY`` matches a host; a name includes its subdomains."""
    entry = entry.rpartition("://")[2]
    with_port = _WITH_PORT.fullmatch(entry)
    if with_port:
        if int(with_port["port"]) != port:
            return False
        entry = with_port["host"]
    entry = entry.replace("[", "").replace("]", "")
    if entry == "*":
        return True
    try:
        return numeric_address(host) in ip_network(entry, strict=False)
    except ValueError:  # one of the two is a name
        name = entry.lstrip("*").strip(".")
        return bool(name) and f".{host.rstrip('.')}".endswith(f".{name}")
