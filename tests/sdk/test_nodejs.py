"""The Node.js SDK compiles as it is published, and the examples of the documentation run with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sdk.conftest import SDK, Built, Run, assert_registered, compile_typescript, examples

# npm fetches the compiler and the Pulumi SDK once
pytestmark = [pytest.mark.sdk, pytest.mark.timeout(900)]

# prints what the program registers
HARNESS = """
const pulumi = require("@pulumi/pulumi");
pulumi.runtime.setAllConfig({
    "project:workspaceId": "W", "project:accessKey": "A", "project:secretKey": "S",
});
pulumi.runtime.setMocks({
    newResource: args => {
        console.log(JSON.stringify([args.type, args.name, args.inputs]));
        return { id: "1", state: args.inputs };
    },
    call: args => ({ users: [{ id: "U" }] }),
});
require("./index.js");
"""


def test_the_package_says_what_it_is(nodejs_sdk: Built) -> None:
    manifest = json.loads((nodejs_sdk.package / "package.json").read_text())
    schema = json.loads((SDK / "schema.json").read_text())
    assert manifest["version"] == schema["version"]
    assert manifest["pulumi"]["resource"]
    assert manifest["pulumi"]["name"] == schema["name"]
    assert (nodejs_sdk.package / "index.d.ts").is_file()


@pytest.mark.parametrize("token", examples("typescript"))
def test_an_example_of_the_documentation(
    nodejs_sdk: Built, needed: Callable[[str], str], run: Run, tmp_path: Path, token: str
) -> None:
    (tmp_path / "harness.js").write_text(HARNESS)
    compile_typescript(examples("typescript")[token], nodejs_sdk, run, tmp_path)
    assert_registered(run(needed("node"), "harness.js", cwd=tmp_path), token)
