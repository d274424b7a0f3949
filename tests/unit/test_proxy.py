"""Which proxy a backend is reached through."""

from __future__ import annotations

import pytest

from pulumi_flashback.client import ConfigurationError
from pulumi_flashback.client.proxy import is_loopback, proxy_for

PROXIES = {"http": "http://plain.example:1", "https": "secure.example:2"}


def host_of(proxies: dict[str, str], scheme: str, host: str, port: int = 443) -> str | None:
    proxy = proxy_for(scheme, host, port, proxies)
    return None if proxy is None else f"{proxy.url.host}:{proxy.url.port}"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("0:0:0:0:0:0:0:1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:7f00:1", True),
        ("evil.localhost", False),
        ("localhost.", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("128.0.0.1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("::ffff:10.0.0.1", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("kind", ["http", "https", "all"])
@pytest.mark.parametrize(
    "host", ["localhost", "localhost.", "127.0.0.1", "127.8.9.10", "::1", "::ffff:7f00:1"]
)
def test_loopback_never_goes_through_a_proxy(scheme: str, kind: str, host: str) -> None:
    assert host_of({kind: "http://proxy.example:1"}, scheme, host) is None
    # not even a wrong variable matters
    assert host_of({kind: "::nonsense"}, scheme, host) is None


def test_the_scheme_of_the_backend_chooses_the_proxy() -> None:
    assert host_of(PROXIES, "http", "backend.example") == "plain.example:1"
    assert host_of(PROXIES, "https", "backend.example") == "secure.example:2"
    assert host_of({"all": "http://p:3"}, "https", "backend.example") == "p:3"
    assert host_of({"all": "http://p:3", "https": "http://q:4"}, "https", "b") == "q:4"
    assert host_of({"http": "http://p:3", "ftp": "http://q:4"}, "https", "b") is None
    assert host_of({"https": ""}, "https", "b") is None
    assert host_of(PROXIES, "http", "evil.localhost") == "plain.example:1"


@pytest.mark.parametrize(
    ("no_proxy", "host", "direct"),
    [
        ("backend.example", "backend.example", True),
        ("BACKEND.Example", "backend.example", True),
        ("example", "backend.example", True),
        (".example", "backend.example", True),
        ("*.example", "backend.example", True),
        (".backend.example", "backend.example", True),
        ("backend.example.", "backend.example", True),
        ("end.example", "backend.example", False),
        ("other.example", "backend.example", False),
        ("backend.example:443", "backend.example", True),
        ("backend.example:8443", "backend.example", False),
        ("https://backend.example", "backend.example", True),
        ("*", "backend.example", True),
        ("a.example,*", "backend.example", True),
        ("", "backend.example", False),
        (",, ,", "backend.example", False),
        (" a.example ,  backend.example ", "backend.example", True),
        ("a.example backend.example", "backend.example", True),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.1.2.3/8", "10.9.9.9", True),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("10.0.0.0/8", "backend.example", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3:443", "10.1.2.3", True),
        ("10.1.2.3:80", "10.1.2.3", False),
        ("fd07:b51a:cc66:f0::/64", "fd07:b51a:cc66:f0::5", True),
        ("fd07:b51a:cc66:f0::/64", "fd07:b51a:cc66:f1::5", False),
        ("[fd07::]/64", "fd07::5", True),
        ("fd07::5", "fd07::5", True),
        ("[fd07::5]", "fd07::5", True),
        ("[fd07::5]:443", "fd07::5", True),
        ("[fd07::5]:80", "fd07::5", False),
        ("FD07:0:0:0:0:0:0:5", "fd07::5", True),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        *(
            (garbage, "backend.example", False)
            for garbage in ("[::1]", "[", "]", "::", ":", ":80", "/", "10.0.0.0/99", "://", "[]:x")
        ),
        *(
            (garbage, "10.0.0.1", False)
            for garbage in ("[::1", "::1/129", "fe80::1%eth0", "%", ".")
        ),
    ],
)
def test_no_proxy_of_every_kind(no_proxy: str, host: str, direct: bool) -> None:
    assert (host_of({**PROXIES, "no": no_proxy}, "https", host) is None) is direct


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize(
    "value",
    [
        "nonsense://user:canary@proxy.example",
        "http://user:canary@proxy.example:port",
        "http://user:canary@",
        "user:canary@[::",
        "http://canary proxy",
    ],
)
def test_a_wrong_variable_is_named_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("HTTP_PROXY", "http://right.example:3128")
    with pytest.raises(ConfigurationError) as failure:
        proxy_for("https", "backend.example", 443)
    assert str(failure.value).startswith(f"{name} ")
    assert "canary" not in str(failure.value)
    assert "HTTP_PROXY" not in str(failure.value)


def test_a_socks_proxy_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi_flashback.client.proxy.find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match="pip install socksio"):
        proxy_for("https", "backend.example", 443, {"all": "socks5://canary@proxy.example"})


def test_credentials_are_decoded_and_not_shown() -> None:
    proxy = proxy_for("https", "b", 443, {"https": "http://us%40er:can%2Fary@proxy.example:1"})
    assert proxy is not None
    assert proxy.credentials == (b"us@er", b"can/ary")
    assert "ary" not in repr(proxy)
    assert proxy_for("https", "b", 443, {"https": "proxy.example"}).credentials is None  # type: ignore[union-attr]
