"""The classes that programs write, without an engine: they are generated, so one stands for all."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.output import UNKNOWN
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_monitor

from pulumi_flashback import ApiKey, ApiKeyArgs, FlashbackWorkspace, Workspace
from pulumi_flashback import WorkspaceDescription as Description
from tests.contract.added.badge import Badge, BadgePeriodArgs, HourArgs

REQUIRED: dict[str, Any] = {"workspace_id": "w", "key": "k", "secret": "s", "provider": "AWS"}
ON_THE_WIRE = {"workspaceId": "w", "key": "k", "secret": "s", "provider": "AWS"}
SECRETS = ["key", "secret"]
Options = pulumi.ResourceOptions

as_program: Callable[[Callable[[], Any]], Callable[[], None]] = pulumi.runtime.test


class Backend(mocks.Mocks):
    """Returns what a provider would."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        return "the-id", {**args.inputs, "orgId": "o", "version": 7}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        return {}, None


class Engine(mocks.MockMonitor):
    """Keeps the requests of a program."""

    def __init__(self) -> None:
        super().__init__(Backend())
        self.requests: list[Any] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
        self.requests.append(request)
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        self.requests.append(request)
        return super().ReadResource(request)  # type: ignore[no-untyped-call]


def run(make: Callable[[], Any], preview: bool = False) -> tuple[list[Any], Any]:
    """Run a program; return what the engine got, and the value of what the program returns."""
    engine = Engine()
    values: list[Any] = []
    pulumi.runtime.set_mocks(Backend(), preview=preview, monitor=engine)

    @as_program
    def program() -> Any:
        return pulumi.Output.from_input(make()).apply(values.append)

    program()
    requests = [each for each in engine.requests if each.type != "pulumi:pulumi:Stack"]
    return requests, (values or [None])[0]


@pytest.mark.parametrize("wrap", [lambda v: v, pulumi.Output.from_input, pulumi.Output.secret])
@pytest.mark.parametrize("in_one_object", [True, False])
def test_credentials_are_secret_whatever_is_passed(wrap: Any, in_one_object: bool) -> None:
    inputs = {**REQUIRED, "key": wrap("k"), "secret": wrap("s"), "tenant_id": "t"}

    def make() -> Any:
        key = ApiKey("a", ApiKeyArgs(**inputs)) if in_one_object else ApiKey("a", **inputs)
        return [each.is_secret() for each in (key.key, key.secret, key.provider)]

    (request,), secretness = run(make)
    assert secretness == [True, True, False]
    wire = dict(rpc.deserialize_properties(request.object))
    assert isinstance(wire.pop("__provider"), str)  # a public name is not encrypted
    assert {n for n, value in wire.items() if rpc.is_rpc_secret(value)} == {"key", "secret"}
    plain = {name: rpc.unwrap_rpc_secret(value) for name, value in wire.items()}
    assert plain == {**ON_THE_WIRE, "tenantId": "t"}


def test_numbers_and_objects_have_their_types() -> None:
    zone = pulumi.Output.from_input("UTC")
    first: HourArgs = {"hour_of_day": 8, "time_zone": zone}
    period: BadgePeriodArgs = {"first_hour": first, "other_hours": [{"hour_of_day": 9}]}

    def make() -> Any:
        badge = Badge("a", workspace_id="w", text="t", line_count=3, worn_during=[period])
        hours = badge.worn_during.apply(lambda found: found and found[0].first_hour)
        numbers = [badge.line_count, badge.version, hours.hour_of_day]
        return [*numbers, hours.time_zone, badge.is_bold, badge.stamp_key, badge.badge_id]

    (request,), values = run(make)
    assert values == [3, 7, 8, "UTC", None, None, "the-id"]
    assert {type(each) for each in values[:3]} == {int}
    sent = {"firstHour": {"hourOfDay": 8, "timeZone": "UTC"}, "otherHours": [{"hourOfDay": 9}]}
    assert rpc.deserialize_properties(request.object)["wornDuring"] == [sent]


