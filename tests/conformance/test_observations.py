"""The command finds whatever the emulator does: each alternative of each setting."""

from __future__ import annotations

import json

import pytest

from pulumi_flashback.conformance.flow import in_order
from pulumi_flashback.emulator import EmulatorSettings
from tests.conformance.combinations import IN_PASSING, UNOBSERVED, combinations, observable
from tests.conformance.conftest import Conform, Start

COMBINATIONS = combinations(20)


def test_every_setting_has_its_observation() -> None:
    assert sorted(in_order()) == sorted(EmulatorSettings.model_fields)


@pytest.mark.parametrize("settings", COMBINATIONS, ids=map(str, range(len(COMBINATIONS))))
def test_what_the_emulator_does_is_found(
    start: Start, conform: Conform, settings: EmulatorSettings
) -> None:
    emulator = start(settings)
    found = conform(emulator, "--organization-users")
    expected = observable(settings)
    # first, since it says why
    assert {each: found.reason(each) for each in expected if found.reason(each)} == {}
    assert found.settings == expected
    assert found.ended.err.count("error") == 0
    assert found.ended.code == 1
    assert found.report["deviations"] == []
    left = [each.name for each in emulator.workspaces()]
    assert left == ["Demo", "Second"]
    assert emulator.api_keys() == []


def test_lists_that_lag_change_no_other_finding(start: Start, conform: Conform) -> None:
    report = conform(start(EmulatorSettings(list_lag=2)), "--organization-users").report
    assert [each["behavior"] for each in report["findings"] if each["differs"]] == ["list_lag"]


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("GET /apikeys", '{"success": true, "apiKeys": [{"id": ["x"]}, 5]}'),
        ("GET /providers", '{"success": true, "providers": [{"name": "a/b", "capabilities": -1}]}'),
        ("POST /workspace", '{"success": true, "workspace": {"id": "../x"}}'),
        ("GET /workspace/{id}", '{"success": true, "workspace": [{}]}'),
        ("POST /organization/users", '{"success": true, "data": []}'),
        ("POST /user/login", '{"success": true, "expiresAt": {}, "accessToken": 5}'),
    ],
)
def test_odd_responses_are_findings(
    start: Start, conform: Conform, monkeypatch: pytest.MonkeyPatch, operation: str, body: str
) -> None:
    monkeypatch.setattr("pulumi_flashback.conformance.run.LONGEST_LAG_SECONDS", 0.1)
    emulator = start(faults=True)
    emulator.script_faults(
        {operation: ["none", {"fault": "none", "body": body, "times": "forever"}]}
    )
    found = conform(emulator, "--organization-users")
    assert "unexpected" not in found.ended.err
    assert found.ended.code in (0, 1, 2)


def test_a_response_that_is_not_as_described_is_a_finding(start: Start, conform: Conform) -> None:
    emulator = start(faults=True)
    row = {"id": "AWS", "name": "AWS", "groupingTypes": [], "capabilities": "canary"}
    body = json.dumps({"success": True, "providers": [row]})
    faults = [{"fault": "none", "body": body}, {"fault": "none", "body": "<html>"}]
    emulator.script_faults({"GET /providers": faults})
    found = conform(emulator, "--read-only")
    assert found.ended.code == 1
    assert found.report["deviations"] == [
        "GET /providers: 200: $.providers[0].capabilities does not have type integer",
        "GET /providers: 200: the body is not JSON",
    ]
    for each in found.report["deviations"]:
        assert f"differs from the description of the API: {each}" in found.ended.err
    assert "canary" not in found.ended.err


def test_the_assumptions_are_met_by_default(start: Start, conform: Conform) -> None:
    found = conform(start(), "--organization-users")
    assert found.ended.code == 0
    limits = {"organization_users_limit", "bucket_quota", "repository_quota"}
    unobserved = {*UNOBSERVED, *IN_PASSING, *limits}
    assert found.settings.keys() == EmulatorSettings.model_fields.keys() - unobserved
    for name in unobserved:
        assert found.reason(name)
