"""Records the state that a version leaves behind, for the test of upgrades from it.

Before a version is published, or from an older one that is installed elsewhere::

    python -m tools.record_state 0.1.0
    python -m tools.record_state 0.1.0 --python OTHER_ENVIRONMENT/bin/python

The secrets in it are those of the test's program.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from pulumi_flashback.emulator import Emulator
from tools.pulumi_cli import ensure_cli
from tools.pulumi_project import Project

STATES = Path(__file__).parent.parent / "tests" / "engine" / "states"
SECRET = "recorded-secret"
_OF_THIS_MACHINE = ("sourcePosition", "stackTrace")


def main() -> int:
    """Record a state and return the exit code."""
    parser = argparse.ArgumentParser(description="Record the state that a version leaves behind.")
    parser.add_argument("name", help="what the file is called, such as the version")
    parser.add_argument("--python", default=sys.executable, help="where the version is installed")
    given = parser.parse_args()
    file = STATES / f"{given.name}.json"
    file.write_text(json.dumps(recorded(given.python), indent=1, ensure_ascii=False) + "\n")
    print(file)
    return 0


def recorded(python: str) -> dict[str, Any]:
    """Return what a version leaves in the state, and what it has made."""
    with tempfile.TemporaryDirectory() as scratch, Emulator() as emulator:
        directory = shutil.copytree(STATES / "program", Path(scratch) / "program")
        variables = {
            "FLASHBACK_BASE_URL": emulator.base_url,
            "FLASHBACK_TOKEN": emulator.token,
            "PULUMI_PYTHON_CMD": python,
        }
        home = Path(scratch) / "home"
        project = Project(directory, ensure_cli().directory, variables, home=home)
        project.create_stack()
        project.configure({"workspaceId": emulator.workspace_id})
        project.configure({"secret": SECRET}, secret=True)
        project.up()
        state = json.loads(project.pulumi("stack", "export", "--show-secrets", "--stack", "dev"))
        for resource in state["deployment"]["resources"]:
            for name in _OF_THIS_MACHINE:
                resource.pop(name, None)
        return {"keys": emulator.api_keys(), "state": state}


if __name__ == "__main__":
    sys.exit(main())
