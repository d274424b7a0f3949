"""What ``ApiKey`` says of inputs, and of their difference from a state."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.core.values import UNKNOWN
from pulumi_flashback.resources import RESOURCES
from pulumi_flashback.resources.api_key import API_KEY

GOOD = {
    "workspaceId": "workspace",
    "key": "key",
    "secret": "secret",
    "provider": "AWS",
    "endpoint": "s3.example.com",
    "region": "us-east-1",
    "tenantId": "tenant",
    "subscriptionId": "subscription",
    "description": "description",
}
REQUIRED = ("workspaceId", "key", "secret", "provider")
CANARY = "canary-secret"


def test_the_registry_has_it() -> None:
    assert API_KEY in RESOURCES
    assert set(API_KEY.inputs.names()) == {*GOOD, "rotationTriggers", "adoptExisting"}
    assert API_KEY.secrets == {"key", "secret"}


def reasons(inputs: dict[str, Any]) -> list[str]:
    return sorted(problem.reason for problem in API_KEY.check(inputs).problems)


def test_good_inputs_have_no_problem() -> None:
    assert reasons(GOOD) == []
    assert reasons({name: GOOD[name] for name in REQUIRED}) == []
    assert reasons({**GOOD, "region": None}) == []


def test_everything_missing_is_told_at_once() -> None:
    assert reasons({}) == sorted(f"{name} is required" for name in REQUIRED)


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (5, "must be a string, not a number"),
        (1.5, "must be a string, not a fraction"),
        (True, "must be a string, not a boolean"),
        ([CANARY], "must be a string, not a list"),
        ({"a": CANARY}, "must be a string, not an object"),
        ("", "must not be empty"),
        (" \n", "must not be empty"),
        ("a\ud800", "must not contain half of a Unicode character"),
    ],
)
def test_wrong_values_of_each_field(name: str, value: object, words: str) -> None:
    assert reasons({**GOOD, name: value}) == [f"{name} {words}"]


@pytest.mark.parametrize(
    "value", [CANARY + "\x00", CANARY + "\x1b[0m", f" {CANARY}", f"{CANARY}\n"]
)
def test_control_characters_and_stray_space_are_refused_in_names(value: str) -> None:
    for name in ("workspaceId", "provider", "region", "tenantId", "subscriptionId", "endpoint"):
        (reason,) = reasons({**GOOD, name: value})
        assert CANARY not in reason


def test_a_credential_may_have_lines_and_space_around_it() -> None:
    assert reasons({**GOOD, "secret": "-----BEGIN-----\nabc\n-----END-----\n", "key": " k "}) == []


def test_unknown_properties_are_refused() -> None:
    assert reasons({**GOOD, "colour": CANARY}) == ["colour is not a property of ApiKey"]


@pytest.mark.parametrize("name", GOOD)
def test_unknown_values_are_accepted_and_the_others_still_checked(name: str) -> None:
    assert reasons({**GOOD, name: UNKNOWN}) == []
    other = "provider" if name != "provider" else "region"
    assert reasons({**GOOD, name: UNKNOWN, other: ""}) == [f"{other} must not be empty"]


def test_what_is_wrong_whatever_a_value_will_be_is_told_in_a_preview() -> None:
    assert reasons({**GOOD, "colour": UNKNOWN}) == ["colour is not a property of ApiKey"]
    partly = {"first": UNKNOWN, "second": 5, "third": None}
    assert reasons({**GOOD, "rotationTriggers": partly}) == [
        "rotationTriggers.second must be a string, not a number"
    ]
    assert reasons({**GOOD, "rotationTriggers": {"first": UNKNOWN, "second": "x"}}) == []
    for part in ({"deep": UNKNOWN}, [UNKNOWN]):
        (reason,) = reasons({**GOOD, "key": part})
        assert reason.startswith("key must be a string, not ")


def test_only_blank_values_of_no_secret_may_be_shown() -> None:
    wrong = {**dict.fromkeys(GOOD, " "), "region": 5, "endpoint": f"https://u:{CANARY}@h"}
    problems = API_KEY.check(wrong).problems
    assert len(problems) == len(GOOD)
    shown = {problem.blamed for problem in problems} - {""}
    assert shown == set(GOOD) - {"key", "secret", "region", "endpoint"}


@pytest.mark.parametrize("provider", ["AWS", "GCP", "AZURE", "OPENAI", "ANTHROPIC", "OTHER"])
def test_documented_providers_have_no_warning(provider: str) -> None:
    assert API_KEY.check({**GOOD, "provider": provider}).warnings == ()


@pytest.mark.parametrize("provider", ["IBM", "aws"])
def test_another_provider_is_a_warning_and_no_problem(provider: str) -> None:
    verdict = API_KEY.check({**GOOD, "provider": provider})
    assert verdict.problems == ()
    assert len(verdict.warnings) == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"key": f"{CANARY}\n"}, ["key begins or ends with white space"]),
        ({"key": f" {CANARY}"}, ["key begins or ends with white space"]),
        ({"secret": f"{CANARY}\r\n"}, ["secret ends with a line break"]),
        ({"secret": f"{CANARY}\nsecond line of a file\n"}, []),
        ({"secret": f" {CANARY} "}, []),
        ({"key": UNKNOWN, "secret": UNKNOWN}, []),
    ],
)
def test_white_space_that_a_file_leaves_is_a_warning(
    given: dict[str, object], words: list[str]
) -> None:
    verdict = API_KEY.check({**GOOD, **given})
    assert verdict.problems == ()
    assert [each.partition(";")[0] for each in verdict.warnings] == words
    assert CANARY not in str(verdict)


def test_no_difference() -> None:
    state = {**GOOD, "apiKeyId": "id", "createdAt": "2026"}
    assert API_KEY.diff(state, GOOD).changed == ()
    del state["region"]
    assert API_KEY.diff(state, {**GOOD, "region": None}).changed == ()


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", ["another", UNKNOWN])
def test_each_changed_field_is_named(name: str, value: object) -> None:
    difference = API_KEY.diff(GOOD, {**GOOD, name: value})
    assert difference.changed == (name,)
    assert difference.replaces == (("workspaceId",) if name == "workspaceId" else ())


def test_removal_is_a_change_in_place() -> None:
    without = {name: value for name, value in GOOD.items() if name != "endpoint"}
    assert API_KEY.diff(GOOD, without).changed == ("endpoint",)
    assert API_KEY.diff(GOOD, without).replaces == ()


def test_what_only_tells_the_provider_what_to_do_makes_no_difference() -> None:
    assert reasons({**GOOD, "adoptExisting": True}) == []
    assert reasons({**GOOD, "adoptExisting": "yes"}) == [
        "adoptExisting must be true or false, not a string"
    ]
    assert API_KEY.diff(GOOD, {**GOOD, "adoptExisting": True}).changed == ()


def test_a_placeholder_is_accepted_only_where_an_import_left_it() -> None:
    left = {**GOOD, "secret": placeholder("secret")}
    refused = "secret is the placeholder that an import writes if the API does not return a value"
    for old in ({}, GOOD):
        (reason,) = [problem.reason for problem in API_KEY.check(left, old).problems]
        assert reason.startswith(refused)
    verdict = API_KEY.check(left, left)
    assert verdict.problems == ()
    assert [warning.partition(".")[0] for warning in verdict.warnings] == [
        "the API does not return secret"
    ]


def test_a_placeholder_changes_nothing_and_a_real_value_does() -> None:
    state = {name: value for name, value in GOOD.items() if name != "secret"}
    assert API_KEY.diff(state, {**GOOD, "secret": placeholder("secret")}).changed == ()
    assert API_KEY.diff(state, GOOD).changed == ("secret",)
    assert API_KEY.diff(state, GOOD).replaces == ()
    assert API_KEY.inputs_to_import(state, {}) == {**GOOD, "secret": placeholder("secret")}
    assert API_KEY.inputs_to_import(state, GOOD) == GOOD
