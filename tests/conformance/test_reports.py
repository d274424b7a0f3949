"""Reports: what they show, what they keep to themselves, and what they are good for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pulumi_flashback import client
from pulumi_flashback.conformance.public import Publisher
from pulumi_flashback.emulator import EmulatorSettings
from pulumi_flashback.emulator.store import User
from tests.conformance.combinations import combinations
from tests.conformance.conftest import SECOND, Conform, Start
from tests.conformance.replay import replayed

RECORDED = sorted((Path(__file__).parents[2] / "conformance").glob("*.json"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_the_emulator_does_what_was_recorded(path: Path) -> None:
    differences = replayed(json.loads(path.read_text(encoding="utf-8")))
    assert not differences, "\n".join(differences)


@pytest.mark.parametrize(
    "settings", [EmulatorSettings(), EmulatorSettings(list_lag=2), *combinations(20)[:3]]
)
def test_a_replay_shows_no_difference_under_the_observed_settings(
    start: Start, conform: Conform, settings: EmulatorSettings
) -> None:
    report = conform(start(settings), "--organization-users").report
    # of the settings that were not observed, the emulator would take its own
    everything = EmulatorSettings(**{**vars(settings), **report["settings"]})
    assert replayed(report, everything) == []


def test_a_replay_shows_every_difference(start: Start, conform: Conform) -> None:
    report = conform(start(EmulatorSettings(in_use_status=409, listed_key="absent"))).report
    differences = "\n".join(replayed(report, EmulatorSettings(listed_key="absent")))
    assert re.findall(r"^---.*", differences, re.MULTILINE) == [
        "--- " + each + " (recorded)"
        for each in re.findall(r"\d+: in_use_status, DELETE /apikeys/\{id\}", differences)
    ]
    assert '- "status": 409,\n+ "status": 400,' in differences


@pytest.mark.parametrize("options", [(), ("--read-only",), ("--workspace", "workspace-uuid")])
def test_a_report_has_nothing_of_others(
    start: Start, conform: Conform, options: tuple[str, ...]
) -> None:
    emulator = start()
    canaries = ["canary-key", "canary-region", "Canary Payroll", "canary.person", "Canaryname"]
    key = emulator.add_api_key(key=canaries[0], region=canaries[1], description=canaries[2])
    workspace = emulator.add_workspace(canaries[2]).id
    person = emulator.add_user("canary.person@x.example", name="Canaryname", last_name="Canaryname")
    emulator.set_member(emulator.workspace_id, person, "ADMIN")
    found = conform(emulator, "--organization-users", *options)
    assert found.ended.code == 0
    users = emulator.store.find(User)
    made = [each for each in users if "conformance" in each.email.lower()]
    private = [
        *(key, workspace, emulator.workspace_id, emulator.second_workspace_id, "demo-organization"),
        *(value for each in users if each not in made for value in (each.id, each.email)),
        *(each.id for each in made),
        *(emulator.base_url, emulator.password, "Grace", "Hopper", SECOND["email"]),
    ]
    text = json.dumps(found.report)
    for canary in [*canaries, *private]:
        assert canary.lower() not in text.lower(), canary
    assert re.findall(r"eyJ[\w-]+", text) == []  # tokens
    emails = set(re.findall(r"[\w.-]+@[\w.-]+", text))
    assert all(each.lower().startswith("flashback-conformance-") for each in emails)
    assert '"others": {"id": "str"' in text


def test_a_report_says_what_was_found(start: Start, conform: Conform) -> None:
    emulator = start(EmulatorSettings(in_use_status=403))
    found = conform(emulator, second=False)
    report = found.report
    assert found.ended.code == 1
    assert report["settings"] == found.settings
    findings = {each.pop("behavior"): each for each in report["findings"]}
    assert findings["in_use_status"] == {"expected": 400, "observed": 403, "differs": True}
    assert "second user" in findings["own_role"]["notObserved"]
    identical = '400 "API key with these credentials already exists"'
    assert findings["an identical key"]["observed"] == identical
    operations = {each["request"]["operation"] for each in report["exchanges"]}
    assert {"POST /user/refresh", "PUT /bucket/{id}", "GET /repo"} <= operations
    (refused,) = (
        each["response"]["body"]
        for each in report["exchanges"]
        if each["step"] == "in_use_status" and each["response"]["status"] == 403
    )
    text = "Cannot delete API key: it is used by active storage units or AI models"
    assert refused == {"success": False, "message": text}


def test_every_operation_of_the_client_is_exercised(start: Start, conform: Conform) -> None:
    folder = Path(client.__file__).parent
    sources = "".join(each.read_text() for each in folder.rglob("*.py"))
    known = set(re.findall(r'"((?:GET|POST|PUT|DELETE) /[\w/{}]*)"', sources))
    report = conform(start(), "--organization-users").report
    assert known <= {each["request"]["operation"] for each in report["exchanges"]}
    assert len(known) > 20


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Insufficient permissions", "Insufficient permissions"),
        ("User ada@x.example exists", "User <email> exists"),
        ('Workspace "Payroll" is gone', "Workspace <quoted> is gone"),
        ("No key 3f2b0c1e-1111-4222-8333-944455556666.", "No key <id>."),
        ("No row 12345", "No row <id>"),
        ("see https://x.example/a?b=c", "see <url>"),
        ("object 65a1b2c3d4e5f6 unknown", "object <id> unknown"),
        ("the secret s3cr-Et of it", "the secret <secret> of it"),
    ],
)
def test_messages(text: str, shown: str) -> None:
    assert Publisher([], secrets=["s3cr-Et"]).message(text) == shown
