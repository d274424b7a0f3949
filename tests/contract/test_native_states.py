"""What only the native provider puts into a state: imports, and what is half done."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2, status_pb2

from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.emulator.families.buckets import Bucket
from pulumi_flashback.testing import EmulatorFactory
from tests.contract.conftest import KEY, SECRET, NativeFactory
from tests.contract.driver import NativeProvider, ProviderFailureError

Inputs = dict[str, Any]


def test_an_import_has_placeholders_for_what_nobody_can_read(
    native: NativeProvider, inputs: Inputs, flashback_emulator: Emulator
) -> None:
    made = flashback_emulator.add_api_key(**{k: v for k, v in inputs.items() if k != "workspaceId"})
    identifier, outputs, found = native.find(f"{flashback_emulator.workspace_id}/{made}")
    assert identifier == made == outputs["apiKeyId"]
    assert "secret" not in outputs
    assert found == {**inputs, "secret": placeholder("secret")}
    assert native.secrets == {"key", "secret"}
    assert native.check(found, found)[1] == []
    assert "Replace the placeholder with the real value" in native.log[-1]
    (failure,) = native.check(found)[1]
    assert "placeholder" in failure[1]
    assert native.diff(made, outputs, found).changes == provider_pb2.DiffResponse.DIFF_NONE
    answer = native.diff(made, outputs, inputs)
    assert (list(answer.diffs), list(answer.replaces)) == (["secret"], [])
    state = native.update(made, outputs, inputs)
    (row,) = flashback_emulator.api_keys()
    assert (row["secret"], state["secret"]) == (SECRET, SECRET)
    assert flashback_emulator.count("PUT") == 1


def test_a_placeholder_is_never_sent(
    native: NativeProvider, inputs: Inputs, flashback_emulator: Emulator
) -> None:
    made = flashback_emulator.add_api_key(key=KEY)
    _, state, found = native.find(f"{flashback_emulator.workspace_id}/{made}")
    updated = native.update(made, state, {**found, "description": "new"})
    assert "secret" not in updated
    assert flashback_emulator.api_keys()[0]["secret"] == "outside-secret"
    with pytest.raises(ProviderFailureError, match="put the real secret into the program first"):
        native.create(found)
    # a refresh in between keeps it
    identifier, outputs, again = native.read(made, updated, {**found, "description": "new"})
    assert (identifier, outputs, again) == (made, updated, {**found, "description": "new"})


@pytest.mark.parametrize("how", ["masked", "prefix", "absent"])
def test_an_import_of_a_masked_key(
    make_native: NativeFactory, flashback_emulator_factory: EmulatorFactory, how: Any
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(listed_key=how))
    native = make_native(emulator)
    made = emulator.add_api_key(key=KEY)
    _, outputs, found = native.find(f"{emulator.workspace_id}/{made}")
    if how == "prefix":  # nobody can tell it from a short key
        assert found["key"] == KEY[:4]
        return
    assert found["key"] == placeholder("key")
    assert "key" not in outputs


def test_an_update_that_ends_half_way_is_recorded(
    make_native: NativeFactory, flashback_emulator_factory: EmulatorFactory, inputs: Inputs
) -> None:
    """Null is ignored, and an empty string is stored as one and so still set for the backend."""
    emulator = flashback_emulator_factory(
        EmulatorSettings(null_in_update="ignored", empty_in_update="refused"), faults=True
    )
    native = make_native(emulator)
    identifier, state = native.create(inputs)
    # the second PUT, with the empty string, does nothing and says that it did
    emulator.script_faults(
        {"PUT /apikeys/{id}": ["none", {"fault": "500", "status": 200, "body": "{}"}]}
    )
    wanted = {name: value for name, value in inputs.items() if name != "region"}
    wanted["secret"] = "rotated"
    with pytest.raises(ProviderFailureError, match="the API still shows region") as failure:
        native.update(identifier, state, wanted)
    details = _details(failure.value)
    assert (details.id, details.reasons[0]) == (identifier, failure.value.message)
    recorded = native._read(details.properties)
    assert (recorded["secret"], recorded["region"]) == ("rotated", inputs["region"])
    assert list(native.diff(identifier, recorded, wanted).diffs) == ["region"]


def test_what_an_update_without_an_answer_has_written_is_written_again(inputs: Inputs) -> None:
    """Also where the program takes the change back: the state must not claim the old secret."""
    with Emulator(faults=True) as emulator:
        config = {**_signed_in(emulator), "flashback:maxRetries": "0"}
        with NativeProvider(config, warm=True) as provider:
            old = {**inputs, "workspaceId": emulator.workspace_id}
            identifier, state = provider.create(old)
            wanted = {**old, "secret": "rotated", "description": "new"}
            del wanted["region"]
            emulator.script_faults({"PUT /apikeys/{id}": ["commit-then-reset"]})
            with pytest.raises(ProviderFailureError, match="the connection broke") as failure:
                provider.update(identifier, state, wanted)
            details = _details(failure.value)
            assert details.id == identifier
            recorded = provider._read(details.properties)
            assert recorded == {name: v for name, v in state.items() if name != "secret"}
            assert list(provider.diff(identifier, recorded, old).diffs) == ["secret"]
            changed = {"secret", "region", "description"}
            assert set(provider.diff(identifier, recorded, wanted).diffs) == changed
            assert emulator.api_keys()[0]["secret"] == "rotated"
            provider.update(identifier, recorded, old)
            assert emulator.api_keys()[0]["secret"] == SECRET


@pytest.mark.parametrize("before", ["own", "of a key"])
def test_credentials_of_a_bucket_that_are_in_doubt_are_written_again(before: str) -> None:
    """Also where the program takes the change back: the bucket has the earlier or the new ones."""
    with Emulator(faults=True) as emulator:
        config = {**_signed_in(emulator), "flashback:maxRetries": "0"}
        rest = {"name": "b", "bucket": "b", "storageType": "S3", "workspaceId": "workspace-uuid"}
        own = {**rest, "key": KEY, "secret": SECRET}
        of_key = {**rest, "apiKeyId": emulator.add_api_key(key=KEY)}
        old, wanted = (own, of_key) if before == "own" else (of_key, own)
        with NativeProvider(config, resource="Bucket", warm=True) as provider:
            identifier, state = provider.create(old)
            emulator.script_faults({"PUT /bucket/{id}": ["commit-then-reset"]})
            with pytest.raises(ProviderFailureError, match="the connection broke") as failure:
                provider.update(identifier, state, wanted)
            recorded = provider._read(_details(failure.value).properties)
            assert provider.update(identifier, recorded, old) == state
            (row,) = emulator.store.find(Bucket, id=identifier)
            assert (row.key, row.api_key_id) == (old.get("key"), old.get("apiKeyId"))


@pytest.mark.parametrize("fault", ["500", "reset-before-effect"])
def test_a_secret_that_is_written_before_the_rest_fails_is_recorded(
    make_native: NativeFactory,
    flashback_emulator_factory: EmulatorFactory,
    inputs: Inputs,
    fault: str,
) -> None:
    emulator = flashback_emulator_factory(faults=True)
    native = make_native(emulator)
    identifier, state = native.create(inputs)
    wanted = {name: value for name, value in inputs.items() if name != "region"}
    wanted["secret"] = "rotated"
    emulator.script_faults({"GET /apikeys": [{"fault": fault, "times": "forever"}]})
    with pytest.raises(ProviderFailureError, match="GET /apikeys") as failure:
        native.update(identifier, state, wanted, timeout=5)
    recorded = native._read(_details(failure.value).properties)
    assert (recorded["secret"], recorded["region"]) == ("rotated", inputs["region"])


def test_an_adopted_key_whose_secret_may_be_written_is_recorded(inputs: Inputs) -> None:
    with Emulator(faults=True) as emulator:
        existing = emulator.add_api_key(key=KEY, endpoint="s3.us-east-1.amazonaws.com")
        emulator.script_faults(
            {"PUT /apikeys/{id}": [{"fault": "commit-then-reset", "times": "forever"}]}
        )
        config = {**_signed_in(emulator), "flashback:maxRetries": "0"}
        with NativeProvider(config, warm=True) as provider:
            wanted = {**inputs, "workspaceId": emulator.workspace_id, "adoptExisting": True}
            with pytest.raises(ProviderFailureError) as failure:
                provider.create(wanted)
            details = _details(failure.value)
            assert details.id == existing
            assert details.properties["apiKeyId"] == existing
            assert SECRET not in str(details.properties)
            # the next run changes it in place
            state = provider._read(details.properties)
            answer = provider.diff(existing, state, wanted)
            assert "secret" in list(answer.diffs)
            assert not answer.replaces


def _details(failure: ProviderFailureError) -> Any:
    status = status_pb2.Status.FromString(failure.metadata["grpc-status-details-bin"])
    details = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(details)
    return details


def _signed_in(emulator: Emulator) -> dict[str, str]:
    return {"flashback:baseUrl": emulator.base_url, "flashback:token": emulator.token}
