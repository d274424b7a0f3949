"""``ApiKey`` through the real engine, in a program that the plain CLI runs."""

from __future__ import annotations

import pytest

from tests.engine.conftest import CANARIES, SECRET, Stack, StackFactory
from tools.pulumi_project import CommandFailedError

pytestmark = pytest.mark.engine


@pytest.fixture
def one_key(stack: Stack) -> Stack:
    """A stack with one key, up."""
    stack.declare({"key": stack.inputs(region="us-east-1")})
    stack.up()
    return stack


def test_up_creates_the_key_as_declared(one_key: Stack) -> None:
    (row,) = one_key.emulator.api_keys()
    outputs = one_key.project.outputs()
    assert outputs["ids"] == {"key": row["id"]}
    assert outputs["key"] == {"key": row["key"]}
    assert row["secret"] == SECRET
    assert row["region"] == "us-east-1"
    assert one_key.managed()["key"]["type"] == "pulumi-python:dynamic/flashback:ApiKey"
    one_key.assert_sound()


def test_preview_sends_nothing_and_needs_no_token(make_stack: StackFactory) -> None:
    stack = make_stack(FLASHBACK_TOKEN="")
    stack.declare({"key": stack.inputs()})
    assert "+ 2 to create" in stack.run("preview")
    assert stack.emulator.requests == []
    stack.assert_sound()


def test_second_up_changes_nothing_and_asks_nothing(one_key: Stack) -> None:
    one_key.emulator.requests.clear()
    assert "2 unchanged" in one_key.up()
    assert one_key.emulator.requests == []
    one_key.assert_sound()


def test_rotation_changes_the_key_in_place_with_one_request(one_key: Stack) -> None:
    (before,) = one_key.emulator.api_keys()
    one_key.declare({"key": one_key.inputs(region="us-east-1", secret="canary-secret-2")})
    one_key.emulator.requests.clear()
    assert "1 updated" in one_key.up()
    assert one_key.emulator.requests == [("PUT", "/apikeys/{id}", 200)]
    assert one_key.emulator.api_keys() == [{**before, "secret": "canary-secret-2"}]
    one_key.assert_sound()


def test_every_field_but_the_workspace_changes_in_place(one_key: Stack) -> None:
    changes = {
        "key": "CANARYKEY-OTHER",
        "provider": "AZURE",
        "endpoint": "https://storage.example.com:8443/path",
        "region": None,
        "tenant_id": "tenant",
        "subscription_id": "subscription",
        "description": "another",
    }
    (before,) = one_key.emulator.api_keys()
    one_key.declare({"key": one_key.inputs(**changes)})
    assert "1 updated" in one_key.up()
    (after,) = one_key.emulator.api_keys()
    names = {"tenant_id": "tenantId", "subscription_id": "subscriptionId"}
    expected = {names.get(name, name): value for name, value in changes.items()}
    assert after == {**before, **expected}
    assert "unchanged" in one_key.refresh()
    one_key.assert_sound()


def test_another_workspace_replaces_the_key(one_key: Stack) -> None:
    one_key.declare({"key": one_key.inputs(workspace_id=one_key.emulator.second_workspace_id)})
    assert "1 replaced" in one_key.up()
    assert one_key.emulator.api_keys() == []
    assert len(one_key.emulator.api_keys(one_key.emulator.second_workspace_id)) == 1
    one_key.assert_sound()


def test_forced_replacement_in_one_workspace_names_the_key_in_the_way(one_key: Stack) -> None:
    before = one_key.managed()["key"]
    with pytest.raises(CommandFailedError) as failure:
        one_key.up("--replace", before["urn"])
    assert f"an identical API key with id {before['id']} exists" in failure.value.output
    assert "delete_before_replace" in failure.value.output
    one_key.assert_sound()


def test_refresh_without_drift_finds_none_with_one_request(one_key: Stack) -> None:
    one_key.emulator.requests.clear()
    assert "2 unchanged" in one_key.refresh()
    assert one_key.emulator.requests == [("GET", "/apikeys", 200)]
    assert "2 unchanged" in one_key.up()
    one_key.assert_sound()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", "CANARYKEY-DRIFTED"),
        ("provider", "GCP"),
        ("endpoint", "other.example.com"),
        ("region", None),
        ("tenantId", "other"),
        ("subscriptionId", "other"),
        ("description", "other"),
    ],
)
def test_refresh_finds_drift_and_up_repairs_it(
    one_key: Stack, field: str, value: str | None
) -> None:
    (wanted,) = one_key.emulator.api_keys()
    one_key.emulator.update_api_key(wanted["id"], {field: value})
    assert "1 updated" in one_key.refresh()
    one_key.assert_sound()
    assert "1 updated" in one_key.up()
    assert one_key.emulator.api_keys() == [wanted]
    assert "2 unchanged" in one_key.refresh()
    one_key.assert_sound()


