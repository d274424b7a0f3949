"""The life of each resource in each provider, from nothing to nothing, as the engine runs it."""

from __future__ import annotations

import re

import pytest

from tests.engine.conftest import Start
from tests.engine.stack import SECRET, key, member, team, workspace
from tools.record_state import PACKAGES

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("provider", PACKAGES)
def test_a_life_from_nothing_to_nothing(start: Start, provider: str) -> None:
    stack = start(provider)
    emulator, plan = stack.emulator, team(stack.emulator)
    stack.declare(plan)

    # the ids of the workspace are unknown; nothing is asked, and no token is needed
    token = stack.project.variables.pop("FLASHBACK_TOKEN")
    printed = stack.preview()
    stack.project.variables["FLASHBACK_TOKEN"] = token
    assert "+ 7 to create" in printed
    hidden = re.findall(r"(\w+) *: \[secret\]", printed)
    assert sorted(hidden) == [*["key"] * 4, *["secret"] * 2]  # the inputs, and key as an output
    assert stack.requests() == []

    assert "+ 7 created" in stack.up()
    stack.assert_sound()
    ids = stack.ids()
    outputs = stack.project.outputs()
    assert outputs["team"]["workspace_id"] == ids["team"]
    assert outputs["a"]["api_key_id"] == ids["a"]
    users = {each["user_id"]: each["role"] for each in plan.values() if "role" in each}
    assert emulator.members(ids["team"]) == users
    assert [row["secret"] for row in emulator.api_keys(ids["team"])] == [SECRET, SECRET]
    writes = stack.writes()
    assert writes[0] == "POST /workspace"
    assert sorted(writes[1:]) == [
        *["POST /apikeys"] * 2,
        *["POST /workspace/{id}/users"] * 2,  # the creator is a member already
    ]

    assert "7 unchanged" in stack.up("--refresh")
    assert sorted(stack.requests()) == ["GET /apikeys", "GET /workspace/{id}"]

    # a workspace of another name replaces nothing in it
    plan["team"]["name"] = "Crew"
    plan["ada"]["role"] = "ADMIN"
    plan["a"]["region"] = "eu-west-1"
    stack.declare(plan)
    printed = stack.preview()
    assert "~ 3 to update" in printed
    assert "replace" not in printed
    assert stack.requests() == []
    assert "~ 3 updated" in stack.up()
    assert sorted(stack.requests()) == [
        "GET /workspace/{id}",  # which role ada has at present
        "PUT /apikeys/{id}",
        "PUT /workspace/{id}",
        "PUT /workspace/{id}/users/{userId}",
    ]
    assert stack.ids() == ids
    stack.assert_sound()

    # behind its back, all of it
    emulator.rename_workspace(ids["team"], "Drift")
    emulator.set_member(ids["team"], plan["ada"]["user_id"], "READ")
    emulator.remove_member(ids["team"], plan["ben"]["user_id"])
    emulator.update_api_key(ids["a"], {"region": None, "description": "of somebody else"})
    emulator.delete_api_key(ids["b"])
    printed = stack.refresh("--diff")
    assert "~ 3 updated" in printed
    assert "- 2 deleted" in printed
    assert "of somebody else" in printed
    stack.assert_sound()
    printed = stack.up("--diff")
    assert "~ 3 updated" in printed
    assert "+ 2 created" in printed
    assert "- description" in printed
    stack.assert_sound()
    assert {each.name for each in emulator.workspaces()} >= {"Crew"}

    # another workspace is filled before the first one is emptied
    ada = plan["ada"]["user_id"]
    moved = {
        "other": workspace("Other"),
        "ada": member("@other.workspace_id", ada, "ADMIN"),
        "a": key("@other.workspace_id", region="eu-west-1"),
    }
    stack.declare(moved)
    stack.requests()
    assert "+-2 replaced" in stack.up()
    writes = stack.writes()
    assert writes[0] == "POST /workspace"
    assert sorted(writes[1:3]) == ["POST /apikeys", "POST /workspace/{id}/users"]
    assert sorted(writes[3:-1]) == [
        *["DELETE /apikeys/{id}"] * 2,
        *["DELETE /workspace/{id}/users/{userId}"] * 2,
    ]
    assert writes[-1] == "DELETE /workspace/{id}"
    stack.assert_sound()

    # deleted elsewhere, it is created again with all that was in it
    emulator.delete_workspace(stack.ids()["other"])
    assert "- 3 deleted" in stack.refresh()
    assert stack.managed() == {}
    moved["me"] = member("@other.workspace_id", emulator.user_id, "ADMIN")
    stack.declare(moved)
    assert "+ 4 created" in stack.up()
    stack.assert_sound()

    stack.requests()
    user, other = emulator.user_id, stack.ids()["other"]
    assert f"user {user} stays a member of workspace {other}" in stack.destroy()
    assert stack.managed() == {}
    stack.assert_sound()
    writes = stack.writes()
    assert sorted(writes[:2]) == ["DELETE /apikeys/{id}", "DELETE /workspace/{id}/users/{userId}"]
    assert writes[2:] == ["DELETE /workspace/{id}"]
