"""``flashback`` with the real CLI: what it writes is imported, and then there is nothing to do."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from tests.cli.conftest import HOSTILE
from tests.engine.conftest import Start
from tests.engine.stack import KEY, SECRET, Stack
from tests.furnished import furnish

pytestmark = pytest.mark.engine

NATIVE = "flashback:index:ApiKey"
PRINTABLE = "".join(letter for letter in HOSTILE if letter.isprintable()).strip()


class Directory:
    """A directory that ``flashback import`` has filled, and a stack of it.

    Args:
        stack: A stack of another project, of which this one has the variables.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.emulator = stack.emulator
        where = stack.project.home.parent
        stack.project.directory, stack.project.home = where / "imported", where / "imported-home"
        stack.project.directory.mkdir()

    def flashback(self, *arguments: str, fails: bool = False) -> str:
        """Run the command there."""
        done = subprocess.run(
            [sys.executable, "-m", "pulumi_flashback.cli", *arguments],
            cwd=self.stack.project.directory,
            env=self.stack.project.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        self.stack.printed += done.stdout + done.stderr
        assert bool(done.returncode) is fails, done.stderr
        return done.stdout

    def set_halves(self, half: str) -> None:
        """Put one half of each key into the stack config, under the names of the list."""
        rows = {row["id"]: row for row in self.emulator.api_keys()}
        values = {
            f"{each['name']}_{half}": rows[each["id"].partition("/")[2]][half]
            for each in self.listed()
        }
        self.stack.project.configure(values, secret=True)

    def listed(self) -> list[dict[str, Any]]:
        """Return the keys of the list of imports."""
        text = (self.stack.project.directory / "import.json").read_text()
        return [each for each in json.loads(text)["resources"] if each["type"] == NATIVE]

    def changes(self) -> dict[str, list[str]]:
        """Return what a preview says of the resources that are not the same, by name."""
        # warnings of the CLI would stand before what is written as JSON
        printed = self.stack.run("preview", "--json", "--logtostderr")
        steps = json.loads(printed[printed.index("{\n") :])["steps"]
        return {
            step["urn"].rpartition("::")[2]: [step["op"], *step.get("diffReasons", [])]
            for step in steps
            if step["op"] != "same"
        }


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


@pytest.mark.parametrize(("language", "listed_key"), [("python", "whole"), ("yaml", "masked")])
def test_what_is_imported_needs_nothing_but_its_secrets(
    start: Start, yaml_host: Path, language: str, listed_key: Any
) -> None:
    there = Directory(start("native", EmulatorSettings(listed_key=listed_key)))
    stack, emulator, project = there.stack, there.emulator, there.stack.project
    project.variables["PATH"] = f"{yaml_host}:{project.variables['PATH']}"
    fill(emulator)
    before = emulator.api_keys()
    members = emulator.members(emulator.workspace_id)

    # the commands that are printed, in their order; of the secrets only what the API shows
    guide = there.flashback("import", emulator.workspace_id, "--out", ".", "--language", language)
    commands = [shlex.split(line) for line in guide.split("\n\n")[-1].splitlines()]
    project.create_stack()
    wanted = {c[-1] for c in commands if c[:4] == ["pulumi", "config", "set", "--secret"]}
    names = {row["name"] for row in there.listed()}
    assert wanted == {f"{name}_{half}" for name in names for half in ("key", "secret")}
    secrets = ["key", "secret"] if listed_key == "masked" else ["secret"]
    if listed_key == "whole":
        there.set_halves("key")
    (command,) = (each for each in commands if each[:2] == ["pulumi", "import"])
    printed = stack.run(*command[1:], "--yes", "--skip-preview")
    assert "7 imported" in printed
    assert "failed to validate" not in printed
    assert len(project.resources(NATIVE)) == 3

    # without the secrets there is nothing to do, and the missing ones are named
    printed = stack.up("--expect-no-changes")
    assert "8 unchanged" in printed
    assert "the API does not return secret" in printed

    # with them, they are written in place, and nothing else is
    for half in secrets:
        there.set_halves(half)
    assert there.changes() == {name: ["update", *secrets] for name in names}
    stack.requests()
    assert "3 updated" in stack.up()
    assert stack.writes() == ["PUT /apikeys/{id}"] * 3
    assert emulator.api_keys() == before
    assert emulator.members(emulator.workspace_id) == members

    # and from then on it is a stack like any other
    assert "does not return" not in stack.up("--refresh", "--expect-no-changes")
    stack.assert_silent()


@pytest.mark.parametrize("language", ["python", "yaml"])
def test_all_kinds_are_imported(start: Start, yaml_host: Path, language: str) -> None:
    there = Directory(start("native"))
    stack, emulator, project = there.stack, there.emulator, there.stack.project
    project.variables["PATH"] = f"{yaml_host}:{project.variables['PATH']}"
    furnish(emulator, SECRET)
    there.flashback("import", emulator.workspace_id, "--out", ".", "--language", language)
    project.create_stack()
    there.set_halves("key")
    stack.requests()
    stack.run("import", "--file", "import.json", "--generate-code=false", "--yes", "--skip-preview")
    assert "13 unchanged" in stack.up("--expect-no-changes")
    assert "13 unchanged" in stack.up("--refresh", "--expect-no-changes")
    assert stack.writes() == []
    # the credentials of a bucket of its own are written once they are set
    own = {f"bucket_alone_{half}": SECRET for half in ("key", "secret")}
    project.configure({**own, "model_assistant_secret": SECRET}, secret=True)
    assert "2 updated" in stack.up()
    assert sorted(stack.writes()) == ["PUT /ai/llm/{id}", "PUT /bucket/{id}"]
    # what refers to what is known: everything goes in one run
    stack.destroy()
    assert emulator.workspace_id not in {each.id for each in emulator.workspaces()}
    stack.assert_silent()


def test_many_secrets_are_set_with_one_command(start: Start) -> None:
    there = Directory(start("native"))
    stack, emulator, project = there.stack, there.emulator, there.stack.project
    for number in range(6):
        emulator.add_api_key(key=f"{KEY}-{number}", secret=SECRET, description=f"key {number}")
    guide = there.flashback("import", emulator.workspace_id, "--out", ".")
    project.create_stack()
    file = project.directory / "credentials.json"
    given = {f"key_{number}_key": f"{KEY}-{number}" for number in range(6)}
    file.write_text(json.dumps({**json.loads(file.read_text()), **given, "key_1_secret": SECRET}))
    commands = [line.strip() for line in guide.splitlines()]
    for command in commands[-4:-2]:
        subprocess.run(command, shell=True, check=True, cwd=file.parent, env=project.environment())
    assert not file.exists()
    stack.run(*shlex.split(commands[-2])[1:], "--yes", "--skip-preview")
    assert there.changes() == {"key_1": ["update", "secret"]}
    printed = stack.up()
    assert "1 updated" in printed
    assert "deprecated" not in printed
    stack.assert_silent()


def test_an_orphan_is_found_and_imported(start: Start) -> None:
    there = Directory(start("native"))
    stack, emulator = there.stack, there.emulator
    emulator.add_api_key(key=KEY, secret=SECRET)
    there.flashback("import", emulator.workspace_id, "--out", ".")
    stack.project.create_stack()
    stack.run("import", "--file", "import.json", "--generate-code=false", "--yes", "--skip-preview")
    orphan = emulator.add_api_key(key=f"{KEY}-2", secret=SECRET, description="Made by hand")
    command = ["orphans", "--workspace", emulator.workspace_id, "--output", "json"]
    stack.run("stack", "export", "--file", "state.json")
    (row,) = json.loads(there.flashback(*command, "--state", "state.json"))
    assert [row] == json.loads(there.flashback(*command, "--stack", stack.project.stack))
    assert row["id"] == orphan
    words = shlex.split(row["import"])
    assert words[3] == "made_by_hand"
    stack.run(*words[1:], "--generate-code=false", "--yes", "--skip-preview")
    assert json.loads(there.flashback(*command, "--stack", stack.project.stack)) == []
    stack.assert_silent()


def test_the_config_of_a_stack(start: Start) -> None:
    there = Directory(start("native"))
    emulator, project = there.emulator, there.stack.project
    (project.directory / "Pulumi.yaml").write_text("name: settings\nruntime: python\n")
    for name in ("FLASHBACK_TOKEN", "FLASHBACK_BASE_URL"):
        del project.variables[name]
    project.create_stack()
    named = {"flashback:baseUrl": emulator.base_url, "flashback:email": emulator.email}
    project.configure(named)
    project.configure({"flashback:password": emulator.password}, secret=True)
    found = there.flashback("doctor", "--config-of", "dev")
    assert "flashback:password: from the config of stack dev\n" in found
    assert f"signed in as {emulator.email} " in found
    assert "pulumi v3." in found
    assert "warn" not in found
    assert emulator.password not in found
    assert there.flashback("workspaces", "list", "--config-of", "nonsense", fails=True) == ""
    assert "error: the config of stack nonsense cannot be read: " in there.stack.printed
