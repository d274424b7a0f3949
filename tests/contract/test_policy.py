"""What is special about policies."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_flashback.emulator.families.storage import Repository
from pulumi_flashback.emulator.store import User
from tests.contract.driver import NativeProvider
from tests.contract.properties import UNKNOWN
from tests.contract.steps import refused, responds
from tests.lifecycle.conftest import Life, apart, life, lives, stage

__all__ = ["apart", "life", "stage"]


both = lives(resources=["Policy"])


@both
def test_a_policy_belongs_to_the_organization_of_the_user_unless_it_says_so(life: Life) -> None:
    short = {n: v for n, v in life.inputs.items() if n not in ("orgId", "workspaceId")}
    identifier, state = life.provider.create(short)
    assert state == {**short, "orgId": "demo-organization", "policyId": identifier}
    assert life.provider.read(identifier, state)[:2] == (identifier, state)
    for same in (short, {**short, "orgId": "demo-organization"}, {**short, "orgId": UNKNOWN}):
        found = life.provider.diff(identifier, state, same)
        assert found.changes == found.DIFF_NONE
    for name in ("orgId", "workspaceId", "repositoryId"):
        found = life.provider.diff(identifier, state, {**short, name: "another"})
        assert list(found.replaces) == [name]
    updated = life.provider.update(identifier, state, {**short, "actionType": "LOG"})
    assert updated == {**state, "actionType": "LOG"}
    life.provider.delete(identifier, state)


@lives(resources=["Policy", "RepositoryCloudKey"])
def test_what_an_interrupted_run_may_have_left_is_named(life: Life) -> None:
    left = life.sample.add(life.inputs)
    identifier, _ = life.provider.create(life.inputs)
    assert f"{left} looks like the one to create" in life.provider.log[-1]
    assert life.sample.live().keys() == {left, identifier}


@both
def test_what_a_policy_must_be_and_can_be_for(life: Life) -> None:
    name = "must be LOG, ALERT, BLOCK, or the number of another one"
    for wrong in ("block", "1", "-1", "03", "1.0"):
        problem = [("", f"actionType {name}")]
        assert life.provider.check({**life.inputs, "actionType": wrong})[1] == problem
    assert life.provider.check({**life.inputs, "actionType": "3"})[1] == []
    there = {"name": "site", "storage_type": "S3", "mode": "NORMAL"}
    row = life.emulator.store.add(Repository(workspace_id=life.sample.workspace, **there))
    wanted = {**life.inputs, "repositoryId": row.id}
    life.suffer("create", "commit-then-reset")
    identifier, state = life.provider.create(wanted)
    assert life.provider.read(identifier, state) == (identifier, state, wanted)
    alone = {n: v for n, v in life.inputs.items() if n != "workspaceId"}
    reason = "workspaceId is required: set it to the workspace of the repository"
    assert life.provider.check({**alone, "repositoryId": "r"})[1] == [("", reason)]


@both
def test_a_policy_that_is_closed_to_the_user_is_not_gone(
    life: Life, apart: Callable[..., Life]
) -> None:
    there = apart("organization_admins=as-members")
    wide = {n: v for n, v in there.inputs.items() if n not in ("orgId", "workspaceId")}
    states = [there.provider.create(inputs) for inputs in (wide, there.inputs)]
    there.emulator.remove_member(there.sample.workspace, there.emulator.user_id)
    there.emulator.store.change(User, {"org_role": 2}, id=there.emulator.user_id)
    for (identifier, state), advice in zip(states, ("as an ADMINISTRATOR", "role"), strict=True):
        assert advice in refused(there.provider.read, identifier, state)


@lives(["native"], ["Policy"])
def test_another_policy_than_the_one_that_was_asked_for_proves_nothing(life: Life) -> None:
    assert isinstance(life.provider, NativeProvider)
    identifier, state = life.create()
    other = {**life.sample.live()[identifier], "id": "another", "actionType": 5}
    responds(life.emulator, "GET /policy/{id}", {"success": True, "policy": other})
    assert "returned another instead of" in refused(life.provider.read, identifier, state)
    own = {**other, "id": identifier}
    life.emulator.clear_faults()
    responds(life.emulator, "GET /policy/{id}", {"success": True, "policy": own})
    assert life.provider.read(identifier, state)[1] == {**state, "actionType": "5"}
