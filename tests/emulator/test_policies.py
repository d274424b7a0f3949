"""``/policy``: the scope that a policy is shown with."""

from __future__ import annotations

import pytest

from tests.emulator.asking import Ask

ABOUT = {"name": "n", "content": "c", "riskType": "LOW", "actionType": 0}
WORKSPACE = {"id": "workspace-uuid", "name": "Demo"}


@pytest.mark.parametrize("depth", range(3))
def test_a_policy_names_its_scope(ask: Ask, depth: int) -> None:
    about = {"workspaceId": WORKSPACE["id"], "name": "r", "storageType": "S3", "mode": "NORMAL"}
    repository = ask("POST", "/repo", about).json()["repoId"]
    ids = {"workspaceId": WORKSPACE["id"], "repoId": repository}
    body = {**ABOUT, "orgId": "demo-organization", **dict(list(ids.items())[:depth])}
    shown = ask("POST", "/policy", body).json()["policy"]
    scope = {"workspace": WORKSPACE, "repo": {"id": repository, "name": "r"}}
    expected = dict(list(scope.items())[:depth])
    assert {name: shown[name] for name in scope if name in shown} == expected
    assert ask("GET", f"/policy/{shown['id']}").json()["policy"] == shown
