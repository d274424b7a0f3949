"""The Node.js SDK compiles as it is published, and the examples of the documentation run with it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sdk.conftest import SDK, Run, assert_registered, examples
from tools import pulumi_cli

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


@dataclass(frozen=True)
class Built:
    """A compiled package.

    Attributes:
        package: What is published.
        modules: What it needs, and the compiler.
    """

    package: Path
    modules: Path


@pytest.fixture(scope="module")
def built(needed: Callable[[str], str], run: Run, copied: Callable[[str], Path]) -> Built:
    needed("node")
    modules = _modules(needed("npm"), run)
    sdk = copied("nodejs")
    (sdk / "node_modules").symlink_to(modules)
    run(modules / ".bin" / "tsc", cwd=sdk)
    for name in ("package.json", "README.md", "LICENSE"):
        shutil.copyfile(sdk / name, sdk / "bin" / name)
    return Built(sdk / "bin", modules)


def _modules(npm: str, run: Run) -> Path:
    """Return the installed dependencies of the package, one directory for each package.json."""
    manifest = SDK / "nodejs" / "package.json"
    key = hashlib.sha256(manifest.read_bytes()).hexdigest()[:12]
    target = pulumi_cli.cache_directory().with_name("sdk-nodejs") / key
    with pulumi_cli._made_whole(target) as unfinished:
        if unfinished is not None:
            shutil.copyfile(manifest, unfinished / "package.json")
            quiet = ("--no-audit", "--no-fund", "--no-package-lock")
            run(npm, "install", *quiet, cwd=unfinished)
    return target / "node_modules"


def test_the_package_says_what_it_is(built: Built) -> None:
    manifest = json.loads((built.package / "package.json").read_text())
    schema = json.loads((SDK / "schema.json").read_text())
    assert manifest["version"] == schema["version"]
    assert manifest["pulumi"]["resource"]
    assert manifest["pulumi"]["name"] == schema["name"]
    assert (built.package / "index.d.ts").is_file()


@pytest.mark.parametrize("token", examples("typescript"))
def test_an_example_of_the_documentation(
    built: Built, needed: Callable[[str], str], run: Run, tmp_path: Path, token: str
) -> None:
    (tmp_path / "index.ts").write_text(examples("typescript")[token])
    (tmp_path / "harness.js").write_text(HARNESS)
    modules = tmp_path / "node_modules"
    (modules / "@flashback").mkdir(parents=True)
    (modules / "@flashback" / "pulumi-flashback").symlink_to(built.package)
    for name in ("@pulumi", "@types"):
        (modules / name).symlink_to(built.modules / name)
    options = ("--strict", "--target", "es2020", "--module", "commonjs", "--skipLibCheck")
    run(built.modules / ".bin" / "tsc", *options, "index.ts", cwd=tmp_path)
    assert_registered(run(needed("node"), "harness.js", cwd=tmp_path), token)
