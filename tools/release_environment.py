"""Creates clean virtual environments, and checks an installed package in one of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60

IMPORTS = """
import json, importlib.resources, sys
import pulumi_flashback, pulumi_flashback.client, pulumi_flashback.resources
assert pulumi_flashback.__file__.startswith(sys.prefix), pulumi_flashback.__file__
plugin = importlib.resources.files("pulumi_flashback").joinpath("pulumi-plugin.json").read_text()
assert json.loads(plugin) == {"resource": False, "name": "flashback"}, plugin
assert all(getattr(pulumi_flashback, name) for name in pulumi_flashback.__all__)
"""
WITHOUT_EXTRA = "error: the emulator is not installed; run pip install 'pulumi_flashback[emulator]'"


class CheckFailedError(Exception):
    """The version must not be published as it is; the text says why."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment in a directory."""

    directory: Path

    @classmethod
    @contextmanager
    def made(cls, interpreter: Path) -> Iterator[Environment]:
        """Create an empty environment of a Python that is removed afterwards."""
        with tempfile.TemporaryDirectory(prefix="release-check-") as directory:
            environment = cls(Path(directory))
            environment.command(interpreter, "-m", "venv", directory)
            yield environment

    def program(self, name: str) -> Path:
        """Return a program of the environment."""
        return self.directory / ("Scripts" if os.name == "nt" else "bin") / name

    def install(self, what: str, constraints: Sequence[str] = ()) -> None:
        """Install a package, with constraints such as ``pulumi==3.216``."""
        file = self.directory / "constraints.txt"
        file.write_text("".join(f"{each}\n" for each in constraints))
        pip = (self.program("python"), "-m", "pip", "--disable-pip-version-check")
        self.command(*pip, "install", "--quiet", "--constraint", file, what)
        self.command(*pip, "check")

    def command(
        self, *command: str | Path, directory: Path | None = None, path: Path | None = None
    ) -> str:
        """Run a command and return what it printed on both streams.

        Args:
            command: The program and its arguments.
            directory: The working directory; None for the environment itself.
            path: A directory to put first on PATH.

        Raises:
            CheckFailedError: It failed.
        """
        variables = clean_variables()
        if path:
            variables["PATH"] = os.pathsep.join([str(path), variables.get("PATH", "")])
        title = f"{' '.join(map(str, command))} failed"
        return printed_by(*command, title=title, cwd=directory or self.directory, env=variables)


def printed_by(
    *command: str | Path,
    title: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a command and return what it printed on both streams.

    Raises:
        CheckFailedError: It failed; the title and the output are in the text.
    """
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CheckFailedError(f"{title}:\n{done.stdout}")
    return done.stdout


def clean_variables() -> dict[str, str]:
    """Return the variables of this process without those that show an interpreter its packages."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def check_commands(environment: Environment) -> None:
    """Make sure that an installed package can be imported and its programs start.

    Raises:
        CheckFailedError: Something does not work.
    """
    python = environment.program("python")
    plugin = environment.program("pulumi-resource-flashback")
    environment.command(python, "-W", "error", "-c", IMPORTS)
    shown = "from importlib.metadata import version as v; print(v('pulumi_flashback'))"
    version = environment.command(python, "-c", shown).strip()
    for program in (environment.program("flashback"), plugin):
        printed = environment.command(program, "--version")
        if not printed.strip().endswith(version):
            raise CheckFailedError(f"{program.name} prints {printed!r}, not {version}")
    # started as the engine does, the plugin prints a port, and ends on a signal
    with subprocess.Popen(
        [plugin], stdout=subprocess.PIPE, env=clean_variables(), text=True
    ) as process:
        port = (process.stdout.readline() if process.stdout else "").strip()
        process.send_signal(signal.SIGTERM)
        code = process.wait(START_SECONDS)
    if not port.isdigit() or code != 0:
        raise CheckFailedError(f"{plugin.name} prints {port!r} and ends with {code}")
    done = subprocess.run(
        [python, "-m", "pulumi_flashback.emulator"],
        capture_output=True,
        text=True,
        check=False,
        env=clean_variables(),
        cwd=python.parent,
    )
    if done.stderr.strip().splitlines()[-1:] != [WITHOUT_EXTRA]:
        raise CheckFailedError(f"the emulator without its extra prints {done.stderr!r}")


def interpreter(version: str) -> Path:
    """Return a Python of a version, such as ``3.10``.

    Raises:
        CheckFailedError: There is none on this machine.
    """
    for candidate in _candidates(version):
        done = subprocess.run(
            [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
            env=clean_variables(),
        )
        # a shim of a version manager is on PATH even if its version is switched off
        if done.returncode == 0 and done.stdout.strip() == version:
            return candidate
    raise CheckFailedError(
        f"there is no Python {version} on this machine; put python{version} on PATH"
    )


def _candidates(version: str) -> Iterator[Path]:
    yield Path(sys.executable)
    for directory in os.environ.get("PATH", "").split(os.pathsep):
        if (Path(directory) / f"python{version}").is_file():
            yield Path(directory) / f"python{version}"
    managed = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    yield from sorted(managed.glob(f"{version}.*/bin/python{version}"))
