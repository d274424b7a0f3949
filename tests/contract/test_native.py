"""What only the native plugin has."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.config import Settings, read_settings
from pulumi_flashback.core.operations import ProviderError
from pulumi_flashback.core.runtime import Runtime
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.engine import Engine
from pulumi_flashback.native.connections import MOST_CONNECTIONS, Connections
from pulumi_flashback.testing import EmulatorFactory
from tests.contract.conftest import NativeFactory
from tests.contract.driver import NativeProvider, ProviderFailureError
from tests.contract.properties import UNKNOWN, secret

Inputs = dict[str, Any]


def test_it_says_what_it_is(native: NativeProvider) -> None:
    shaken = native.call("Handshake", provider_pb2.ProviderHandshakeRequest())
    assert (shaken.accept_secrets, shaken.accept_outputs, shaken.accept_resources) == (
        *(True, False, False),
    )
    assert native.call("GetPluginInfo", empty_pb2.Empty()).version == version("pulumi_flashback")
    schema = json.loads(native.call("GetSchema", provider_pb2.GetSchemaRequest()).schema)
    assert schema["name"] == "flashback"


@pytest.mark.parametrize("method", ["Parameterize", "Construct", "Call"])
def test_what_it_does_not_offer_is_unimplemented(native: NativeProvider, method: str) -> None:
    request = getattr(provider_pb2, f"{method}Request")()
    with pytest.raises(grpc.RpcError) as error:
        getattr(native._stub, method)(request)
    assert error.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_what_others_map_to_it_is_empty(native: NativeProvider) -> None:
    assert native.call("GetMapping", provider_pb2.GetMappingRequest(key="tf")).provider == ""
    assert list(native.call("GetMappings", provider_pb2.GetMappingsRequest()).providers) == []


def test_credentials_are_secrets_of_the_state(native: NativeProvider) -> None:
    given = {"token": "t", "password": "p", "refreshToken": "r", "email": "e@x.example"}
    checked, problems = native.check_config(given, "mine")
    assert (checked, problems) == (given, [])
    assert native.secrets == {"token", "password", "refreshToken"}


@pytest.mark.parametrize("name", ["token", "baseUrl", "timeout", "email"])
def test_an_unknown_argument_is_accepted(native: NativeProvider, name: str) -> None:
    given = {"password": "p", name: UNKNOWN} if name == "email" else {name: UNKNOWN}
    assert native.check_config(given, "mine") == (given, [])


def test_wrong_arguments_are_named_together(native: NativeProvider) -> None:
    wrong = {"timeout": "soon", "colour": "blue", "version": "0.1.0"}
    rule = "must be a number of seconds from above 0 to 3600"
    assert native.check_config(wrong, "mine")[1] == [
        "colour is not an argument of the provider",
        f"timeout of the Provider {rule}",
    ]
    of_the_default = [f"flashback:timeout (FLASHBACK_TIMEOUT) {rule}"]
    assert native.check_config(wrong, "default")[1] == of_the_default


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({"token": "a"}, {"token": "b"}, False),
        ({"email": "a"}, {"email": "b"}, False),
        ({"baseUrl": "https://a.example"}, {"baseUrl": "https://b.example"}, True),
    ],
)
def test_another_argument_is_reported(
    native: NativeProvider, old: Inputs, new: Inputs, replaces: bool
) -> None:
    request = provider_pb2.DiffRequest()
    request.olds.update(old)
    request.news.update(new)
    answer = native.call("DiffConfig", request)
    kinds = provider_pb2.PropertyDiff
    (name,) = new
    assert answer.changes == answer.DIFF_SOME
    assert list(answer.replaces) == ([name] if replaces else [])
    assert answer.detailedDiff[name].kind == (kinds.UPDATE_REPLACE if replaces else kinds.UPDATE)


def test_a_provider_with_an_expired_token_recommends_no_variable(
    flashback_emulator: Emulator,
) -> None:
    variables = {"FLASHBACK_TOKEN": flashback_emulator.token}
    inputs = {"workspaceId": flashback_emulator.workspace_id, "key": "k", "secret": "s"}
    with NativeProvider(environment=variables, warm=True) as provider:
        stale = {"token": "stale", "baseUrl": flashback_emulator.base_url}
        provider.configure(stale, "mine")
        with pytest.raises(ProviderFailureError) as failure:
            provider.create({**inputs, "provider": "AWS"})
    assert "FLASHBACK_TOKEN" not in str(failure.value)
    assert "--run-program" in str(failure.value)


def test_arguments_of_the_program_win_over_the_environment(flashback_emulator: Emulator) -> None:
    inputs = {"workspaceId": flashback_emulator.workspace_id, "key": "k", "secret": "s"}
    variables = {"FLASHBACK_TOKEN": "stale", "FLASHBACK_BASE_URL": flashback_emulator.base_url}
    with NativeProvider(environment=variables, warm=True) as provider:
        provider.configure(
            {"email": flashback_emulator.email, "password": flashback_emulator.password}, "mine"
        )
        assert provider.create({**inputs, "provider": "AWS"})[0]
        provider.configure({"token": flashback_emulator.token}, "default")
        with pytest.raises(ProviderFailureError, match="401"):
            provider.create({**inputs, "provider": "GCP"})


def test_a_secret_of_the_program_is_not_repeated(
    native: NativeProvider, inputs: Inputs, flashback_emulator: Emulator
) -> None:
    canary = "canary-workspace"
    with pytest.raises(ProviderFailureError) as failure:
        native.create({**inputs, "workspaceId": secret(canary)})
    assert canary not in str(failure.value)


def test_an_unknown_resource_type(native: NativeProvider) -> None:
    request = provider_pb2.CheckRequest(urn="urn:pulumi:d::p::flashback:index:Policy::b")
    with pytest.raises(ProviderFailureError, match="flashback:index:Policy is not a resource"):
        native.call("Check", request)


def test_cancel_ends_what_runs_and_refuses_what_comes(
    make_native: NativeFactory, inputs: Inputs
) -> None:
    with Emulator(faults=True) as emulator:
        emulator.script_faults(
            {"POST /apikeys": [{"fault": "stall-before-commit", "stallBefore": 120}]}
        )
        provider = make_native(emulator)
        with ThreadPoolExecutor(1) as pool:
            wanted = {**inputs, "workspaceId": emulator.workspace_id}
            running = pool.submit(provider.create, wanted)
            while not emulator.in_flight("POST /apikeys"):
                time.sleep(0.01)
            provider.call("Cancel", empty_pb2.Empty())
            with pytest.raises(ProviderFailureError, match="the run was cancelled"):
                running.result()
            with pytest.raises(ProviderFailureError, match="the run was cancelled"):
                provider.create(wanted)
            # another engine attaches (PULUMI_DEBUG_PROVIDERS)
            provider.call("Attach", plugin_pb2.PluginAttach(address="127.0.0.1:1"))
            emulator.clear_faults()
            provider.configure({"baseUrl": emulator.base_url, "token": emulator.token}, "default")
            assert provider.create({**wanted, "provider": "GCP"})[0]


def test_each_connection_has_an_account_of_its_own(
    flashback_emulator_factory: EmulatorFactory, inputs: Inputs
) -> None:
    """All providers of a program attach to the one process that runs already."""
    emulators = [flashback_emulator_factory(), flashback_emulator_factory()]
    first, second = emulators
    with NativeProvider(_signed_in(first), warm=True) as provider:
        with provider.connected() as other:
            with pytest.raises(ProviderFailureError, match="could not create the ApiKey"):
                other.create({**inputs, "workspaceId": "of-the-first-account"})
            other.configure({"baseUrl": second.base_url, "token": second.token}, "mine")
            for each in (provider, other):
                each.create({**inputs, "workspaceId": first.workspace_id})
            assert [len(emulator.api_keys()) for emulator in emulators] == [1, 1]
            other.call("Cancel", empty_pb2.Empty())
            with pytest.raises(ProviderFailureError, match="the run was cancelled"):
                other.create({**inputs, "provider": "GCP"})
            assert provider.create({**inputs, "provider": "GCP"})[0]
        with (
            provider.connected() as stranger,
            pytest.raises(ProviderFailureError, match="the provider is not configured"),
        ):
            stranger.create({**inputs, "provider": "AZURE"})
    assert [len(emulator.api_keys()) for emulator in emulators] == [2, 1]


def test_the_connections_of_earlier_engines_are_forgotten() -> None:
    connections, runtimes = Connections(), [Runtime(_no_settings, Engine()) for _ in range(3)]
    connections.configure("first", runtimes[0])
    connections.configure("second", runtimes[1])
    for n in range(MOST_CONNECTIONS - 1):
        assert connections.runtime("first") is runtimes[0]  # one that works is kept
        connections.configure(f"later-{n}", runtimes[2])
    with pytest.raises(ProviderError, match="not configured"):
        connections.runtime("second")


def test_a_client_is_closed_when_nobody_uses_it_any_more(flashback_emulator: Emulator) -> None:
    variables = {
        "FLASHBACK_BASE_URL": flashback_emulator.base_url,
        "FLASHBACK_TOKEN": flashback_emulator.token,
    }
    runtime = Runtime(lambda: read_settings({}, variables), Engine())
    client = runtime.context().client
    client.users.current()
    del runtime
    with pytest.raises(FlashbackError, match="the client is closed"):
        client.users.current()


def _no_settings() -> Settings:
    raise AssertionError("nothing asks for them")


def _signed_in(emulator: Emulator) -> dict[str, str]:
    return {"flashback:baseUrl": emulator.base_url, "flashback:token": emulator.token}
