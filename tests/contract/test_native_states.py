"""What only the native provider puts into a state: imports, and what is half done."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2, status_pb2

from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.families.storage import Bucket
from tests.contract.conftest import KEY, SECRET, StartNative, signed_in
from tests.contract.driver import NativeProvider, ProviderFailureError
from tests.contract.steps import refused

Inputs = dict[str, Any]
PUT = "PUT /apikeys/{id}"


def test_an_import_has_placeholders_for_what_nobody_can_read(
    start_native: StartNative, inputs: Inputs
) -> None:
    emulator, native = start_native()
    made = emulator.add_api_key(**{k: v for k, v in inputs.items() if k != "workspaceId"})
    identifier, outputs, found = native.find(f"{emulator.workspace_id}/{made}")
    assert identifier == made == outputs["apiKeyId"]
    assert "secret" not in outputs
    assert found == {**inputs, "secret": placeholder("secret")}
    assert native.secrets == {"key", "secret"}
    assert native.check(found, found)[1] == []
    assert "Replace the placeholder with the real value" in native.log[-1]
    (failure,) = native.check(found)[1]
    assert "placeholder" in failure[1]
    assert native.diff(made, outputs, found).changes == provider_pb2.DiffResponse.DIFF_NONE
    difference = native.diff(made, outputs, inputs)
    assert (list(difference.diffs), list(difference.replaces)) == (["secret"], [])
    state = native.update(made, outputs, inputs)
    (row,) = emulator.api_keys()
    assert (row["secret"], state["secret"]) == (SECRET, SECRET)
    assert emulator.count("PUT") == 1


def test_a_placeholder_is_never_sent(start_native: StartNative) -> None:
    emulator, native = start_native()
    made = emulator.add_api_key(key=KEY)
    _, state, found = native.find(f"{emulator.workspace_id}/{made}")
    wanted = {**found, "description": "new"}
    updated = native.update(made, state, wanted)
    assert "secret" not in updated
    assert emulator.api_keys()[0]["secret"] == "outside-secret"
    assert "put the real secret into the program first" in refused(native.create, found)
    # a refresh in between keeps it
    assert native.read(made, updated, wanted) == (made, updated, wanted)


@pytest.mark.parametrize("how", ["masked", "prefix", "absent"])
def test_an_import_of_a_masked_key(start_native: StartNative, how: str) -> None:
    emulator, native = start_native(f"listed_key={how}")
    made = emulator.add_api_key(key=KEY)
    _, outputs, found = native.find(f"{emulator.workspace_id}/{made}")
    if how == "prefix":  # nobody can tell it from a short key
        assert found["key"] == KEY[:4]
        return
    assert found["key"] == placeholder("key")
    assert "key" not in outputs


def recorded(native: NativeProvider, reason: str, call: Any) -> tuple[str, Inputs]:
    """Make a call that fails half-way; return id and state that the engine gets all the same."""
    with pytest.raises(ProviderFailureError, match=reason) as failure:
        call()
    status = status_pb2.Status.FromString(failure.value.metadata["grpc-status-details-bin"])
    details = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(details)
    assert details.reasons[0] == failure.value.message
    return details.id, native._read(details.properties)


def rotated(inputs: Inputs) -> Inputs:
    """Return inputs with another secret and a field less, which need two requests."""
    wanted = {**inputs, "secret": "rotated"}
    del wanted["region"]
    return wanted


def test_an_update_that_ends_half_way_is_recorded(
    start_native: StartNative, inputs: Inputs
) -> None:
    """Null is ignored, and an empty string is stored as one and so still set for the backend."""
    emulator, native = start_native("null_in_update=ignored", "empty_in_update=refused")
    created = native.create(inputs)
    # the second PUT, with the empty string, does nothing and says that it did
    emulator.script_faults({PUT: ["none", {"fault": "500", "status": 200, "body": "{}"}]})
    wanted = rotated(inputs)
    identifier, state = recorded(
        native, "the API still shows region", lambda: native.update(*created, wanted)
    )
    assert identifier == created[0]
    assert (state["secret"], state["region"]) == ("rotated", inputs["region"])
    assert list(native.diff(identifier, state, wanted).diffs) == ["region"]


def test_what_an_update_without_a_response_has_written_is_written_again(
    start_native: StartNative, inputs: Inputs
) -> None:
    """Even if the program reverts the change: the state must not claim the old secret."""
    emulator, native = start_native(maxRetries="0")
    created = native.create(inputs)
    wanted = {**rotated(inputs), "description": "new"}
    emulator.script_faults({PUT: ["commit-then-reset"]})
    identifier, state = recorded(
        native, "the connection broke", lambda: native.update(*created, wanted)
    )
    assert identifier == created[0]
    assert state == {name: v for name, v in created[1].items() if name != "secret"}
    assert list(native.diff(identifier, state, inputs).diffs) == ["secret"]
    changed = {"secret", "region", "description"}
    assert set(native.diff(identifier, state, wanted).diffs) == changed
    assert emulator.api_keys()[0]["secret"] == "rotated"
    native.update(identifier, state, inputs)
    assert emulator.api_keys()[0]["secret"] == SECRET


@pytest.mark.parametrize("fault", ["500", "reset-before-effect"])
def test_a_secret_that_is_written_before_the_rest_fails_is_recorded(
    start_native: StartNative, inputs: Inputs, fault: str
) -> None:
    emulator, native = start_native()
    created = native.create(inputs)
    emulator.script_faults({"GET /apikeys": [{"fault": fault, "times": "forever"}]})
    _, state = recorded(
        native, "GET /apikeys", lambda: native.update(*created, rotated(inputs), timeout=5)
    )
    assert (state["secret"], state["region"]) == ("rotated", inputs["region"])


def test_an_adopted_key_whose_secret_may_be_written_is_recorded(
    start_native: StartNative, inputs: Inputs
) -> None:
    emulator, native = start_native(maxRetries="0")
    existing = emulator.add_api_key(key=KEY, endpoint=inputs["endpoint"])
    emulator.script_faults({PUT: [{"fault": "commit-then-reset", "times": "forever"}]})
    wanted = {**inputs, "adoptExisting": True}
    identifier, state = recorded(native, "PUT /apikeys", lambda: native.create(wanted))
    assert identifier == existing == state["apiKeyId"]
    assert SECRET not in str(state)
    # the next run changes it in place
    difference = native.diff(existing, state, wanted)
    assert "secret" in list(difference.diffs)
    assert not difference.replaces


@pytest.mark.parametrize("before", ["own", "of a key"])
def test_credentials_of_a_bucket_that_are_in_doubt_are_written_again(before: str) -> None:
    """Even if the program reverts the change: the bucket has the earlier or the new ones."""
    with Emulator(faults=True) as emulator:
        config = {**signed_in(emulator), "flashback:maxRetries": "0"}
        rest = {"name": "b", "bucket": "b", "storageType": "S3", "workspaceId": "workspace-uuid"}
        own = {**rest, "key": KEY, "secret": SECRET}
        of_key = {**rest, "apiKeyId": emulator.add_api_key(key=KEY)}
        old, wanted = (own, of_key) if before == "own" else (of_key, own)
        with NativeProvider(config, resource="Bucket", warm=True) as provider:
            identifier, state = provider.create(old)
            emulator.script_faults({"PUT /bucket/{id}": ["commit-then-reset"]})
            _, left = recorded(
                provider,
                "the connection broke",
                lambda: provider.update(identifier, state, wanted),
            )
            assert provider.update(identifier, left, old) == state
            (row,) = emulator.store.find(Bucket, id=identifier)
            assert (row.key, row.api_key_id) == (old.get("key"), old.get("apiKeyId"))
