"""The real CLI, a program that is told what to declare, and the emulator."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from tools.pulumi_cli import YAML_HOST, CliUnavailableError, ensure_cli, ensure_yaml_host
from tools.pulumi_project import CommandFailedError, Project

PROGRAM = Path(__file__).parent / "program"
SECRET = "canary-secret-Zq8/+=\"'\n\\x"
KEY = "CANARYKEY7QX2"
CANARIES = (SECRET, KEY, "canary-secret", json.dumps(SECRET)[1:-1])


class Stack:
    """A stack of the test program on an emulator.

    Args:
        project: Where it lives.
        emulator: The backend.
    """

    def __init__(self, project: Project, emulator: Emulator) -> None:
        self.project = project
        self.emulator = emulator
        self.printed = ""

    def inputs(self, **changes: Any) -> dict[str, Any]:
        """Return inputs of a key with canaries in it; None leaves one out."""
        given = {
            "workspace_id": self.emulator.workspace_id,
            "key": KEY,
            "secret": SECRET,
            "provider": "AWS",
            **changes,
        }
        return {name: value for name, value in given.items() if value is not None}

    def declare(self, keys: dict[str, Any], reads: dict[str, Any] | None = None) -> None:
        """Say what the program declares."""
        self.project.configure({"keys": json.dumps(keys)}, secret=True)
        self.project.configure({"reads": json.dumps(reads or {})})

    def run(self, *arguments: str, check: bool = True) -> str:
        """Run a command on the stack and keep what it printed."""
        try:
            output = self.project.pulumi(*arguments, "--stack", self.project.stack, check=check)
        except CommandFailedError as error:
            self.printed += error.output
            raise
        self.printed += output
        return output

    def up(self, *arguments: str, check: bool = True) -> str:
        """Run ``pulumi up``."""
        return self.run("up", "--yes", "--skip-preview", *arguments, check=check)

    def refresh(self) -> str:
        """Run ``pulumi refresh``."""
        return self.run("refresh", "--yes", "--skip-preview")

    def destroy(self) -> str:
        """Run ``pulumi destroy``."""
        return self.run("destroy", "--yes", "--skip-preview")

    def managed(self) -> dict[str, dict[str, Any]]:
        """Return the managed keys of the state, by name."""
        rows = [each for each in self.project.resources() if not each.get("external")]
        return {each["urn"].rpartition("::")[2]: each for each in rows}

    def assert_sound(self, *others: Stack) -> None:
        """The backend holds exactly the keys of the states, and nothing shows a secret."""
        workspaces = (self.emulator.workspace_id, self.emulator.second_workspace_id)
        live = {row["id"] for each in workspaces for row in self.emulator.api_keys(each)}
        known = {each["id"] for stack in (self, *others) for each in stack.managed().values()}
        assert live == known
        for canary in CANARIES:
            assert canary not in self.printed
            assert not self.project.files_with(canary)


StackFactory = Callable[..., Stack]


@pytest.fixture(scope="session")
def pulumi_cli() -> Path:
    """Return the directory of a real CLI; without one these tests are skipped, loudly."""
    try:
        return ensure_cli().directory
    except CliUnavailableError as error:
        if os.environ.get("FLASHBACK_TEST_REQUIRE_CLI"):
            raise
        reason = f"THE ENGINE TESTS DO NOT RUN: {error}"
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(reason, stacklevel=1)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def yaml_host() -> Path:
    """Return the directory of what runs programs in YAML."""
    try:
        return ensure_yaml_host(ensure_cli())
    except CliUnavailableError as error:
        if os.environ.get("FLASHBACK_TEST_REQUIRE_CLI"):
            raise
        pytest.skip(f"{YAML_HOST} IS NOT THERE: {error}")


@pytest.fixture
def make_stack(
    pulumi_cli: Path, tmp_path: Path, flashback_emulator: Emulator
) -> Iterator[StackFactory]:
    """Return a function that makes stacks of the test program on the emulator."""

    def make(name: str = "dev", **variables: str) -> Stack:
        directory = tmp_path / name
        shutil.copytree(PROGRAM, directory)
        signed_in = {
            "FLASHBACK_BASE_URL": flashback_emulator.base_url,
            "FLASHBACK_TOKEN": flashback_emulator.token,
        }
        project = Project(
            directory, pulumi_cli, {**signed_in, **variables}, name, home=tmp_path / "home"
        )
        project.create_stack()
        return Stack(project, flashback_emulator)

    yield make
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def stack(make_stack: StackFactory) -> Stack:
    """Return a stack that declares nothing yet."""
    return make_stack()
