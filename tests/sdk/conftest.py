"""The compilers of the generated SDKs, and the programs of their READMEs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

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


@pytest.fixture(scope="session")
def readme_program() -> Callable[[str, str], str]:
    """Return a function that gives the program in the README of an SDK."""

    def read(language: str, fence: str) -> str:
        text = (SDK / language / "README.md").read_text()
        found = re.search(rf"^```{fence}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
        assert found is not None
        return found[1]

    return read
