"""The address of a backend."""

from pydantic_core import Url

from pulumi_flashback.client.proxy import is_loopback


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
            "uses http:// to another machine, which would show the token and the secrets to the "
            "network; use https://, or set flashback:allowInsecure (FLASHBACK_ALLOW_INSECURE)"
        )
    return None


def parsed_address(text: str) -> Url | None:
    """Return a http or https URL, or None. The parser is that of a browser, which repairs much."""
    written_out = text.lower().startswith(("http://", "https://"))
    if not written_out or not text.isprintable() or " " in text or "\\" in text:
        return None
    try:
        url = Url(text)
        host_of(url).encode("idna")  # as the resolver does: a label may be empty or too long
    except ValueError:
        return None
    return url if url.host and url.port else None


def host_of(url: Url) -> str:
    return (url.host or "").strip("[]")


def authority_of(url: Url) -> str:
    usual = url.port == {"http": 80, "https": 443}[url.scheme]
    return f"{url.host}" if usual else f"{url.host}:{url.port}"