@pytest.mark.parametrize(
    ("preview", "shown"),
    [(False, (None, True, False)), (True, (None, False, False))],  # value, known, secret
)
def test_what_is_left_out_is_none_unless_the_engine_has_a_value(
    preview: bool, shown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine has a value by a transform or ignore_changes, or if the provider finds one."""
    period = {"firstHour": {"hourOfDay": 8}, "otherHours": []}
    secret = rpc.wrap_rpc_secret("e")
    more = {"region": "r", "endpoint": secret, "isBold": True, "wornDuring": [period]}

    def new_resource(_: Backend, args: mocks.MockResourceArgs) -> tuple[str, dict[Any, Any]]:
        return "the-id", {**args.inputs, **more}

    monkeypatch.setattr(Backend, "new_resource", new_resource)

    def make() -> Any:
        key, badge = ApiKey("a", **REQUIRED), Badge("a", workspace_id="w", text="t")
        assert not {"region", "endpoint", "description", "is_bold"} & {*vars(key), *vars(badge)}
        assert not hasattr(key, "regions")
        hour = badge.worn_during.apply(lambda found: found and found[0].first_hour.hour_of_day)

        async def look() -> list[Any]:
            outputs = (key.region, key.endpoint, hour, badge.is_bold, key.description)
            assert all([await each.resources() for each in outputs])
            return [
                (await each.future(), await each.is_known(), await each.is_secret())
                for each in outputs
            ]

        return look()

    known = [("r", True, False), ("e", True, True), (8, True, False), (True, True, False)]
    assert run(make, preview)[1] == [*known, shown]


@pytest.mark.parametrize("how", [{"result": resource_pb2.FAIL}, {"unknown": True}])
def test_what_a_failed_or_skipped_resource_would_have_is_unknown(
    how: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under --continue-on-error the rest of the program runs."""

    register: Any = mocks.MockMonitor.RegisterResource

    def respond(self: mocks.MockMonitor, request: Any) -> Any:
        if request.type.endswith(":ApiKey"):
            return resource_pb2.RegisterResourceResponse(urn="urn:the-urn", **how)
        return register(self, request)

    monkeypatch.setattr(mocks.MockMonitor, "RegisterResource", respond)

    def make() -> Any:
        key = ApiKey("a", **REQUIRED)

        async def look() -> list[bool]:
            return [await each.is_known() for each in (key.org_id, key.region, key.id)]

        return look()

    assert run(make)[1] == [False, False, False]


@pytest.mark.parametrize(("value", "sent"), [(UNKNOWN, rpc.UNKNOWN), (None, None)])
def test_a_credential_without_a_value_is_secret_as_well(value: Any, sent: str | None) -> None:
    inputs = {**REQUIRED, "secret": pulumi.Output.from_input(value)}
    (request,), _ = run(lambda: ApiKey("a", **inputs).urn, preview=True)
    assert dict(request.object["secret"]) == rpc.wrap_rpc_secret(sent)


@pytest.mark.parametrize("name", REQUIRED)
def test_inputs_are_complete_and_given_once(name: str) -> None:
    given = {**REQUIRED, name: None}
    missing = f"^Missing required property '{name}'$"
    with pytest.raises(TypeError, match=missing):
        ApiKey("a", ApiKeyArgs(**given))
    with pytest.raises(TypeError, match=missing):
        ApiKey("a", **given)
    with pytest.raises(TypeError, match="not both: region"):
        ApiKey("a", ApiKeyArgs(**REQUIRED), region="r")  # type: ignore[call-overload]


def test_a_resource_is_read_by_its_parent_and_without_credentials() -> None:
    (request,), workspace = run(
        lambda: ApiKey.get("other", "an-id", "w", Options(version="1.2.3")).workspace_id
    )
    assert (request.id, request.version, workspace) == ("an-id", "1.2.3", "w")
    assert set(request.properties) == {"workspaceId", "__provider"}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"protect": True}, {"protect": True}),
        (
            {"additional_secret_outputs": ["org_id"]},
            {"additionalSecretOutputs": [*SECRETS, "orgId"]},
        ),
        ({"ignore_changes": ["tenant_id"]}, {"ignoreChanges": ["tenantId"]}),
        ({"replace_on_changes": ["tenantId"]}, {"replaceOnChanges": ["tenantId"]}),
    ],
)
def test_options_of_the_user_are_kept_beside_ours(given: Any, wanted: dict[str, Any]) -> None:
    opts = Options(**given)
    (request,), _ = run(lambda: ApiKey("a", ApiKeyArgs(**REQUIRED), opts).urn)
    for name, value in {"additionalSecretOutputs": SECRETS, **wanted}.items():
        assert getattr(request, name) == value
    assert opts.additional_secret_outputs == given.get("additional_secret_outputs")
    # the SDK does not pass the option on to the provider
    assert ("replaceOnChanges" in request.object) is ("replace_on_changes" in given)


