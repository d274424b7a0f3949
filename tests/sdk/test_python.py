"""The Python SDK installs beside pulumi_flashback, and the examples of the documentation run with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sdk.conftest import SDK, Run, assert_registered, examples

pytestmark = [pytest.mark.sdk, pytest.mark.timeout(900)]

# prints what the program registers
HARNESS = """
import json, runpy, sys
import pulumi

class Mocks(pulumi.runtime.Mocks):
    def call(self, args):
        return {"users": [{"id": "U"}]}
    def new_resource(self, args):
        print(json.dumps([args.typ, args.name, args.inputs]))
        return "1", args.inputs

pulumi.runtime.set_all_config(
    {"project:workspaceId": "W", "project:accessKey": "A", "project:secretKey": "S"}
)
pulumi.runtime.set_mocks(Mocks())

@pulumi.runtime.test
def program():
    runpy.run_path(sys.argv[1])

program()
"""


def test_the_package_is_complete(python_sdk: Path) -> None:
    package = next(python_sdk.parent.parent.rglob("site-packages")) / "pulumi_flashback_native"
    schema = json.loads((SDK / "schema.json").read_text())
    plugin = json.loads((package / "pulumi-plugin.json").read_text())
    assert plugin["resource"]
    assert (plugin["name"], plugin["version"]) == (schema["name"], schema["version"])
    assert (package / "py.typed").is_file()


def test_it_has_everything_that_the_schema_has(python_sdk: Path, run: Run, tmp_path: Path) -> None:
    listed = run(
        python_sdk,
        "-c",
        "import pulumi_flashback_native as sdk; print(*dir(sdk), sdk.config.base_url)",
        cwd=tmp_path,
    )
    schema = json.loads((SDK / "schema.json").read_text())
    resources = {token.rpartition(":")[2] for token in schema["resources"]}
    assert resources | {"Provider"} <= set(listed.split())


@pytest.mark.parametrize("token", examples("python"))
def test_an_example_of_the_documentation(
    python_sdk: Path, run: Run, tmp_path: Path, token: str
) -> None:
    (tmp_path / "program.py").write_text(examples("python")[token])
    (tmp_path / "harness.py").write_text(HARNESS)
    assert_registered(run(python_sdk, "harness.py", "program.py", cwd=tmp_path), token)
