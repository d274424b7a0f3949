"""The compilers of the generated SDKs, and the programs of their READMEs."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engine.conftest import pulumi_cli as pulumi_cli
from tools import pulumi_cli as cli

SDK = Path(__file__).parent.parent.parent / "sdk"

Run = Callable[..., str]


@pytest.fixture(scope="session")
def needed() -> Callable[[str], str]:
    """Return a function that finds a command; without it the test is skipped, loudly."""

    def find(command: str) -> str:
        found = shutil.which(command)
        if found is not None:
            return found
        reason = f"AN SDK IS NOT COMPILED: there is no {command} on PATH"
        if os.environ.get("FLASHBACK_TEST_REQUIRE_CLI"):
            pytest.fail(reason)
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)

    return find


@pytest.fixture(scope="session")
def run() -> Run:
    """Return a function that runs a command and gives what it printed; it must not fail."""

    def execute(*command: str | Path, cwd: Path, **variables: str) -> str:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    return execute


@pytest.fixture(scope="session")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that copies an SDK to where a build may leave things."""

    def copy(language: str) -> Path:
        target = tmp_path_factory.mktemp(language) / "sdk"
        ignored = shutil.ignore_patterns("node_modules", "bin", "build", "*.egg-info")
        shutil.copytree(SDK / language, target, ignore=ignored)
        return target

    return copy


@dataclass(frozen=True)
class Built:
    """A compiled package.

    Attributes:
        package: What is published.
        modules: What it needs, and the compiler.
    """

    package: Path
    modules: Path


@pytest.fixture(scope="session")
def nodejs_sdk(needed: Callable[[str], str], run: Run, copied: Callable[[str], Path]) -> Built:
    needed("node")
    modules = _modules(needed("npm"), run)
    sdk = copied("nodejs")
    (sdk / "node_modules").symlink_to(modules)
    run(modules / ".bin" / "tsc", cwd=sdk)
    for name in ("package.json", "README.md", "LICENSE"):
        shutil.copyfile(sdk / name, sdk / "bin" / name)
    return Built(sdk / "bin", modules)


def compile_typescript(program: str, sdk: Built, run: Run, directory: Path) -> None:
    """Compile a program that uses the SDK, to ``index.js`` in an empty directory."""
    (directory / "index.ts").write_text(program)
    modules = directory / "node_modules"
    (modules / "@flashback").mkdir(parents=True)
    (modules / "@flashback" / "pulumi-flashback").symlink_to(sdk.package)
    for name in ("@pulumi", "@types"):
        (modules / name).symlink_to(sdk.modules / name)
    options = ("--strict", "--target", "es2020", "--module", "commonjs", "--skipLibCheck")
    run(sdk.modules / ".bin" / "tsc", *options, "index.ts", cwd=directory)


def _modules(npm: str, run: Run) -> Path:
    """Return the installed dependencies of the package, one directory for each package.json."""
    manifest = SDK / "nodejs" / "package.json"
    key = hashlib.sha256(manifest.read_bytes()).hexdigest()[:12]
    target = cli.cache_directory().with_name("sdk-nodejs") / key
    with cli._made_whole(target) as unfinished:
        if unfinished is not None:
            shutil.copyfile(manifest, unfinished / "package.json")
            quiet = ("--no-audit", "--no-fund", "--no-package-lock")
            run(npm, "install", *quiet, cwd=unfinished)
    return target / "node_modules"


@pytest.fixture(scope="session")
def python_sdk(
    run: Run, copied: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return an interpreter that has the SDK installed, and what these tests have."""
    directory = tmp_path_factory.mktemp("python")
    venv.create(directory, symlinks=os.name != "nt")
    site = next(directory.rglob("site-packages"))
    (site / "tests.pth").write_text(sysconfig.get_path("purelib"))
    python = directory / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    run(*pip, "install", "--quiet", ".", cwd=copied("python"))
    return python


def examples(fence: str) -> dict[str, str]:
    """Return the programs in the documentation of the resources, by type token.

    Args:
        fence: The language, as the documentation marks it.
    """
    resources = json.loads((SDK / "schema.json").read_text())["resources"]
    found = {}
    for token, resource in resources.items():
        marked = rf"^```{fence}\n(.*?)^```$"
        programs = re.findall(marked, resource["description"], re.DOTALL | re.MULTILINE)
        (found[token],) = programs
    return found


def assert_registered(printed: str, token: str) -> None:
    """The last resource that an example registered is the one that it is about."""
    shown, _, inputs = json.loads(printed.splitlines()[-1])
    assert shown == token
    expected = {
        "flashback:index:ApiKey": {"workspaceId": "W", "provider": "AWS", "region": "us-east-1"},
        "flashback:index:Workspace": {"name": "Team"},
        "flashback:index:WorkspaceMember": {"userId": "U", "role": "WRITE"},
    }
    assert expected[token].items() <= inputs.items()
