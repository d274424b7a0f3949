"""What is special about a bucket: whose credentials it has."""

from __future__ import annotations

import pytest

from pulumi_flashback.emulator.families.buckets import Bucket
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
def test_credentials_of_its_own_replace_a_key_that_somebody_gave_it(life: Life) -> None:
    identifier, state = life.create()
    key = life.emulator.add_api_key(life.sample.workspace)
    life.sample.change(identifier, "apiKeyUuid", key)
    _, drifted, _ = life.provider.read(identifier, state)
    assert drifted["apiKeyId"] == key
    assert life.provider.update(identifier, drifted, life.inputs) == state
    (row,) = life.emulator.store.find(Bucket, id=identifier)
    assert (row.api_key_id, row.key) == (None, life.inputs["key"])
