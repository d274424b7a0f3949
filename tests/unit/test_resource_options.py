"""What the engine is told of an ``ApiKey``: options, secrets, previews."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks, rpc

from pulumi_flashback import ApiKey, ApiKeyArgs, FlashbackWorkspace, WorkspaceDescription

REQUIRED: dict[str, Any] = {
    "workspace_id": "w",
    "key": "canary-key",
    "secret": "canary-secret",
    "provider": "AWS",
}

as_program: Callable[[Callable[[], Any]], Callable[[], None]] = pulumi.runtime.test


class Backend(mocks.Mocks):
    """Answers registrations as a provider would."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        return "the-id", {**args.inputs, "apiKeyId": "the-id", "orgId": "the-organization"}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        return {}, None


class Engine(mocks.MockMonitor):
    """Keeps the requests of a program."""

    def __init__(self) -> None:
        super().__init__(Backend())
        self.requests: list[Any] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
        if "ApiKey" in request.type:
            self.requests.append(request)
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    @property
    def request(self) -> Any:
        (only,) = self.requests
        return only


def engine(preview: bool = False) -> Engine:
    monitor = Engine()
    pulumi.runtime.set_mocks(Backend(), preview=preview, monitor=monitor)
    return monitor


def run(make: Callable[[], ApiKey], preview: bool = False) -> tuple[Any, ApiKey]:
    """Run a program of one resource and return what the engine got, and the resource."""
    monitor = engine(preview)
    made: list[ApiKey] = []

    @as_program
    def program() -> Any:
        made.append(make())
        return made[0].urn

    program()
    return monitor.request, made[0]


@pytest.mark.parametrize(
    ("opts", "field", "expected"),
    [
        (None, "additionalSecretOutputs", {"key", "secret"}),
        (
            pulumi.ResourceOptions(additional_secret_outputs=["description"]),
            "additionalSecretOutputs",
            {"key", "secret", "description"},
        ),
        (pulumi.ResourceOptions(ignore_changes=["secret"]), "ignoreChanges", {"secret"}),
        (pulumi.ResourceOptions(ignore_changes=["tenantId"]), "ignoreChanges", {"tenantId"}),
        (pulumi.ResourceOptions(replace_on_changes=["key"]), "replaceOnChanges", {"key"}),
    ],
)
def test_options_of_the_user_are_kept_beside_ours(
    opts: pulumi.ResourceOptions | None, field: str, expected: set[str]
) -> None:
    request, _ = run(lambda: ApiKey("a", ApiKeyArgs(**REQUIRED), opts))
    assert set(getattr(request, field)) == expected
    assert {"key", "secret"} <= set(request.additionalSecretOutputs)


@pytest.mark.parametrize(
    ("opts", "field"),
    [
        (pulumi.ResourceOptions(protect=True), "protect"),
        (pulumi.ResourceOptions(delete_before_replace=True), "deleteBeforeReplace"),
        (pulumi.ResourceOptions(retain_on_delete=True), "retainOnDelete"),
    ],
)
def test_switches_of_the_user_are_kept(opts: pulumi.ResourceOptions, field: str) -> None:
    request, _ = run(lambda: ApiKey("a", ApiKeyArgs(**REQUIRED), opts=opts))
    assert getattr(request, field) is True


def test_the_options_object_of_the_user_is_not_changed() -> None:
    opts = pulumi.ResourceOptions(additional_secret_outputs=["description"])
    run(lambda: ApiKey("a", ApiKeyArgs(**REQUIRED), opts))
    assert opts.additional_secret_outputs == ["description"]


def test_no_secret_travels_in_clear_and_the_provider_is_no_secret() -> None:
    request, _ = run(lambda: ApiKey("a", **REQUIRED))
    inputs = dict(request.object.items())
    for name in ("key", "secret"):
        assert rpc._special_sig_key in inputs[name]
    assert isinstance(inputs["__provider"], str)
    assert inputs.keys() == {"workspaceId", "key", "secret", "provider", "__provider"}


