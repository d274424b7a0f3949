"""What ``ApiKey`` says of inputs, and of their difference from a state.

The life-cycle suite has what holds for each input of each resource.
"""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.core.values import UNKNOWN
from pulumi_flashback.resources.api_key import API_KEY, PROVIDERS

GOOD: dict[str, Any] = {
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
CANARY = "canary-secret"
NO_STRING = "must be a string, not a"
HALF = "must not contain half of a Unicode character"
LOCAL = {"rotationTriggers": {"first": UNKNOWN, "second": "x", "third": None}}


def reasons(inputs: dict[str, Any]) -> list[str]:
    return sorted(problem.reason for problem in API_KEY.check(inputs).problems)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"region": None}, []),
        ({"secret": "-----BEGIN-----\nabc\n-----END-----\n", "key": " k "}, []),
        (LOCAL, []),
        ({"rotationTriggers": UNKNOWN, "adoptExisting": True}, []),
        ({"adoptExisting": "yes"}, ["adoptExisting must be true or false, not a string"]),
        ({"region": "", "key": None}, ["key is required", "region must not be empty"]),
        # what is known is checked in a preview too
        ({"key": UNKNOWN, "region": ""}, ["region must not be empty"]),
        ({"colour": UNKNOWN}, ["colour is not a property of ApiKey"]),
        ({"rotationTriggers": {"a": UNKNOWN, "b": 5}}, [f"rotationTriggers.b {NO_STRING} number"]),
        ({"key": {"deep": UNKNOWN}}, [f"key {NO_STRING}n object"]),
        ({"key": [UNKNOWN]}, [f"key {NO_STRING} list"]),
        ({"region": 1.5, "key": "a\ud800"}, [f"key {HALF}", f"region {NO_STRING} fraction"]),
    ],
)
def test_problems(given: dict[str, Any], expected: list[str]) -> None:
    assert reasons({**GOOD, **given}) == expected


@pytest.mark.parametrize("name", [n for n in GOOD if n not in ("key", "secret", "description")])
@pytest.mark.parametrize(
    "value", [CANARY + "\x00", CANARY + "\x1b[0m", f" {CANARY}", f"{CANARY}\n"]
)
def test_control_characters_and_stray_space_are_refused_in_names(name: str, value: str) -> None:
    (reason,) = reasons({**GOOD, name: value})
    assert reason.startswith(name)
    assert CANARY not in reason


def test_only_blank_values_of_no_secret_may_be_shown() -> None:
    wrong = {**dict.fromkeys(GOOD, " "), "region": 5, "endpoint": f"https://u:{CANARY}@h"}
    problems = API_KEY.check(wrong).problems
    assert len(problems) == len(GOOD)
    shown = {problem.blamed for problem in problems} - {""}
    assert shown == set(GOOD) - {"key", "secret", "region", "endpoint"}


@pytest.mark.parametrize(
    ("given", "warnings"),
    [
        *(({"provider": each}, []) for each in PROVIDERS),
        *(({"provider": each}, ["API key with an unknown provider"]) for each in ("IBM", "aws")),
        ({"key": f"{CANARY}\n"}, ["key begins or ends with white space"]),
        ({"key": f" {CANARY}"}, ["key begins or ends with white space"]),
        ({"secret": f"{CANARY}\r\n"}, ["secret ends with a line break"]),
        ({"secret": f"{CANARY}\nsecond line of a file\n"}, []),
        ({"secret": f" {CANARY} "}, []),
        (dict.fromkeys(GOOD, UNKNOWN), []),
    ],
)
def test_what_looks_wrong_is_a_warning_and_no_problem(
    given: dict[str, object], warnings: list[str]
) -> None:
    verdict = API_KEY.check({**GOOD, **given})
    assert verdict.problems == ()
    assert [each.partition(" (known")[0].partition(";")[0] for each in verdict.warnings] == warnings
    assert CANARY not in str(verdict)


def test_outputs_and_what_is_not_set_make_no_difference() -> None:
    state = {**GOOD, "apiKeyId": "id", "createdAt": "2026"}
    assert API_KEY.diff(state, GOOD).changed == ()
    del state["region"]
    assert API_KEY.diff(state, {**GOOD, "region": None, "adoptExisting": True}).changed == ()


def test_a_placeholder_is_accepted_only_where_an_import_left_it() -> None:
    left = {**GOOD, "secret": placeholder("secret")}
    refused = "secret is the placeholder that an import writes if the API does not return a value"
    for old in ({}, GOOD):
        (reason,) = [problem.reason for problem in API_KEY.check(left, old).problems]
        assert reason.startswith(refused)
    verdict = API_KEY.check(left, left)
    assert verdict.problems == ()
    (warning,) = verdict.warnings
    assert warning.startswith("the API does not return secret. ")


def test_a_placeholder_changes_nothing_and_a_real_value_does() -> None:
    state = {name: value for name, value in GOOD.items() if name != "secret"}
    assert API_KEY.diff(state, {**GOOD, "secret": placeholder("secret")}).changed == ()
    difference = API_KEY.diff(state, GOOD)
    assert (difference.changed, difference.replaces) == (("secret",), ())
    assert API_KEY.inputs_to_import(state, {}) == {**GOOD, "secret": placeholder("secret")}
    assert API_KEY.inputs_to_import(state, GOOD) == GOOD
