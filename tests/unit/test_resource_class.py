"""The class that programs write, without an engine."""

from __future__ import annotations

import asyncio
import base64
import inspect
import pickle
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime import mocks, rpc
from pulumi.runtime.settings import get_monitor

import pulumi_flashback
from pulumi_flashback import ApiKey, ApiKeyArgs, Workspace
from pulumi_flashback.dynamic.api_key import ApiKeyProvider
from pulumi_flashback.dynamic.provider import FlashbackProvider
from pulumi_flashback.dynamic.workspace import WorkspaceProvider
from pulumi_flashback.dynamic.workspace_member import WorkspaceMemberProvider
from pulumi_flashback.resources.api_key import API_KEY, ApiKeyOutputs
from tests.contract.driver import PICKLES

REQUIRED: dict[str, Any] = {"workspace_id": "w", "key": "k", "secret": "s", "provider": "AWS"}


class Registrations(mocks.Mocks):
    """Takes what a program registers."""

    def __init__(self) -> None:
        self.made: list[mocks.MockResourceArgs] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.made.append(args)
        return "the-id", {**args.inputs, "apiKeyId": "the-id", "orgId": "o"}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        return {}, None


@pytest.fixture
def registrations() -> Registrations:
    """Run the test as a program whose registrations are kept."""
    taken = Registrations()
    pulumi.runtime.set_mocks(taken, preview=False)
    return taken


as_program: Callable[[Callable[[], Any]], Callable[[], None]] = pulumi.runtime.test


def plain(value: Any) -> Any:
    return rpc.unwrap_rpc_secret(value)


def test_a_registration_has_the_frozen_names(registrations: Registrations) -> None:
    @as_program
    def program() -> Any:
        key = ApiKey("backups", ApiKeyArgs(**REQUIRED, tenant_id="t"))

        def look(values: list[Any]) -> None:
            (made,) = registrations.made
            assert made.typ == "pulumi-python:dynamic/flashback:ApiKey"
            inputs = {name: plain(value) for name, value in made.inputs.items()}
            assert inputs == {
                "workspaceId": "w",
                "key": "k",
                "secret": "s",
                "provider": "AWS",
                "tenantId": "t",
                "__provider": PICKLES["ApiKey"],
            }
            assert values == ["w", "the-id", "o", "t", None]

        outputs = [key.workspace_id, key.api_key_id, key.org_id, key.tenant_id, key.region]
        return pulumi.Output.all(*outputs).apply(look)

    program()


@pytest.mark.parametrize("wrap", [lambda v: v, pulumi.Output.from_input, pulumi.Output.secret])
@pytest.mark.parametrize("how", ["single", "args"])
def test_credentials_are_secret_whatever_is_passed(
    registrations: Registrations, wrap: Any, how: str
) -> None:
    @as_program
    def program() -> Any:
        inputs = {**REQUIRED, "key": wrap("k"), "secret": wrap("s")}
        key = ApiKey("a", ApiKeyArgs(**inputs)) if how == "args" else ApiKey("a", **inputs)
        secretness = [key.key.is_secret(), key.secret.is_secret(), key.provider.is_secret()]

        async def look() -> None:
            assert [await each for each in secretness] == [True, True, False]
            (made,) = registrations.made
            assert rpc.is_rpc_secret(made.inputs["secret"])
            assert rpc.is_rpc_secret(made.inputs["key"])

        return look()

    program()


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_required_argument(registrations: Registrations, name: str) -> None:
    given = {key: value for key, value in REQUIRED.items() if key != name}
    with pytest.raises(TypeError, match=f"^Missing required property '{name}'$"):
        ApiKey("a", **given)
    with pytest.raises(TypeError, match=f"^Missing required property '{name}'$"):
        ApiKey("a", ApiKeyArgs(**{**REQUIRED, name: None}))


def test_inputs_are_given_once(registrations: Registrations) -> None:
    with pytest.raises(TypeError, match="not both: region"):
        ApiKey("a", ApiKeyArgs(**REQUIRED), region="r")  # type: ignore[call-overload]


def test_get_needs_no_credentials(registrations: Registrations) -> None:
    @as_program
    def program() -> Any:
        key = ApiKey.get("other", "an-id", "w")

        def look(workspace: str) -> None:
            (made,) = registrations.made
            assert made.resource_id == "an-id"
            assert workspace == "w"

        return key.workspace_id.apply(look)

    program()


@pytest.mark.parametrize("provider", [ApiKeyProvider, WorkspaceProvider, WorkspaceMemberProvider])
def test_the_pickle_is_frozen(provider: type[FlashbackProvider]) -> None:
    pickled = PICKLES[provider.resource_name]
    assert serialize_provider(provider()) == pickled
    assert type(pickle.loads(base64.b64decode(pickled))) is provider


def test_thousands_of_resources_do_not_exhaust_the_stack() -> None:
    assert {serialize_provider(ApiKeyProvider()) for _ in range(1500)} == {PICKLES["ApiKey"]}


@pytest.mark.parametrize(
    ("imported", "not_loaded"),
    [
        ("from pulumi_flashback import ApiKey", {"httpx", "pydantic"}),
        ("import pulumi_flashback.client", {"pulumi", "grpc"}),
    ],
)
def test_nobody_pays_for_what_only_others_need(imported: str, not_loaded: set[str]) -> None:
    code = f"import sys; {imported}; print({not_loaded!r} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"


