"""Pytest fixtures for testing programs that use this provider.

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
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.testing.declared import Declaration, record

if TYPE_CHECKING:
    from pulumi.automation import Stack

__all__ = [
    "Declaration",
    "EmulatorFactory",
    "ProjectFactory",
    "ProjectUnderTest",
    "flashback_emulator",
    "flashback_emulator_factory",
    "flashback_project",
]

_PASSPHRASE = "of stacks that end with a test"  # noqa: S105
_LINKED = "node_modules"
_NOT_COPIED = (
    *("Pulumi.*.yaml", "Pulumi.*.yml", ".git", ".mypy_cache", ".pytest_cache", ".venv"),
    *("__pycache__", "venv", _LINKED),
)


EmulatorFactory = Callable[..., Emulator]
"""Called as ``factory(settings=None, data=None, faults=False)``; returns a running emulator."""


@pytest.fixture
def flashback_emulator_factory() -> Iterator[EmulatorFactory]:
    """Return a function that starts emulators; they are stopped after the test."""
    with ExitStack() as running:

        def start(
            settings: EmulatorSettings | None = None, data: Path | None = None, faults: bool = False
        ) -> Emulator:
            return running.enter_context(Emulator(settings, data=data, faults=faults))

        yield start


@pytest.fixture
def flashback_emulator(flashback_emulator_factory: EmulatorFactory) -> Emulator:
    """Return a running emulator with an empty database in memory and a demo user."""
    return flashback_emulator_factory()


@dataclass(frozen=True)
class ProjectUnderTest:
    """A Pulumi project that tests run without an account."""

    directory: Path  # contains ``Pulumi.yaml``
    emulator: Emulator  # the backend
    scratch: Path  # an empty directory that is removed after the test

    def declared(
        self, config: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None
    ) -> dict[str, Declaration]:
        """Run a Python program without an engine and return its declarations by resource name.

        If resources of several types share a name, the type follows it: ``ada (TYPE)``.

        Nothing is created. The emulator serves functions such as ``get_workspaces``. The program
        runs in this process, so its errors are raised here, and patches of the test apply to it.

        Args:
            config: The stack config; names without a namespace get the one of the project.
            secrets: Secret values of the stack config.
        """
        __tracebackhide__ = True
        content, runtime = self._described()
        if runtime["name"] != "python":
            pytest.fail(f"declared runs Python programs, not {runtime['name']}; use stack")
        place = self.directory / (content.get("main") or ".")
        program = place / "__main__.py" if place.is_dir() else place
        values = (_texts(config), _texts(secrets))
        return record(program, content["name"], self.directory, values, self._variables())

    def stack(
        self,
        config: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        name: str = "test",
    ) -> Stack:
        """Return a stack of a copy of the project, which the real engine runs.

        It is a stack of Pulumi's Automation API: ``up``, ``refresh``, ``destroy``, ``outputs``. Its
        state is stored in files. The copy lacks the config of the project's own stacks and its
        virtual environment, so a Python program runs with the interpreter of the tests. Needs the
        Pulumi CLI on ``PATH``.

        Args:
            config: The stack config.
            secrets: Secret values of the stack config.
            name: The name of the stack.
        """
        __tracebackhide__ = True
        from pulumi import automation  # imported here, as in declared

        if shutil.which("pulumi") is None:
            pytest.fail("the Pulumi CLI is not on PATH; see pulumi.com/docs/install")
        plain = {n: automation.ConfigValue(v) for n, v in _texts(config).items()}
        hidden = {n: automation.ConfigValue(v, secret=True) for n, v in _texts(secrets).items()}
        state = self.scratch / "state"
        state.mkdir(exist_ok=True)
        beside = str(Path(sys.executable).parent)  # the directory of the plugin
        variables = {
            **self._variables(),
            "PATH": os.pathsep.join([beside, os.environ.get("PATH", "")]),
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE,
            "PULUMI_PYTHON_CMD": sys.executable,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        options = automation.LocalWorkspaceOptions(env_vars=variables)
        stack = automation.create_stack(name, work_dir=str(self._copied(name)), opts=options)
        stack.set_all_config({**plain, **hidden})
        return stack

    def _variables(self) -> dict[str, str]:
        return {
            "FLASHBACK_BASE_URL": self.emulator.base_url,
            "FLASHBACK_TOKEN": self.emulator.token,
        }

    def _copied(self, name: str) -> Path:
        """Return a copy of the project without files of this machine or of other stacks."""
        content, runtime = self._described()
        options = dict(runtime.get("options") or {})
        environment = str(options.pop("virtualenv", "venv")).partition("/")[0]
        not_copied = shutil.ignore_patterns(*_NOT_COPIED, environment)

        def ignored(directory: str, names: list[str]) -> set[str]:
            around = {each for each in names if Path(directory, each) in self.scratch.parents}
            return not_copied(directory, names) | around

        copy = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.scratch)) / self.directory.name
        shutil.copytree(self.directory, copy, symlinks=True, ignore=ignored)
        packages = self.directory / _LINKED
        if packages.is_dir():
            (copy / _LINKED).symlink_to(packages.resolve(), target_is_directory=True)
        if runtime["name"] == "python":
            options.pop("toolchain", None)
            content = {**content, "runtime": {"name": "python", "options": options}}
            text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
            (copy / "Pulumi.yaml").write_text(text, encoding="utf-8")
        return copy

    def _described(self) -> tuple[dict[str, Any], dict[str, Any]]:
        __tracebackhide__ = True
        file = self.directory / "Pulumi.yaml"
        if not file.is_file():
            pytest.fail(f"{self.directory} has no Pulumi.yaml; give the directory of a project")
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        runtime = content["runtime"]
        return content, {"name": runtime} if isinstance(runtime, str) else runtime


ProjectFactory = Callable[[Path], ProjectUnderTest]  # called with the directory of a Pulumi project


@pytest.fixture
def flashback_project(
    flashback_emulator: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> ProjectFactory:
    """Return a function that returns the project under test in a directory."""
    scratch = tmp_path_factory.mktemp("pulumi").resolve()
    return lambda directory: ProjectUnderTest(
        Path(directory).resolve(), flashback_emulator, scratch
    )


def _texts(values: Mapping[str, str] | None) -> dict[str, str]:
    __tracebackhide__ = True
    for name, value in (values or {}).items():
        if not isinstance(value, str):
            pytest.fail(f"config {name} must be a string; write an object or a list as JSON")
    return dict(values or {})
