"""The process of the native provider: how it starts, how much it does at once, how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from pulumi_flashback.emulator import Emulator
from tests.contract.conftest import KEY, StartNative, signed_in
from tests.contract.driver import PROVIDERS, NativeProvider, ProviderFailureError

Inputs = dict[str, Any]
COMMAND = [sys.executable, "-m", "pulumi_flashback.native"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("stall", [1.0, 60.0])
def test_a_signal_lets_a_running_create_end(
    faulty_emulator: Emulator, inputs: Inputs, number: signal.Signals, stall: float
) -> None:
    """A create whose response comes too late is looked up, and the engine gets its id."""
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("a run under nohup keeps this signal from its processes")
    fault = {"fault": "stall-after-commit", "stallAfter": stall}
    faulty_emulator.script_faults({"POST /apikeys": [fault]})
    with NativeProvider(signed_in(faulty_emulator)) as provider, ThreadPoolExecutor(1) as pool:
        running = pool.submit(provider.create, inputs)
        while not faulty_emulator.api_keys():
            time.sleep(0.01)
        provider.process.send_signal(number)
        identifier, _ = running.result()
        assert provider.process.wait(60) == 0
    assert [row["id"] for row in faulty_emulator.api_keys()] == [identifier]


def test_as_many_operations_run_as_the_engine_sends(
    start_native: StartNative, inputs: Inputs
) -> None:
    count = 100
    emulator, provider = start_native(timeout="60")
    stall = {"fault": "stall-before-commit", "stallBefore": 120}
    emulator.script_faults({"POST /apikeys": [stall] * count})
    with ThreadPoolExecutor(count) as pool:
        wanted = [{**inputs, "key": f"{KEY}-{n}"} for n in range(count)]
        results = pool.map(provider.create, wanted)
        while emulator.in_flight("POST /apikeys") < count:
            time.sleep(0.02)  # ends only when all of them wait at the same time
        provider.process.kill()
        with pytest.raises(ProviderFailureError):
            list(results)


def test_the_command_line() -> None:
    def run(argument: str) -> str:
        return subprocess.run(
            [*COMMAND, argument], capture_output=True, text=True, check=True
        ).stdout

    assert run("--version").strip() == version("pulumi_flashback")
    assert json.loads(run("--schema"))["name"] == "flashback"
    assert "PULUMI_DEBUG_PROVIDERS" in run("--help")


@pytest.mark.parametrize(
    ("provider", "unneeded"),
    [("dynamic", {"click"}), ("native", {"click", "pulumi.output", "pulumi.runtime.rpc"})],
)
def test_what_a_preview_does_not_need_is_not_loaded(
    provider: str, unneeded: set[str], inputs: Inputs
) -> None:
    variables = {"PYTHONPROFILEIMPORTTIME": "1", "FLASHBACK_TOKEN": "token"}
    with PROVIDERS[provider](environment=variables) as process:
        assert process.check(inputs)[1] == []
        printed = process.stop()
    loaded = {line.rpartition("|")[2].strip() for line in printed.splitlines()}
    assert "pulumi_flashback.resources.api_key" in loaded
    assert not loaded & {"httpx", "httpcore", "pulumi_flashback.functions", *unneeded}


@contextmanager
def serving(command: list[str]) -> Iterator[tuple[subprocess.Popen[str], grpc.Channel]]:
    """Start a command that prints a port on which the provider responds."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            assert stub.GetPluginInfo(empty_pb2.Empty(), wait_for_ready=True).version
            yield process, channel


def test_flags_of_the_engine_are_no_addresses() -> None:
    with serving([*COMMAND, "--logtostderr", "-v=9", "127.0.0.1:1"]) as (process, _):
        process.terminate()
        assert process.wait(60) == 0


def test_it_ends_with_the_engine_that_started_it() -> None:
    engine = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen({[*COMMAND, '127.0.0.1:1']}, stdout=subprocess.PIPE)\n"
        "print(child.stdout.readline().decode().strip(), flush=True)\n"
        "time.sleep(600)\n"
    )
    with serving([sys.executable, "-c", engine]) as (process, channel):
        gone = threading.Event()
        channel.subscribe(
            lambda state: gone.set() if state is not grpc.ChannelConnectivity.READY else None
        )
        gone.clear()
        process.kill()
        assert gone.wait(60)
