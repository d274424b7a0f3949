"""``flashback`` with the real CLI: what it writes is imported, and then there is nothing to do."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.testing import EmulatorFactory
from tests.cli.conftest import HOSTILE
from tests.engine.conftest import CANARIES, KEY, SECRET
from tools.pulumi_project import Project
from tools.record_state import installed_sdk as install_sdk

pytestmark = pytest.mark.engine

NATIVE = "flashback:index:ApiKey"
PRINTABLE = "".join(letter for letter in HOSTILE if letter.isprintable()).strip()


class Imported:
    """A directory that ``flashback import`` has written, and a stack of it.

    Args:
        project: The stack.
        emulator: The backend.
    """

    def __init__(self, project: Project, emulator: Emulator) -> None:
        self.project = project
        self.emulator = emulator
        self.printed = ""

    def flashback(self, *arguments: str, check: bool = True) -> str:
        """Run the command in the directory of the project."""
        done = subprocess.run(
            [sys.executable, "-m", "pulumi_flashback.cli", *arguments],
            cwd=self.project.directory,
            env=self.project.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        self.printed += done.stdout + done.stderr
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def pulumi(self, *arguments: str) -> str:
        """Run a command on the stack."""
        printed = self.project.pulumi(*arguments, "--stack", self.project.stack)
        self.printed += printed
        return printed

    def up(self, *arguments: str) -> str:
        """Run ``pulumi up``."""
        return self.pulumi("up", "--yes", "--skip-preview", *arguments)

    def set_halves(self, half: str) -> None:
        """Put one half of each key into the stack config, under the names of the list."""
        rows = {row["id"]: row for row in self.emulator.api_keys()}
        for each in self.listed():
            if each["type"] == NATIVE:
                row = rows[each["id"].partition("/")[2]]
                self.project.configure({f"{each['name']}_{half}": row[half]}, secret=True)

    def listed(self) -> list[dict[str, Any]]:
        """Return the rows of the list of imports."""
        text = (self.project.directory / "import.json").read_text()
        rows: list[dict[str, Any]] = json.loads(text)["resources"]
        return rows

    def changes(self) -> dict[str, list[str]]:
        """Return what a preview says of the resources that are not the same, by name."""
        steps = json.loads(self.pulumi_json("preview"))["steps"]
        return {
            step["urn"].rpartition("::")[2]: [step["op"], *step.get("diffReasons", [])]
            for step in steps
            if step["op"] != "same"
        }

    def pulumi_json(self, *arguments: str) -> str:
        """Run a command on the stack whose answer is the only thing it prints."""
        done = subprocess.run(
            [self.project.cli / "pulumi", *arguments, "--json", "--stack", self.project.stack],
            cwd=self.project.directory,
            env=self.project.environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        self.printed += done.stdout + done.stderr
        return done.stdout

    def assert_no_secret(self) -> None:
        """Nothing shows a secret."""
        for canary in CANARIES:
            assert canary not in self.printed
            assert not self.project.files_with(canary)


@pytest.fixture
def installed_sdk(tmp_path: Path) -> Path:
    """Return a directory with the Python SDK, as an installation has it."""
    return install_sdk(tmp_path / "installed")


def stack_of(
    emulator: Emulator, cli: Path, installed: Path, tmp_path: Path, *hosts: Path
) -> Imported:
    directory = tmp_path / "program"
    directory.mkdir(exist_ok=True)
    plugin = Path(sys.executable).parent
    variables = {
        "FLASHBACK_BASE_URL": emulator.base_url,
        "FLASHBACK_TOKEN": emulator.token,
        "PATH": os.pathsep.join(map(str, (cli, *hosts, plugin, os.environ["PATH"]))),
        "PYTHONPATH": str(installed),
    }
    return Imported(Project(directory, cli, variables, home=tmp_path / "home"), emulator)


def fill(emulator: Emulator) -> None:
    """Put members and keys into the workspace, behind every stack's back."""
    emulator.rename_workspace(emulator.workspace_id, PRINTABLE)
    for name, role in (("alice", "READ"), ("bob", "WRITE")):
        user = emulator.add_user(f"{name}@flashback.example")
        emulator.set_member(emulator.workspace_id, user, role)
    whole = {"endpoint": "https://s3.example.com", "region": "eu", "description": "Nightly backups"}
    emulator.add_api_key(key=KEY, secret=SECRET, **whole)
    emulator.add_api_key(key=f"{KEY}-2", secret=SECRET, provider="GCP", description=HOSTILE)
    azure = {"tenantId": "a-tenant", "subscriptionId": "a-subscription"}
    emulator.add_api_key(key=f"{KEY}-3", secret=SECRET, provider="AZURE", **azure)


