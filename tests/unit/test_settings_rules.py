"""Each setting on its own: both places, empty values, and what is never quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_flashback.client import ConfigurationError
from pulumi_flashback.config import Settings, read_settings
from pulumi_flashback.options import (
    ADOPT_EXISTING,
    ALLOW_INSECURE,
    BASE_URL,
    EMAIL,
    MAX_RETRIES,
    OPTIONS,
    PASSWORD,
    REFRESH_TOKEN,
    TIMEOUT,
    TOKEN,
    Option,
)

VALUES: dict[Option, tuple[str, object, str]] = {
    TOKEN: ("a-token", "a-token", ""),
    EMAIL: ("a@example.com", "a@example.com", ""),
    PASSWORD: ("pass word", "pass word", ""),
    REFRESH_TOKEN: ("a-refresh-token", "a-refresh-token", ""),
    BASE_URL: ("https://other.example", "https://other.example", "base_url"),
    TIMEOUT: ("7.5", 7.5, "timeout"),
    MAX_RETRIES: ("7", 7, "max_retries"),
    ALLOW_INSECURE: ("true", True, "allow_insecure"),
    ADOPT_EXISTING: ("true", True, "adopt_existing"),
}
"""A text, its value, and the attribute that has it, except for credentials."""


def value_of(settings: Settings, option: Option) -> object:
    attribute = VALUES[option][2]
    return getattr(settings, attribute) if attribute else settings.credentials.get(option.name)


@pytest.mark.parametrize("option", VALUES, ids=lambda option: option.name)
def test_each_setting(option: Option) -> None:
    text, value, _ = VALUES[option]
    for settings in (
        read_settings({option.key: text}, {}),
        read_settings({}, {option.variable: text}),
    ):
        assert value_of(settings, option) == value
    for empty in ("", "  ", "\n"):  # hides nothing, but a password may be white space
        settings = read_settings({option.key: text}, {option.variable: empty})
        hidden = option is PASSWORD and empty == "  "
        assert value_of(settings, option) == (empty if hidden else value)
    for end in ("\n", "\r\n", "\n\n"):  # of a file; space may belong to a password
        settings = read_settings({option.key: f"\ufeff {text}{end}"}, {})
        assert value_of(settings, option) == (f" {text}" if option is PASSWORD else value)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_what_is_said_of_each_setting(option: Option) -> None:
    assert option.secret == (option in (TOKEN, PASSWORD, REFRESH_TOKEN))
    assert option.description.endswith(".")
    assert "\n" not in option.description
    assert option.key == f"flashback:{option.name}"
    if option.default:
        assert not option.secret
        assert read_settings({option.key: option.default}, {}) == read_settings({}, {})


def test_the_names_of_settings_do_not_change() -> None:
    credentials = ("token", "email", "password", "refreshToken")
    others = ("baseUrl", "timeout", "maxRetries", "allowInsecure", "adoptExisting")
    assert tuple(option.name for option in OPTIONS) == (*credentials, *others)
    other = {f"other:{option.name}": "x" for option in OPTIONS}
    plain = {option.name: "x" for option in OPTIONS}
    assert read_settings({**other, **plain}, {"TOKEN": "x"}) == read_settings({}, {})


@pytest.mark.parametrize("explicit", [False, True])
def test_a_refused_token_is_named_by_where_it_comes_from(explicit: bool) -> None:
    text = "is in quotation marks; give it without them"
    for used, place in (('"a"', "FLASHBACK_TOKEN"), ("", "flashback:token")):
        stack = {"flashback:token": '"a"' if not used else ""}
        settings = read_settings(stack, {"FLASHBACK_TOKEN": used}, explicit=explicit)
        named = f"flashback:token (FLASHBACK_TOKEN) {text} (read from {place})"
        if explicit and not used:
            named = f"token of the Provider {text}"
        assert settings.problems == (named,)


def test_an_email_address_in_quotation_marks_is_refused() -> None:
    settings = read_settings({"flashback:email": "'a@x'", "flashback:password": "'p'"}, {})
    (problem,) = settings.problems
    assert problem.startswith("flashback:email (FLASHBACK_EMAIL) is in quotation marks")
    assert settings.credentials["password"] == "'p'"  # a password may have them


def test_the_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASHBACK_TOKEN", "of-the-process")
    assert read_settings({}).credentials == {"token": "of-the-process"}
    assert read_settings({}, {}).credentials == {}


@pytest.mark.parametrize(
    ("environment", "kept"),
    [
        ({"token": "t"}, {}),
        ({"refreshToken": "r"}, {}),
        ({"email": "e", "password": "p"}, {}),
        ({"token": "t", "email": "e", "password": "p"}, {}),
        ({"password": "p"}, {"token": "stack-token", "email": "stack@x"}),
        ({"email": "e"}, {"token": "stack-token", "password": "sp"}),
    ],
)
def test_a_whole_way_to_sign_in_in_the_environment_stands_alone(
    environment: dict[str, str], kept: dict[str, str]
) -> None:
    stack = {"token": "stack-token", "email": "stack@x", "password": "sp"}
    variables = {option.name: option.variable for option in OPTIONS}
    settings = read_settings(
        {f"flashback:{name}": value for name, value in stack.items()},
        {variables[name]: value for name, value in environment.items()},
    )
    assert settings.credentials == {**kept, **environment}


WRONG: dict[Option, list[str]] = {
    TIMEOUT: ["0.0", "-0.1", "nan", "-inf", "3600.1", "1,5", "30s", "0x1F"],
    MAX_RETRIES: ["-1", "21", "1.0", "1e1", "+1", "٣", "020000"],
    ALLOW_INSECURE: ["on", "2", "tru", "enabled"],
    ADOPT_EXISTING: ["on", "2", "tru", "enabled"],
    TOKEN: [
        *("two words", "töken", "a\tb", "a\x00b"),
        *('"canary"', "'canary'", "Bearer canary", "bearer canary"),
    ],
    REFRESH_TOKEN: ["two words", "a\nb"],
    BASE_URL: [
        *("https://", "https:canary.example", "canary.example", "file:///canary"),
        *("https://user@canary.example", "https://:pw@canary.example"),
        *("https://canary.example/?token=1", "https://canary.example/?"),
        *("https://canary.example/#", "https://canary.example/#x"),
        *("https://xn--a-.canary", "http://xn--a-", "https://can\\ary.example"),
        *("https://canary..example", f"https://{'canary' * 11}.example"),
        *("https://canary.example:0", "https://canary.example:99999"),
        *("http://api.localhost", "http://localhost.", "http://0.0.0.0", "http://canary.example"),
        *("http://127.0.0.1.canary.example", "http://localhost.canary.example"),
        *("https://can ary.example", "https://canary.example\nX: y"),
    ],
}


@pytest.mark.parametrize(
    ("option", "text"), [(option, text) for option, texts in WRONG.items() for text in texts]
)
def test_a_wrong_value_is_one_problem_under_both_names_and_not_quoted(
    option: Option, text: str
) -> None:
    for settings in (
        read_settings({option.key: text}, {}),
        read_settings({}, {option.variable: text}),
    ):
        (problem,) = settings.problems
        start = f"{option.key} ({option.variable}) "
        assert problem.startswith(start)
        assert "canary" not in problem
        assert text not in problem.removeprefix(start).split()
        with pytest.raises(ConfigurationError, match=option.variable):
            settings.client()


@given(st.sampled_from([TIMEOUT, MAX_RETRIES, ALLOW_INSECURE, BASE_URL]), st.text(max_size=30))
def test_any_value_is_taken_or_is_a_problem(option: Option, text: str) -> None:
    settings = read_settings({option.key: text}, {})
    assert len(settings.problems) <= 1
    assert 0 < settings.timeout <= 3600
    assert 0 <= settings.max_retries <= 20


def test_https_and_this_machine_are_good_addresses() -> None:
    for url in (
        *("http://127.0.0.1", "http://127.8.9.10:80", "http://[::1]:8080/x"),
        *("http://localhost", "http://LOCALHOST:80", "http://[::ffff:127.0.0.1]"),
        *("HTTPS://EXAMPLE.COM", "https://bücher.example", "https://[2001:db8::1]:8443"),
    ):
        assert read_settings({"flashback:baseUrl": url}, {}).problems == ()


def test_the_message_of_missing_credentials_names_every_way_to_give_them() -> None:
    with pytest.raises(ConfigurationError) as failure:
        read_settings({}, {}).client()
    for option in (TOKEN, EMAIL, PASSWORD, REFRESH_TOKEN):
        assert option.key in str(failure.value)
        assert option.variable in str(failure.value)
    for half, missing in ((EMAIL, PASSWORD), (PASSWORD, EMAIL)):
        (problem,) = read_settings({half.key: "canary"}, {}).problems
        assert missing.key in problem
        assert missing.variable in problem
        assert "canary" not in problem


def test_the_client_gets_the_settings_and_nothing_shows_the_secrets() -> None:
    settings = read_settings({option.key: text for option, (text, _, _) in VALUES.items()}, {})
    with settings.client() as client:
        credentials = client._session._credentials
        assert (credentials.token, credentials.email) == ("a-token", "a@example.com")
        assert credentials.password == "pass word"
        assert credentials.refresh_token == "a-refresh-token"
        assert client._session._max_retries == 7
        assert client._transport._timeout == 7.5
        shown = repr(settings) + repr(credentials)
    assert settings.secrets == ("a-token", "a-refresh-token", "pass word")
    assert not any(secret in shown for secret in settings.secrets)
