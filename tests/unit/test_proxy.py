"""Which proxy a backend is reached through."""

from __future__ import annotations

import itertools

import pytest

from pulumi_flashback.client import ConfigurationError
from pulumi_flashback.client.address import is_loopback
from pulumi_flashback.client.proxy import proxy_for

PROXIES = {"http": "http://plain.example:1", "https": "secure.example:2"}


def host_of(proxies: dict[str, str], scheme: str, host: str, port: int = 443) -> str | None:
    proxy = proxy_for(scheme, host, port, proxies)
    return None if proxy is None else f"{proxy.url.host}:{proxy.url.port}"


LOOPBACK = ["localhost", "127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1"]
LOOPBACK += ["::ffff:127.0.0.1", "::ffff:7f00:1"]
ELSEWHERE = ["evil.localhost", "localhost.example", "127.0.0.1.example", "128.0.0.1", "0.0.0.0"]
ELSEWHERE += ["::", "::ffff:10.0.0.1", "", "localhost."]


def test_only_this_machine_is_loopback() -> None:
    assert [host for host in LOOPBACK + ELSEWHERE if is_loopback(host)] == LOOPBACK


@pytest.mark.parametrize("host", [*LOOPBACK, "localhost."])
def test_loopback_never_goes_through_a_proxy(host: str) -> None:
    for scheme, kind in itertools.product(("http", "https"), ("http", "https", "all")):
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


# fmt: off
DIRECT = {
    "backend.example": [
        "backend.example", "BACKEND.Example", "example", ".example", "*.example", ".backend.example",
        "backend.example.", "backend.example:443", "https://backend.example", "*", "a.example,*",
        " a.example ,  backend.example ", "a.example backend.example",
    ],
    "10.1.2.3": ["10.0.0.0/8", "10.9.9.9/8", "10.1.2.3", "10.1.2.3:443"],
    "::ffff:10.1.2.3": ["10.0.0.0/8"],
    "fd07::5": ["fd07::/64", "[fd07::]/64", "fd07::5", "[fd07::5]", "[fd07::5]:443", "FD07:0:0:0:0:0:0:5"],
}
THROUGH_THE_PROXY = {
    "backend.example": [
        "end.example", "other.example", "backend.example:8443", "", ",, ,", "10.0.0.0/8",
        "[::1]", "[", "]", "::", ":", ":80", "/", "10.0.0.0/99", "://", "[]:x",
    ],
    "11.0.0.1": ["10.0.0.0/8", "[::1", "::1/129", "fe80::1%eth0", "%", "."],
    "10.1.2.3": ["10.1.2.3:80"],
    "fd07::5": ["fd07:0:0:1::/64", "[fd07::5]:80"],
}
# fmt: on


def test_no_proxy_of_every_kind() -> None:
    for table, direct in ((DIRECT, True), (THROUGH_THE_PROXY, False)):
        for host, entries in table.items():
            for entry in entries:
                proxy = host_of({**PROXIES, "no": entry}, "https", host)
                assert (proxy is None) is direct, entry


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
