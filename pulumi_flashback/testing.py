"""Pytest fixtures for tests of programs that use this provider: a backend, and the program itself.

In a ``conftest.py``::

    from pulumi_flashback.testing import (
        flashback_emulator,
        flashback_emulator_factory,
        flashback_project,
    )

or ``pytest_plugins = ["pulumi_flashback.testing"]``. Needs ``pulumi_flashback[testing]``.
"""

from __future__ import annotations

import os
import runpy
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pulumi_flashback.emulator import Emulator, EmulatorSettings

if TYPE_CHECKING:
    from pulumi.automation import Stack
    from pulumi.runtime import MockCallArgs, MockResourceArgs

EmulatorFactory = Callable[..., Emulator]
"""Called as ``factory(settings=None, data=None, faults=False)``; returns a running emulator."""

_PASSPHRASE = "of stacks that end with a test"  # noqa: S105
_DYNAMIC = "pulumi-python:dynamic/"


@pytest.fixture
def flashback_emulator_factory() -> Iterator[EmulatorFactory]:
    """Return a function that starts emulators; all are stopped after the test."""
    with ExitStack() as running:

        def start(
            settings: EmulatorSettings | None = None,
            data: Path | None = None,
            faults: bool = False,
        ) -> Emulator:
            return running.enter_context(Emulator(settings, data=data, faults=faults))

        yield start


@pytest.fixture
def flashback_emulator(flashback_emulator_factory: EmulatorFactory) -> Emulator:
    """Return a running emulator with an empty database in memory and a demo user."""
    return flashback_emulator_factory()


@dataclass(frozen=True)
class Declaration:
    """A resource that a program declares.

    Attributes:
        type: Its type, such as ``flashback:ApiKey`` in the dynamic form and
            ``flashback:index:ApiKey`` in the native one.
        inputs: Its inputs as plain values, by camelCase name.
        secrets: The names of those that are secret.
    """

    type: str
    inputs: dict[str, Any]
    secrets: frozenset[str]


@dataclass(frozen=True)
class ProjectUnderTest:
    """A Pulumi project, to be run without an account.

    Attributes:
        directory: Holds ``Pulumi.yaml``.
        emulator: The backend.
        scratch: An empty directory that ends with the test.
        monkeypatch: Takes back what a program in this process needs.
    """

    directory: Path
    emulator: Emulator
    scratch: Path
    monkeypatch: pytest.MonkeyPatch

    def declared(
        self, config: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None
    ) -> dict[str, Declaration]:
        """Run a Python program without an engine and return what it declares, by resource name.

        Nothing is made. Functions such as ``get_workspaces`` are answered by the emulator.

        Args:
            config: The stack config; names without a namespace get that of the project.
            secrets: Values of it that are secret.
        """
        import pulumi  # late: tests of a script that uses the client alone do not load Pulumi

        recorder = _recorder(self._variables())
        project, program = self._program()
        values = {**_with_namespace(config, project), **_with_namespace(secrets, project)}
        pulumi.runtime.set_mocks(recorder, project=project, stack="test")
        pulumi.runtime.set_all_config(values, list(_with_namespace(secrets, project)))
        self.monkeypatch.chdir(self.directory)
        self.monkeypatch.syspath_prepend(str(self.directory))
        as_program: Callable[[Callable[[], None]], Callable[[], None]] = pulumi.runtime.test

        def run() -> None:
            runpy.run_path(str(program), run_name="__main__")

        as_program(run)()
        declared: dict[str, Declaration] = recorder.declared
        return declared

    def stack(
        self,
        config: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        name: str = "test",
    ) -> Stack:
        """Return a stack of a copy of the project, to be run by the real engine.

        It belongs to Pulumi's Automation API: ``up``, ``refresh``, ``destroy``, ``outputs``. Its
        state lies in files. Needs the Pulumi CLI on PATH.

        Args:
            config: The stack config.
            secrets: Values of it that are secret.
            name: The name of the stack.
        """
        from pulumi import automation

        if shutil.which("pulumi") is None:
            pytest.fail("the Pulumi CLI is not on PATH; see pulumi.com/docs/install")
        copy = shutil.copytree(self.directory, self.scratch / name)
        state = self.scratch / "state"
        state.mkdir(exist_ok=True)
        beside = str(Path(sys.executable).parent)  # the plugin lies beside the interpreter
        variables = {
            **self._variables(),
            "PATH": os.pathsep.join([beside, os.environ.get("PATH", "")]),
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE,
            "PULUMI_PYTHON_CMD": sys.executable,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        made = automation.create_stack(
            name,
            work_dir=str(copy),
            opts=automation.LocalWorkspaceOptions(env_vars=variables),
        )
        plain = {n: automation.ConfigValue(v) for n, v in (config or {}).items()}
        hidden = {n: automation.ConfigValue(v, secret=True) for n, v in (secrets or {}).items()}
        made.set_all_config({**plain, **hidden})
        return made

    def _variables(self) -> dict[str, str]:
        return {
            "FLASHBACK_BASE_URL": self.emulator.base_url,
            "FLASHBACK_TOKEN": self.emulator.token,
        }

    def _program(self) -> tuple[str, Path]:
        """Return the name of the project and the file of its program."""
        described = yaml.safe_load((self.directory / "Pulumi.yaml").read_text(encoding="utf-8"))
        place = self.directory / described.get("main", ".")
        return described["name"], place / "__main__.py" if place.is_dir() else place


ProjectFactory = Callable[[Path], ProjectUnderTest]
"""Called with the directory of a Pulumi project."""


@pytest.fixture
def flashback_project(
    flashback_emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ProjectFactory:
    """Return a function that takes the directory of a project and gives it as one under test."""
    return lambda directory: ProjectUnderTest(directory, flashback_emulator, tmp_path, monkeypatch)


def _with_namespace(values: Mapping[str, str] | None, project: str) -> dict[str, str]:
    given = (values or {}).items()
    return {name if ":" in name else f"{project}:{name}": value for name, value in given}


def _recorder(variables: Mapping[str, str]) -> Any:
    """Return what stands in for the engine; its class needs Pulumi."""
    from pulumi.runtime import Mocks, rpc

    from pulumi_flashback.config import read_settings
    from pulumi_flashback.functions import FUNCTIONS
    from pulumi_flashback.resources import RESOURCES
    from pulumi_flashback.shell.operations import invoke
    from pulumi_flashback.shell.runtime import Engine, Runtime

    outputs = {each.name: each.outputs for each in RESOURCES}
    functions = {f"flashback:index:{each.name}": each for each in FUNCTIONS}
    runtime = Runtime(lambda: read_settings({}, variables), Engine())

    class Recorder(Mocks):
        def __init__(self) -> None:
            self.declared: dict[str, Declaration] = {}

        def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
            given = {n: v for n, v in args.inputs.items() if n != "__provider"}
            self.declared[args.name] = Declaration(
                args.typ.removeprefix(_DYNAMIC),
                {name: rpc.unwrap_rpc_secret(value) for name, value in given.items()},
                frozenset(n for n, value in given.items() if rpc.is_rpc_secret(value)),
            )
            made = outputs.get(args.typ.rpartition(":")[2], ()) if args.custom else ()
            return f"{args.name}-id", {**{n: f"{args.name}-{n}" for n in made}, **given}

        def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
            function = functions[args.token]
            return function.to_wire(invoke(function, runtime, args.args)), []

    return Recorder()
