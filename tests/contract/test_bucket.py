"""What is special about a bucket: whose credentials it has."""

from __future__ import annotations

import pytest

from pulumi_flashback.emulator.families.storage import Bucket
from pulumi_flashback.emulator.faults import FOREVER
from tests.contract.driver import NativeProvider
from tests.contract.steps import of, refused, responds
from tests.lifecycle.conftest import BOTH, Life, apart, life, stage

__all__ = ["apart", "life", "stage"]


in_both = pytest.mark.parametrize(
    "life", [(kind, "Bucket") for kind in BOTH], indirect=True, ids=BOTH
)


@in_both
def test_a_bucket_changes_its_credentials_in_place(life: Life) -> None:
    own = {n: life.inputs[n] for n in ("key", "secret")}
    rest = {n: v for n, v in life.inputs.items() if n not in own}
    of_key = {**rest, "apiKeyId": life.emulator.add_api_key(life.sample.workspace)}
    reason = "apiKeyId is required, or key and secret instead of it"
    for wrong in (rest, {**of_key, **own}, {**rest, "key": own["key"]}):
        assert life.provider.check(wrong)[1] == [("", reason)]
    identifier, state = life.create()
    for wanted in (of_key, life.inputs):
        state = life.provider.update(identifier, state, wanted)
        (row,) = life.emulator.store.find(Bucket, id=identifier)
        assert (row.api_key_id, row.key) == (wanted.get("apiKeyId"), wanted.get("key"))
        assert life.provider.read(identifier, state) == (identifier, state, wanted)


@in_both
def test_a_bucket_moves_to_another_key_so_that_the_first_one_can_go(life: Life) -> None:
    rest = {n: v for n, v in life.inputs.items() if n not in ("key", "secret")}
    keys, workspace = of(life.provider, "ApiKey"), life.sample.workspace
    about = {"workspaceId": workspace, "secret": life.inputs["secret"], "provider": "AWS"}
    halves = ("OLDCANARY7QX2", "NEWCANARY3LM9")
    (first, state_of_key), (second, _) = (keys.create({**about, "key": key}) for key in halves)
    identifier, state = life.provider.create({**rest, "apiKeyId": first})
    text = refused(keys.delete, first, state_of_key)
    assert f"it is in use by 1 bucket(s): {rest['name']} (" in text
    life.provider.update(identifier, state, {**rest, "apiKeyId": second})
    keys.delete(first, state_of_key)
    assert [row["id"] for row in life.emulator.api_keys(workspace)] == [second]


@in_both
def test_credentials_of_its_own_replace_a_key_that_somebody_gave_it(life: Life) -> None:
    identifier, state = life.create()
    key = life.emulator.add_api_key(life.sample.workspace)
    life.sample.change(identifier, "apiKeyUuid", key)
    _, drifted, _ = life.provider.read(identifier, state)
    assert drifted["apiKeyId"] == key
    assert life.provider.update(identifier, drifted, life.inputs) == state
    (row,) = life.emulator.store.find(Bucket, id=identifier)
    assert (row.api_key_id, row.key) == (None, life.inputs["key"])


@in_both
def test_refusals_say_what_to_do(life: Life) -> None:
    identifier, state = life.create()
    again = refused(life.provider.create, life.inputs)
    assert "400 Bucket with this name already exists" in again
    assert "add the option aliases; if it is being replaced, set deleteBeforeReplace" in again
    refusal = {"success": False, "message": "Access Denied"}
    responds(life.emulator, "PUT /bucket/{id}", refusal, status=400)
    other = {**life.inputs, "region": "eu-west-1"}
    wrong = refused(life.provider.update, identifier, state, other)
    assert "400 Access Denied" in wrong
    assert "tries the credentials at the provider: check apiKeyId, or key and secret" in wrong
    responds(life.emulator, "POST /bucket", {"success": False, "bucketId": ""}, status=429)
    life.emulator.requests.clear()
    quota = refused(life.provider.create, {**life.inputs, "name": "one too many"})
    assert "429 a quota is used up" in quota
    assert ("quota of the subscription" in quota, "later" in quota) == (True, False)
    assert life.sent("create") == 1
    life.suffer("delete", {"fault": "500", "times": FOREVER})
    failed = refused(life.provider.delete, identifier, state)
    assert ("500" in failed, "repository" in failed) == (True, False)


@pytest.mark.parametrize("life", [("native", "Bucket")], indirect=True)
def test_an_imported_bucket_with_a_key_has_no_placeholders(life: Life) -> None:
    rest = {n: v for n, v in life.inputs.items() if n not in ("key", "secret")}
    of_key = {**rest, "apiKeyId": life.emulator.add_api_key(life.sample.workspace)}
    assert isinstance(life.provider, NativeProvider)
    identifier, state = life.provider.create(of_key)
    assert life.provider.find(f"{life.sample.workspace}/{identifier}")[1:] == (state, of_key)
    # nor does it get some when somebody takes the key away
    life.sample.change(identifier, "apiKeyUuid", None)
    assert life.provider.read(identifier, state, of_key)[2] == rest
