"""Settings: where they come from, and what is said of wrong ones."""

from __future__ import annotations

import pytest

from pulumi_flashback.client import (
    DEFAULT_BASE_URL,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT_SECONDS,
    ConfigurationError,
)
from pulumi_flashback.config import read_settings
from pulumi_flashback.settings import ALL_SETTINGS, BASE_URL, MAX_RETRIES, TIMEOUT

CANARY = "canary-value"


def test_defaults_are_those_of_the_client_and_of_the_documentation() -> None:
    settings = read_settings({}, {})
    assert (settings.base_url, settings.timeout, settings.max_retries) == (
        DEFAULT_BASE_URL,
        DEFAULT_TIMEOUT_SECONDS,
        DEFAULT_MAX_RETRIES,
    )
    documented = {option.key: option.default for option in (BASE_URL, TIMEOUT, MAX_RETRIES)}
    assert read_settings(documented, {}) == settings


def test_names_of_the_variables() -> None:
    assert [option.variable for option in ALL_SETTINGS] == [
        "FLASHBACK_TOKEN",
        "FLASHBACK_EMAIL",
        "FLASHBACK_PASSWORD",
        "FLASHBACK_REFRESH_TOKEN",
        "FLASHBACK_BASE_URL",
        "FLASHBACK_TIMEOUT",
        "FLASHBACK_MAX_RETRIES",
        "FLASHBACK_ALLOW_INSECURE",
        "FLASHBACK_ADOPT_EXISTING",
    ]


@pytest.mark.parametrize(
    ("name", "value", "attribute", "expected"),
    [
        ("baseUrl", "https://other.example/path", "base_url", "https://other.example/path"),
        ("timeout", "2.5", "timeout", 2.5),
        ("maxRetries", "0", "max_retries", 0),
        ("allowInsecure", "TRUE", "allow_insecure", True),
    ],
)
def test_the_variable_wins_over_the_stack_config(
    name: str, value: str, attribute: str, expected: object
) -> None:
    (option,) = [each for each in ALL_SETTINGS if each.name == name]
    from_config = read_settings({option.key: value}, {})
    assert getattr(from_config, attribute) == expected
    both = read_settings({option.key: "nonsense"}, {option.variable: f"{value}\n"})
    assert getattr(both, attribute) == expected
    assert both.problems == ()


@pytest.mark.parametrize(
    ("stack_config", "environment", "credentials"),
    [
        ({"token": "a"}, {}, {"token": "a"}),
        ({"token": "a"}, {"TOKEN": "b"}, {"token": "b"}),
        ({"email": "e"}, {"PASSWORD": "p"}, {"email": "e", "password": "p"}),
        ({"token": "a"}, {"EMAIL": "e", "PASSWORD": "p"}, {"email": "e", "password": "p"}),
        ({"email": "e", "password": "p"}, {"REFRESH_TOKEN": "r"}, {"refreshToken": "r"}),
        ({"password": " p "}, {"EMAIL": " e "}, {"email": "e", "password": " p "}),
        ({"token": "a", "refreshToken": "r"}, {}, {"token": "a", "refreshToken": "r"}),
        ({"token": "  "}, {}, {}),
    ],
)
def test_credentials_of_both_places(
    stack_config: dict[str, str], environment: dict[str, str], credentials: dict[str, str]
) -> None:
    settings = read_settings(
        {f"flashback:{name}": value for name, value in stack_config.items()},
        {f"FLASHBACK_{name}": value for name, value in environment.items()},
    )
    assert settings.credentials == credentials
    assert settings.problems == ()


def test_everything_wrong_is_told_at_once_and_never_quoted() -> None:
    settings = read_settings(
        {
            "flashback:baseUrl": f"https://user:{CANARY}@host",
            "flashback:timeout": CANARY,
            "flashback:maxRetries": "-1",
            "flashback:allowInsecure": CANARY,
            "flashback:token": f"{CANARY} with spaces",
            "flashback:email": CANARY,
        },
        {},
    )
    assert len(settings.problems) == 6
    assert CANARY not in " ".join(settings.problems)
    with pytest.raises(ConfigurationError) as failure:
        settings.client()
    for option in ("baseUrl", "timeout", "maxRetries", "allowInsecure", "token", "password"):
        assert f"flashback:{option}" in str(failure.value)


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "1e9", "soon"])
def test_wrong_timeouts(value: str) -> None:
    assert read_settings({"flashback:timeout": value}, {}).problems


@pytest.mark.parametrize("value", ["-1", "1.5", "21", "00009999", "²", "many"])
def test_wrong_numbers_of_retries(value: str) -> None:
    assert read_settings({"flashback:maxRetries": value}, {}).problems


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("https://backend.flashback.tech", True),
        ("https://example.com:8443/prefix/", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost:8080", True),
        ("http://[::1]:8080", True),
        ("http://example.com", False),
        ("http://localhost.example.com", False),
        ("https://", False),
        ("example.com", False),
        ("ftp://example.com", False),
        ("https://example.com?x=1", False),
        ("https://example.com#x", False),
        ("https://user@example.com", False),
        ("https://exa mple.com", False),
        ("https://example.com:port", False),
    ],
)
def test_addresses_of_backends(url: str, right: bool) -> None:
    assert (read_settings({"flashback:baseUrl": url}, {}).problems == ()) is right


def test_clear_text_to_another_machine_must_be_asked_for() -> None:
    config = {"flashback:baseUrl": "http://example.com", "flashback:allowInsecure": "true"}
    assert read_settings(config, {}).problems == ()


def test_settings_show_no_secret() -> None:
    names = ("token", "password", "refreshToken")
    settings = read_settings({f"flashback:{name}": CANARY for name in names}, {})
    assert CANARY not in repr(settings)
    assert set(settings.secrets) == {CANARY}


def test_missing_credentials_are_told_only_when_they_are_needed() -> None:
    settings = read_settings({}, {})
    assert settings.problems == ()
    with pytest.raises(ConfigurationError, match="no credentials: set flashback:token"):
        settings.client()