def declare_key(opts: Options) -> object:
    return ApiKey("a", **REQUIRED, opts=opts)


def declare_workspace(opts: Options) -> object:
    return FlashbackWorkspace("a", Description(name="Team"), opts)


@pytest.mark.parametrize(
    ("declare", "options"),
    [
        (declare_key, lambda one: {"provider": one}),
        (declare_key, lambda one: {"providers": [one]}),
        (declare_workspace, lambda one: {"providers": {one.package: one}}),
    ],
)
def test_an_account_that_would_be_ignored_is_refused(declare: Any, options: Any) -> None:
    def make() -> Any:
        ours, other = (pulumi.ProviderResource(each, "p") for each in ("flashback", "random"))
        declare(Options(**options(other)))
        with pytest.raises(pulumi.RunError) as error:
            declare(Options(**options(ours)))
        return str(error.value)

    assert run(make)[1].startswith("a has a Provider of pulumi_flashback_native in its options")


class Other(pulumi.ComponentResource):
    """A resource of the program's own."""

    def __init__(self, name: str) -> None:
        super().__init__("test:index:Other", name)


def test_a_registration_carries_no_call_stack_and_leaves_other_threads_alone() -> None:
    """Programs of the Automation API run in threads of one process."""
    in_a_thread: list[Any] = []

    def run_other_program() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        in_a_thread.extend(run(lambda: Other("another").urn)[0])

    def in_the_middle_of_a_registration(_: pulumi.ResourceTransformationArgs) -> None:
        assert not hasattr(sys, "tracebacklimit")
        thread = threading.Thread(target=run_other_program)
        thread.start()
        thread.join()

    def make() -> Any:
        engine = get_monitor()
        opts = Options(transformations=[in_the_middle_of_a_registration])
        key = ApiKey("backups", ApiKeyArgs(**REQUIRED), opts)
        assert get_monitor() is engine
        return [key.urn, Other("of the same program").urn]

    requests = {each.name: each for each in (*run(make)[0], *in_a_thread)}
    ours = requests.pop("backups")
    assert not ours.stackTrace.frames
    assert not ours.sourcePosition.uri
    assert [bool(each.stackTrace.frames) for each in requests.values()] == [True, True]


def test_what_equals_the_id_is_known_where_the_other_outputs_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the preview of an update the engine knows no output of a dynamic provider but the id."""
    register: Any = mocks.MockMonitor.RegisterResource

    def without_outputs(self: mocks.MockMonitor, request: Any) -> Any:
        response = register(self, request)
        for name in ("apiKeyId", "workspaceId", "orgId"):
            response.object.fields.pop(name, None)
        return response

    monkeypatch.setattr(mocks.MockMonitor, "RegisterResource", without_outputs)

    def make() -> Any:
        key, workspace = ApiKey("backups", **REQUIRED), Workspace("team", name="team")

        async def look() -> list[Any]:
            ids = [await each.future() for each in (key.api_key_id, workspace.workspace_id)]
            return [*ids, await key.org_id.is_known(), await key.api_key_id.resources() == {key}]

        return look()

    assert run(make, preview=True)[1] == ["the-id", "the-id", False, True]


def test_a_program_with_more_keys_than_the_interpreter_has_frames() -> None:
    limit, few = sys.getrecursionlimit(), 300
    sys.setrecursionlimit(few)
    try:
        requests, _ = run(lambda: [ApiKey(f"key-{n}", **REQUIRED).urn for n in range(few)])
    finally:
        sys.setrecursionlimit(limit)
    assert len({each.name for each in requests}) == few