@pytest.mark.parametrize("give", ["args", "single"])
def test_both_ways_to_give_all_inputs_register_the_same(give: str) -> None:
    optional: dict[str, Any] = {
        "endpoint": "e",
        "region": "r",
        "tenant_id": "t",
        "subscription_id": "s",
        "description": "d",
    }
    everything = {**REQUIRED, **optional}

    def make() -> ApiKey:
        return (
            ApiKey("a", ApiKeyArgs(**everything)) if give == "args" else ApiKey("a", **everything)
        )

    request, _ = run(make)
    plain = {
        name: rpc.unwrap_rpc_secret(value) if name in ("key", "secret") else value
        for name, value in rpc.deserialize_properties(request.object).items()
        if name != "__provider"
    }
    assert plain == {
        "workspaceId": "w",
        "key": "canary-key",
        "secret": "canary-secret",
        "provider": "AWS",
        "endpoint": "e",
        "region": "r",
        "tenantId": "t",
        "subscriptionId": "s",
        "description": "d",
    }


OUTPUTS = {
    "workspace_id": "w",
    "key": "canary-key",
    "secret": "canary-secret",
    "provider": "AWS",
    "endpoint": None,
    "region": None,
    "tenant_id": None,
    "subscription_id": None,
    "description": None,
    "api_key_id": "the-id",
    "org_id": "the-organization",
}


def test_every_attribute_is_an_output_under_its_python_name() -> None:
    engine()

    @as_program
    def program() -> Any:
        key = ApiKey("a", **REQUIRED)
        values = pulumi.Output.all(**{name: getattr(key, name) for name in OUTPUTS})

        def look(found: dict[str, Any]) -> None:
            assert found == OUTPUTS

        return values.apply(look)

    program()


def test_an_input_may_come_from_another_resource_that_is_not_made_yet() -> None:
    unknown: pulumi.Output[Any] = pulumi.Output(
        set(), _future(rpc.UNKNOWN), _future(False), _future(False)
    )
    request, _ = run(lambda: ApiKey("a", **{**REQUIRED, "workspace_id": unknown}), preview=True)
    assert request.object["workspaceId"] == rpc.UNKNOWN


def _future(value: Any) -> Any:
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    future.set_result(value)
    loop.close()
    return future


def test_a_key_that_is_read_sends_its_workspace_and_no_credential() -> None:
    taken: list[mocks.MockResourceArgs] = []

    class Reader(Backend):
        def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
            taken.append(args)
            return super().new_resource(args)

    pulumi.runtime.set_mocks(Reader(), preview=False)

    @as_program
    def program() -> Any:
        key = ApiKey.get("a", "an-id", "w", pulumi.ResourceOptions(version="1.2.3"))
        return key.urn

    program()
    (args,) = taken
    assert args.resource_id == "an-id"
    assert args.typ == "pulumi-python:dynamic/flashback:ApiKey"
    assert set(args.inputs) == {"workspaceId", "__provider"}


def test_arguments_are_compared_by_value_and_shown_without_credentials() -> None:
    arguments = ApiKeyArgs(**REQUIRED)
    assert arguments == ApiKeyArgs(**REQUIRED)
    assert "canary" not in repr(arguments)
    assert "workspace_id='w'" in repr(arguments)


class Account(pulumi.ProviderResource):
    """A provider of a program, of any package."""

    def __init__(self, package: str) -> None:
        super().__init__(package, "account")


@pytest.mark.parametrize(
    "options",
    [
        lambda account: pulumi.ResourceOptions(provider=account),
        lambda account: pulumi.ResourceOptions(providers=[account]),
        lambda account: pulumi.ResourceOptions(providers={account.package: account}),
    ],
)
@pytest.mark.parametrize(
    "declare",
    [
        lambda opts: ApiKey("a", **REQUIRED, opts=opts),
        lambda opts: FlashbackWorkspace("a", WorkspaceDescription(name="Team"), opts),
    ],
)
def test_an_account_that_would_be_ignored_is_refused(options: Any, declare: Any) -> None:
    monitor = engine()
    words: list[str] = []

    @as_program
    def program() -> None:
        declare(options(Account("pulumi-python")))
        with pytest.raises(pulumi.RunError) as error:
            declare(options(Account("flashback")))
        words.append(str(error.value))

    program()
    assert words[0].startswith("a has a Provider of pulumi_flashback_native in its options")
    assert len(monitor.requests) <= 1
