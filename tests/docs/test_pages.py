"""Every block of every page does what it says: commands in their order, files, programs.

The commands of a page run in one shell, with the real CLI and the emulator. What a reader would
put in stands in ``READER``; what he would be asked for comes from ``stand_ins``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.testing import EmulatorFactory, ProjectFactory
from pulumi_flashback.testing import flashback_project as flashback_project
from tests.docs.blocks import OUTPUT, Block, blocks
from tests.docs.pages import DOCS, ROOT
from tests.engine.conftest import pulumi_cli as pulumi_cli
from tests.engine.conftest import yaml_host as yaml_host
from tests.sdk.conftest import Built, Run, compile_typescript, examples
from tests.sdk.conftest import copied as copied
from tests.sdk.conftest import needed as needed
from tests.sdk.conftest import nodejs_sdk as nodejs_sdk
from tests.sdk.conftest import python_sdk as python_sdk
from tests.sdk.conftest import run as run
from tools.pulumi_project import Project

STAND_INS = Path(__file__).parent / "stand_ins"
EXAMPLES = ROOT / "examples"

ELSEWHERE = {"go", "typescript"}
"""Examples whose commands install compilers; tests/sdk/test_programs.py runs their programs."""

PAGES = [
    ROOT / "README.md",
    *sorted(DOCS.glob("*.md")),
    *sorted(page for page in EXAMPLES.glob("*/README.md") if page.parent.name not in ELSEWHERE),
]

PROJECT = "name: page\nruntime: python\n"
BEFORE = {
    "ci.md": "git init --quiet; cp -r $EXAMPLES/quickstart/* .",
    "cli.md": "cp -r $EXAMPLES/quickstart/* .; touch ~/.bashrc; mkdir -p ~/.config/fish/completions;"
    " pulumi stack init prod; pulumi stack init dev; new_key;"
    " pulumi stack export > other-project.json",
    "dynamic-to-native.md": "pulumi stack init dev; pulumi config set workspaceId $WORKSPACE;"
    " pulumi config set --secret accessKey; pulumi config set --secret secretKey",
    "import-what-exists.md": "new_key; key() { new_key; }",
    "installation-configuration.md": "pulumi stack init dev",
    "performance.md": "cp -r $EXAMPLES/quickstart/* .; pulumi stack init dev;"
    " pulumi config set workspaceId $WORKSPACE; pulumi config set --secret accessKey;"
    " pulumi config set --secret secretKey",
    "reference.md": "pulumi stack init dev; new_key",
    "workspace.md": "pulumi stack init dev",
}
"""What a reader of a page has done before, where its commands do not begin at nothing."""


@pytest.fixture
def emulator(flashback_emulator_factory: EmulatorFactory) -> Emulator:
    """Return a backend with the users of the pages, and with a key."""
    emulator = flashback_emulator_factory(faults=True)
    for name in ("ada", "ben", "grace"):
        emulator.add_user(f"{name}@example.com")
    return emulator


class Shell:
    """What runs the commands of a page.

    Args:
        directory: An empty directory.
        project: For the variables with which the CLI runs.
        emulator: The backend.
        search: Directories that come first on PATH.
        modules: Directories whose packages any interpreter finds, as if they were installed.
    """

    def __init__(
        self,
        directory: Path,
        project: Project,
        emulator: Emulator,
        search: list[Path],
        modules: list[Path],
    ) -> None:
        self._directory = directory
        self._emulator = emulator
        project.state_directory.mkdir(parents=True)
        (directory / "home").mkdir()
        self._environment = {
            **project.environment(),
            "PATH": os.pathsep.join([*map(str, search), os.environ["PATH"]]),
            "PYTHONPATH": os.pathsep.join(map(str, modules)),
            "REAL_PULUMI": str(project.cli / "pulumi"),
            "REAL_FLASHBACK": str(Path(sys.executable).parent / "flashback"),
            "EXAMPLES": str(EXAMPLES),
            "HOME": str(directory / "home"),
            "FLASHBACK_BASE_URL": emulator.base_url,
            "FLASHBACK_EMAIL": emulator.email,
            "FLASHBACK_PASSWORD": emulator.password,
            "WORKSPACE": emulator.workspace_id,
            "GIT_AUTHOR_NAME": "A",
            "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.com",
        }
        # the interpreter is that of the virtual environment that a page makes
        del self._environment["PULUMI_PYTHON_CMD"]

    def run(self, before: str, script: str, where: Path) -> str:
        """Run a script and return what it printed."""
        path = self._directory / "page.sh"
        path.write_text(f"{_HELPERS}\n{before}\n{script}", encoding="utf-8")
        done = subprocess.run(
            ["bash", "-euo", "pipefail", path],
            cwd=where,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def script(self, page: Path) -> str:
        """Return the blocks of a page as one script."""
        return "\n".join(self._lines(block) for block in blocks(page))

    def _lines(self, block: Block) -> str:
        told = f'echo "--- {block}"\n'
        if block.mark:
            return ""
        if block.file:
            text = self._filled(block.text.replace("API_KEY_ID", "__KEY__"))
            filled = f'sed -i "s/__KEY__/$(key)/" {block.file}' if "__KEY__" in text else ""
            return f"{told}cat > {block.file} <<'END_OF_FILE'\n{text}END_OF_FILE\n{filled}"
        if block.language == "sh":
            return told + self._filled(block.text)
        if block.language == "yaml":
            return f"{told}program <<'END_OF_FILE'\n{self._filled(block.text)}END_OF_FILE\n"
        return ""

    def _filled(self, text: str) -> str:
        """Return a text with what a reader puts in."""
        emulator = self._emulator
        for pattern, value in {
            r"FLASHBACK_PASSWORD=\.\.\.": f"FLASHBACK_PASSWORD={emulator.password}",
            r"PASSPHRASE=\.\.\.": "PASSPHRASE=anything",
            r"ANALYTICS_SECRET=\.\.\.": "ANALYTICS_SECRET=anything",
            r"(you|ci|ci-\w+)@example\.com": emulator.email,
            r"http://127\.0\.0\.1:8080": emulator.base_url,
            r"WORKSPACE_ID_OF_THIS_ACCOUNT": "$(workspace_of $account)",
            r"(YOUR_)?WORKSPACE_ID": emulator.workspace_id,
            r"--workspace ID\b": f"--workspace {emulator.workspace_id}",
            r"EMAIL_OF_THIS_ACCOUNT": emulator.email,
            r"\bAPI_KEY_ID\b": "$(key)",
            r"\bUSER_ID\b": emulator.user_id,
        }.items():
            text = re.sub(pattern, value, text)
        return text


_HELPERS = """
key() {  # the id of a key of the workspace
    "$REAL_FLASHBACK" keys list --workspace $WORKSPACE --output json |
        python -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])'
}
new_key() {  # makes one and prints its id
    python - <<'END'
import os
from pulumi_flashback.client import FlashbackClient

names = ("base_url", "email", "password")
signed_in = {name: os.environ[f"FLASHBACK_{name.upper()}"] for name in names}
with FlashbackClient(**signed_in) as client:
    workspace = os.environ["WORKSPACE"]
    rows = client.api_keys.list(workspace_id=workspace)
    pair = {"key": f"key {len(rows)}", "secret": "secret", "provider": "AWS"}
    print(client.api_keys.create(workspace_id=workspace, description="Nightly backups", **pair).api_key_id)
END
}
workspace_of() {
    [ "$1" = staging ] && echo $WORKSPACE-2 || echo $WORKSPACE
}
program() {  # shows what a program in YAML would do
    local directory=$(mktemp -d)
    programs=$((${programs:-0} + 1))
    cat > $directory/program
    (
        exec < /dev/null
        cd $directory
        grep -q ^runtime: program || printf 'name: page\\nruntime: yaml\\n' > Pulumi.yaml
        cat program >> Pulumi.yaml
        pulumi stack init program-$programs
        for name in workspaceId productionWorkspaceId productionEmail; do
            pulumi config set --plaintext $name $WORKSPACE
        done
        for name in accessKey secretKey productionPassword; do
            pulumi config set --secret $name
        done
        pulumi preview
    )
}
"""


@pytest.fixture
def shell(
    pulumi_cli: Path, yaml_host: Path, python_sdk: Path, tmp_path: Path, emulator: Emulator
) -> Shell:
    tools = Path(sys.executable).parent
    with_sdk = next(python_sdk.parent.parent.rglob("site-packages"))
    modules = [ROOT, with_sdk, Path(pytest.__file__).parent.parent]
    project = Project(tmp_path, pulumi_cli, home=tmp_path / "pulumi")
    search = [STAND_INS, tools, pulumi_cli, yaml_host]
    return Shell(tmp_path, project, emulator, search, modules)


@pytest.mark.engine
@pytest.mark.sdk
@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_commands_of_a_page(
    page: Path, shell: Shell, needed: Callable[[str], str], emulator: Emulator, tmp_path: Path
) -> None:
    script = shell.script(page)
    if not script.strip():
        pytest.skip("no commands")
    if "jq " in script:
        needed("jq")
    where = tmp_path / "place"
    if page.is_relative_to(EXAMPLES):
        shutil.copytree(EXAMPLES, tmp_path / "examples")
        (tmp_path / "sdk").symlink_to(ROOT / "sdk")
        where = tmp_path / "examples" / page.parent.name
    else:
        where.mkdir()
        (where / "Pulumi.yaml").write_text(PROJECT)
    printed = shell.run(BEFORE.get(page.name, ""), script, where)
    assert "canary-value" not in printed


def programs(language: str) -> list[Block]:
    """Return the programs of all pages, but for those of the reference (``tests/sdk``)."""
    found = (each for page in PAGES for each in blocks(page))
    tested = examples(language).values()
    return [
        each
        for each in found
        if each.is_program and each.language == language and each.text not in tested
    ]


@pytest.mark.sdk
@pytest.mark.timeout(900)
@pytest.mark.parametrize("block", programs("python"), ids=str)
def test_a_program_in_python(
    block: Block,
    flashback_project: ProjectFactory,
    flashback_emulator: Emulator,
    python_sdk: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    flashback_emulator.add_user("ada@example.com")
    with_sdk = next(python_sdk.parent.parent.rglob("site-packages"))
    for place in (with_sdk, STAND_INS / "modules"):
        monkeypatch.syspath_prepend(str(place))
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(block.text)
    config = re.findall(r"require\(f?\"(?:{account})?(\w+)", block.text)
    secrets = re.findall(r"require_secret\(f?\"(?:{account})?(\w+)", block.text)
    everywhere = [
        {
            f"{account}{name}": f"a {name}"
            for account in ("", "production", "staging")
            for name in names
        }
        for names in (config, secrets)
    ]
    declared = flashback_project(tmp_path).declared(*everywhere)
    assert declared
    keys = [each for each in declared.values() if each.type.endswith(":ApiKey")]
    assert all(each.secrets == {"key", "secret"} for each in keys)


@pytest.mark.sdk
@pytest.mark.timeout(900)
@pytest.mark.parametrize("block", programs("typescript"), ids=str)
def test_a_program_in_typescript(block: Block, nodejs_sdk: Built, run: Run, tmp_path: Path) -> None:
    compile_typescript(block.text, nodejs_sdk, run, tmp_path)


def test_programs_in_go_are_those_of_the_reference() -> None:
    """Which tests/sdk compiles."""
    assert programs("go") == []


def test_each_block_is_understood() -> None:
    """A block in another language, or with another mark, would be passed over."""
    for block in (each for page in PAGES for each in blocks(page)):
        known = block.language in OUTPUT | {"sh"} or block.is_program or block.file or block.mark
        assert known, f"{block} is neither a command, a file, a program nor output"


def test_parts_of_files() -> None:
    for block in (each for page in PAGES for each in blocks(page) if each.mark == "part of"):
        assert block.text in (ROOT / block.words).read_text(encoding="utf-8"), block
