"""What "Beyond one machine" shows: the Kubernetes operator, deployment settings, small stacks."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from pulumi_flashback.emulator import Emulator
from tests.docs.pages import DOCS, EXAMPLES, ROOT, blocks
from tests.projects import CANARY, project_on
from tools import go, pulumi_cli
from tools.package_schema import package_schema
from tools.pulumi_project import Project
from tools.record_state import variables_of

OPERATOR = EXAMPLES / "kubernetes-operator"
SCHEMAS = json.loads((ROOT / "tests" / "docs" / "kubernetes_operator.json").read_text())


def manifests() -> dict[str, dict[str, Any]]:
    documents = yaml.safe_load_all((OPERATOR / "stack.yaml").read_text())
    return {each["kind"]: each for each in documents}


def test_the_manifests_fit_the_schema_of_the_operator() -> None:
    """They refer to each other, and the stack sets all that the program needs."""
    found = manifests()
    for kind, manifest in found.items():
        jsonschema.validate(manifest, SCHEMAS[kind])
    program, stack = found["Program"], found["Stack"]["spec"]
    assert stack["programRef"]["name"] == program["metadata"]["name"]
    assert {*stack["config"], *stack["secretsRef"]} == {*program["program"]["configuration"]}
    stack["colour"] = "blue"
    with pytest.raises(jsonschema.ValidationError, match="colour"):
        jsonschema.validate(found["Stack"], SCHEMAS["Stack"])


def test_the_image_has_the_provider_and_the_cli_that_are_tested() -> None:
    schema = package_schema()
    cli = go.pinned("github.com/pulumi/pulumi/sdk/v3", pulumi_cli.MODULE).removeprefix("v")
    text = (OPERATOR / "Dockerfile").read_text().replace("\\\n", "")
    assert f"FROM pulumi/pulumi:{cli}-nonroot\n" in text
    install = f"pulumi plugin install resource flashback {schema['version']} --server "
    assert f"{install}{schema['pluginDownloadURL']}" in re.sub(" +", " ", text)


@pytest.mark.engine
def test_the_program_runs(
    pulumi_cli: Path, yaml_host: Path, tmp_path: Path, flashback_emulator: Emulator
) -> None:
    """As the operator does, put it into a ``Pulumi.yaml`` and run it."""
    search = (yaml_host, Path(sys.executable).parent)
    project = project_on(flashback_emulator, tmp_path / "program", pulumi_cli, *search)
    program = {"name": "backups", "runtime": "yaml", **manifests()["Program"]["program"]}
    (project.directory / "Pulumi.yaml").write_text(yaml.safe_dump(program))
    project.begin(flashback_emulator)
    project.up()
    assert [row["secret"] for row in flashback_emulator.api_keys()] == [CANARY]
    assert not project.files_with(CANARY)


@pytest.mark.engine
def test_the_options_of_deployment_settings(pulumi_cli: Path) -> None:
    """The CLI knows them; the command itself needs Pulumi Cloud."""
    page = "".join(each.text for each in blocks(DOCS / "beyond-one-machine.md"))
    (command,) = re.findall(r"^pulumi deployment settings edit (?:.*\\\n)*.*\n", page, re.MULTILINE)
    arguments = shlex.split(command.replace("\\\n", ""))[1:]
    for extra, fails in ((), False), (("--no-such-option",), True):
        done = subprocess.run([pulumi_cli / "pulumi", *arguments, *extra, "--help"], check=False)
        assert bool(done.returncode) is fails


@pytest.mark.engine
def test_a_stack_reads_the_id_that_another_one_exports(
    pulumi_cli: Path, installed_sdk: Path, tmp_path: Path, flashback_emulator: Emulator
) -> None:
    """The two programs of the page about state, on one backend."""
    variables = variables_of(flashback_emulator, Path(sys.executable), pulumi_cli, installed_sdk)
    texts = [each.text for each in blocks(DOCS / "state.md") if each.language == "python"]
    projects = []
    for name, text in zip(("workspace", "keys"), texts, strict=True):
        project = Project(tmp_path / name, pulumi_cli, variables, home=tmp_path / "home")
        project.directory.mkdir()
        (project.directory / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
        (project.directory / "__main__.py").write_text(text)
        project.create_stack()
        projects.append(project)
    workspace, keys = projects
    workspace.up()
    keys.configure({"workspaceStack": "organization/workspace/dev"})
    keys.configure({"accessKey": "AKIA", "secretKey": CANARY}, secret=True)
    keys.up()
    (row,) = flashback_emulator.api_keys(workspace.outputs()["workspaceId"])
    assert row["secret"] == CANARY
