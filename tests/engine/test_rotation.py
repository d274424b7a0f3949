"""The recipes of docs/rotate-keys.md, in the order in which the backend sees them."""

from __future__ import annotations

import pytest

from tests.engine.conftest import Start
from tests.engine.stack import KEY, SECRET, key, workspace
from tools.record_state import PACKAGES

pytestmark = pytest.mark.engine

both = pytest.mark.parametrize("provider", PACKAGES)


@both
def test_a_key_pair_is_replaced_in_place_and_with_an_overlap(start: Start, provider: str) -> None:
    """A workspace stands for the key pair of a cloud: its name is the generation."""
    stack = start(provider)
    emulator, home = stack.emulator, stack.emulator.workspace_id
    pair = workspace("Pair 1", opts={"replace_on_changes": ["name"]})
    in_place = key(home, key="@pair.workspace_id", secret="canary-1")
    in_place["rotation_triggers"] = {"written": "2026-01"}
    overlapping = {**in_place, "provider": "GCP"}
    overlapping["opts"] = {"replacement_trigger": "@pair.workspace_id"}
    plan = {"pair": pair, "in-place": in_place, "overlapping": overlapping}
    stack.declare(plan)
    stack.up()
    before = stack.ids()
    stack.requests()

    pair["name"], in_place["secret"], overlapping["secret"] = "Pair 2", "canary-2", "canary-2"
    stack.declare(plan)
    stack.up()
    after = stack.ids()
    assert {name for name in plan if before[name] == after[name]} == {"in-place"}
    assert {(row["key"], row["secret"]) for row in emulator.api_keys()} == {
        (after["pair"], "canary-2")
    }
    # the old pair exists until everything refers to the new one, and so does the old key
    writes = stack.writes()
    assert writes[0] == "POST /workspace"
    assert sorted(writes[1:3]) == ["POST /apikeys", "PUT /apikeys/{id}"]
    assert writes[3:] == ["DELETE /apikeys/{id}", "DELETE /workspace/{id}"]
    stack.assert_sound()

    # nobody can see that somebody changed a secret, but a trigger writes it again
    emulator.update_api_key(after["in-place"], {"secret": "of somebody else"})
    stack.up("--refresh", "--expect-no-changes")
    in_place["rotation_triggers"] = {"written": "2026-02"}
    stack.declare(plan)
    stack.requests()
    stack.up()
    assert stack.writes() == ["PUT /apikeys/{id}"]
    assert {row["secret"] for row in emulator.api_keys()} == {"canary-2"}
    stack.assert_sound()


@both
def test_an_update_in_doubt_that_is_taken_back_is_written_again(
    start: Start, provider: str
) -> None:
    """The dynamic provider cannot record what it does not know, so a trigger makes the run write.

    The native one leaves the value out of the state, in which the engine notes the error.
    """
    stack = start(provider)
    stack.project.variables["FLASHBACK_MAX_RETRIES"] = "0"
    wanted = key(stack.emulator.workspace_id, rotation_triggers={"written": "1"})
    stack.declare({"key": wanted})
    stack.up()
    refusal = {"fault": "500", "status": 403, "times": "forever"}
    stack.emulator.script_faults({"PUT /apikeys/{id}": ["commit-then-503", refusal]})
    stack.declare({"key": {**wanted, "secret": "canary-2"}})
    output = stack.up(fails=True)
    if provider == "dynamic":
        assert "may have the new values" in output
        assert "rotation_triggers a new value, so that `pulumi up` writes key and secret" in output
        wanted["rotation_triggers"] = {"written": "2"}
    recorded = stack.managed()["key"]
    assert ("initErrors" in recorded) is (provider == "native")
    assert ("secret" in recorded["outputs"]) is (provider == "dynamic")
    stack.emulator.clear_faults()
    assert stack.emulator.api_keys()[0]["secret"] == "canary-2"
    stack.declare({"key": wanted})
    stack.up()
    assert stack.emulator.api_keys()[0]["secret"] == SECRET
    assert "initErrors" not in stack.managed()["key"]
    stack.up("--expect-no-changes")
    stack.assert_sound()


def test_replace_on_changes_replaces(start: Start) -> None:
    stack = start()
    wanted = key(stack.emulator.workspace_id, tenant_id="a", region="a")
    wanted["opts"] = {"replace_on_changes": ["key", "tenant_id"]}
    stack.declare({"key": wanted})
    stack.up()
    (first,) = stack.ids().values()
    wanted["region"] = "b"
    stack.declare({"key": wanted})
    assert "~ 1 updated" in stack.up()
    wanted |= {"key": f"{KEY}-2", "tenant_id": "b"}
    stack.declare({"key": wanted})
    assert "1 to replace" in stack.preview()
    assert "1 replaced" in stack.up()
    assert first not in stack.ids().values()
    stack.up("--refresh", "--expect-no-changes")
    stack.assert_sound()


def test_a_forced_replacement_names_the_key_that_exists(start: Start) -> None:
    """The new key comes first, unless the program says otherwise."""
    stack = start()
    wanted = key(stack.emulator.workspace_id)
    stack.declare({"key": wanted})
    stack.up()
    before = stack.managed()["key"]
    output = stack.up("--replace", before["urn"], fails=True)
    assert f"an identical API key with id {before['id']} already exists" in output
    assert "delete_before_replace" in output
    stack.assert_sound()
    stack.declare({"key": {**wanted, "opts": {"delete_before_replace": True}}})
    assert "1 replaced" in stack.up("--replace", before["urn"])
    assert before["id"] not in stack.ids().values()
    stack.assert_sound()
