"""What one resource of a program holds is not deleted for another, in whichever run that happens."""

from __future__ import annotations

import pytest

from tests.engine.conftest import Start
from tests.engine.stack import KEY, Plan, Stack, key, member
from tools.record_state import PACKAGES

pytestmark = pytest.mark.engine


def plan_of(stack: Stack, user: str, label: str) -> Plan:
    """Return a plan with one key and one member of a workspace that is not in it."""
    workspace = stack.emulator.workspace_id
    return {
        f"key-{label}": key(workspace, adopt_existing=True),
        f"member-{label}": member(workspace, user, "WRITE"),
    }


def held(stack: Stack, user: str) -> tuple[list[str], str | None]:
    """Return what the backend has: the ids of the keys, and the role of a user."""
    keys = [row["id"] for row in stack.emulator.api_keys()]
    return keys, stack.emulator.members(stack.emulator.workspace_id).get(user)


@pytest.mark.parametrize("provider", PACKAGES)
def test_what_is_adopted_outlives_its_old_name_and_its_old_provider(
    start: Start, provider: str
) -> None:
    stack = start(provider)
    user = stack.emulator.add_user("ada@flashback.example").id
    stack.declare(plan_of(stack, user, "old"))
    stack.up()
    before = held(stack, user)

    # the old names stay in the state until a later run
    stack.declare(plan_of(stack, user, "new"))
    stack.up("--target", "**::key-new", "--target", "**::member-new")
    assert len(stack.ids()) == 4
    assert "- 2 deleted" in stack.up()
    assert held(stack, user) == before
    stack.assert_sound()
    assert "3 unchanged" in stack.refresh()

    # two provider processes in one run
    (other,) = PACKAGES.keys() - {provider}
    stack.use(other)
    printed = stack.up()
    assert "+ 2 created" in printed
    assert "- 2 deleted" in printed
    assert held(stack, user) == before
    stack.assert_sound()

    # what nobody else holds is deleted as ever
    stack.declare({})
    stack.up()
    assert held(stack, user) == ([], None)


def test_a_replaced_membership_outlives_the_delete_that_a_failure_left_pending(
    start: Start,
) -> None:
    stack = start()
    emulator = stack.emulator
    user = emulator.add_user("ada@flashback.example").id
    plan = plan_of(stack, user, "a")
    plan = {name: plan[name] for name in ("member-a", "key-a")}
    plan["key-a"]["opts"] = {"depends_on": ["@member-a"]}
    stack.declare(plan)
    stack.up()
    before = held(stack, user)

    def pending() -> list[bool]:
        return ["delete" in each for each in stack.project.resources(":WorkspaceMember")]

    # the key is refused after the replacement
    emulator.add_api_key(key="TAKEN", secret="of somebody else")
    plan["key-a"]["key"] = "TAKEN"
    stack.declare(plan)
    stack.up("--replace", "**::member-a", fails=True)
    assert pending() == [False, True]
    plan["key-a"]["key"] = KEY
    stack.declare(plan)
    stack.up()
    assert pending() == [False]
    assert held(stack, user)[1] == before[1] == "WRITE"

    # and an object that is replaced by another one is deleted
    for each in plan.values():
        each["workspace_id"] = emulator.second_workspace_id
    stack.declare(plan)
    assert "+-2 replaced" in stack.up()
    assert before[0][0] not in held(stack, user)[0]
    assert held(stack, user)[1] is None
