"""The examples in other languages run with the real CLI, as their READMEs say."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.testing import EmulatorFactory
from tests.engine.conftest import yaml_host as yaml_host
from tests.sdk.conftest import SDK, Built
from tools.pulumi_project import Project

# the first run on a machine compiles a language host, and the Pulumi SDK for Go
pytestmark = [pytest.mark.sdk, pytest.mark.engine, pytest.mark.timeout(900)]

EXAMPLES = SDK.parent / "examples"
CANARY = "canary-secret-of-a-program"

Make = Callable[..., Project]


@pytest.fixture
def make(pulumi_cli: Path, tmp_path: Path) -> Make:
    """Return a function that makes a project of a directory, with the plugin on PATH."""

    def project(directory: Path, *path: Path, **variables: str) -> Project:
        places = [pulumi_cli, *path, Path(sys.executable).parent]
        search = os.pathsep.join([*map(str, places), os.environ["PATH"]])
        made = Project(directory, pulumi_cli, {**variables, "PATH": search}, home=tmp_path / "home")
        made.create_stack()
        return made

    return project


def signed_in(emulator: Emulator) -> dict[str, str]:
    return {
        "FLASHBACK_BASE_URL": emulator.base_url,
        "FLASHBACK_EMAIL": emulator.email,
        "FLASHBACK_PASSWORD": emulator.password,
    }


def secrets(project: Project, **values: str) -> None:
    project.configure(values, secret=True)


def runs(project: Project, emulator: Emulator) -> dict[str, Any]:
    """Create, do nothing, rotate in place, refresh, delete; returns the outputs."""
    project.configure({"workspaceId": emulator.workspace_id})
    secrets(project, accessKey=f"{CANARY}-key", secretKey=CANARY)
    printed = project.pulumi("preview", "--stack", "dev")
    assert emulator.api_keys() == []
    printed += project.up()
    (row,) = emulator.api_keys()
    outputs = project.outputs()
    assert outputs["apiKeyId"] == row["id"]
    assert (row["provider"], row["secret"]) == ("AWS", CANARY)
    assert "unchanged" in project.up("--expect-no-changes")
    secrets(project, secretKey=f"{CANARY}-rotated")
    printed += project.up()
    (rotated,) = emulator.api_keys()
    assert (rotated["id"], rotated["secret"]) == (row["id"], f"{CANARY}-rotated")
    printed += project.pulumi("refresh", "--yes", "--skip-preview", "--stack", "dev")
    printed += project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")
    assert emulator.api_keys() == []
    assert CANARY not in printed
    assert not project.files_with(CANARY)
    return outputs


def test_yaml(make: Make, yaml_host: Path, flashback_emulator: Emulator, tmp_path: Path) -> None:
    directory = shutil.copytree(EXAMPLES / "yaml", tmp_path / "yaml")
    project = make(directory, yaml_host, **signed_in(flashback_emulator))
    outputs = runs(project, flashback_emulator)
    assert [key["id"] for key in outputs["keys"]] == [outputs["apiKeyId"]]


UNKNOWN_IN_A_PREVIEW = f"""
resources:
  team: {{ type: flashback:Workspace, properties: {{ name: Fresh }} }}
  first:
    type: flashback:ApiKey
    properties: {{ workspaceId: "${{team.id}}", key: {CANARY}-1, secret: {CANARY}, provider: AWS }}
  second:
    type: flashback:ApiKey
    properties:
      workspaceId: ${{team.workspaceId}}
      key: k-${{first.id}}
      secret: s-${{first.id}}
      provider: OTHER
      endpoint: ${{first.apiKeyId}}.example.com
      region: ${{first.id}}
      tenantId: ${{first.id}}
      subscriptionId: ${{first.orgId}}
      description: made after ${{first.id}}
      rotationTriggers: {{ a: "${{first.id}}", b: known }}
  account:
    type: pulumi:providers:flashback
    properties: {{ baseUrl: "${{url}}", token: "${{token}}" }}
  elsewhere:
    type: flashback:ApiKey
    properties: {{ workspaceId: "${{other}}", key: {CANARY}-2, secret: {CANARY}, provider: AWS }}
    options: {{ provider: "${{account}}" }}
