"""Runs a Pulumi project in its own directory with the CLI and a local backend."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PASSPHRASE = "not a secret: only for stacks that live in a temporary directory"
COMMAND_TIMEOUT_SECONDS = 300


class CommandFailedError(Exception):
    """A command of the CLI failed.

    Attributes:
        output: What it printed.
    """

    def __init__(self, command: str, output: str) -> None:
        super().__init__(f"{command} failed:\n{output}")
        self.output = output


@dataclass
class Project:
    """One stack of one project; its state lies in files beside it.

    Attributes:
        directory: Holds ``Pulumi.yaml`` and the program.
        cli: The directory of the Pulumi CLI.
        variables: Environment variables on top of this process's own.
        stack: The name of the stack.
        home: Where state and the CLI's own files are kept; several stacks may share it.
    """

    directory: Path
    cli: Path
    variables: dict[str, str] = field(default_factory=dict)
    stack: str = "dev"
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="pulumi-home-")))

    def environment(self) -> dict[str, str]:
        """Return the variables that every command gets: offline, and with this interpreter."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("FLASHBACK_")}
        return {
            **inherited,
            "PATH": f"{self.cli}{os.pathsep}{os.environ.get('PATH', '')}",
            "PULUMI_HOME": str(self.home / "cli"),
            "PULUMI_BACKEND_URL": self.state_directory.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_PYTHON_CMD": sys.executable,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_SKIP_CONFIRMATIONS": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
            "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
            "NO_PROXY": "127.0.0.1,localhost",
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.variables,
        }

    @property
    def state_directory(self) -> Path:
        """Where the state files are."""
        return self.home / "state"

    def pulumi(self, *arguments: str, check: bool = True) -> str:
        """Run a command of the CLI and return what it printed on both streams.

        Raises:
            CommandFailedError: It failed, and ``check`` is true.
        """
        done = subprocess.run(
            [self.cli / "pulumi", "--non-interactive", "--color=never", *arguments],
            cwd=self.directory,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_TIMEOUT_SECONDS,
            check=False,
        )
        if check and done.returncode:
            raise CommandFailedError(f"pulumi {' '.join(arguments[:2])}", done.stdout)
        return done.stdout

    def create_stack(self) -> None:
        """Create the stack."""
        self.state_directory.mkdir(parents=True, exist_ok=True)
        self.pulumi("stack", "init", self.stack)

    def configure(self, values: Mapping[str, str], *, secret: bool = False) -> None:
        """Set values of the stack config; with ``secret`` they are encrypted."""
        option = "--secret" if secret else "--plaintext"
        pairs = [word for key, value in values.items() for word in (option, f"{key}={value}")]
        self.pulumi("config", "set-all", "--stack", self.stack, *pairs)

    def up(self, *arguments: str) -> str:
        """Run ``pulumi up``."""
        return self.pulumi("up", "--yes", "--skip-preview", "--stack", self.stack, *arguments)

    def started(self, command: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start ``pulumi up`` or ``destroy`` in a session of its own, and do not wait for it."""
        options = ("--yes", "--skip-preview", "--stack", self.stack, *arguments)
        return subprocess.Popen(
            [self.cli / "pulumi", "--non-interactive", command, *options],
            cwd=self.directory,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def outputs(self) -> dict[str, Any]:
        """Return the outputs of the stack, secret ones in clear."""
        shown = self.pulumi("stack", "output", "--json", "--show-secrets", "--stack", self.stack)
        outputs: dict[str, Any] = json.loads(shown)
        return outputs

    def state_file(self) -> Path:
        """Return the file that holds the state of the stack."""
        found = self.state_directory.rglob(f"stacks/**/{self.stack}.json")
        return next(iter(found))

    def state(self) -> dict[str, Any]:
        """Return the state of the stack, as it is stored."""
        latest: dict[str, Any] = json.loads(self.state_file().read_text())["checkpoint"]["latest"]
        return latest or {}

    def resources(self, kind: str = "flashback:ApiKey") -> list[dict[str, Any]]:
        """Return the resources of a type in the state, as they are stored."""
        resources = self.state().get("resources") or ()
        return [each for each in resources if each["type"].endswith(kind)]

    def files_with(self, text: str) -> list[Path]:
        """Return the files of project and state that contain a text."""
        files = (each for root in (self.directory, self.home) for each in root.rglob("*"))
        return [each for each in files if each.is_file() and text.encode() in each.read_bytes()]

    def remove(self) -> None:
        """Remove state and the CLI's own files."""
        shutil.rmtree(self.home, ignore_errors=True)
