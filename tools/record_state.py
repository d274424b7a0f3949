"""Records the states that a version leaves behind, for the test of upgrades from it.

Before a version is published, or from an older one that is installed elsewhere::

    python -m tools.record_state 0.1.0
    python -m tools.record_state 0.1.0 --python OTHER_ENVIRONMENT/bin/python

There is one state for each provider. The secrets in it are those of the program.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from pulumi_flashback.emulator import Emulator
from tools.pulumi_cli import ensure_cli
from tools.pulumi_project import Project

ROOT = Path(__file__).parent.parent
STATES = ROOT / "tests" / "engine" / "states"
SDK = ROOT / "sdk" / "python"
SECRET = "recorded-secret"
EMAIL = "member@example.com"
PROGRAM = "team"
PACKAGES = {"dynamic": "pulumi_flashback", "native": "pulumi_flashback_native"}
_OF_THIS_MACHINE = ("sourcePosition", "stackTrace")


def main() -> int:
    """Record the states and return the exit code."""
    parser = argparse.ArgumentParser(description="Record the states that a version leaves behind.")
    parser.add_argument("version", help="the version, for the names of the files")
    parser.add_argument("--python", default=sys.executable, help="where the version is installed")
    given = parser.parse_args()
    for provider, package in PACKAGES.items():
        file = STATES / f"{given.version}-{provider}.json"
        text = json.dumps(recorded(Path(given.python), package), ensure_ascii=False)
        file.write_text(f"{text}\n", encoding="utf-8")
        print(file)
    return 0


def recorded(python: Path, package: str) -> dict[str, Any]:
    """Return what a version leaves in the state, and what it created.

    Args:
        python: The interpreter of the environment where it is installed.
        package: The package that the program imports.
    """
    with tempfile.TemporaryDirectory() as scratch, Emulator() as emulator:
        user = emulator.add_user(EMAIL)
        directory = shutil.copytree(STATES / PROGRAM, Path(scratch) / "program")
        home = Path(scratch) / "home"
        cli = ensure_cli().directory
        variables = variables_of(emulator, python, cli, install_sdk(Path(scratch) / "sdk"))
        project = Project(directory, cli, variables, home=home)
        project.create_stack()
        project.configure(
            {"package": package, "workspaceId": emulator.workspace_id, "userId": user.id}
        )
        project.configure({"secret": SECRET}, secret=True)
        project.up()
        state = json.loads(project.pulumi("stack", "export", "--show-secrets", "--stack", "dev"))
        for resource in state["deployment"]["resources"]:
            for name in _OF_THIS_MACHINE:
                resource.pop(name, None)
        backend = {
            "users": {user.id: EMAIL},
            "workspaces": {
                each.id: {
                    "name": each.name,
                    "members": emulator.members(each.id),
                    "keys": emulator.api_keys(each.id),
                }
                for each in emulator.workspaces()
            },
        }
        return {"program": PROGRAM, "package": package, **backend, "state": state}


def variables_of(emulator: Emulator, python: Path, cli: Path, sdk: Path) -> dict[str, str]:
    """Return the variables for a program with either provider.

    Args:
        emulator: The backend.
        python: The interpreter that has the package; the plugin lies beside it.
        cli: The directory of the Pulumi CLI.
        sdk: The directory where the Python SDK is installed.
    """
    return {
        "FLASHBACK_BASE_URL": emulator.base_url,
        "FLASHBACK_TOKEN": emulator.token,
        "PULUMI_PYTHON_CMD": str(python),
        "PYTHONPATH": str(sdk),
        "PATH": os.pathsep.join([str(cli), str(python.parent), os.environ["PATH"]]),
    }


def install_sdk(directory: Path) -> Path:
    """Put the generated Python SDK into a directory, as an installation has it."""
    package = PACKAGES["native"]
    shutil.copytree(SDK / package, directory / package)
    version = json.loads((SDK / package / "pulumi-plugin.json").read_text())["version"]
    metadata = directory / f"{package}-{version}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    return directory


if __name__ == "__main__":
    sys.exit(main())
