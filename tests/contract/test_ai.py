"""What is special about AI models and policies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pulumi_flashback.emulator.families.ai_llms import AiLlm
from pulumi_flashback.emulator.families.storage import Repository
from pulumi_flashback.emulator.store import User
from tests.contract import steps
from tests.contract.driver import NativeProvider
from tests.contract.properties import UNKNOWN
from tests.contract.steps import refused, responds
from tests.lifecycle.conftest import BOTH, Life, apart, life, stage

__all__ = ["apart", "life", "stage"]


def of(resource: str) -> pytest.MarkDecorator:
    cases = [(kind, resource) for kind in BOTH]
    return pytest.mark.parametrize("life", cases, indirect=True, ids=BOTH)


@of("AiLlm")
def test_a_model_changes_its_credentials_in_place(life: Life) -> None:
    own = {n: life.inputs[n] for n in ("key", "secret")}
    rest = {n: v for n, v in life.inputs.items() if n not in own}
    token = {**rest, "secret": own["secret"]}
    of_key = {**rest, "apiKeyId": life.emulator.add_api_key(life.sample.workspace)}
    reason = "apiKeyId is required, or secret instead of it"
    for wrong in (rest, {**of_key, "secret": "s"}, {**of_key, "key": "k"}, {**rest, "key": "k"}):
        assert life.provider.check(wrong)[1] == [("", reason)]
    identifier, state = life.create()
    for wanted in (of_key, token, life.inputs, token, of_key, life.inputs):
        state = life.provider.update(identifier, state, wanted)
        (row,) = life.emulator.store.find(AiLlm, id=identifier)
        found = {"apiKeyId": row.api_key_id, "key": row.key, "secret": row.secret}
        assert found == {name: wanted.get(name) for name in found}
        assert life.provider.read(identifier, state) == (identifier, state, wanted)


@of("AiLlm")
def test_a_key_that_a_model_uses_is_not_deleted_before_the_model(life: Life) -> None:
    rest = {n: v for n, v in life.inputs.items() if n not in ("key", "secret")}
    keys = steps.of(life.provider, "ApiKey")
    about = {"key": "k", "secret": "canary-secret", "provider": "OPENAI"}
    key = keys.create({"workspaceId": life.sample.workspace, **about})
    model = life.provider.create({**rest, "apiKeyId": key[0]})
    text = refused(keys.delete, *key)
    assert f"it is in use by 1 AI model(s): {rest['name']} (" in text
    life.provider.delete(*model)
    keys.delete(*key)


@of("AiLlm")
def test_an_endpoint_is_a_url_and_a_name_is_unique(life: Life) -> None:
    reason = "endpoint must be a URL such as https://api.openai.com/v1"
    assert life.provider.check({**life.inputs, "endpoint": "localhost:11434"})[1] == [("", reason)]
    life.create()
    again = refused(life.provider.create, life.inputs)
    assert "add the option aliases" in again
    assert "unique in the workspace" in again


@of("AiLlm")
def test_a_refusal_without_a_repository_names_the_role(life: Life) -> None:
    identifier, state = life.create()
    forbidden = {"status": 403, "body": '{"success": false, "message": "No"}', "commit": False}
    life.suffer("delete", {"fault": "none", **forbidden})
    assert "If none uses it, this user needs the role WRITE" in refused(
        life.provider.delete, identifier, state
    )


@of("Policy")
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


@of("Policy")
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


@of("Policy")
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


@pytest.mark.parametrize("life", [("native", "Policy")], indirect=True)
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
