"""Runs the life cycle of an API key, for the release check with each provider and CLI."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pulumi_flashback.emulator import Emulator
from tools.pulumi_project import Project
from tools.release_environment import CheckFailedError, Environment

EXAMPLES = Path(__file__).parent.parent / "examples"
PROGRAMS = {"dynamic": "quickstart", "native": "yaml"}
"""The example of each provider; both take the same stack config."""

NATIVE_IN_PYTHON = "native in Python"
"""The example of the dynamic provider with the import of the SDK for the native one."""

_SECRETS = ("a secret of the release check", "the next secret of the release check")


def check_life_cycle(environment: Environment, provider: str, cli: Sequence[Path]) -> None:
    """Create, refresh, update and delete a key.

    Args:
        environment: Where the provider is installed.
        provider: ``dynamic``, ``native`` or ``NATIVE_IN_PYTHON``.
        cli: The directory of the CLI, and those of the hosts that it starts.

    Raises:
        CheckFailedError: A step does not have its effect.
        CommandFailedError: A step fails.
    """
    example = PROGRAMS["dynamic" if provider == NATIVE_IN_PYTHON else provider]
    python = environment.program("python")
    with tempfile.TemporaryDirectory() as directory, Emulator() as emulator:
        copy = shutil.copytree(EXAMPLES / example, Path(directory) / example)
        if provider == NATIVE_IN_PYTHON:
            file = copy / "__main__.py"
            file.write_text(
                file.read_text().replace("pulumi_flashback ", "pulumi_flashback_native ")
            )
        variables = {
            "FLASHBACK_BASE_URL": emulator.base_url,
            "FLASHBACK_TOKEN": emulator.token,
            "PULUMI_PYTHON_CMD": str(python),
            # the plugin lies beside the interpreter
            "PATH": os.pathsep.join(map(str, [*cli, python.parent, os.environ["PATH"]])),
        }
        project = Project(copy, cli[0], variables, home=Path(directory) / "home")
        project.create_stack()
        project.configure({"workspaceId": emulator.workspace_id})
        stored = []
        for secret in _SECRETS:
            project.configure({"accessKey": "AKIA", "secretKey": secret}, secret=True)
            project.up()
            stored += [row["secret"] for row in emulator.api_keys()]
        run = ("--yes", "--skip-preview", "--stack", "dev")
        project.pulumi("refresh", "--expect-no-changes", *run)
        project.up("--expect-no-changes")
        # the engine starts the plugin and asks it for all that it is
        plugin = environment.program("pulumi-resource-flashback")
        project.pulumi("package", "get-schema", str(plugin))
        project.pulumi("destroy", *run)
        if tuple(stored) != _SECRETS or emulator.api_keys():
            raise CheckFailedError(f"examples/{example} does not create, update and delete its key")
