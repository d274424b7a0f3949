"""Every block of every page does what it says: commands in their order, files, programs.

The commands of a page run as one script, with the real CLI and the emulator. ``filled`` replaces what
a reader replaces; ``stand_ins`` answers what a reader is asked.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.testing import ProjectFactory
from pulumi_flashback.testing import flashback_project as flashback_project
from tests.docs.pages import (
    EXAMPLES,
    IN_OTHER_TESTS,
    PAGES,
    REFERENCE,
    ROOT,
    Block,
    blocks,
    programs,
)
from tests.sdk import environment
from tests.sdk.conftest import Run, examples
from tests.sdk.conftest import needed as needed
from tests.sdk.conftest import run as run
from tools.pulumi_project import Project

HERE = Path(__file__).parent
PROJECT = "name: page\nruntime: python\n"
CONFIGURE = "pulumi stack init dev; pulumi config set-all --plaintext $workspace $secrets"
BEFORE = {
    "ci.md": "git init --quiet; git config user.name A; git config user.email a@example.com;"
    " cp -r $EXAMPLES/quickstart/* .",
    "cli.md": "cp -r $EXAMPLES/quickstart/* $EXAMPLES/emulator/team.yaml .; touch ~/.bashrc; mkdir -p ~/.config/fish/completions;"
    " pulumi stack init prod; pulumi stack init dev; new_key;"
    " pulumi stack export > other-project.json",
    "dynamic-to-native.md": CONFIGURE,
    "emulator.md": "cp $EXAMPLES/emulator/team.yaml .",
    "import-what-exists.md": "new_key; key() { new_key; }",
    "installation-configuration.md": "pulumi stack init dev",
    "performance.md": f"cp -r $EXAMPLES/quickstart/* .; {CONFIGURE}",
    "storage.md": CONFIGURE,
    "workspace.md": "pulumi stack init dev",
}
"""What a reader of a page has done before its first command."""

LANGUAGES = ("go", "python", "typescript", "yaml")
COUNTED = (("POST", "/apikeys"), ("PUT", ""), ("DELETE", ""))


def script(page: Path, emulator: Emulator) -> str:
    """Return the blocks of a page as one script."""
    lines = []
    for block in blocks(page):
        text = filled(block.text, emulator)
        if block.mark:
            continue
        if block.file:
            lines.append(f"cat > {block.file} <<'END_OF_FILE'\n{text}END_OF_FILE")
            if "$(key)" in text:
                lines.append(rf'sed -i "s/\$(key)/$(key)/" {block.file}')
        elif block.language == "sh":
            lines.append(f'echo "--- {block}"\n{text}')
        elif block.language == "yaml":
            lines.append(f"echo \"--- {block}\"\nprogram <<'END_OF_FILE'\n{text}END_OF_FILE")
    return "\n".join(lines)


def filled(text: str, emulator: Emulator) -> str:
    """Return a text with the values that a reader puts in."""
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


@pytest.fixture
def variables(
    pulumi_cli: Path,
    yaml_host: Path,
    installed_sdk: Path,
    tmp_path: Path,
    faulty_emulator: Emulator,
) -> dict[str, str]:
    """Return the variables of the reader, whose account has some users."""
    for name in ("ada", "ben", "grace"):
        faulty_emulator.add_user(f"{name}@example.com")
    (tmp_path / "home").mkdir()
    project = Project(tmp_path, pulumi_cli, home=tmp_path / "pulumi")
    project.state_directory.mkdir(parents=True)
    found = Path(sys.executable).parent
    search = [
        HERE / "stand_ins",
        HERE / "no_network",
        found,
        pulumi_cli,
        yaml_host,
        os.environ["PATH"],
    ]
    modules = [ROOT, installed_sdk, environment.packages(Path(sys.executable))]
    given = {
        **project.environment(),
        **environment.PIP,
        "PATH": os.pathsep.join(map(str, search)),
        "PYTHONPATH": os.pathsep.join(map(str, modules)),
        "REAL_PULUMI": str(pulumi_cli / "pulumi"),
        "REAL_FLASHBACK": str(found / "flashback"),
        "REAL_PYTHON": sys.executable,
        "EXAMPLES": str(EXAMPLES),
        "HOME": str(tmp_path / "home"),
        "FLASHBACK_BASE_URL": faulty_emulator.base_url,
        "FLASHBACK_EMAIL": faulty_emulator.email,
        "FLASHBACK_PASSWORD": faulty_emulator.password,
        "WORKSPACE": faulty_emulator.workspace_id,
    }
    # the interpreter is that of the virtual environment that a page creates
    del given["PULUMI_PYTHON_CMD"]
    return given


@pytest.mark.engine
@pytest.mark.sdk
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page not in REFERENCE],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_the_commands_of_a_page(
    page: Path,
    variables: dict[str, str],
    needed: Callable[[str], str],
    run: Run,
    faulty_emulator: Emulator,
    tmp_path: Path,
) -> None:
    emulator = faulty_emulator
    commands = script(page, emulator)
    if not commands:
        pytest.skip("no commands")
    if "jq " in commands:
        needed("jq")
    directory, exported = tmp_path / "directory", tmp_path / "exported.json"
    if page.is_relative_to(EXAMPLES):
        shutil.copytree(EXAMPLES, tmp_path / "examples")
        if "pulumi up" in commands:
            export = f"pulumi stack export --file {exported}"
            commands += f"{export}\npulumi destroy --yes --skip-preview\n"
        shutil.copytree(ROOT / "sdk" / "python", tmp_path / "sdk" / "python")
        directory = tmp_path / "examples" / page.parent.name
    else:
        directory.mkdir()
        (directory / "Pulumi.yaml").write_text(PROJECT)
    file = tmp_path / "page.sh"
    file.write_text("\n".join([f". {HERE}/helpers.sh", BEFORE.get(page.name, ""), commands]))
    printed = run("bash", "-euo", "pipefail", file, cwd=directory, **variables)
    assert "canary-value" not in printed
    if exported.exists():
        assert_created_and_deleted(exported.read_text(), emulator)
    if page.name == "dynamic-to-native.md":  # the key stays; its secret is written once more
        counts = [emulator.count(method, path) for method, path in COUNTED]
        assert (counts, len(emulator.api_keys())) == ([1, 1, 0], 1)


def assert_created_and_deleted(exported: str, emulator: Emulator) -> None:
    """What an example created was in its state, without a clear secret, and is gone with it."""
    resources = json.loads(exported)["deployment"]["resources"]
    keys = {each["id"] for each in resources if each["type"].endswith(":ApiKey")}
    assert len(keys) == emulator.count("POST", "/apikeys")
    (stack,) = [each for each in resources if each["type"] == "pulumi:pulumi:Stack"]
    shown = [stack["outputs"].get("apiKeyIds") or stack["outputs"].get("apiKeyId")]
    for each in filter(None, shown):
        assert {*each.values()} == keys if isinstance(each, dict) else each in keys
    assert "canary-value" not in exported
    given = [emulator.workspace_id, emulator.second_workspace_id]
    assert [each.id for each in emulator.workspaces()] == given
    assert not [row for each in given for row in emulator.api_keys(each)]


@pytest.mark.sdk
@pytest.mark.timeout(900)
@pytest.mark.parametrize("block", programs("python"), ids=str)
def test_a_program_in_python(
    block: Block,
    flashback_project: ProjectFactory,
    flashback_emulator: Emulator,
    installed_sdk: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    flashback_emulator.add_user("ada@example.com")
    for directory in (installed_sdk, HERE / "stand_ins" / "modules"):
        monkeypatch.syspath_prepend(str(directory))
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(block.text)
    given = [
        {
            f"{account}{name}": f"a {name}"
            for account in ("", "production", "staging")
            for name in re.findall(rf"{method}\(f?\"(?:{{account}})?(\w+)", block.text)
        }
        for method in ("require", "require_secret")
    ]
    declared = flashback_project(tmp_path).declared(*given)
    about = {token for token, program in examples("python").items() if program == block.text}
    assert declared
    assert about <= {each.type for each in declared.values()}
    keys = [each for each in declared.values() if each.type.endswith(":ApiKey")]
    assert all(each.secrets == {"key", "secret"} for each in keys)


def test_each_example_is_run() -> None:
    """By its page, or, in a language that is compiled, by tests/sdk."""
    for project in EXAMPLES.rglob("Pulumi.yaml"):
        example, *language = project.parent.relative_to(EXAMPLES).parts
        page = EXAMPLES / example / "README.md"
        assert page in PAGES or example in IN_OTHER_TESTS
        assert not language or language[0] in LANGUAGES


def test_each_block_is_run_or_compared() -> None:
    for block in (each for page in PAGES for each in blocks(page)):
        known = block.language in ("sh", "text", "") or block.is_program or block.file or block.mark
        assert known, f"{block} is neither a command, a file, a program nor output"
        if block.mark == "part of":
            assert block.text in (ROOT / block.note).read_text(encoding="utf-8"), block
    shown = {block.text for block in programs("go")}
    assert shown <= {*examples("go").values()}, "tests/sdk compiles those of the reference only"