def test_vanished_key_leaves_the_state_and_is_made_again(one_key: Stack) -> None:
    (row,) = one_key.emulator.api_keys()
    one_key.emulator.delete_api_key(row["id"])
    assert "1 deleted" in one_key.refresh()
    assert one_key.managed() == {}
    assert "1 created" in one_key.up()
    one_key.assert_sound()


def test_lost_access_never_means_that_the_key_is_gone(
    make_stack: StackFactory, one_key: Stack
) -> None:
    stranger = one_key.emulator.add_user("stranger@flashback.example")
    one_key.project.variables["FLASHBACK_TOKEN"] = one_key.emulator.issue_token(stranger)
    with pytest.raises(CommandFailedError) as failure:
        one_key.refresh()
    assert "403 Insufficient permissions" in failure.value.output
    one_key.assert_sound()


def test_destroy_leaves_nothing(one_key: Stack) -> None:
    assert "2 deleted" in one_key.destroy()
    assert one_key.emulator.api_keys() == []
    one_key.assert_sound()


def test_destroy_of_a_key_that_is_gone_already_succeeds(one_key: Stack) -> None:
    one_key.emulator.delete_api_key(one_key.managed()["key"]["id"])
    one_key.destroy()
    one_key.assert_sound()


def test_destroy_of_a_key_in_use_says_by_what_and_keeps_it(one_key: Stack) -> None:
    one_key.emulator.mark_in_use(one_key.managed()["key"]["id"], buckets=2, models=1)
    with pytest.raises(CommandFailedError) as failure:
        one_key.destroy()
    assert "it is in use by 2 bucket(s) and 1 AI model(s)" in failure.value.output
    one_key.assert_sound()


def test_destroy_after_the_token_expired_uses_the_variable(one_key: Stack) -> None:
    emulator = one_key.emulator
    owner = emulator.add_user("second-owner@flashback.example", org_role=0xFF)
    one_key.project.variables["FLASHBACK_TOKEN"] = emulator.issue_token(owner, seconds=0)
    with pytest.raises(CommandFailedError) as failure:
        one_key.destroy()
    assert "401 User not found or not validated" in failure.value.output
    assert "FLASHBACK_TOKEN" in failure.value.output
    one_key.assert_sound()
    one_key.project.variables["FLASHBACK_TOKEN"] = emulator.issue_token(owner)
    one_key.destroy()
    one_key.assert_sound()


def test_get_reads_a_key_without_managing_it(stack: Stack) -> None:
    identifier = stack.emulator.add_api_key(key="CANARYKEY-READ", provider="GCP")
    stack.declare({}, {"other": {"id": identifier, "workspace_id": stack.emulator.workspace_id}})
    stack.up()
    assert stack.project.outputs()["found"] == {"other": "GCP"}
    assert not stack.project.files_with("CANARYKEY-READ")
    stack.destroy()
    assert [row["id"] for row in stack.emulator.api_keys()] == [identifier]


def test_get_of_a_key_that_does_not_exist_fails_clearly(stack: Stack) -> None:
    stack.declare({}, {"other": {"id": "nope", "workspace_id": stack.emulator.workspace_id}})
    with pytest.raises(CommandFailedError) as failure:
        stack.up()
    assert "could not read ApiKey nope: workspace workspace-uuid has no" in failure.value.output


def test_two_stacks_share_a_workspace(make_stack: StackFactory) -> None:
    first, second = make_stack("first"), make_stack("second")
    first.declare({"key": first.inputs(key="CANARYKEY-1")})
    second.declare({"key": second.inputs(key="CANARYKEY-2")})
    first.up()
    second.up()
    assert "2 unchanged" in first.refresh()
    first.assert_sound(second)
    first.destroy()
    first.assert_sound(second)
    second.destroy()
    assert first.emulator.api_keys() == []


def test_a_duplicate_names_the_key_that_exists_and_the_ways_out(one_key: Stack) -> None:
    inputs = one_key.inputs()
    one_key.declare({"key": one_key.inputs(region="us-east-1"), "twin": inputs})
    with pytest.raises(CommandFailedError) as failure:
        one_key.up()
    identifier = one_key.managed()["key"]["id"]
    assert f"an identical API key with id {identifier} exists already" in failure.value.output
    assert "a resource of this program holds it. Declare each key once" in failure.value.output
    one_key.assert_sound()


def test_wrong_inputs_are_refused_all_at_once_before_anything_is_sent(stack: Stack) -> None:
    stack.declare(
        {
            "key": {
                "workspace_id": "  ",
                "key": " ",
                "secret": ["canary-secret-in-a-list"],
                "provider": 5,
                "endpoint": "https://user:canary-secret@example.com",
            }
        }
    )
    with pytest.raises(CommandFailedError) as failure:
        stack.run("preview")
    for text in (
        "workspaceId must not be empty",
        "key must not be empty",
        "secret must be a string, not a list",
        "provider must be a string, not a number",
        "endpoint must not contain a user name or password",
    ):
        assert text in failure.value.output
    assert stack.emulator.requests == []
    stack.assert_sound()