@pytest.mark.parametrize("language", ["python", "yaml"])
def test_what_is_imported_needs_nothing_but_its_secrets(
    language: str,
    pulumi_cli: Path,
    yaml_host: Path,
    installed_sdk: Path,
    tmp_path: Path,
    flashback_emulator: Emulator,
) -> None:
    emulator = flashback_emulator
    fill(emulator)
    before = emulator.api_keys()
    members = emulator.members(emulator.workspace_id)
    stack = stack_of(emulator, pulumi_cli, installed_sdk, tmp_path, yaml_host)
    workspace = emulator.workspace_id

    # the commands that are printed, in their order; of the secrets only what the platform shows
    guide = stack.flashback("import", workspace, "--out", ".", "--language", language)
    commands = [shlex.split(line) for line in guide.split("\n\n")[-1].splitlines()]
    stack.project.create_stack()
    wanted = {c[-1] for c in commands if c[:4] == ["pulumi", "config", "set", "--secret"]}
    assert wanted == {
        f"{row['name']}_{half}"
        for row in stack.listed()
        if row["type"] == NATIVE
        for half in ("key", "secret")
    }
    stack.set_halves("key")
    (command,) = (each for each in commands if each[:2] == ["pulumi", "import"])
    printed = stack.pulumi(*command[1:], "--yes", "--skip-preview")
    assert "7 imported" in printed
    assert "failed to validate" not in printed
    assert len(stack.project.resources("flashback:index:ApiKey")) == 3

    # without the secrets there is nothing to do, and it is said which ones are missing
    assert stack.changes() == {}
    printed = stack.up("--expect-no-changes")
    assert "8 unchanged" in printed
    assert "secret is not known" in printed

    # with them, they are written in place, and nothing else is
    stack.set_halves("secret")
    names = {row["name"] for row in stack.listed() if row["type"] == NATIVE}
    assert stack.changes() == {name: ["update", "secret"] for name in names}
    emulator.requests.clear()
    assert "3 updated" in stack.up()
    writes = [each for each in emulator.requests if each[0] != "GET"]
    assert writes == [("PUT", "/apikeys/{id}", 200)] * 3
    assert emulator.api_keys() == before
    assert emulator.members(workspace) == members

    # and from then on it is a stack like any other
    assert "secret is not known" not in stack.up("--expect-no-changes")
    stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    stack.assert_no_secret()


def test_keys_that_are_masked(
    pulumi_cli: Path,
    installed_sdk: Path,
    tmp_path: Path,
    flashback_emulator_factory: EmulatorFactory,
) -> None:
    """Neither half is known to the platform's list: both may be set later."""
    emulator = flashback_emulator_factory(EmulatorSettings(listed_key="masked"))
    fill(emulator)
    before = emulator.api_keys()
    stack = stack_of(emulator, pulumi_cli, installed_sdk, tmp_path)
    stack.flashback("import", emulator.workspace_id, "--out", ".")
    stack.project.create_stack()
    stack.pulumi("import", "--file", "import.json", "--generate-code=false", "--yes")
    assert stack.changes() == {}
    stack.set_halves("key")
    stack.set_halves("secret")
    assert {tuple(each) for each in stack.changes().values()} == {("update", "key", "secret")}
    stack.up()
    assert emulator.api_keys() == before
    assert stack.changes() == {}
    stack.assert_no_secret()


def test_an_orphan_is_found_and_imported(
    pulumi_cli: Path, installed_sdk: Path, tmp_path: Path, flashback_emulator: Emulator
) -> None:
    emulator = flashback_emulator
    emulator.add_api_key(key=KEY, secret=SECRET)
    stack = stack_of(emulator, pulumi_cli, installed_sdk, tmp_path)
    stack.flashback("import", emulator.workspace_id, "--out", ".")
    stack.project.create_stack()
    stack.pulumi("import", "--file", "import.json", "--generate-code=false", "--yes")
    orphan = emulator.add_api_key(key=f"{KEY}-2", secret=SECRET, description="Made by hand")

    def orphans() -> list[dict[str, Any]]:
        stack.pulumi("stack", "export", "--file", "state.json")
        command = ["orphans", "--workspace", emulator.workspace_id, "--output", "json"]
        rows: list[dict[str, Any]] = json.loads(stack.flashback(*command, "--state", "state.json"))
        assert json.loads(stack.flashback(*command, "--stack", stack.project.stack)) == rows
        return rows

    (row,) = orphans()
    assert row["id"] == orphan
    command = shlex.split(row["import"])
    assert command[3] == "made_by_hand"
    stack.pulumi(*command[1:], "--generate-code=false", "--yes")
    assert orphans() == []
    stack.assert_no_secret()


def test_the_config_of_a_stack(
    pulumi_cli: Path, installed_sdk: Path, tmp_path: Path, flashback_emulator: Emulator
) -> None:
    emulator = flashback_emulator
    stack = stack_of(emulator, pulumi_cli, installed_sdk, tmp_path)
    (stack.project.directory / "Pulumi.yaml").write_text("name: settings\nruntime: python\n")
    for name in ("FLASHBACK_TOKEN", "FLASHBACK_BASE_URL"):
        del stack.project.variables[name]
    stack.project.create_stack()
    stack.project.configure({"flashback:baseUrl": emulator.base_url})
    stack.project.configure({"flashback:email": emulator.email})
    stack.project.configure({"flashback:password": emulator.password}, secret=True)
    found = stack.flashback("doctor", "--config-of", "dev")
    assert "flashback:password: from the config of stack dev\n" in found
    assert f"signed in as {emulator.email} " in found
    assert "pulumi v3." in found
    assert "warn" not in found
    assert emulator.password not in found
    assert stack.flashback("workspaces", "list", "--config-of", "nonsense", check=False) == ""
    assert "error: the config of stack nonsense cannot be read: " in stack.printed
