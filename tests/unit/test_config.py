"""Settings: where they come from, what is wrong with them, and what is never quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from pulumi_flashback.client import (
    DEFAULT_BASE_URL,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT_SECONDS,
    ConfigurationError,
)
from pulumi_flashback.config import Settings, read_settings
from pulumi_flashback.settings import (
    ADOPT_EXISTING,
    ALL_SETTINGS,
    ALLOW_INSECURE,
    BASE_URL,
    CREDENTIALS,
    EMAIL,
    MAX_RETRIES,
    PASSWORD,
    REFRESH_TOKEN,
    TIMEOUT,
    TOKEN,
    Setting,
)

FROZEN = {
    "flashback:token": ("FLASHBACK_TOKEN", True),
    "flashback:email": ("FLASHBACK_EMAIL", False),
    "flashback:password": ("FLASHBACK_PASSWORD", True),
    "flashback:refreshToken": ("FLASHBACK_REFRESH_TOKEN", True),
    "flashback:baseUrl": ("FLASHBACK_BASE_URL", False),
    "flashback:timeout": ("FLASHBACK_TIMEOUT", False),
    "flashback:maxRetries": ("FLASHBACK_MAX_RETRIES", False),
    "flashback:allowInsecure": ("FLASHBACK_ALLOW_INSECURE", False),
    "flashback:adoptExisting": ("FLASHBACK_ADOPT_EXISTING", False),
}
"""The variable of each key, and whether it is a secret."""

VALUES: dict[Setting, tuple[str, object]] = {
    TOKEN: ("a-token", "a-token"),
    EMAIL: ("a@example.com", "a@example.com"),
    PASSWORD: ("pass word", "pass word"),
    REFRESH_TOKEN: ("a-refresh-token", "a-refresh-token"),
    BASE_URL: ("https://other.example/path", "https://other.example/path"),
    TIMEOUT: ("7.5", 7.5),
    MAX_RETRIES: ("7", 7),
    ALLOW_INSECURE: ("TRUE", True),
    ADOPT_EXISTING: ("true", True),
}
each_setting = pytest.mark.parametrize("setting", VALUES, ids=lambda setting: setting.name)


def value_of(settings: Settings, setting: Setting) -> object:
    if setting in CREDENTIALS:
        return settings.credentials.get(setting.name)
    return getattr(settings, setting.variable.removeprefix("FLASHBACK_").lower())


def test_names_and_secretness_do_not_change_and_descriptions_are_sentences() -> None:
    assert {each.key: (each.variable, each.secret) for each in ALL_SETTINGS} == FROZEN
    for each in ALL_SETTINGS:
        assert each.description.endswith(".")
        assert "\n" not in each.description
        assert not (each.secret and each.default)


def test_defaults_are_those_of_the_client() -> None:
    settings = read_settings({}, {})
    found = (settings.base_url, settings.timeout, settings.max_retries)
    assert found == (DEFAULT_BASE_URL, DEFAULT_TIMEOUT_SECONDS, DEFAULT_MAX_RETRIES)
    assert not settings.allow_insecure
    assert not settings.adopt_existing
    assert read_settings({each.key: each.default for each in ALL_SETTINGS}, {}) == settings


@each_setting
def test_each_setting_is_read_from_both_places_and_the_variable_wins(setting: Setting) -> None:
    text, value = VALUES[setting]
    assert value_of(read_settings({setting.key: text}, {}), setting) == value
    assert value_of(read_settings({}, {setting.variable: text}), setting) == value
    both = read_settings({setting.key: "http://other"}, {setting.variable: f"{text}\n"})
    assert value_of(both, setting) == value
    assert both.problems == () or setting in (EMAIL, PASSWORD)  # each needs the other


@each_setting
@pytest.mark.parametrize("empty", ["", "  ", "\n"])
def test_an_empty_variable_hides_nothing_but_a_password_may_be_white_space(
    setting: Setting, empty: str
) -> None:
    text, value = VALUES[setting]
    settings = read_settings({setting.key: text}, {setting.variable: empty})
    expected = empty if setting is PASSWORD and empty.strip("\n") else value
    assert value_of(settings, setting) == expected


@each_setting
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_the_line_end_of_a_file_is_cut_but_space_may_belong_to_a_password(
    setting: Setting, end: str
) -> None:
    text, value = VALUES[setting]
    settings = read_settings({setting.key: f"\ufeff {text}{end}"}, {})
    assert value_of(settings, setting) == (f" {text}" if setting is PASSWORD else value)


def test_keys_of_other_namespaces_mean_nothing() -> None:
    other = {f"other:{each.name}": "x" for each in ALL_SETTINGS}
    plain = {each.name: "x" for each in ALL_SETTINGS}
    assert read_settings({**other, **plain}, {"TOKEN": "x"}) == read_settings({}, {})


BOTH = {"token": "st", "email": "se", "password": "sp"}


@pytest.mark.parametrize(
    ("stack", "environment", "credentials"),
    [
        ({"token": "a"}, {}, {"token": "a"}),
        ({"token": "a", "refreshToken": "r"}, {}, {"token": "a", "refreshToken": "r"}),
        ({"token": "  "}, {}, {}),
        ({"email": "e"}, {"PASSWORD": "p"}, {"email": "e", "password": "p"}),
        ({"password": " p "}, {"EMAIL": " e "}, {"email": "e", "password": " p "}),
        ({"email": "e", "password": "p"}, {"REFRESH_TOKEN": "r"}, {"refreshToken": "r"}),
        # a complete way to sign in stands alone
        (BOTH, {"TOKEN": "t"}, {"token": "t"}),
        (BOTH, {"REFRESH_TOKEN": "r"}, {"refreshToken": "r"}),
        (BOTH, {"EMAIL": "e", "PASSWORD": "p"}, {"email": "e", "password": "p"}),
        (
            BOTH,
            {"TOKEN": "t", "EMAIL": "e", "PASSWORD": "p"},
            {"token": "t", "email": "e", "password": "p"},
        ),
        (BOTH, {"PASSWORD": "p"}, {**BOTH, "password": "p"}),
        (BOTH, {"EMAIL": "e"}, {**BOTH, "email": "e"}),
    ],
)
def test_credentials_of_both_places(
    stack: dict[str, str], environment: dict[str, str], credentials: dict[str, str]
) -> None:
    settings = read_settings(
        {f"flashback:{name}": value for name, value in stack.items()},
        {f"FLASHBACK_{name}": value for name, value in environment.items()},
    )
    assert settings.credentials == credentials
    assert settings.problems == ()


WRONG_URLS = [
    *("https://", "https:canary.example", "file:///canary", "canary.example", "ftp://canary"),
    *("https://user@canary.example", "https://:pw@canary.example", "https://user:canary@host"),
    *("https://canary.example/?token=1", "https://canary.example/?", "https://canary.example/#x"),
    *("https://canary.example/#", "https://canary.example:0", "https://canary.example:99999"),
    *("https://canary.example:port", "https://xn--a-.canary", "http://xn--a-"),
    *("https://can\\ary.example", "https://can ary.example", "https://canary.example\nX: y"),
    *("https://canary..example", f"https://{'canary' * 11}.example"),
    # not https, and not this machine
    *("http://canary.example", "http://127.0.0.1.canary.example", "http://0.0.0.0"),
    *("http://localhost.canary.example", "http://api.localhost", "http://localhost."),
]
WRONG = {
    TIMEOUT: ["0.0", "-0.1", "nan", "-inf", "inf", "1e9", "3600.1", "1,5", "30s", "0x1F", "soon"],
    MAX_RETRIES: ["-1", "21", "1.0", "1e1", "+1", "٣", "²", "020000", "many"],
    ALLOW_INSECURE: ["on", "2", "tru", "enabled"],
    ADOPT_EXISTING: ["on", "2", "tru", "enabled"],
    TOKEN: ["two words", "töken", "a\tb", "a\x00b", '"canary"', "'canary'", "Bearer c", "bearer c"],
    REFRESH_TOKEN: ["two words", "a\nb"],
    BASE_URL: WRONG_URLS,
}


@pytest.mark.parametrize(
    ("setting", "text"), [(each, text) for each, texts in WRONG.items() for text in texts]
)
def test_a_wrong_value_is_one_problem_under_both_names_and_not_quoted(
    setting: Setting, text: str
) -> None:
    start = f"{setting.key} ({setting.variable}) "
    for settings in (
        read_settings({setting.key: text}, {}),
        read_settings({}, {setting.variable: text}),
    ):
        (problem,) = settings.problems
        assert problem.startswith(start)
        assert "canary" not in problem
        assert text not in problem.removeprefix(start).split()
        with pytest.raises(ConfigurationError, match=setting.variable):
            settings.client()


def test_everything_wrong_is_reported_at_once() -> None:
    wrong = {each.key: texts[0] for each, texts in WRONG.items()}
    settings = read_settings({**wrong, "flashback:email": "alone"}, {})
    with pytest.raises(ConfigurationError) as failure:
        settings.client()
    assert len(settings.problems) == len(WRONG) + 1
    for setting in (*WRONG, PASSWORD):
        assert setting.key in str(failure.value)


@settings_of(max_examples=40)
@given(st.sampled_from([TIMEOUT, MAX_RETRIES, ALLOW_INSECURE, BASE_URL]), st.text(max_size=30))
def test_any_value_is_accepted_or_is_a_problem(setting: Setting, text: str) -> None:
    settings = read_settings({setting.key: text}, {})
    assert len(settings.problems) <= 1
    assert 0 < settings.timeout <= 3600
    assert 0 <= settings.max_retries <= 20


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1", "http://127.8.9.10:80", "http://[::1]:8080/x", "http://localhost"),
        *("http://LOCALHOST:80", "http://[::ffff:127.0.0.1]", "https://[2001:db8::1]:8443"),
        *("HTTPS://EXAMPLE.COM", "https://bücher.example", "https://example.com:8443/prefix/"),
    ],
)
def test_https_and_this_machine_are_good_addresses(url: str) -> None:
    assert read_settings({"flashback:baseUrl": url}, {}).problems == ()
    # clear text to another machine must be allowed
    config = {"flashback:baseUrl": "http://example.com", "flashback:allowInsecure": "true"}
    assert read_settings(config, {}).problems == ()


@pytest.mark.parametrize("explicit", [False, True])
def test_a_token_that_is_refused_is_named_by_where_it_comes_from(explicit: bool) -> None:
    for used, problem in (('"a"', "FLASHBACK_TOKEN"), ("", "flashback:token")):
        stack = {"flashback:token": '"a"' if not used else ""}
        settings = read_settings(stack, {"FLASHBACK_TOKEN": used}, explicit=explicit)
        text = "is in quotation marks; remove them"
        named = f"flashback:token (FLASHBACK_TOKEN) {text} (read from {problem})"
        if explicit and not used:
            named = f"token of the Provider {text}"
        assert settings.problems == (named,)


def test_an_email_in_quotation_marks_is_refused_but_a_password_may_have_them() -> None:
    settings = read_settings({"flashback:email": "'a@x'", "flashback:password": "'p'"}, {})
    (problem,) = settings.problems
    assert problem.startswith("flashback:email (FLASHBACK_EMAIL) is in quotation marks")
    assert settings.credentials["password"] == "'p'"


@pytest.mark.parametrize(("given_one", "missing"), [(EMAIL, PASSWORD), (PASSWORD, EMAIL)])
def test_half_a_login_names_the_other_half(given_one: Setting, missing: Setting) -> None:
    (problem,) = read_settings({given_one.key: "canary"}, {}).problems
    assert problem.startswith(f"{missing.key} ({missing.variable}) is missing")
    assert "canary" not in problem


def test_missing_credentials_are_reported_only_when_they_are_needed() -> None:
    settings = read_settings({}, {})
    assert settings.problems == ()
    with pytest.raises(ConfigurationError, match="no credentials: set") as failure:
        settings.client()
    for each in CREDENTIALS:
        assert each.key in str(failure.value)
        assert each.variable in str(failure.value)


def test_the_client_gets_the_settings_and_nothing_shows_the_secrets() -> None:
    settings = read_settings({each.key: text for each, (text, _) in VALUES.items()}, {})
    with settings.client() as client:
        session = client._session
        credentials = session._credentials
        assert (credentials.token, credentials.email) == ("a-token", "a@example.com")
        found = (credentials.password, credentials.refresh_token)
        assert found == ("pass word", "a-refresh-token")
        assert (session._max_retries, client._transport._timeout) == (7, 7.5)
        shown = repr(settings) + repr(credentials)
    assert settings.secrets == ("a-token", "a-refresh-token", "pass word")
    assert not any(secret in shown for secret in settings.secrets)
