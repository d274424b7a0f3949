"""A stack of the test program: see ``program/__main__.py`` for what a plan is."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi_flashback.emulator import Emulator
from tools.pulumi_project import CommandFailedError, Project
from tools.record_state import PACKAGES, variables_of

PROGRAM = Path(__file__).parent / "program"
SECRET = "canary-secret-Zq8/+=\"'\n\\x"
KEY = "CANARYKEY7QX2"
CANARIES = (KEY, "canary-", json.dumps(SECRET)[1:-1])

Plan = dict[str, dict[str, Any]]


class Stack:
    """A stack on an emulator.

    Args:
        project: Where it lives.
        emulator: The backend.
    """

    def __init__(self, project: Project, emulator: Emulator) -> None:
        self.project = project
        self.emulator = emulator
        self.printed = ""

    @classmethod
    def new(
        cls,
        cli: Path,
        sdk: Path,
        directory: Path,
        emulator: Emulator,
        provider: str = "dynamic",
        **variables: str,
    ) -> Stack:
        """Create a stack of the test program that declares nothing yet.

        Args:
            cli: The directory of the CLI.
            sdk: The directory where the SDK of the native provider is installed.
            directory: For everything; it is empty.
            emulator: The backend.
            provider: ``dynamic`` or ``native``.
            **variables: Environment variables of every command.
        """
        variables = {**variables_of(emulator, Path(sys.executable), cli, sdk), **variables}
        shutil.copytree(PROGRAM, directory / "program")
        project = Project(directory / "program", cli, variables, home=directory / "home")
        project.create_stack()
        stack = cls(project, emulator)
        stack.use(provider)
        return stack

    def use(self, provider: str) -> None:
        """Set the provider with which the program declares its resources."""
        self.project.variables["PACKAGE"] = PACKAGES[provider]

    def declare(self, plan: Mapping[str, Mapping[str, Any]]) -> None:
        """Set what the program declares."""
        self.project.variables["PLAN"] = json.dumps(plan)

    def run(self, *arguments: str, fails: bool = False) -> str:
        """Run a command on the stack and return what it printed."""
        failed = False
        try:
            output = self.project.pulumi(*arguments, "--stack", self.project.stack)
        except CommandFailedError as error:
            output, failed = error.output, True
        self.printed += output
        assert failed is fails, output
        return output

    def up(self, *arguments: str, fails: bool = False) -> str:
        """Run ``pulumi up``."""
        return self.run("up", "--yes", "--skip-preview", *arguments, fails=fails)

    def preview(self, *arguments: str, fails: bool = False) -> str:
        """Run ``pulumi preview``."""
        return self.run("preview", "--diff", *arguments, fails=fails)

    def refresh(self, *arguments: str, fails: bool = False) -> str:
        """Run ``pulumi refresh``."""
        return self.run("refresh", "--yes", "--skip-preview", *arguments, fails=fails)

    def destroy(self, *, fails: bool = False) -> str:
        """Run ``pulumi destroy``."""
        return self.run("destroy", "--yes", "--skip-preview", fails=fails)

    def managed(self, kind: str = "") -> dict[str, dict[str, Any]]:
        """Return what the state has of the API's objects, by name."""
        rows = self.project.resources(f":{kind}" if kind else "")
        return {
            each["urn"].rpartition("::")[2]: each
            for each in rows
            if "flashback:" in each["type"] and each.get("id") and not each.get("external")
            if not each["type"].startswith("pulumi:providers:")
        }

    def ids(self, kind: str = "") -> dict[str, str]:
        """Return the ids in the state, by name."""
        return {name: each["id"] for name, each in self.managed(kind).items()}

    def requests(self) -> list[str]:
        """Return the requests in order of arrival, and forget them."""
        seen = [f"{method} {path}" for method, path, _ in self.emulator.requests]
        self.emulator.requests.clear()
        return seen

    def writes(self) -> list[str]:
        """Return the requests that change something, and forget all."""
        return [each for each in self.requests() if not each.startswith("GET ")]

    def assert_sound(self) -> None:
        """The API and the state have the same, and nothing shows a secret."""
        emulator = self.emulator
        given = {emulator.workspace_id, emulator.second_workspace_id}
        live = {each.id: each.name for each in emulator.workspaces()}
        workspaces = self.managed("Workspace").values()
        assert {key: name for key, name in live.items() if key not in given} == {
            each["id"]: each["outputs"]["name"] for each in workspaces
        }
        keys = {row["id"] for each in live for row in emulator.api_keys(each)}
        assert keys == set(self.ids("ApiKey").values())
        roles = {f"{w}/{u}": role for w in live for u, role in emulator.members(w).items()}
        for each in self.managed("WorkspaceMember").values():
            assert roles[each["id"]] == each["outputs"]["role"]
        self.assert_silent()

    def assert_silent(self) -> None:
        """Nothing shows a secret."""
        for canary in (*CANARIES, self.project.variables["FLASHBACK_TOKEN"] or KEY):
            assert canary not in self.printed
            assert not self.project.files_with(canary)


def key(workspace: str, **more: Any) -> dict[str, Any]:
    """Return a key of a plan, with canaries; None leaves an input out."""
    given = {"is": "ApiKey", "workspace_id": workspace, "key": KEY, "secret": SECRET}
    return {n: v for n, v in {**given, "provider": "AWS", **more}.items() if v is not None}


def member(workspace: str, user_id: str, role: str, **more: Any) -> dict[str, Any]:
    """Return a member of a plan."""
    inputs = {"workspace_id": workspace, "user_id": user_id, "role": role}
    return {"is": "WorkspaceMember", **inputs, **more}


def workspace(name: str, **more: Any) -> dict[str, Any]:
    """Return a workspace of a plan."""
    return {"is": "Workspace", "name": name, **more}


def team(emulator: Emulator) -> Plan:
    """Return a plan with a bit of everything; the creator of the workspace is declared as well."""
    ada, ben = (emulator.add_user(f"{name}@flashback.example").id for name in ("ada", "ben"))
    return {
        "team": workspace("Team"),
        "me": member("@team.workspace_id", emulator.user_id, "ADMIN"),
        "ada": member("@team.workspace_id", ada, "WRITE"),
        "ben": member("@team.workspace_id", ben, "READ"),
        "a": key("@team.workspace_id"),
        "b": key("@team.workspace_id", provider="GCP"),
    }