variables:
  # what comes after the id of a key is not known before the key is made
  url: {{ "fn::select": [1, {{ "fn::split": ["|", "${{first.id}}|${{otherUrl}}"] }}] }}
  token: {{ "fn::select": [1, {{ "fn::split": ["|", "${{first.id}}|${{otherToken}}"] }}] }}
  keys:
    fn::invoke:
      function: flashback:getApiKeys
      arguments: {{ workspaceId: "${{second.workspaceId}}", provider: AWS }}
config:
  otherUrl: {{ type: string }}
  other: {{ type: string }}
  otherToken: {{ type: string, secret: true }}
outputs:
  listed: ${{keys.apiKeys[0].id}}
  first: ${{first.id}}
"""


def test_whatever_is_unknown_in_a_preview(
    make: Make, yaml_host: Path, flashback_emulator_factory: EmulatorFactory, tmp_path: Path
) -> None:
    emulator, other = flashback_emulator_factory(), flashback_emulator_factory()
    program = tmp_path / "yaml" / "Pulumi.yaml"
    program.parent.mkdir()
    program.write_text("name: unknown\nruntime: yaml\n")
    project = make(program.parent, yaml_host, **signed_in(emulator))
    project.pulumi("package", "add", str(Path(sys.executable).parent / "pulumi-resource-flashback"))
    program.write_text(program.read_text() + UNKNOWN_IN_A_PREVIEW)
    project.configure({"otherUrl": other.base_url, "other": other.workspace_id})
    secrets(project, otherToken=other.token)
    printed = project.pulumi("preview", "--diff", "--stack", "dev")
    assert "+ 6 to create" in printed
    assert "an API key" not in printed  # neither a warning nor a problem
    printed += project.up()
    outputs = project.outputs()
    assert outputs["listed"] == outputs["first"]
    assert len(other.api_keys()) == 1
    assert "6 unchanged" in project.up("--expect-no-changes")
    printed += project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")
    assert other.api_keys() == []
    assert CANARY not in printed


def test_an_import_writes_a_program_that_says_what_it_cannot_know(
    make: Make, yaml_host: Path, flashback_emulator: Emulator, tmp_path: Path
) -> None:
    (tmp_path / "yaml").mkdir()
    (tmp_path / "yaml" / "Pulumi.yaml").write_text("name: imported\nruntime: yaml\n")
    project = make(tmp_path / "yaml", yaml_host, **signed_in(flashback_emulator))
    workspace, secret = flashback_emulator.workspace_id, f"{CANARY}-real"
    made = flashback_emulator.add_api_key(key="AKIA7", secret=secret)
    printed = project.pulumi(
        *("import", "flashback:index:ApiKey", "backups", f"{workspace}/{made}"),
        *("--yes", "--skip-preview", "--stack", "dev", "--out", "Generated.yaml"),
    )
    assert "almost certainly a bug" not in printed
    assert "Put the real value in the place of the placeholder" in printed
    assert secret not in printed
    generated = (tmp_path / "yaml" / "Generated.yaml").read_text()
    left = "<put the real secret here: the platform does not return it>"
    assert left in generated
    program = tmp_path / "yaml" / "Pulumi.yaml"
    program.write_text(f"name: imported\nruntime: yaml\n{generated}")
    assert "unchanged" in project.up("--expect-no-changes")
    program.write_text(program.read_text().replace(left, secret))
    flashback_emulator.requests.clear()
    assert "~ 1 updated" in project.up()
    for method, count in (("POST", 0), ("PUT", 1), ("DELETE", 0)):
        path = "/apikeys" if method == "POST" else "/apikeys/{id}"
        assert flashback_emulator.count(method, path) == count
    assert [row["id"] for row in flashback_emulator.api_keys()] == [made]
    assert "unchanged" in project.up("--expect-no-changes")


def test_typescript(
    make: Make, nodejs_sdk: Built, flashback_emulator: Emulator, tmp_path: Path
) -> None:
    directory = shutil.copytree(EXAMPLES / "typescript", tmp_path / "typescript")
    modules = directory / "node_modules"
    (modules / "@flashback").mkdir(parents=True)
    (modules / "@flashback" / "pulumi-flashback").symlink_to(nodejs_sdk.package)
    for name in ("@pulumi", "@types", "typescript"):
        (modules / name).symlink_to(nodejs_sdk.modules / name)
    project = make(directory, **signed_in(flashback_emulator))
    assert runs(project, flashback_emulator)["signedInAs"] == flashback_emulator.email


def test_go(
    make: Make,
    needed: Callable[[str], str],
    copied: Callable[[str], Path],
    flashback_emulator: Emulator,
    tmp_path: Path,
) -> None:
    needed("go")
    directory = shutil.copytree(EXAMPLES / "go", tmp_path / "examples" / "go")
    (tmp_path / "sdk").mkdir()
    (tmp_path / "sdk" / "go").symlink_to(copied("go"))
    project = make(directory, **signed_in(flashback_emulator), GOFLAGS="-mod=mod")
    assert runs(project, flashback_emulator)["workspace"] == "Demo"


def test_two_accounts(
    make: Make, python_sdk: Path, flashback_emulator_factory: EmulatorFactory, tmp_path: Path
) -> None:
    backends = {
        "production": flashback_emulator_factory(),
        "staging": flashback_emulator_factory(),
    }
    directory = shutil.copytree(EXAMPLES / "accounts", tmp_path / "accounts")
    # what a shell may have set for one account is not used for the other
    project = make(directory, PULUMI_PYTHON_CMD=str(python_sdk), FLASHBACK_TOKEN="of-nobody")
    secrets(project, accessKey=f"{CANARY}-key", secretKey=CANARY)
    for account, emulator in backends.items():
        project.configure(
            {
                f"{account}WorkspaceId": emulator.workspace_id,
                f"{account}Email": emulator.email,
                f"{account}BaseUrl": emulator.base_url,
            }
        )
        secrets(project, **{f"{account}Password": emulator.password})
    printed = project.up()
    for account, emulator in backends.items():
        (row,) = emulator.api_keys()
        assert project.outputs()[f"{account}ApiKeyId"] == row["id"]
    assert "unchanged" in project.up("--expect-no-changes")
    printed += project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")
    assert [emulator.api_keys() for emulator in backends.values()] == [[], []]
    assert CANARY not in printed
    assert not project.files_with(CANARY)


KEY = """
    workspace_id=config.require("workspaceId"),
    key=config.require_secret("accessKey"),
    secret=config.require_secret("secretKey"),
    provider="AWS",
