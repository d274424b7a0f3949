"""Each SDK compiles as it is published, and the programs of the documentation work with it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.pages import programs
from tests.sdk import environment
from tests.sdk.conftest import BUILT, SDK, Run, examples
from tools import go

# the first run on a machine fetches and compiles the Pulumi SDKs
pytestmark = [pytest.mark.sdk, pytest.mark.timeout(900)]

SCHEMA = json.loads((SDK / "schema.json").read_text())

# prints what each program registers
NODE = """
const pulumi = require("@pulumi/pulumi");
pulumi.runtime.setAllConfig({
    "project:workspaceId": "W", "project:accessKey": "A", "project:secretKey": "S",
    "project:firstPassword": "P",
});
pulumi.runtime.setMocks({
    newResource: args => {
        console.log(JSON.stringify([args.type, args.inputs]));
        return { id: "1", state: args.inputs };
    },
    call: args => ({ users: [{ id: "U" }] }),
});
process.argv.slice(2).forEach(program => require(program));
"""


EXPECTED = {
    "flashback:index:ApiKey": {"workspaceId": "W", "provider": "AWS", "region": "us-east-1"},
    "flashback:index:Workspace": {"name": "Team"},
    "flashback:index:WorkspaceMember": {"userId": "U", "role": "WRITE"},
}
"""Inputs of the examples of some resources."""


def test_python(run: Run, tmp_path: Path) -> None:
    python = environment.create(tmp_path / "venv")
    shutil.copytree(SDK / "python", tmp_path / "sdk", ignore=BUILT)  # a build leaves files
    install = ("-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", ".")
    run(python, *install, cwd=tmp_path / "sdk", **environment.PIP)
    package = environment.packages(python) / "pulumi_flashback_native"
    plugin = json.loads((package / "pulumi-plugin.json").read_text())
    assert plugin["resource"]
    assert (plugin["name"], plugin["version"]) == (SCHEMA["name"], SCHEMA["version"])
    assert (package / "py.typed").is_file()
    listed = "import pulumi_flashback_native as sdk; print(*dir(sdk), sdk.config.base_url)"
    names = set(run(python, "-c", listed, cwd=tmp_path).split())
    assert {"Provider", *(token.rpartition(":")[2] for token in SCHEMA["resources"])} <= names


def test_nodejs(node_modules: Path, needed: Callable[[str], str], run: Run, tmp_path: Path) -> None:
    """The programs of all pages compile; those of the reference run."""
    package = node_modules / "@flashback" / "pulumi-flashback"
    manifest = json.loads((package / "package.json").read_text())
    assert (manifest["pulumi"]["resource"], manifest["pulumi"]["name"]) == (True, SCHEMA["name"])
    assert manifest["version"] == SCHEMA["version"]
    (tmp_path / "node_modules").symlink_to(node_modules)
    shown = dict.fromkeys(examples("typescript").values())
    sources = list(dict.fromkeys([*shown, *(block.text for block in programs("typescript"))]))
    for number, source in enumerate(sources):
        (tmp_path / f"program{number}.ts").write_text(source)
    options = ("--strict", "--target", "es2020", "--module", "commonjs", "--skipLibCheck")
    compiler = node_modules / "typescript" / "bin" / "tsc"
    run(needed("node"), compiler, *options, *sorted(tmp_path.glob("*.ts")), cwd=tmp_path)
    (tmp_path / "harness.js").write_text(NODE)
    files = [f"./program{number}.js" for number in range(len(shown))]
    printed = run(needed("node"), "harness.js", *files, cwd=tmp_path)
    registered = [json.loads(line) for line in printed.splitlines()]
    for token in SCHEMA["resources"]:
        wanted = EXPECTED.get(token, {}).items()
        assert any(kind == token and wanted <= inputs.items() for kind, inputs in registered), token


def test_go(needed: Callable[[str], str], run: Run, tmp_path: Path) -> None:
    """The SDK, the example and the programs of the documentation compile; ``vet`` compiles them."""
    module = go_example(tmp_path)
    for token, program in examples("go").items():
        directory = module / token.rpartition(":")[2].lower()
        directory.mkdir()
        (directory / "main.go").write_text(program)
    sdk = "github.com/flashback-tech/pulumi-flashback/sdk/go/..."
    run(needed("go"), "vet", "./...", sdk, cwd=module, **go.environment())
    assert run(needed("gofmt"), "-l", ".", SDK / "go", cwd=module) == ""


def go_example(directory: Path, name: str = "go") -> Path:
    """Copy an example in Go; the SDK stays where it is, so that Go compiles it once for all."""
    module = shutil.copytree(SDK.parent / "examples" / name, directory / "go")
    manifest = module / "go.mod"
    manifest.write_text(re.sub(r"(\.\./)+sdk/go", str(SDK / "go"), manifest.read_text()))
    return module
