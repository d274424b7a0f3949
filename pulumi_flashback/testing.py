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

import asyncio
import os
import runpy
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

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
_LEFT_OUT = {".git", ".mypy_cache", ".pytest_cache", ".venv", "__pycache__", "node_modules", "venv"}
_LINKED = "node_modules"


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
    inputs: dict[str, Any] = field(repr=False)
    secrets: frozenset[str]


class _Described(NamedTuple):
    """What ``Pulumi.yaml`` says: all of it, the runtime, and the options of that."""

    content: dict[str, Any]
    runtime: str
    options: dict[str, Any]


@dataclass(frozen=True)
class ProjectUnderTest:
    """A Pulumi project, to be run without an account.

    Attributes:
        directory: Holds ``Pulumi.yaml``.
        emulator: The backend.
        scratch: An empty directory that ends with the test.
    """

    directory: Path
    emulator: Emulator
    scratch: Path

    def declared(
        self, config: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None
    ) -> dict[str, Declaration]:
        """Run a Python program without an engine and return what it declares, by resource name.

        Nothing is made. Functions such as ``get_workspaces`` are answered by the emulator. The
        program runs in this process: an error in it is raised here, and what the test has patched
        stays patched.

        Args:
            config: The stack config; names without a namespace get that of the project.
            secrets: Values of it that are secret.
        """
        __tracebackhide__ = True
        described = self._described()
        if described.runtime != "python":
            pytest.fail(f"declared runs Python programs, not {described.runtime}; use stack")
        place = self.directory / (described.content.get("main") or ".")
        program = place / "__main__.py" if place.is_dir() else place
        project = described.content["name"]
        plain = _with_namespace(_texts(config), project)
        hidden = _with_namespace(_texts(secrets), project)

        def run() -> None:
            __tracebackhide__ = True
            import pulumi  # late: tests of a script that uses the client alone need none of it

            pulumi.runtime.set_mocks(recorder, project=project, stack="test")
            pulumi.runtime.set_all_config({**plain, **hidden}, list(hidden))
            as_program: Callable[[Callable[[], None]], Callable[[], None]] = pulumi.runtime.test
            as_program(lambda: _run_program(program))()

        with (
            pytest.MonkeyPatch.context() as patch,
            _own_modules(self.directory),
            _recorder(self._variables()) as recorder,
        ):
            for name, value in self._variables().items():
                patch.setenv(name, value)
            patch.chdir(self.directory)
            patch.syspath_prepend(str(program.parent))
            _alone(run)
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
        state lies in files. The copy lacks the config of the project's own stacks and its virtual
        environment: a Python program runs with the interpreter of the tests. Needs the Pulumi CLI
        on PATH.

        Args:
            config: The stack config.
            secrets: Values of it that are secret.
            name: The name of the stack.
        """
        __tracebackhide__ = True
        from pulumi import automation

        if shutil.which("pulumi") is None:
            pytest.fail("the Pulumi CLI is not on PATH; see pulumi.com/docs/install")
        plain = {n: automation.ConfigValue(v) for n, v in _texts(config).items()}
        hidden = {n: automation.ConfigValue(v, secret=True) for n, v in _texts(secrets).items()}
        made = automation.create_stack(
            name,
            work_dir=str(self._copied(name)),
            opts=automation.LocalWorkspaceOptions(env_vars=self._variables_of_the_engine()),
        )
        made.set_all_config({**plain, **hidden})
        return made

    def _variables(self) -> dict[str, str]:
        return {
            "FLASHBACK_BASE_URL": self.emulator.base_url,
            "FLASHBACK_TOKEN": self.emulator.token,
        }

    def _variables_of_the_engine(self) -> dict[str, str]:
        state = self.scratch / "state"
        state.mkdir(exist_ok=True)
        beside = str(Path(sys.executable).parent)  # the plugin lies beside the interpreter
        return {
            **self._variables(),
            "PATH": os.pathsep.join([beside, os.environ.get("PATH", "")]),
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE,
            "PULUMI_PYTHON_CMD": sys.executable,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def _copied(self, name: str) -> Path:
        """Return a copy of the project without what belongs to this machine or to other stacks."""
        described = self._described()
        options = described.options
        environment = str(options.pop("virtualenv", "venv")).partition("/")[0]
        left_out = {environment, *_LEFT_OUT}

        def ignored(directory: str, names: list[str]) -> set[str]:
            stacks = {each for each in names if _is_stack_file(each)}
            around = {each for each in names if Path(directory, each) in self.scratch.parents}
            return left_out.intersection(names) | stacks | around

        copy = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.scratch)) / self.directory.name
        shutil.copytree(self.directory, copy, symlinks=True, ignore=ignored)
        packages = self.directory / _LINKED
        if packages.is_dir():
            (copy / _LINKED).symlink_to(packages.resolve(), target_is_directory=True)
        if described.runtime == "python":
            options.pop("toolchain", None)
            content = {**described.content, "runtime": {"name": "python", "options": options}}
            text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
            (copy / "Pulumi.yaml").write_text(text, encoding="utf-8")
        return copy

    def _described(self) -> _Described:
        __tracebackhide__ = True
        file = self.directory / "Pulumi.yaml"
        if not file.is_file():
            pytest.fail(f"{self.directory} has no Pulumi.yaml; give the directory of a project")
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        runtime = content["runtime"]
        if isinstance(runtime, str):
            return _Described(content, runtime, {})
        return _Described(content, runtime["name"], dict(runtime.get("options") or {}))


ProjectFactory = Callable[[Path], ProjectUnderTest]
"""Called with the directory of a Pulumi project."""


@pytest.fixture
def flashback_project(
    flashback_emulator: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> ProjectFactory:
    """Return a function that takes the directory of a project and gives it as one under test."""
    scratch = tmp_path_factory.mktemp("pulumi").resolve()
    return lambda directory: ProjectUnderTest(
        Path(directory).resolve(), flashback_emulator, scratch
    )


def _texts(values: Mapping[str, str] | None) -> dict[str, str]:
    """Make sure that values are what a stack config holds."""
    __tracebackhide__ = True
    for name, value in (values or {}).items():
        if not isinstance(value, str):
            pytest.fail(f"config {name} must be a string; write an object or a list as JSON")
    return dict(values or {})


def _with_namespace(values: Mapping[str, str], project: str) -> dict[str, str]:
    return {n if ":" in n else f"{project}:{n}": value for n, value in values.items()}


def _is_stack_file(name: str) -> bool:
    return name.startswith("Pulumi.") and name.endswith((".yaml", ".yml")) and name.count(".") > 1


def _alone(work: Callable[[], None]) -> None:
    """Do some work in a context, and in threads with event loops, of its own.

    There the SDK keeps all that it knows of a run. A test may have a loop that runs already, and
    the SDK leaves those open that it makes in threads of its stand-in for the engine.
    """
    __tracebackhide__ = True
    loops: list[asyncio.AbstractEventLoop] = []

    def make_loop() -> None:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    def with_threads() -> None:
        __tracebackhide__ = True
        loop = asyncio.get_event_loop()
        with ThreadPoolExecutor(initializer=make_loop) as threads:
            loop.set_default_executor(threads)
            try:
                work()
            finally:
                left = asyncio.all_tasks(loop)
                for task in left:
                    task.cancel()
                loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))

    try:
        with ThreadPoolExecutor(max_workers=1, initializer=make_loop) as program:
            program.submit(copy_context().run, with_threads).result()
    finally:
        for each in loops:
            each.close()


def _run_program(program: Path) -> None:
    __tracebackhide__ = True
    runpy.run_path(str(program), run_name="__main__")


@contextmanager
def _own_modules(directory: Path) -> Iterator[None]:
    """Let modules of a project be imported anew by the next run, as resources may be made in them.

    Those that a test has imported itself stay.
    """
    before = set(sys.modules)
    try:
        yield
    finally:
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if Path(file).is_relative_to(directory) and "site-packages" not in Path(file).parts:
                del sys.modules[name]


@contextmanager
def _recorder(variables: Mapping[str, str]) -> Iterator[Any]:
    """Give what stands in for the engine; its class needs Pulumi."""
    from pulumi.runtime import Mocks, rpc

    from pulumi_flashback.config import read_settings
    from pulumi_flashback.core.operations import invoke
    from pulumi_flashback.core.runtime import Runtime
    from pulumi_flashback.engine import Engine
    from pulumi_flashback.functions import FUNCTIONS
    from pulumi_flashback.resources import RESOURCES

    outputs = {each.name: each.outputs.names() for each in RESOURCES}
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
            function = functions.get(args.token)
            if function is None:
                raise NotImplementedError(f"{args.token} is no function of this provider: patch it")
            return function.to_wire(invoke(function, runtime, args.args)), []

    try:
        yield Recorder()
    finally:
        runtime.close()