def test_an_undocumented_provider_is_a_warning(one_key: Stack) -> None:
    one_key.declare({"key": one_key.inputs(region="us-east-1", provider="IBM")})
    output = one_key.run("preview")
    assert "warning: API key with an unknown provider (known: AWS, GCP" in output
    with pytest.raises(CommandFailedError) as failure:
        one_key.up()
    assert "400 Invalid provider" in failure.value.output
    one_key.assert_sound()


def test_an_error_is_one_line(one_key: Stack) -> None:
    one_key.emulator.mark_in_use(one_key.managed()["key"]["id"], buckets=1)
    with pytest.raises(CommandFailedError) as failure:
        one_key.destroy()
    output = failure.value.output
    _, _, diagnostics = output.partition("Diagnostics:")
    (message,) = [line for line in diagnostics.splitlines() if "could not delete" in line]
    assert message.strip().startswith(
        "error: pulumi_flashback.ProviderError: could not delete ApiKey "
    )
    for word in ("Traceback", 'File "', "httpx", "pydantic", "During handling", "direct cause"):
        assert word not in output


def test_wrong_settings_are_told_in_the_preview_all_at_once(make_stack: StackFactory) -> None:
    stack = make_stack(FLASHBACK_TIMEOUT="soon", FLASHBACK_BASE_URL="ftp://example.com")
    stack.declare({"key": stack.inputs()})
    with pytest.raises(CommandFailedError) as failure:
        stack.run("preview")
    assert (
        "flashback:timeout (FLASHBACK_TIMEOUT) must be a number of seconds" in failure.value.output
    )
    assert "flashback:baseUrl (FLASHBACK_BASE_URL) must be a URL" in failure.value.output


def test_missing_credentials_name_every_way(make_stack: StackFactory) -> None:
    stack = make_stack(FLASHBACK_TOKEN="")
    stack.declare({"key": stack.inputs()})
    with pytest.raises(CommandFailedError) as failure:
        stack.up()
    for name in ("flashback:token", "FLASHBACK_EMAIL", "flashback:refreshToken"):
        assert name in failure.value.output
    stack.assert_sound()


def test_credentials_of_the_stack_config_stay_encrypted(make_stack: StackFactory) -> None:
    stack = make_stack(FLASHBACK_TOKEN="")
    emulator = stack.emulator
    stack.project.configure({"flashback:email": emulator.email})
    stack.project.configure({"flashback:password": emulator.password}, secret=True)
    stack.declare({"key": stack.inputs()})
    assert "clear text" not in stack.up()
    assert not stack.project.files_with(emulator.password)
    stack.assert_sound()


def test_a_plain_token_in_the_stack_config_is_warned_of(make_stack: StackFactory) -> None:
    stack = make_stack(FLASHBACK_TOKEN="")
    stack.project.configure({"flashback:token": stack.emulator.token})
    stack.declare({"key": stack.inputs()})
    assert "flashback:token is stored in clear text" in stack.up()


def test_verbose_output_of_the_provider_shows_no_secret(stack: Stack) -> None:
    stack.declare({"key": stack.inputs()})
    output = stack.project.pulumi(
        "up", "--yes", "--skip-preview", "--stack", "dev", "-v=9", "--logtostderr"
    )
    assert stack.project.variables["FLASHBACK_TOKEN"] not in output
    # at this level the engine itself prints every property that crosses its wires
    others = [line for line in output.splitlines() if "arshaling property for RPC" not in line]
    for canary in CANARIES:
        assert not [line for line in others if canary in line]
    stack.up()
    stack.assert_sound()


@pytest.mark.parametrize("loss", ["deleted", "older"])
def test_a_lost_state_heals_by_adoption(stack: Stack, loss: str) -> None:
    keys = {name: stack.inputs(key=f"CANARYKEY-{name}") for name in ("a", "b", "c")}
    stack.declare({"a": keys["a"]})
    stack.up()
    older = stack.project.state_file().read_bytes()
    stack.declare(keys)
    stack.up()
    before = {row["id"] for row in stack.emulator.api_keys()}
    if loss == "older":
        stack.project.state_file().write_bytes(older)
    else:
        stack.project.pulumi("stack", "rm", "--yes", "--force", "--preserve-config", "dev")
        stack.project.create_stack()
    stack.declare({name: {**inputs, "adopt_existing": True} for name, inputs in keys.items()})
    printed = stack.up()
    assert "adopted API key" in printed
    assert {row["id"] for row in stack.emulator.api_keys()} == before
    stack.assert_sound()
    assert "4 unchanged" in stack.up()


def test_a_renamed_resource_adopts_its_key_and_keeps_it(one_key: Stack) -> None:
    (row,) = one_key.emulator.api_keys()
    one_key.declare({"renamed": one_key.inputs(region="us-east-1", adopt_existing=True)})
    one_key.up()
    assert one_key.emulator.api_keys() == [row]
    one_key.assert_sound()
