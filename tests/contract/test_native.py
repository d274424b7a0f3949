"""What only the native provider has: arguments, cancelling, several connections."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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
from tests.contract.conftest import StartNative
from tests.contract.driver import NativeProvider
from tests.contract.properties import UNKNOWN, secret
from tests.contract.steps import failed, refused, responds

Inputs = dict[str, Any]


def variables_of(emulator: Emulator, token: str | None = None) -> dict[str, str]:
    address = {"FLASHBACK_BASE_URL": emulator.base_url}
    return {**address, "FLASHBACK_TOKEN": token or emulator.token}


def test_it_says_what_it_is_and_what_it_does_not_offer(start_native: StartNative) -> None:
    _, native = start_native()
    shaken = native.call("Handshake", provider_pb2.ProviderHandshakeRequest())
    accepts = (shaken.accept_secrets, shaken.accept_outputs, shaken.accept_resources)
    assert accepts == (True, False, False)
    assert native.call("GetPluginInfo", empty_pb2.Empty()).version == version("pulumi_flashback")
    schema = json.loads(native.call("GetSchema", provider_pb2.GetSchemaRequest()).schema)
    assert schema["name"] == "flashback"
    assert native.call("GetMapping", provider_pb2.GetMappingRequest(key="tf")).provider == ""
    assert list(native.call("GetMappings", provider_pb2.GetMappingsRequest()).providers) == []
    for method in ("Parameterize", "Construct", "Call"):
        with pytest.raises(grpc.RpcError) as error:
            getattr(native._stub, method)(getattr(provider_pb2, f"{method}Request")())
        assert error.value.code() is grpc.StatusCode.UNIMPLEMENTED
    request = provider_pb2.CheckRequest(urn="urn:pulumi:d::p::flashback:index:Nothing::b")
    message = failed(native.call, "Check", request)
    assert "flashback:index:Nothing is not a resource" in message


def test_the_arguments_of_the_provider(start_native: StartNative) -> None:
    _, native = start_native()
    given = {"token": "t", "password": "p", "refreshToken": "r", "email": "e@x.example"}
    assert native.check_config(given, "mine") == (given, [])
    assert native.secrets == {"token", "password", "refreshToken"}
    for name in ("token", "baseUrl", "timeout", "email"):
        given = {name: UNKNOWN, **({"password": "p"} if name == "email" else {})}
        assert native.check_config(given, "mine") == (given, [])
    wrong = {"timeout": "soon", "colour": "blue", "version": "0.1.0"}
    rule = "must be a number of seconds from above 0 to 3600"
    assert native.check_config(wrong, "mine")[1] == [
        "colour is not an argument of the provider",
        f"timeout of the Provider {rule}",
    ]
    of_the_default = [f"flashback:timeout (FLASHBACK_TIMEOUT) {rule}"]
    assert native.check_config(wrong, "default")[1] == of_the_default
    kinds = provider_pb2.PropertyDiff
    for name, replaces in (("token", False), ("email", False), ("baseUrl", True)):
        request = provider_pb2.DiffRequest()
        request.olds.update({name: "https://a.example"})
        request.news.update({name: "https://b.example"})
        found = native.call("DiffConfig", request)
        assert found.changes == found.DIFF_SOME
        assert list(found.replaces) == [name] * replaces
        kind = kinds.UPDATE_REPLACE if replaces else kinds.UPDATE
        assert found.detailedDiff[name].kind == kind


def test_a_provider_with_an_expired_token_recommends_no_variable(
    flashback_emulator: Emulator, inputs: Inputs
) -> None:
    variables = {"FLASHBACK_TOKEN": flashback_emulator.token}
    with NativeProvider(environment=variables, warm=True) as provider:
        stale = {"token": "stale", "baseUrl": flashback_emulator.base_url}
        provider.configure(stale, "mine")
        message = refused(provider.create, inputs)
    assert "FLASHBACK_TOKEN" not in message
    assert "--run-program" in message


def test_arguments_of_the_program_win_over_the_environment(
    flashback_emulator: Emulator, inputs: Inputs
) -> None:
    variables = variables_of(flashback_emulator, "stale")
    login = {"email": flashback_emulator.email, "password": flashback_emulator.password}
    with NativeProvider(environment=variables, warm=True) as provider:
        provider.configure(login, "mine")
        assert provider.create(inputs)[0]
        provider.configure({"token": flashback_emulator.token}, "default")
        assert "401" in refused(provider.create, {**inputs, "provider": "GCP"})


def test_a_secret_of_the_program_is_not_repeated(start_native: StartNative, inputs: Inputs) -> None:
    emulator, native = start_native()
    canary = "canary-workspace"
    responds(emulator, "POST /apikeys", {"success": False, "message": f"no {canary}"}, status=400)
    message = refused(native.create, {**inputs, "workspaceId": secret(canary)})
    assert "400 no [secret]" in message


def test_cancel_ends_what_runs_and_refuses_what_comes(
    start_native: StartNative, inputs: Inputs
) -> None:
    emulator, provider = start_native()
    stall = {"fault": "stall-before-commit", "stallBefore": 120}
    emulator.script_faults({"POST /apikeys": [stall]})
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(provider.create, inputs)
        while not emulator.in_flight("POST /apikeys"):
            time.sleep(0.01)
        provider.call("Cancel", empty_pb2.Empty())
        for call in (running.result, partial(provider.create, inputs)):
            assert "the run was cancelled" in refused(call)
    # another engine attaches (PULUMI_DEBUG_PROVIDERS)
    provider.call("Attach", plugin_pb2.PluginAttach(address="127.0.0.1:1"))
    emulator.clear_faults()
    provider.configure({"baseUrl": emulator.base_url, "token": emulator.token}, "default")
    assert provider.create({**inputs, "provider": "GCP"})[0]


def test_each_connection_has_an_account_of_its_own(
    start_native: StartNative, inputs: Inputs
) -> None:
    """All providers of a program attach to the one process that runs already."""
    first, provider = start_native()
    with Emulator() as second, provider.connected() as other:
        refused(other.create, {**inputs, "workspaceId": "of-the-first-account"})
        other.configure({"baseUrl": second.base_url, "token": second.token}, "mine")
        for each in (provider, other):
            each.create(inputs)
        assert [len(emulator.api_keys()) for emulator in (first, second)] == [1, 1]
        other.call("Cancel", empty_pb2.Empty())
        assert "the run was cancelled" in refused(other.create, {**inputs, "provider": "GCP"})
        assert provider.create({**inputs, "provider": "GCP"})[0]
        with provider.connected() as stranger:
            message = failed(stranger.create, {**inputs, "provider": "AZURE"})
            assert "the provider is not configured" in message
        assert [len(emulator.api_keys()) for emulator in (first, second)] == [2, 1]


def _no_settings() -> Settings:
    raise AssertionError("nothing asks for them")


def test_the_connections_of_earlier_engines_are_forgotten() -> None:
    connections, runtimes = Connections(), [Runtime(_no_settings, Engine()) for _ in range(3)]
    connections.configure("first", runtimes[0])
    connections.configure("second", runtimes[1])
    for n in range(MOST_CONNECTIONS - 1):
        assert connections.runtime(lambda: "first") is runtimes[0]  # one that works is kept
        connections.configure(f"later-{n}", runtimes[2])
    with pytest.raises(ProviderError, match="not configured"):
        connections.runtime(lambda: "second")


def test_a_client_is_closed_when_nobody_uses_it_any_more(flashback_emulator: Emulator) -> None:
    variables = variables_of(flashback_emulator)
    runtime = Runtime(lambda: read_settings({}, variables), Engine())
    client = runtime.context().client
    client.users.current()
    del runtime
    with pytest.raises(FlashbackError, match="the client is closed"):
        client.users.current()
