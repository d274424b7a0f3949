"""The arguments of a provider: the default one's, and those of one that a program makes."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.core.values import UNKNOWN
from pulumi_flashback.native.provider_config import ProviderArguments, difference, is_default
from pulumi_flashback.settings import ALL_SETTINGS


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for option in ALL_SETTINGS:
        monkeypatch.delenv(option.variable, raising=False)


def explicit(**values: Any) -> ProviderArguments:
    return ProviderArguments(values, explicit=True)


def default(**values: Any) -> ProviderArguments:
    return ProviderArguments(values, explicit=False)


def test_variables_win_over_the_stack_config(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASHBACK_TOKEN", "from-variable")
    settings = default(token="from-config", timeout=7.0).settings()
    assert settings.credentials == {"token": "from-variable"}
    assert settings.timeout == 7


def test_arguments_of_the_program_win_over_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASHBACK_TOKEN", "from-variable")
    monkeypatch.setenv("FLASHBACK_TIMEOUT", "9")
    settings = explicit(email="a@b.example", password="p").settings()
    assert settings.credentials == {"email": "a@b.example", "password": "p"}
    assert settings.timeout == 9
    assert explicit(timeout="3").settings().credentials == {"token": "from-variable"}


def test_a_half_way_to_sign_in_is_completed_by_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASHBACK_PASSWORD", "from-variable")
    settings = explicit(email="a@b.example").settings()
    assert settings.credentials == {"email": "a@b.example", "password": "from-variable"}


def test_no_text_recommends_what_a_provider_ignores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASHBACK_TOKEN", "from-variable")
    for values in (
        {"token": "t"},
        {"email": "a@b.example", "password": "p"},
        {"refreshToken": "r"},
    ):
        hint = explicit(**values).settings().credentials_hint
        assert hint is not None
        assert "FLASHBACK_TOKEN" not in hint
        assert "--run-program" in hint
    # these come from the variables
    assert explicit(timeout="3").settings().credentials_hint is None
    assert default(token="t").settings().credentials_hint is None


def test_a_problem_names_the_place_of_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASHBACK_TIMEOUT", "later")
    assert explicit(timeout="soon").problems()[0].startswith("timeout of the Provider must be")
    assert explicit().problems()[0].startswith("flashback:timeout (FLASHBACK_TIMEOUT) must be")
    assert default(timeout="soon").problems()[0].startswith("flashback:timeout (FLASHBACK_TIMEOUT)")


def test_values_may_be_numbers_booleans_or_texts() -> None:
    for values in (
        {"timeout": 5, "maxRetries": 2.0, "allowInsecure": True},
        {"timeout": "5", "maxRetries": "2", "allowInsecure": "true"},
    ):
        settings = explicit(**values).settings()
        assert (settings.timeout, settings.max_retries, settings.allow_insecure) == (5, 2, True)
        assert explicit(**values).problems() == ()


def test_everything_wrong_is_said_at_once() -> None:
    problems = explicit(timeout="soon", maxRetries=-1, baseUrl="x", region="y", token=["t"])
    assert len(problems.problems()) == 5
    assert "soon" not in " ".join(problems.problems())


def test_keys_of_the_program_in_the_stack_config_are_no_problem() -> None:
    assert default(workspaceId="w", colour="blue").problems() == ()
    assert explicit(workspaceId="w").problems() == (
        "workspaceId is not an argument of the provider",
    )


def test_what_the_engine_adds_is_no_problem() -> None:
    assert explicit(version="0.1.0", pluginDownloadURL="x", __internal={"a": "b"}).problems() == ()


@pytest.mark.parametrize("name", [option.name for option in ALL_SETTINGS])
def test_an_unknown_value_is_no_problem(name: str) -> None:
    partner = {"email": {"password": "x"}, "password": {"email": "x"}}.get(name, {})
    assert explicit(**{name: UNKNOWN}, **partner).problems() == ()


@pytest.mark.parametrize(
    ("old", "new", "changed", "replaces"),
    [
        ({}, {}, (), ()),
        ({"token": "a"}, {"token": "b"}, ("token",), ()),
        ({"email": "a"}, {"email": "b"}, ("email",), ()),
        ({"timeout": 30.0}, {"timeout": "30"}, (), ()),
        (
            {"baseUrl": "https://a.example"},
            {"baseUrl": "https://b.example"},
            ("baseUrl",),
            ("baseUrl",),
        ),
        ({"baseUrl": "https://a.example"}, {"baseUrl": "https://A.example/"}, (), ()),
        ({}, {"baseUrl": "https://backend.flashback.tech/"}, (), ()),
        ({"baseUrl": "https://a.example"}, {"baseUrl": UNKNOWN}, ("baseUrl",), ()),
        ({"workspaceId": "a"}, {"workspaceId": "b"}, (), ()),
    ],
)
def test_difference(
    old: dict[str, Any], new: dict[str, Any], changed: tuple[str, ...], replaces: tuple[str, ...]
) -> None:
    found = difference(old, new)
    assert (found.changed, found.replaces) == (changed, replaces)


@pytest.mark.parametrize(
    ("name", "urn", "expected"),
    [
        ("default", "", True),
        ("default_0_1_0", "", True),
        ("", "urn:pulumi:s::p::pulumi:providers:flashback::default", True),
        ("", "", True),
        ("defaulted", "", False),
        ("second", "urn:pulumi:s::p::pulumi:providers:flashback::second", False),
        ("", "urn:pulumi:s::p::pulumi:providers:flashback::second", False),
    ],
)
def test_the_default_provider(name: str, urn: str, expected: bool) -> None:
    assert is_default(name, urn) is expected
