"""What is special about buckets and AI models: whose credentials they have."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.emulator.families.storage import Repository
from pulumi_flashback.emulator.faults import FOREVER
from tests.contract.driver import NativeProvider
from tests.contract.steps import of, refused, responds
from tests.lifecycle.conftest import Life, apart, life, lives, stage

__all__ = ["apart", "life", "stage"]

NEEDED = {"Bucket": ("key", "secret"), "AiLlm": ("secret",)}
both = lives(resources=NEEDED)


def without_credentials(life: Life) -> dict[str, Any]:
    return {n: v for n, v in life.inputs.items() if n not in ("key", "secret")}


def with_key(life: Life) -> dict[str, Any]:
    return {
        **without_credentials(life),
        "apiKeyId": life.emulator.add_api_key(life.sample.workspace),
    }


def found(life: Life) -> dict[str, Any]:
    """Return the credentials of the only object, as the backend has them."""
    (row,) = life.sample.rows()
    return {"apiKeyId": row.api_key_id, "key": row.key, "secret": row.secret}


@both
def test_credentials_change_in_place(life: Life) -> None:
    needed = NEEDED[life.provider.resource]
    rest, of_key = without_credentials(life), with_key(life)
    own = {n: life.inputs[n] for n in ("key", "secret")}
    least = {**rest, **{n: own[n] for n in needed}}
    reason = f"apiKeyId is required, or {' and '.join(needed)} instead of it"
    both_ways = ({**of_key, **more} for more in (own, {"key": "k"}, {"secret": "s"}))
    for wrong in (rest, {**rest, "key": "k"}, *both_ways):
        assert life.provider.check(wrong)[1] == [("", reason)]
    identifier, state = life.create()
    for wanted in (of_key, least, life.inputs, least, of_key, life.inputs):
        state = life.provider.update(identifier, state, wanted)
        assert found(life) == {n: wanted.get(n) for n in ("apiKeyId", "key", "secret")}
        assert life.provider.read(identifier, state) == (identifier, state, wanted)


@both
def test_what_uses_a_key_moves_to_another_one_so_that_the_first_one_can_go(life: Life) -> None:
    keys, rest = of(life.provider, "ApiKey"), without_credentials(life)
    about = {"workspaceId": life.sample.workspace, "secret": "canary-secret", "provider": "AWS"}
    halves = ("OLDCANARY7QX2", "NEWCANARY3LM9")
    first, second = (keys.create({**about, "key": key}) for key in halves)
    identifier, state = life.provider.create({**rest, "apiKeyId": first[0]})
    what = {"Bucket": "bucket(s)", "AiLlm": "AI model(s)"}[life.provider.resource]
    assert f"it is in use by 1 {what}: {rest['name']} (" in refused(keys.delete, *first)
    state = life.provider.update(identifier, state, {**rest, "apiKeyId": second[0]})
    keys.delete(*first)
    assert [row["id"] for row in life.emulator.api_keys(life.sample.workspace)] == [second[0]]
    life.provider.delete(identifier, state)
    keys.delete(*second)


@both
def test_credentials_of_its_own_replace_a_key_that_somebody_gave_it(life: Life) -> None:
    identifier, state = life.create()
    key = life.emulator.add_api_key(life.sample.workspace)
    life.sample.change(identifier, "apiKeyUuid", key)
    _, drifted, _ = life.provider.read(identifier, state)
    assert drifted["apiKeyId"] == key
    assert life.provider.update(identifier, drifted, life.inputs) == state
    assert (found(life)["apiKeyId"], found(life)["key"]) == (None, life.inputs["key"])


@both
def test_a_name_is_unique(life: Life) -> None:
    identifier, _ = life.create()
    again = refused(life.provider.create, life.inputs)
    where = {"Bucket": "organization", "AiLlm": "workspace"}[life.provider.resource]
    assert "with this name already exists" in again
    assert f"). It is {life.resource.label} {identifier}. If the" in again
    assert "belongs to a resource that was renamed, add the option aliases; " in again
    assert again.endswith(f"use another name, which is unique in the {where}")


@lives(resources=["AiLlm"])
def test_the_endpoint_of_a_model_is_a_url(life: Life) -> None:
    reason = "endpoint must be a URL such as https://api.openai.com/v1"
    assert life.provider.check({**life.inputs, "endpoint": "localhost:11434"})[1] == [("", reason)]


@both
def test_a_refusal_without_a_repository_names_the_role(life: Life) -> None:
    identifier, state = life.create()
    about = {"name": "of others", "storage_type": "S3", "mode": "NORMAL"}
    life.emulator.store.add(Repository(workspace_id=life.sample.workspace, **about))
    forbidden = {"status": 403, "body": '{"success": false, "message": "No"}', "commit": False}
    life.suffer("delete", {"fault": "none", **forbidden})
    text = refused(life.provider.delete, identifier, state)
    one = {"Bucket": "A bucket", "AiLlm": "An AI model"}[life.provider.resource]
    assert f"{one} that a repository uses cannot be deleted" in text
    assert "If none uses it, this user needs the role WRITE" in text


@both
def test_repositories_that_use_it_are_found_although_its_row_does_not_name_them(
    life: Life,
) -> None:
    identifier, state = life.create()
    life.sample.use(identifier, 1)
    rows = {"Bucket": "buckets", "AiLlm": "aiLlms"}[life.provider.resource]
    responds(life.emulator, life.sample.requests["read"], {rows: [{"id": identifier}]})
    text = refused(life.provider.delete, identifier, state)
    assert f"in use by repositories site-{life.sample.number}-0 (" in text
    life.sample.use(identifier, 0)


@lives(resources=["Bucket"])
def test_refusals_of_a_bucket_say_what_to_do(life: Life) -> None:
    identifier, state = life.create()
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


@lives(["native"], NEEDED)
def test_what_is_imported_with_a_key_has_no_placeholders(life: Life) -> None:
    assert isinstance(life.provider, NativeProvider)
    of_key = with_key(life)
    identifier, state = life.provider.create(of_key)
    assert life.provider.find(f"{life.sample.workspace}/{identifier}")[1:] == (state, of_key)
    # nor does it get some when somebody takes the key away
    life.sample.change(identifier, "apiKeyUuid", None)
    assert life.provider.read(identifier, state, of_key)[2] == without_credentials(life)
