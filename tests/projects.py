"""Projects that are as their user has them, run by the real CLI on an emulator."""

from __future__ import annotations

import os
from pathlib import Path

from pulumi_flashback.emulator import Emulator
from tools.pulumi_project import Project

EXAMPLES = Path(__file__).parents[1] / "examples"
CANARY = "canary-secret-of-a-program"


class Recorded(Project):
    """A project that keeps what the CLI printed."""

    printed = ""

    def pulumi(self, *arguments: str, check: bool = True) -> str:
        output = super().pulumi(*arguments, check=check)
        self.printed += "" if "--show-secrets" in arguments else output
        return output

    def begin(self, emulator: Emulator) -> None:
        """Create the stack, with the config of the examples."""
        self.create_stack()
        self.configure({"workspaceId": emulator.workspace_id})
        self.configure({"accessKey": f"{CANARY}-key", "secretKey": CANARY}, secret=True)

    def assert_destroyed(self, *emulators: Emulator) -> None:
        """Destroy the stack: nothing is left, and no secret was printed or stored in clear text."""
        self.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")
        assert not any(emulator.api_keys() for emulator in emulators)
        assert CANARY not in self.printed
        program = self.directory / "Pulumi.yaml"  # may hold it
        assert {*self.files_with(CANARY)} <= {program}


def project_on(
    emulator: Emulator, directory: Path, cli: Path, *path: Path | str, **variables: str
) -> Recorded:
    """Return a project without a stack; its user signs in with email and password.

    Args:
        emulator: The backend.
        directory: Holds the program, or will.
        cli: The directory of the CLI.
        *path: What else is on PATH.
        **variables: Environment variables of every command.
    """
    given = {
        "FLASHBACK_BASE_URL": emulator.base_url,
        "FLASHBACK_EMAIL": emulator.email,
        "FLASHBACK_PASSWORD": emulator.password,
        "PATH": os.pathsep.join(map(str, [cli, *path])),
    }
    directory.mkdir(exist_ok=True)
    return Recorded(directory, cli, {**given, **variables}, home=directory.parent / "home")
