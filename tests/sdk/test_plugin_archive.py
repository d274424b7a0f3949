"""The native provider as an archive: the engine installs and runs it without a Python on PATH."""

from __future__ import annotations

import functools
import importlib.metadata
import json
import platform
import shutil
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from tests.projects import CANARY, EXAMPLES, Recorded, project_on
from tests.sdk.conftest import SDK, Run
from tests.sdk.test_programs import lives
from tools import plugin
from tools.cache import cache_directory, complete, fingerprint, forget_unused

# the first run on a machine compiles a language host
pytestmark = [pytest.mark.sdk, pytest.mark.engine, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def archive() -> Path:
    """Return the archive, which is built again only if what it is built from has changed."""
    sources = (
        SDK.parent / "pulumi_flashback",
        SDK.parent / "pyproject.toml",
        Path(plugin.__file__),
    )
    kind = f"{platform.python_version()}-{fingerprint(*sources)}"
    target = cache_directory("plugin-archive") / kind
    with complete(target) as unfinished:
        if unfinished is not None:
            plugin.build(unfinished)
    forget_unused(target)
    return target / plugin.archive_name()


@pytest.fixture(scope="module")
def downloads(archive: Path) -> Iterator[str]:
    """Serve the archive as a release does, and return the address."""
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(archive.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


Make = Callable[..., Recorded]


@pytest.fixture
def make(pulumi_cli: Path, flashback_emulator: Emulator, tmp_path: Path) -> Make:
    """Return a function that creates a stack of an example; only what it names is on PATH."""

    def project(example: str, *path: Path) -> Recorded:
        directory = shutil.copytree(EXAMPLES / example, tmp_path / example)
        nothing = {"PULUMI_PYTHON_CMD": ""}
        made = project_on(flashback_emulator, directory, pulumi_cli, *path, **nothing)
        made.begin(flashback_emulator)
        return made

    return project


def install(project: Recorded, *options: str) -> None:
    version = importlib.metadata.version("pulumi_flashback")
    project.pulumi("plugin", "install", "resource", "flashback", version, *options)


def test_the_engine_downloads_it_and_runs_yaml(
    make: Make, yaml_host: Path, downloads: str, flashback_emulator: Emulator
) -> None:
    project = make("yaml", yaml_host)
    assert shutil.which("python3", path=project.variables["PATH"]) is None
    install(project, "--server", downloads)
    project.up()
    (row,) = flashback_emulator.api_keys()
    outputs = project.outputs()
    assert (outputs["apiKeyId"], [key["id"] for key in outputs["keys"]]) == (row["id"], [row["id"]])
    project.configure({"secretKey": f"{CANARY}-rotated"}, secret=True)
    project.up("--refresh")
    (rotated,) = flashback_emulator.api_keys()
    assert (rotated["id"], rotated["secret"]) == (row["id"], f"{CANARY}-rotated")
    project.assert_destroyed(flashback_emulator)
    assert "resource-flashback from $PATH" not in project.printed


def test_an_import_with_it(
    make: Make, yaml_host: Path, archive: Path, flashback_emulator: Emulator
) -> None:
    project = make("yaml", yaml_host)
    install(project, "--file", str(archive))
    key = flashback_emulator.add_api_key(key="AKIA7", secret=CANARY)
    arguments = ("flashback:index:ApiKey", "backups", f"{flashback_emulator.workspace_id}/{key}")
    project.pulumi("import", *arguments, "--yes", "--skip-preview", "--stack", "dev")
    assert [each["id"] for each in project.resources(":ApiKey")] == [key]


def test_typescript_with_it(
    make: Make,
    node_modules: Path,
    needed: Callable[[str], str],
    archive: Path,
    flashback_emulator: Emulator,
    tmp_path: Path,
) -> None:
    node = tmp_path / "node"
    node.mkdir()
    (node / "node").symlink_to(needed("node"))
    project = make("typescript", node)
    (project.directory / "node_modules").symlink_to(node_modules)
    install(project, "--file", str(archive))
    assert lives(project, flashback_emulator)["signedInAs"] == flashback_emulator.email


def test_a_checkout_runs_as_the_engine_starts_it(run: Run) -> None:
    """``pulumi package add`` of the repository runs its directory; see PulumiPlugin.yaml."""
    schema = json.loads(run(sys.executable, ".", "--schema", cwd=SDK.parent))
    assert schema["name"] == "flashback"


def test_it_holds_the_licenses_of_what_it_bundles(archive: Path) -> None:
    with tarfile.open(archive) as packed:
        names = packed.getnames()
    licensed = "\n".join(name for name in names if name.startswith("licenses/"))
    for library in ("python", "pulumi_flashback", "grpcio", "httpx", "pydantic_core", "protobuf"):
        assert f"licenses/{library}" in licensed
