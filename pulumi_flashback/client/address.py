"""Checks and parses the address of a backend."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from pydantic_core import Url


def base_url_problem(base_url: str, allow_insecure: bool = False) -> str | None:
    """Return what is wrong with the address of a backend, or None. Never quotes the address."""
    url = parsed_address(base_url)
    if url is None:
        return "must be a URL such as https://backend.flashback.tech"
    if url.username or url.password:
        return "must not contain a user name or password; requests carry a bearer token"
    if "?" in base_url or "#" in base_url:
        return "must not contain a query or a fragment"
    if url.scheme == "http" and not (allow_insecure or is_loopback(host_of(url))):
        return (
            "uses http:// to another machine, which would expose the token and the secrets on "
            "the network; use https://, or set flashback:allowInsecure (FLASHBACK_ALLOW_INSECURE)"
        )
    return None


def parsed_address(text: str) -> Url | None:
    """Return an http or https URL, or None. The parser works like a browser's and repairs a lot."""
    written_out = text.lower().startswith(("http://", "https://"))
    if not written_out or not text.isprintable() or " " in text or "\\" in text:
        return None
    try:
        url = Url(text)
        host_of(url).encode("idna")  # fails for an empty or too long label, as the resolver does
    except ValueError:
        return None
    return url if url.host and url.port else None


def host_of(url: Url) -> str:
    return (url.host or "").strip("[]")


def authority_of(url: Url) -> str:
    usual = url.port == {"http": 80, "https": 443}[url.scheme]
    return f"{url.host}" if usual else f"{url.host}:{url.port}"


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine. ``api.localhost`` is not: DNS may resolve it."""
    if host == "localhost":
        return True
    try:
        return numeric_address(host).is_loopback
    except ValueError:
        return False


def numeric_address(host: str) -> IPv4Address | IPv6Address:
    """Return the address that a host is, or raise ``ValueError`` for a name."""
    address = ip_address(host)
    return getattr(address, "ipv4_mapped", None) or address
