"""Each setting on its own: both places, empty values, and what is never quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_flashback.client import ConfigurationError
from pulumi_flashback.config import Settings, read_settings
from pulumi_flashback.settings import (
    ADOPT_EXISTING,
    ALL_SETTINGS,
    ALLOW_INSECURE,
    BASE_URL,
    EMAIL,
    MAX_RETRIES,
    PASSWORD,
    REFRESH_TOKEN,
    TIMEOUT,
    TOKEN,
    Setting,
)

VALUES: dict[Setting, tuple[str, object]] = {
    TOKEN: ("a-token", "a-token"),
    EMAIL: ("a@example.com", "a@example.com"),
    PASSWORD: ("pass word", "pass word"),
    REFRESH_TOKEN: ("a-refresh-token", "a-refresh-token"),
    BASE_URL: ("https://other.example", "https://other.example"),
    TIMEOUT: ("7.5", 7.5),
    MAX_RETRIES: ("7", 7),
    ALLOW_INSECURE: ("true", True),
    ADOPT_EXISTING: ("true", True),
}
CREDENTIALS = {TOKEN, EMAIL, PASSWORD, REFRESH_TOKEN}
ATTRIBUTES = {
    BASE_URL: "base_url",
    TIMEOUT: "timeout",
    MAX_RETRIES: "max_retries",
    ALLOW_INSECURE: "allow_insecure",
    ADOPT_EXISTING: "adopt_existing",
}


def value_of(settings: Settings, option: Setting) -> object:
    if option in CREDENTIALS:
        return settings.credentials.get(option.name)
    return getattr(settings, ATTRIBUTES[option])


@pytest.mark.parametrize("option", VALUES, ids=lambda option: option.name)
def test_each_setting_is_read_from_both_places(option: Setting) -> None:
    text, value = VALUES[option]
    assert value_of(read_settings({option.key: text}, {}), option) == value
    assert value_of(read_settings({}, {option.variable: text}), option) == value


@pytest.mark.parametrize("option", VALUES, ids=lambda option: option.name)
@pytest.mark.parametrize("empty", ["", "  ", "\n"])
def test_an_empty_variable_hides_nothing_but_a_password_may_be_white_space(
    option: Setting, empty: str
) -> None:
    text, value = VALUES[option]
    settings = read_settings({option.key: text}, {option.variable: empty})
    expected = empty if option is PASSWORD and empty.strip("\n") else value
    assert value_of(settings, option) == expected


@pytest.mark.parametrize("option", VALUES, ids=lambda option: option.name)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_the_line_end_of_a_file_is_cut_but_space_may_belong_to_a_password(
    option: Setting, end: str
) -> None:
    text, value = VALUES[option]
    settings = read_settings({option.key: f"\ufeff {text}{end}"}, {})
    expected = f" {text}" if option is PASSWORD else value
    assert value_of(settings, option) == expected


@pytest.mark.parametrize("explicit", [False, True])
def test_a_token_that_is_refused_is_named_by_where_it_comes_from(explicit: bool) -> None:
    for used, problem in (('"a"', "FLASHBACK_TOKEN"), ("", "flashback:token")):
        stack = {"flashback:token": '"a"' if not used else ""}
        settings = read_settings(stack, {"FLASHBACK_TOKEN": used}, explicit=explicit)
        text = "is in quotation marks; give it without them"
        named = f"flashback:token (FLASHBACK_TOKEN) {text} (read from {problem})"
        if explicit and not used:
            named = f"token of the Provider {text}"
        assert settings.problems == (named,)


def test_an_email_address_in_quotation_marks_is_refused() -> None:
    settings = read_settings({"flashback:email": "'a@x'", "flashback:password": "'p'"}, {})
    (problem,) = settings.problems
    assert problem.startswith("flashback:email (FLASHBACK_EMAIL) is in quotation marks")
    assert settings.credentials["password"] == "'p'"  # a password may have them


def test_keys_of_other_namespaces_mean_nothing() -> None:
    other = {f"other:{option.name}": "x" for option in ALL_SETTINGS}
    plain = {option.name: "x" for option in ALL_SETTINGS}
    assert read_settings({**other, **plain}, {"TOKEN": "x"}) == read_settings({}, {})


def test_the_environment_of_the_process_counts_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLASHBACK_TOKEN", "of-the-process")
    assert read_settings({}).credentials == {"token": "of-the-process"}
    assert read_settings({}, {}).credentials == {}


def test_names_and_secretness_do_not_change() -> None:
    assert {option.key: option.secret for option in VALUES} == {
        "flashback:token": True,
        "flashback:email": False,
        "flashback:password": True,
        "flashback:refreshToken": True,
        "flashback:baseUrl": False,
        "flashback:timeout": False,
        "flashback:maxRetries": False,
        "flashback:allowInsecure": False,
        "flashback:adoptExisting": False,
    }


@pytest.mark.parametrize(
    "option", [each for each in ALL_SETTINGS if each.default], ids=lambda option: option.name
)
def test_a_default_spelt_out_is_the_default(option: Setting) -> None:
    assert read_settings({option.key: option.default}, {}) == read_settings({}, {})


@pytest.mark.parametrize("option", ALL_SETTINGS, ids=lambda option: option.name)
def test_every_setting_is_described_in_sentences(option: Setting) -> None:
    assert option.description.endswith(".")
    assert "\n" not in option.description
    assert not (option.secret and option.default)


STACK = {"flashback:token": "stack-token", "flashback:email": "stack@x", "flashback:password": "sp"}


@pytest.mark.parametrize(
    ("environment", "credentials"),
    [
        ({"FLASHBACK_TOKEN": "t"}, {"token": "t"}),
        ({"FLASHBACK_REFRESH_TOKEN": "r"}, {"refreshToken": "r"}),
        (
            {"FLASHBACK_EMAIL": "e", "FLASHBACK_PASSWORD": "p"},
            {"email": "e", "password": "p"},
        ),
        (
            {"FLASHBACK_TOKEN": "t", "FLASHBACK_EMAIL": "e", "FLASHBACK_PASSWORD": "p"},
            {"token": "t", "email": "e", "password": "p"},
        ),
        (
            {"FLASHBACK_PASSWORD": "p"},
            {"token": "stack-token", "email": "stack@x", "password": "p"},
        ),
        (
            {"FLASHBACK_EMAIL": "e"},
            {"token": "stack-token", "email": "e", "password": "sp"},
        ),
    ],
)
def test_a_whole_way_to_sign_in_in_the_environment_stands_alone(
    environment: dict[str, str], credentials: dict[str, str]
) -> None:
    assert read_settings(STACK, environment).credentials == credentials


@pytest.mark.parametrize(
    ("option", "text"),
    [
        *(
            (TIMEOUT, text)
            for text in ("0.0", "-0.1", "nan", "-inf", "3600.1", "1,5", "30s", "0x1F")
        ),
        *((MAX_RETRIES, text) for text in ("-1", "21", "1.0", "1e1", "+1", "٣", "020000")),
        *((ALLOW_INSECURE, text) for text in ("on", "2", "tru", "enabled")),
        *((ADOPT_EXISTING, text) for text in ("on", "2", "tru", "enabled")),
        *((TOKEN, text) for text in ("two words", "töken", "a\tb", "a\x00b")),
        *((REFRESH_TOKEN, text) for text in ("two words", "a\nb")),
        *((TOKEN, text) for text in ('"canary"', "'canary'", "Bearer canary", "bearer canary")),
        *(
            (BASE_URL, text)
            for text in (
                "https://",
                "https://user@canary.example",
                "https://:pw@canary.example",
                "https://canary.example/?token=1",
                "https://canary.example/?",
                "https://canary.example/#",
                "https://xn--a-.canary",
                "http://xn--a-",
                "https://can\\ary.example",
                "https:canary.example",
                "https://canary..example",
                f"https://{'canary' * 11}.example",
                "https://canary.example:0",
                "http://api.localhost",
                "http://localhost.",
                "https://canary.example/#x",
                "http://canary.example",
                "http://127.0.0.1.canary.example",
                "http://localhost.canary.example",
                "http://0.0.0.0",
                "file:///canary",
                "canary.example",
                "https://canary.example:99999",
                "https://can ary.example",
                "https://canary.example\nX: y",
            )
        ),
    ],
)
def test_a_wrong_value_is_one_problem_under_both_names_and_not_quoted(
    option: Setting, text: str
) -> None:
    for settings in (
        read_settings({option.key: text}, {}),
        read_settings({}, {option.variable: text}),
    ):
        (problem,) = settings.problems
        assert problem.startswith(f"{option.key} ({option.variable}) ")
        assert "canary" not in problem
        assert text not in problem.removeprefix(f"{option.key} ({option.variable}) ").split()
        with pytest.raises(ConfigurationError, match=option.variable):
            settings.client()


@given(st.sampled_from([TIMEOUT, MAX_RETRIES, ALLOW_INSECURE, BASE_URL]), st.text(max_size=30))
def test_any_value_is_taken_or_is_a_problem(option: Setting, text: str) -> None:
    settings = read_settings({option.key: text}, {})
    assert len(settings.problems) <= 1
    assert 0 < settings.timeout <= 3600
    assert 0 <= settings.max_retries <= 20


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1",
        "http://127.8.9.10:80",
        "http://[::1]:8080/x",
        "http://localhost",
        "http://LOCALHOST:80",
        "http://[::ffff:127.0.0.1]",
        "HTTPS://EXAMPLE.COM",
        "https://bücher.example",
        "https://[2001:db8::1]:8443",
    ],
)
def test_https_and_this_machine_are_good_addresses(url: str) -> None:
    assert read_settings({"flashback:baseUrl": url}, {}).problems == ()


def test_the_message_of_missing_credentials_names_every_way_to_give_them() -> None:
    with pytest.raises(ConfigurationError) as failure:
        read_settings({}, {}).client()
    for option in CREDENTIALS:
        assert option.key in str(failure.value)
        assert option.variable in str(failure.value)


@pytest.mark.parametrize(
    ("given", "missing"), [({EMAIL: "someone"}, PASSWORD), ({PASSWORD: "canary"}, EMAIL)]
)
def test_half_a_login_names_the_other_half(given: dict[Setting, str], missing: Setting) -> None:
    settings = read_settings({option.key: text for option, text in given.items()}, {})
    (problem,) = settings.problems
    assert missing.key in problem
    assert missing.variable in problem
    assert not any(text in problem for text in given.values())


def test_the_client_gets_the_settings_and_nothing_shows_the_secrets() -> None:
    stack_config = {option.key: text for option, (text, _) in VALUES.items()}
    settings = read_settings(stack_config, {})
    with settings.client() as client:
        credentials = client._session._credentials
        assert (credentials.token, credentials.email) == ("a-token", "a@example.com")
        assert (credentials.password, credentials.refresh_token) == (
            "pass word",
            "a-refresh-token",
        )
        assert client._session._max_retries == 7
        assert client._transport._timeout == 7.5
        shown = repr(settings) + repr(credentials)
    assert settings.secrets == ("a-token", "a-refresh-token", "pass word")
    assert not any(secret in shown for secret in settings.secrets)
