"""What is special about repositories and their keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_flashback.client import FlashbackClient
from pulumi_flashback.emulator.families.storage import remove_repository
from pulumi_flashback.emulator.faults import FOREVER
from tests.contract.driver import NativeProvider
from tests.contract.properties import UNKNOWN
from tests.contract.steps import refused, responds
from tests.lifecycle.conftest import Life, apart, life, lives, process, stage

__all__ = ["apart", "life", "stage"]


NONE = 1  # no difference, as the engine numbers it


@lives(resources=["Repository"])
def test_the_order_of_its_lists_does_not_matter(life: Life) -> None:
    wanted = {**life.inputs, **{n: life.sample.changes()[n] for n in ("buckets", "aiLlms")}}
    identifier, state = life.provider.create(wanted)
    for name in ("buckets", "aiLlms"):
        turned = {**wanted, name: wanted[name][::-1]}
        assert life.provider.diff(identifier, state, turned).changes == NONE
        life.sample.change(identifier, name, wanted[name][::-1])
        assert life.provider.read(identifier, state) == (identifier, state, wanted)
        shorter = {**wanted, name: wanted[name][1:]}
        assert life.provider.diff(identifier, state, shorter).changes != NONE
    others = [{**each, "bucketId": f"other-{each['bucketId']}"} for each in wanted["buckets"]]
    assert life.provider.diff(identifier, state, {**wanted, "buckets": others}).changes != NONE
    slashes = [{**each, "folder": f"/{each['folder']}/"} for each in wanted["buckets"]]
    assert life.provider.diff(identifier, state, {**wanted, "buckets": slashes}).changes == NONE


@lives(resources=["Repository"])
def test_what_is_wrong_inside_of_a_list_is_named(life: Life) -> None:
    def reasons(*buckets: Any) -> list[str]:
        _, problems = life.provider.check({**life.inputs, "buckets": [*buckets]})
        return [reason for _, reason in problems]

    known = life.inputs["buckets"][0]
    wrong = {"folder": " ", "master": "yes", "colour": UNKNOWN}
    assert reasons(known, wrong, "bucket", None) == [
        "buckets.1.bucketId is required",
        "buckets.1.folder must not be empty",
        "buckets.1.master must be true or false, not a string",
        "buckets.1.colour is not a property of Repository",
        "buckets.2 must be an object, not a string",
        "buckets.3 must be an object, not null",
    ]
    # what is not known before other resources are created is not wrong
    assert reasons({**known, "bucketId": UNKNOWN}, {"bucketId": UNKNOWN}, UNKNOWN) == []
    assert reasons({**known, "folder": UNKNOWN}, {**known, "folder": UNKNOWN}) == []
    assert life.provider.log == []


@lives(resources=["Repository"])
def test_a_preview_warns_of_what_the_api_refuses(life: Life) -> None:
    first, second = life.sample.changes()["buckets"]
    wanted = {**life.inputs, "buckets": [first, second]}
    life.provider.check({**wanted, "buckets": [first, {**second, "folder": "/backups/"}]})
    assert life.provider.log.pop() == (
        'the folder "backups" has several buckets, which the API refuses in the mode NORMAL'
    )
    without = [{"bucketId": each["bucketId"]} for each in (first, second)]
    life.provider.check({**wanted, "buckets": without})
    assert 'the folder "" has several buckets' in life.provider.log.pop()
    for buckets, mode, fine in (
        ([second, first], "NORMAL", True),
        ([first, {**second, "folder": UNKNOWN}], "NORMAL", True),
        ([first], "MIRROR", True),
        ([first], "NORMAL", False),
        ([first, {**second, "folder": "elsewhere"}], "NORMAL", False),
        # of what is not known yet, the folder or the bucket may say enough
        ([first, {**second, "bucketId": UNKNOWN}], "NORMAL", True),
        ([first, UNKNOWN], "NORMAL", True),
        ([first, {"bucketId": UNKNOWN, "folder": "elsewhere"}], "NORMAL", False),
        ([first, {"bucketId": "another", "folder": UNKNOWN}], "NORMAL", False),
    ):
        state = {**wanted, "mode": mode, **life.sample.outputs(f"id-{len(life.provider.log)}")}
        del life.provider.log[:]
        life.provider.diff(str(buckets), state, {**wanted, "mode": mode, "buckets": buckets})
        assert bool(life.provider.log) is not fine, buckets
        assert fine or f"remove bucket {second['bucketId']} (folder" in life.provider.log[-1]


@lives(resources=["Bucket", "Repository"])
def test_a_preview_warns_of_the_loss_of_data(life: Life) -> None:
    identifier, state = life.provider.create(life.inputs)
    life.provider.diff(identifier, state, {**life.inputs, "name": "renamed"})
    assert life.provider.log == []
    life.provider.diff(identifier, state, {**life.inputs, "workspaceId": "another"})
    (text,) = life.provider.log
    assert (
        f"changing workspaceId deletes {life.resource.label} {identifier}, which holds data" in text
    )


CODES = {
    "NAME_ALREADY_USED": "use another name",
    "MIRROR_MASTER_UNIT_MISSING": "Set master on one bucket",
    "NORMAL_UNIT_CANNOT_EDIT_FOLDER": "revert the change",
    "QUOTA_EXCEEDED": "A quota of the subscription is used up",
}


@pytest.mark.parametrize("status", [200, 400, 409])
@lives(["native"], ["Repository"])
def test_codes_become_advice_whatever_their_status(life: Life, status: int) -> None:
    identifier, state = life.create()
    changed = {**life.inputs, "name": "renamed"}
    for code, advice in CODES.items():
        body = {"success": False, "repoId": "", "error_code": code}
        responds(life.emulator, "PUT /repo/{id}", body, status=status)
        responds(life.emulator, "POST /repo", body, status=status)
        for call in (
            lambda: life.provider.create(changed),
            lambda: life.provider.update(identifier, state, changed),
        ):
            text = refused(call)
            assert (code in text, advice.lower() in text.lower()) == (True, True), text
        life.emulator.clear_faults()
    # a certain refusal is neither tried again nor looked after
    assert (life.sent("create"), life.sent("update")) == (len(CODES), len(CODES))


KEY = lives(resources=["RepositoryApiKey"])


def live_secrets(life: Life) -> dict[str, str]:
    return {i: row["secret"] for i, row in life.sample.live().items()}


@KEY
def test_the_lists_in_a_new_repository_may_begin_late(
    life: Life, apart: Callable[..., Life]
) -> None:
    there = apart("list_lag=2")
    with FlashbackClient(there.emulator.base_url, token=there.emulator.token) as client:
        about = {"name": "new", "storageType": "S3", "mode": "NORMAL"}
        new = client.repositories.create({"workspaceId": there.sample.workspace, **about}).id
        while client.repositories.find(new) is None:
            pass  # each request is one of the lists that lag
    identifier, state = there.provider.create({**there.inputs, "repositoryId": new})
    assert there.provider.read(identifier, state)[0] == identifier


@KEY
def test_a_lost_response_leaves_one_key_whose_secret_is_known(life: Life) -> None:
    other = life.sample.add({**life.inputs, "name": "of somebody else"})
    life.suffer("create", "commit-then-reset")
    identifier, state = life.provider.create(life.inputs)
    secrets = live_secrets(life)
    assert secrets.keys() == {other, identifier}
    assert secrets[identifier] == state["secret"]
    assert (life.sent("create"), life.sent("delete")) == (2, 1)
    assert life.provider.log[-1].endswith("was lost, so it is deleted")
    life.sample.remove(other)


@KEY
def test_a_key_whose_secret_is_lost_for_good_is_named(life: Life) -> None:
    life.suffer("create", "commit-then-reset")
    life.suffer("delete", {"fault": "500", "times": FOREVER})
    text = refused(life.provider.create, life.inputs)
    (left,) = life.sample.live()
    assert f"repository API key {left} was created, but the response with its secret was" in text
    assert "Delete it, then run `pulumi up` again" in text
    life.emulator.clear_faults()
    # it may be that nobody does so: the next run names it again
    identifier, _ = life.provider.create(life.inputs)
    assert f"{left} looks like the one to create" in life.provider.log[-1]
    assert life.sample.live().keys() == {left, identifier}


@KEY
def test_a_rotation_creates_the_new_key_first(life: Life) -> None:
    old, state = life.create()
    wanted = {**life.inputs, "rotationTriggers": {"at": "2"}}
    found = life.provider.diff(old, state, wanted)
    assert (list(found.replaces), found.deleteBeforeReplace) == (["rotationTriggers"], False)
    never, none = {**state}, {**life.inputs, "rotationTriggers": {}}
    del never["rotationTriggers"]
    assert life.provider.diff(old, never, none).changes == NONE
    life.suffer("create", "commit-then-reset")
    new, new_state = life.provider.create(wanted)
    assert old in life.sample.live()  # it is of this program: neither deleted nor named
    assert not [each for each in life.provider.log if "looks like" in each]
    life.provider.delete(old, state)
    assert live_secrets(life) == {new: new_state["secret"]}


@lives(["native"], ["RepositoryApiKey"])
def test_an_import_says_what_it_cannot_know(life: Life) -> None:
    assert isinstance(life.provider, NativeProvider)
    identifier, state = life.create()
    found, outputs, inputs = life.provider.find(f"{life.inputs['repositoryId']}/{identifier}")
    assert (found, outputs["key"], "secret" in outputs) == (identifier, state["key"], False)
    assert inputs == {n: v for n, v in life.inputs.items() if n != "rotationTriggers"}
    assert "the API returns secret of a repository API key only once" in life.provider.log[-1]
    rotating = life.provider.diff(identifier, outputs, life.inputs)
    assert list(rotating.replaces) == ["rotationTriggers"]


@lives(resources=["RepositoryCloudKey"])
@pytest.mark.parametrize("status", [404, 403, 400])
def test_what_was_in_a_repository_that_is_gone(
    life: Life, status: int, apart: Callable[..., Life]
) -> None:
    there = apart(f"unknown_repository_status={status}")
    identifier, state = there.create()
    stranger = there.emulator.add_user("stranger@flashback.example")
    remove_repository(there.emulator.store, there.inputs["repositoryId"])
    assert there.provider.read(identifier, state)[0] == ""
    there.provider.delete(identifier, state)
    token = there.emulator.issue_token(stranger)
    with process(there.kind, there.emulator, there.provider.resource, token=token) as without:
        assert "this user has no access to it" in refused(without.read, identifier, state)