"""
DYNAMIC = f"""
import pulumi
from pulumi_flashback import ApiKey

config = pulumi.Config()
options = pulumi.ResourceOptions(retain_on_delete=config.get_bool("retain"))
backups = ApiKey("backups", {KEY} opts=options)
pulumi.export("apiKeyId", backups.api_key_id)
"""
NATIVE = f"""
import pulumi
import pulumi_flashback_native as flashback

config = pulumi.Config()
options = pulumi.ResourceOptions(import_=config.get("import"))
backups = flashback.ApiKey("backups", {KEY} opts=options)
pulumi.export("apiKeyId", backups.api_key_id)
"""


def test_a_key_moves_from_the_dynamic_to_the_native_form(
    make: Make, python_sdk: Path, flashback_emulator: Emulator, tmp_path: Path
) -> None:
    """The recipe of docs/dynamic-to-native.md."""
    emulator, program = flashback_emulator, tmp_path / "moving" / "__main__.py"
    program.parent.mkdir()
    (program.parent / "Pulumi.yaml").write_text("name: moving\nruntime: python\n")
    variables = {"PULUMI_PYTHON_CMD": str(python_sdk), "PYTHONPATH": str(SDK.parent)}
    program.write_text(DYNAMIC)
    project = make(program.parent, **variables, **signed_in(emulator))
    project.configure({"workspaceId": emulator.workspace_id})
    secrets(project, accessKey=f"{CANARY}-key", secretKey=CANARY)
    printed = project.up()
    (before,) = emulator.api_keys()
    emulator.requests.clear()
    project.configure({"retain": "true"})
    printed += project.up()
    program.write_text(NATIVE)
    project.configure({"import": f"{emulator.workspace_id}/{before['id']}"})
    printed += project.up()
    project.pulumi("config", "rm", "import", "--stack", "dev")
    assert "unchanged" in project.up("--expect-no-changes")
    assert emulator.api_keys() == [before]
    assert (emulator.count("POST", "/apikeys"), emulator.count("DELETE")) == (0, 0)
    assert emulator.count("PUT") == 1  # the secret, which cannot be compared
    (resource,) = project.resources("ApiKey")
    assert (resource["type"], resource["id"]) == ("flashback:index:ApiKey", before["id"])
    printed += project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")
    assert emulator.api_keys() == []
    assert CANARY not in printed
    assert not project.files_with(CANARY)
