"""The process of the native provider: how it starts, how much it does at once, how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from pulumi_flashback.emulator import Emulator
from tests.contract.conftest import KEY
from tests.contract.driver import NativeProvider, ProviderFailureError

Inputs = dict[str, Any]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("stall", [1.0, 60.0])
def test_a_signal_lets_a_running_create_end(
    inputs: Inputs, number: signal.Signals, stall: float
) -> None:
    """A create whose response comes too late is looked up, and the engine is told its id."""
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("a run under nohup keeps this signal from its processes")
    with Emulator(faults=True) as emulator:
        emulator.script_faults(
            {"POST /apikeys": [{"fault": "stall-after-commit", "stallAfter": stall}]}
        )
        with NativeProvider(_signed_in(emulator)) as provider, ThreadPoolExecutor(1) as pool:
            running = pool.submit(provider.create, {**inputs, "workspaceId": emulator.workspace_id})
            while not emulator.api_keys():
                time.sleep(0.01)
            provider.process.send_signal(number)
            identifier, _ = running.result()
            assert provider.process.wait(60) == 0
        assert [row["id"] for row in emulator.api_keys()] == [identifier]


def test_as_many_operations_run_as_the_engine_sends(inputs: Inputs) -> None:
    count = 100
    with Emulator(faults=True) as emulator:
        emulator.script_faults(
            {"POST /apikeys": [{"fault": "stall-before-commit", "stallBefore": 120}] * count}
        )
        with NativeProvider(
            {**_signed_in(emulator), "flashback:timeout": "60"}, warm=True
        ) as provider:
            wanted = [
                {**inputs, "workspaceId": emulator.workspace_id, "key": f"{KEY}-{n}"}
                for n in range(count)
            ]
            with ThreadPoolExecutor(count) as pool:
                results = pool.map(provider.create, wanted)
                while emulator.in_flight("POST /apikeys") < count:
                    time.sleep(0.02)  # ends only when all of them wait at the same time
                provider.process.kill()
                with pytest.raises(ProviderFailureError):
                    list(results)


def test_the_command_line() -> None:
    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "pulumi_flashback.native", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert run("--version").strip() == version("pulumi_flashback")
    assert json.loads(run("--schema"))["name"] == "flashback"
    assert "PULUMI_DEBUG_PROVIDERS" in run("--help")


def test_flags_of_the_engine_are_no_addresses(flashback_emulator: Emulator) -> None:
    command = [sys.executable, "-m", "pulumi_flashback.native", "--logtostderr", "-v=9"]
    with subprocess.Popen([*command, "127.0.0.1:1"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            assert stub.GetPluginInfo(empty_pb2.Empty(), wait_for_ready=True).version
        process.terminate()
        assert process.wait(60) == 0


def test_it_ends_with_the_engine_that_started_it() -> None:
    starter = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'pulumi_flashback.native', '127.0.0.1:1'],"
        " stdout=subprocess.PIPE, text=True)\n"
        "print(child.stdout.readline().strip(), flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True
    ) as engine:
        assert engine.stdout is not None
        port = int(engine.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            stub.GetPluginInfo(empty_pb2.Empty(), wait_for_ready=True)
            gone = threading.Event()
            channel.subscribe(
                lambda state: gone.set() if state is not grpc.ChannelConnectivity.READY else None
            )
            gone.clear()
            engine.kill()
            assert gone.wait(60)


def _signed_in(emulator: Emulator) -> dict[str, str]:
    return {"flashback:baseUrl": emulator.base_url, "flashback:token": emulator.token}
