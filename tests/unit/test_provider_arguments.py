"""The arguments of a provider: the default one's, and those of one that a program declares."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.core.values import UNKNOWN
from pulumi_flashback.native.provider_config import ProviderArguments, difference, is_default
from pulumi_flashback.settings import ALL_SETTINGS

LOGIN = {"email": "a@b.example", "password": "p"}
VARIABLE = {"FLASHBACK_TOKEN": "of-variable"}


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in ALL_SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)


def explicit(**values: Any) -> ProviderArguments:
    return ProviderArguments(values, explicit=True)


def default(**values: Any) -> ProviderArguments:
    return ProviderArguments(values, explicit=False)


@pytest.mark.parametrize(
    ("given", "variables", "credentials", "hint"),
    [
        # variables win over the stack config, and the arguments of a program over variables
        (default(token="of-config"), VARIABLE, {"token": "of-variable"}, False),
        (explicit(token="of-program"), VARIABLE, {"token": "of-program"}, True),
        (explicit(refreshToken="r"), VARIABLE, {"refreshToken": "r"}, True),
        (explicit(**LOGIN), VARIABLE, LOGIN, True),
        (explicit(timeout="3"), VARIABLE, {"token": "of-variable"}, False),
        (default(token="t"), {}, {"token": "t"}, False),
        # half a login is completed by variables
        (explicit(email="a@b.example"), {"FLASHBACK_PASSWORD": "p"}, LOGIN, True),
    ],
)
def test_credentials(
    given: ProviderArguments,
    variables: dict[str, str],
    credentials: dict[str, str],
    hint: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {**variables, "FLASHBACK_TIMEOUT": "9"}.items():
        monkeypatch.setenv(name, value)
    settings = given.settings()
    assert settings.credentials == credentials
    assert settings.timeout == float(given.values.get("timeout", 9))
    # no text recommends a variable that a Provider ignores
    text = settings.credentials_hint or ""
    assert ("--run-program" in text) is bool(text) is hint
    assert "FLASHBACK_TOKEN" not in text


@pytest.mark.parametrize(
    ("given", "starts"),
    [
        (explicit(timeout="soon"), ["timeout of the Provider must be a number"]),
        (explicit(), ["flashback:timeout (FLASHBACK_TIMEOUT) must be"]),
        (default(timeout="soon"), ["flashback:timeout (FLASHBACK_TIMEOUT) must be"]),
        (explicit(timeout=5, token=["t"]), ["token of the Provider must be a string, a number or"]),
        (default(token={}, timeout=5), ["flashback:token must be a str", "flashback:timeout (FLA"]),
        # all at once; what the engine adds is fine
        (
            explicit(timeout=5, maxRetries=-1, baseUrl="x", region="y", version="1", __internal={}),
            ["region is not an argument", "baseUrl of the", "maxRetries of the"],
        ),
        # the stack config may have keys of the program
        (default(region="y", colour="blue"), ["flashback:timeout (FLASHBACK_TIMEOUT) must be"]),
        (explicit(timeout=5, pluginDownloadURL="x", pluginChecksums={}), []),
    ],
)
def test_a_problem_names_the_place_of_the_value(
    given: ProviderArguments, starts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_TIMEOUT", "later")
    problems = given.problems()
    assert len(problems) == len(starts)
    assert all(problem.startswith(start) for problem, start in zip(problems, starts, strict=True))
    assert "soon" not in " ".join(problems)


@pytest.mark.parametrize(
    "given",
    [
        explicit(timeout=5, maxRetries=2.0, allowInsecure=True),
        explicit(timeout="5", maxRetries="2", allowInsecure="true"),
    ],
)
def test_values_may_be_numbers_booleans_or_texts(given: ProviderArguments) -> None:
    settings = given.settings()
    assert (settings.timeout, settings.max_retries, settings.allow_insecure) == (5, 2, True)
    assert given.problems() == ()


def test_an_unknown_value_is_no_problem() -> None:
    for setting in ALL_SETTINGS:
        partner = {"email": {"password": "x"}, "password": {"email": "x"}}.get(setting.name, {})
        assert explicit(**{setting.name: UNKNOWN}, **partner).problems() == ()


A, B = "https://a.example", "https://b.example"


@pytest.mark.parametrize(
    ("old", "new", "changed", "replaces"),
    [
        ({}, {}, (), ()),
        ({"token": "a"}, {"token": "b"}, ("token",), ()),
        ({"email": "a"}, {"email": "b"}, ("email",), ()),
        ({"timeout": 30.0}, {"timeout": "30"}, (), ()),
        ({"baseUrl": A}, {"baseUrl": B}, ("baseUrl",), ("baseUrl",)),
        ({"baseUrl": A}, {"baseUrl": "https://A.example/"}, (), ()),
        ({}, {"baseUrl": "https://backend.flashback.tech/"}, (), ()),
        ({"baseUrl": A}, {"baseUrl": UNKNOWN}, ("baseUrl",), ()),
        ({"workspaceId": "a"}, {"workspaceId": "b"}, (), ()),
    ],
)
def test_difference(
    old: dict[str, Any], new: dict[str, Any], changed: tuple[str, ...], replaces: tuple[str, ...]
) -> None:
    found = difference(old, new)
    assert (found.changed, found.replaces) == (changed, replaces)


@pytest.mark.parametrize(
    ("name", "in_urn", "expected"),
    [
        *(("default", "", True), ("default_0_1_0", "", True), ("", "default", True)),
        *(("", "", True), ("defaulted", "", False)),
        *(("second", "second", False), ("", "second", False)),
    ],
)
def test_the_default_provider(name: str, in_urn: str, expected: bool) -> None:
    urn = f"urn:pulumi:s::p::pulumi:providers:flashback::{in_urn}" if in_urn else ""
    assert is_default(name, urn) is expected
