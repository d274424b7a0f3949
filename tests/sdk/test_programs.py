"""Programs in every language run with the real CLI and the native provider."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.families.repository_ai_keys import RepositoryAiKey
from pulumi_flashback.emulator.families.repository_keys import RepositoryApiKey
from pulumi_flashback.emulator.families.storage import (
    AiLlm,
    ApiKey,
    Bucket,
    Repository,
    RepositoryBucket,
)
from pulumi_flashback.testing import EmulatorFactory
from tests.projects import CANARY, EXAMPLES, Recorded, project_on
from tests.sdk.test_packages import go_example

# the first run on a machine compiles a language host, and the Pulumi SDK for Go
pytestmark = [pytest.mark.sdk, pytest.mark.engine, pytest.mark.timeout(900)]

# without debug information the linker takes half the time; the rest is that of tools/go.py
GO = {
    "GOTOOLCHAIN": "local",
    "GOWORK": "off",
    "CGO_ENABLED": "0",
    "GOFLAGS": "-mod=readonly -ldflags=-w",
}

Make = Callable[..., Recorded]


@pytest.fixture
def make(pulumi_cli: Path) -> Make:
    """Return a function that creates a stack, with the commands of this machine on PATH."""

    def project(directory: Path, emulator: Emulator, *path: Path, **variables: str) -> Recorded:
        machine = (Path(sys.executable).parent, os.environ["PATH"])
        made = project_on(emulator, directory, pulumi_cli, *path, *machine, **variables)
        made.begin(emulator)
        return made

    return project


def lives(project: Recorded, emulator: Emulator, provider: str = "AWS") -> dict[str, Any]:
    """Create and delete, and return the outputs.

    What happens between is the same in all languages; each run compiles the program, so there are few.
    """
    project.up()
    (row,) = emulator.api_keys()
    outputs = project.outputs()
    assert outputs["apiKeyId"] == row["id"]
    assert (row["provider"], row["secret"]) == (provider, CANARY)
    project.assert_destroyed(emulator)
    return outputs


def test_go(
    make: Make, needed: Callable[[str], str], flashback_emulator: Emulator, tmp_path: Path
) -> None:
    needed("go")
    project = make(go_example(tmp_path), flashback_emulator, **GO)
    assert lives(project, flashback_emulator)["workspace"] == "Demo"


def offers_a_model(project: Recorded, emulator: Emulator) -> None:
    """Run the example of AI models: the key of the application is the one that the state has."""
    outputs = lives(project, emulator, "OPENAI")
    assert outputs["key"].startswith("FB_AI_")
    (key,) = emulator.store.find(RepositoryAiKey)  # deleted, but kept
    assert (key.key, bool(key.deleted_at)) == (outputs["key"], True)
    assert not emulator.store.find(AiLlm)


def stored(emulator: Emulator) -> list[list[Any]]:
    """Return the rows of the example of storage, by kind."""
    kinds: tuple[Any, ...] = (ApiKey, Bucket, Repository, RepositoryApiKey)
    return [emulator.store.find(kind) for kind in kinds]


def stores(project: Recorded, emulator: Emulator) -> None:
    """Run the example of storage: what refers to each other is what the outputs name."""
    project.up()
    (provider_key,), buckets, (repository,), (access_key,) = stored(emulator)
    assert [each.api_key_id for each in buckets] == [provider_key.id] * 2
    entries = emulator.store.find(RepositoryBucket, repository_id=repository.id)
    assert {each.bucket_id for each in entries} == {each.id for each in buckets}
    shown = {"repositoryId": repository.id, "key": access_key.key, "secret": access_key.secret}
    assert project.outputs() == shown
    assert not project.files_with(access_key.secret)
    project.assert_destroyed(emulator)
    assert not any(stored(emulator))
    assert access_key.secret not in project.printed


def test_keys_are_replaced_under_what_uses_them(
    make: Make, yaml_host: Path, flashback_emulator: Emulator, tmp_path: Path
) -> None:
    """The example of storage: nothing to do, and then another provider key and access key."""
    emulator = flashback_emulator
    directory = shutil.copytree(EXAMPLES / "storage" / "yaml", tmp_path / "yaml")
    project = make(directory, emulator, yaml_host)
    assert "6 to create" in project.pulumi("preview", "--stack", "dev")
    project.up()
    (provider_key,), buckets, _, (access_key,) = stored(emulator)
    assert "6 unchanged" in project.up("--expect-no-changes")
    urns = [each["urn"] for each in project.resources("ApiKey")]
    project.configure({"accessKey": f"{CANARY}-another-key"}, secret=True)
    project.up("--refresh", *(f"--replace={urn}" for urn in urns))
    (new_key,), moved, _, (new_access,) = stored(emulator)
    assert (new_key.id != provider_key.id, new_access.id != access_key.id) == (True, True)
    # in place, before the old key was deleted
    assert moved == [replace(each, api_key_id=new_key.id) for each in buckets]
    new = {"key": new_access.key, "secret": new_access.secret}
    assert new.items() <= project.outputs().items()
    project.assert_destroyed(emulator)
    assert not any(stored(emulator))
    for generated in (access_key.secret, new_access.secret):
        assert generated not in project.printed
        assert not project.files_with(generated)


@pytest.mark.parametrize("language", ["python", "typescript", "go"])
@pytest.mark.parametrize(("example", "runs"), [("ai", offers_a_model), ("storage", stores)])
def test_an_example_in_each_language(
    example: str,
    runs: Callable[[Recorded, Emulator], None],
    language: str,
    make: Make,
    flashback_emulator: Emulator,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    variables = {}
    if language == "go":
        request.getfixturevalue("needed")("go")
        directory, variables = go_example(tmp_path, f"{example}/go"), GO
    else:
        directory = shutil.copytree(EXAMPLES / example / language, tmp_path / language)
    if language == "typescript":
        (directory / "node_modules").symlink_to(request.getfixturevalue("node_modules"))
    runs(make(directory, flashback_emulator, **variables), flashback_emulator)


def test_a_model_in_yaml(
    make: Make, yaml_host: Path, flashback_emulator: Emulator, tmp_path: Path
) -> None:
    directory = shutil.copytree(EXAMPLES / "ai" / "yaml", tmp_path / "yaml")
    offers_a_model(make(directory, flashback_emulator, yaml_host), flashback_emulator)


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
    project = make(program.parent, emulator, yaml_host)
    project.pulumi("package", "add", str(Path(sys.executable).parent / "pulumi-resource-flashback"))
    program.write_text(program.read_text() + UNKNOWN_IN_A_PREVIEW)
    project.configure({"otherUrl": other.base_url, "other": other.workspace_id})
    project.configure({"otherToken": other.token}, secret=True)
    printed = project.pulumi("preview", "--diff", "--stack", "dev")
    assert "+ 6 to create" in printed
    assert "an API key" not in printed  # neither a warning nor an error
    project.up()
    assert project.outputs()["listed"] == project.outputs()["first"]
    assert len(other.api_keys()) == 1
    assert "6 unchanged" in project.up("--expect-no-changes")
    project.assert_destroyed(emulator, other)


def test_an_import_writes_a_program_that_says_what_it_cannot_know(
    make: Make, yaml_host: Path, flashback_emulator: Emulator, tmp_path: Path
) -> None:
    program = tmp_path / "yaml" / "Pulumi.yaml"
    program.parent.mkdir()
    program.write_text("name: imported\nruntime: yaml\n")
    emulator, secret = flashback_emulator, f"{CANARY}-real"
    project = make(program.parent, emulator, yaml_host)
    made = emulator.add_api_key(key="AKIA7", secret=secret)
    printed = project.pulumi(
        *("import", "flashback:index:ApiKey", "backups", f"{emulator.workspace_id}/{made}"),
        *("--yes", "--skip-preview", "--stack", "dev", "--out", "Generated.yaml"),
    )
    assert "almost certainly a bug" not in printed
    assert "Replace the placeholder with the real value" in printed
    assert secret not in printed
    generated = program.with_name("Generated.yaml").read_text()
    left = "<put the real secret here: the platform does not return it>"
    assert left in generated
    program.write_text(program.read_text() + generated)
    assert "unchanged" in project.up("--expect-no-changes")
    program.write_text(program.read_text().replace(left, secret))
    emulator.requests.clear()
    assert "~ 1 updated" in project.up()
    counts = (emulator.count("POST", "/apikeys"), emulator.count("PUT"), emulator.count("DELETE"))
    assert counts == (0, 1, 0)
    assert [row["id"] for row in emulator.api_keys()] == [made]
    assert "unchanged" in project.up("--expect-no-changes")