def test_the_package_offers_what_programs_write() -> None:
    assert dir(pulumi_flashback) == sorted(pulumi_flashback.__all__)
    for name in pulumi_flashback.__all__:
        assert getattr(pulumi_flashback, name).__module__.startswith("pulumi_flashback.")
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = pulumi_flashback.Nothing


def test_arguments_show_no_secret() -> None:
    shown = repr(ApiKeyArgs(**{**REQUIRED, "key": "canary-1", "secret": "canary-2"}))
    assert "canary" not in shown


def test_the_class_says_what_the_core_says() -> None:
    documented = dict(
        re.findall(r"^    (\w+): (.+?)(?=\n    \w+: |\Z)", args_section(ApiKeyArgs), re.M | re.S)
    )
    core = {name: info.description for name, info in API_KEY.inputs.model_fields.items()}
    assert {name: " ".join(text.split()) for name, text in documented.items()} == core


def test_every_output_has_an_attribute() -> None:
    annotated = set(inspect.get_annotations(ApiKey))
    snake = {
        re.sub("([A-Z])", lambda m: f"_{m[1].lower()}", name) for name in ApiKeyOutputs.names()
    }
    assert annotated == set(API_KEY.inputs.model_fields) | snake


def args_section(documented: type) -> str:
    text = inspect.getdoc(documented) or ""
    return text.partition("Args:\n")[2].rstrip()


class Other(pulumi.ComponentResource):
    """A resource of the program's own."""

    def __init__(self, name: str) -> None:
        super().__init__("test:index:Other", name)


def test_a_registration_carries_no_call_stack(
    registrations: Registrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[Any] = []
    register: Any = mocks.MockMonitor.RegisterResource

    def record(self: mocks.MockMonitor, request: Any) -> Any:
        requests.append(request)
        return register(self, request)

    monkeypatch.setattr(mocks.MockMonitor, "RegisterResource", record)

    @as_program
    def program() -> Any:
        engine = get_monitor()
        key = ApiKey("backups", ApiKeyArgs(**REQUIRED))
        assert get_monitor() is engine
        other = Other("another")

        def look(_: Any) -> None:
            of = {request.name: request for request in requests}
            assert not of["backups"].stackTrace.frames
            assert not of["backups"].sourcePosition.uri
            assert of["another"].stackTrace.frames  # resources of others keep theirs

        return pulumi.Output.all(key.urn, other.urn).apply(look)

    program()


def test_a_registration_leaves_other_threads_alone(registrations: Registrations) -> None:
    """Programs of the Automation API run in threads of one process."""
    requests: list[Any] = []

    class Engine(mocks.MockMonitor):
        def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
            requests.append(request)
            return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    @as_program
    def other_program() -> Any:
        return Other("another").urn.apply(lambda _: None)

    def run_other_program() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        pulumi.runtime.set_mocks(Registrations(), monitor=Engine(Registrations()))
        other_program()

    def in_the_middle_of_a_registration(_: pulumi.ResourceTransformationArgs) -> None:
        assert not hasattr(sys, "tracebacklimit")
        thread = threading.Thread(target=run_other_program)
        thread.start()
        thread.join()

    @as_program
    def program() -> Any:
        options = pulumi.ResourceOptions(transformations=[in_the_middle_of_a_registration])
        return ApiKey("backups", ApiKeyArgs(**REQUIRED), options).urn.apply(lambda _: None)

    program()
    (other,) = (request for request in requests if request.name == "another")
    assert other.stackTrace.frames


def test_what_equals_the_id_is_known_where_the_other_outputs_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the preview of an update the engine knows no output of a dynamic provider but the id."""
    monitor = mocks.MockMonitor(Registrations())
    pulumi.runtime.set_mocks(Registrations(), preview=True, monitor=monitor)
    register: Any = mocks.MockMonitor.RegisterResource

    def without_outputs(self: mocks.MockMonitor, request: Any) -> Any:
        response = register(self, request)
        for name in ("apiKeyId", "workspaceId", "orgId"):
            response.object.fields.pop(name, None)
        return response

    monkeypatch.setattr(mocks.MockMonitor, "RegisterResource", without_outputs)

    @as_program
    def program() -> Any:
        key = ApiKey("backups", ApiKeyArgs(**REQUIRED))
        workspace = Workspace("team", name="team")

        async def look() -> None:
            assert not await key.org_id.is_known()
            assert [await each.future() for each in (key.api_key_id, workspace.workspace_id)] == [
                "the-id",
                "the-id",
            ]
            assert await key.api_key_id.resources() == {key}

        return pulumi.Output.from_input(look())

    program()


def test_a_program_with_more_keys_than_the_interpreter_has_frames(
    registrations: Registrations,
) -> None:
    number = 1500

    @as_program
    def program() -> Any:
        keys = [ApiKey(f"key-{n}", ApiKeyArgs(**REQUIRED)) for n in range(number)]
        return keys[-1].urn.apply(lambda _: None)

    program()
    assert len({made.name for made in registrations.made}) == number > sys.getrecursionlimit()
