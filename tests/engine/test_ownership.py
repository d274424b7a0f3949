"""What one resource of a program holds is not deleted for another, in whichever run that happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from tests.engine.conftest import KEY
from tests.engine.test_cli import installed_sdk as installed_sdk
from tests.engine.test_workspace import Start, Team, key, member
from tests.engine.test_workspace import start as start

pytestmark = pytest.mark.engine


def plan_of(emulator: Emulator, user: str, label: str) -> dict[str, dict[str, Any]]:
    """Return a plan with one key and one member of a workspace that is not in it."""
    workspace = emulator.workspace_id
    return {
        "keys": {f"key-{label}": key(workspace, adopt_existing=True)},
        "members": {f"member-{label}": member(workspace, user, "WRITE")},
    }


def held(team: Team, user: str) -> tuple[list[str], str | None]:
    """Return what the platform has: the ids of the keys, and the role of a user."""
    keys = [row["id"] for row in team.emulator.api_keys()]
    return keys, team.emulator.members(team.emulator.workspace_id).get(user)


def both(label: str) -> Iterator[str]:
    for each in (f"key-{label}", f"member-{label}"):
        yield "--target"
        yield f"**::{each}"


def test_what_was_adopted_outlives_its_old_name_in_a_later_run(start: Start) -> None:
    team = start()
    user = team.emulator.add_user("ada@flashback.example").id
    team.plan(plan_of(team.emulator, user, "old"))
    team.up()
    before = held(team, user)
    team.plan(plan_of(team.emulator, user, "new"))
    team.up(*both("new"))  # the old names stay in the state
    assert len(team.ids()) == 4
    assert "- 2 deleted" in team.up()
    assert held(team, user) == before
    team.assert_sound()
    assert "3 unchanged" in team.up()
    assert "3 unchanged" in team.refresh()

    team.plan({})  # and a resource that nobody else holds is deleted as ever
    team.up()
    assert held(team, user) == ([], None)


def test_a_replaced_membership_outlives_the_delete_that_a_failure_left_pending(
    start: Start,
) -> None:
    team = start()
    emulator = team.emulator
    user = emulator.add_user("ada@flashback.example").id
    plan = plan_of(emulator, user, "a")
    team.plan(plan)
    team.up()
    before = held(team, user)
    emulator.add_api_key(key="TAKEN", secret="of somebody else")
    plan["keys"]["key-a"].update(key="TAKEN", after=["member-a"])  # refused, after the replacement
    team.plan(plan)
    team.up("--replace", "**::member-a", check=False)
    assert [each.get("delete") for each in team.project.resources(":WorkspaceMember")] == [
        None,
        True,
    ]
    plan["keys"]["key-a"]["key"] = KEY
    team.plan(plan)
    team.up()
    assert held(team, user)[1] == before[1] == "WRITE"
    assert not any(each.get("delete") for each in team.project.resources(":WorkspaceMember"))


def test_a_replaced_object_is_deleted(start: Start) -> None:
    team = start()
    emulator = team.emulator
    user = emulator.add_user("ada@flashback.example").id
    plan = plan_of(emulator, user, "a")
    team.plan(plan)
    team.up()
    for each in (*plan["keys"].values(), *plan["members"].values()):
        each["workspace"] = emulator.second_workspace_id
    team.plan(plan)
    assert "+-2 replaced" in team.up()
    assert held(team, user) == ([], None)
    team.assert_sound()
