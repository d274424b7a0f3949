"""What a description refers to by label, from end to end."""

from __future__ import annotations

import copy

import pytest

from tests.engine.team import Team, describe

pytestmark = pytest.mark.engine


def test_what_refers_to_other_entries(team: Team) -> None:
    emulator, stack = team.emulator, team.stack
    workspaces = {each.id for each in emulator.workspaces()}
    described = describe(emulator, members=0, keys=2)
    bucket = {"bucket": "acme", "storageType": "S3", "apiKey": "k0"}
    rule = {"content": "c", "riskType": "LOW", "actionType": "LOG", "repository": "site"}
    described |= {
        "buckets": {each: {"name": each, **bucket} for each in ("a", "b")},
        "aiLlms": {"m": {"name": "m", "aiType": "OPENAI", "apiKey": "k0"}},
        "repositories": {
            "site": {
                "name": "site",
                "storageType": "S3",
                "mode": "MIRROR",
                "buckets": [{"bucket": "a", "master": True}, {"bucket": "b"}],
                "aiLlms": ["m"],
            }
        },
        "repositoryApiKeys": {"r": {"repository": "site", "name": "r", "accessType": "READ"}},
        "repositoryAiKeys": {"r": {"repository": "site", "name": "r", "aiType": "OPENAI"}},
        "repositoryCloudKeys": {"r": {"repository": "site", "apiKey": "k1"}},
        "policies": {"p": {"name": "p", **rule}},
    }
    team.describe(described)
    assert "+ 13 to create" in stack.preview()
    stack.up()
    stack.assert_silent()
    stack.requests()
    stack.up("--refresh", "--expect-no-changes")

    # other labels, another key of everything, and the key that was used is deleted, in one run
    changed = copy.deepcopy(described)
    del changed["keys"]["k0"]
    for section in ("buckets", "aiLlms"):
        for each in changed[section].values():
            each["apiKey"] = "k1"
    changed["buckets"]["renamed"] = {**changed["buckets"].pop("a"), "renamedFrom": "a"}
    changed["repositories"]["site"]["buckets"][0]["bucket"] = "renamed"
    team.describe(changed)
    stack.requests()
    printed = stack.up()
    assert "~ 3 updated" in printed
    assert "- 1 deleted" in printed
    wanted = ["PUT /bucket/{id}"] * 2 + ["PUT /ai/llm/{id}", "DELETE /apikeys/{id}"]
    assert sorted(stack.writes()) == sorted(wanted)
    stack.destroy()
    assert {each.id for each in emulator.workspaces()} == workspaces
    stack.assert_silent()
