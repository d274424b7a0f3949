"""The compilers of the generated SDKs, and the programs of their documentation."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.cache import cache_directory, complete, fingerprint

SDK = Path(__file__).parent.parent.parent / "sdk"
BUILT = shutil.ignore_patterns("node_modules", "bin", "build", "*.egg-info")

Run = Callable[..., str]


@pytest.fixture(scope="session")
def needed() -> Callable[[str], str]:
    """Return a function that finds a command; without it the test is skipped."""

    def find(command: str) -> str:
        found = shutil.which(command)
        if found is None:
            end = pytest.fail if os.environ.get("FLASHBACK_TEST_REQUIRE_CLI") else pytest.skip
            end(f"AN SDK IS NOT COMPILED: there is no {command} on PATH")
        return found

    return find


@pytest.fixture(scope="session")
def run() -> Run:
    """Return a function that runs a command and gives what it printed; it must not fail."""

    def execute(*command: str | Path, cwd: Path, **variables: str) -> str:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    return execute


@pytest.fixture(scope="session")
def node_modules(needed: Callable[[str], str], run: Run) -> Path:
    """Return ``node_modules`` with the compiled Node.js SDK, what it needs, and the compiler."""
    needed("node")
    manifest = SDK / "nodejs" / "package.json"
    key = hashlib.sha256(manifest.read_bytes()).hexdigest()[:12]
    needs = cache_directory("sdk-nodejs") / key / "node_modules"
    with complete(needs.parent) as unfinished:
        if unfinished is not None:
            shutil.copyfile(manifest, unfinished / "package.json")
            quiet = ("--no-audit", "--no-fund", "--no-package-lock")
            run(needed("npm"), "install", *quiet, cwd=unfinished)
    built = cache_directory("sdk-nodejs-built") / f"{key}-{fingerprint(SDK / 'nodejs')}"
    with complete(built) as unfinished:
        if unfinished is not None:
            sdk = shutil.copytree(SDK / "nodejs", unfinished / "sdk", ignore=BUILT)
            (sdk / "node_modules").symlink_to(needs)
            run(needs / ".bin" / "tsc", cwd=sdk)
            for name in ("package.json", "README.md", "LICENSE"):
                shutil.copyfile(sdk / name, sdk / "bin" / name)
            modules = unfinished / "node_modules"
            (modules / "@flashback").mkdir(parents=True)
            (sdk / "bin").rename(modules / "@flashback" / "pulumi-flashback")
            for name in ("@pulumi", "@types", "typescript"):
                (modules / name).symlink_to(needs / name)
    return built / "node_modules"


def examples(fence: str) -> dict[str, str]:
    """Return the program in the documentation of each resource, by type token.

    Args:
        fence: The language, as the documentation marks it.
    """
    resources = json.loads((SDK / "schema.json").read_text())["resources"]
    marked = re.compile(rf"^```{fence}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    found = {token: marked.findall(each["description"]) for token, each in resources.items()}
    return {token: program for token, (program,) in found.items()}
