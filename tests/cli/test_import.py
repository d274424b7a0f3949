"""``flashback import`` against the emulator; what Pulumi makes of it is tested with the engine."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import yaml

from pulumi_flashback.cli.importing.guide import guide
from pulumi_flashback.client import Workspace
from pulumi_flashback.client.endpoints.workspaces import Workspaces
from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.testing import EmulatorFactory
from tests.cli.conftest import HOSTILE, KEY, SECRET, Run, error_line


@pytest.fixture
def filled(signed_in: Emulator) -> Emulator:
    """A workspace with three members and three keys."""
    alice, bob = (signed_in.add_user(f"{name}@flashback.example") for name in ("alice", "bob"))
    signed_in.set_member(signed_in.workspace_id, alice, "READ")
    signed_in.set_member(signed_in.workspace_id, bob, "WRITE")
    signed_in.add_api_key(key=KEY, secret=SECRET, description="Nightly backups", region="us-east-1")
    signed_in.add_api_key(key=f"{KEY}2", secret=SECRET, description=HOSTILE, provider="GCP")
    signed_in.add_api_key(signed_in.second_workspace_id, key=f"{KEY}3", secret=SECRET)
    signed_in.rename_workspace(signed_in.workspace_id, HOSTILE)
    return signed_in


@pytest.mark.parametrize("language", ["python", "yaml"])
def test_import(language: str, run: Run, filled: Emulator, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = run("import", filled.workspace_id, "--out", out, "--language", language)
    assert ended.code == 0
    assert ended.err == ""
    assert {method for method, _, _ in filled.requests} == {"GET"}
    names = ["Pulumi.yaml", "import.json"]
    names += ["__main__.py", "requirements.txt"] if language == "python" else []
    assert sorted(each.name for each in out.iterdir()) == sorted(names)
    texts = {each.name: each.read_text(encoding="utf-8") for each in out.iterdir()}
    for text in texts.values():
        for canary in (KEY, SECRET):
            assert canary not in text
    rows = json.loads(texts["import.json"])["resources"]
    workspace, (first, second) = filled.workspace_id, filled.api_keys()
    assert {row["id"] for row in rows} == {
        workspace,
        *(f"{workspace}/{user_id}" for user_id in filled.members(workspace)),
        f"{workspace}/{first['id']}",
        f"{workspace}/{second['id']}",
    }
    assert rows[0]["type"] == "flashback:index:Workspace"
    project = yaml.safe_load(texts["Pulumi.yaml"])
    assert project["runtime"] == language
    if language == "python":
        calls = [each for each in ast.parse(texts["__main__.py"]).body if _is_resource(each)]
        assert len(calls) == len(rows)
    else:
        assert list(project["resources"]) == [row["name"] for row in rows]


def _is_resource(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Assign) else None
    return isinstance(value, ast.Call) and ast.unparse(value.func).startswith("flashback.")


def test_what_is_left_to_do_is_said(run: Run, filled: Emulator, tmp_path: Path) -> None:
    out = tmp_path / "a directory"
    printed = run("import", filled.workspace_id, "--out", out).out
    assert printed.startswith("Found 1 Workspace, 3 WorkspaceMember, 2 ApiKey. Wrote import.json, ")
    commands = [line.strip() for line in printed.split("\n\n")[-1].splitlines()]
    assert commands[:3] == [
        f"cd '{out}'",
        "pip install -r requirements.txt",
        "pulumi stack init dev",
    ]
    assert "pulumi config set --secret nightly_backups_key" in commands
    assert commands[-2:] == [
        "pulumi import --file import.json --generate-code=false --protect=false",
        "pulumi up",
    ]
    assert sum(each.startswith("pulumi config set --secret ") for each in commands) == 4


def test_the_same_in_every_run(run: Run, filled: Emulator, tmp_path: Path) -> None:
    texts = []
    for number in range(2):
        run("import", filled.workspace_id, "--out", tmp_path / str(number))
        texts.append({each.name: each.read_text() for each in (tmp_path / str(number)).iterdir()})
    assert texts[0] == texts[1]


def test_the_order_is_not_the_platforms(
    run: Run,
    flashback_emulator_factory: EmulatorFactory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for order in ("oldest-first", "newest-first"):
        settings = EmulatorSettings(list_order=order, member_order=order)
        emulator = flashback_emulator_factory(settings, data=tmp_path / "flashback.db")
        monkeypatch.setenv("FLASHBACK_BASE_URL", emulator.base_url)
        monkeypatch.setenv("FLASHBACK_TOKEN", emulator.token)
        if order == "oldest-first":
            user = emulator.add_user("alice@flashback.example")
            emulator.set_member(emulator.workspace_id, user, "READ")
            for number in range(3):
                emulator.add_api_key(key=f"K{number}", description="the same")
        run("import", emulator.workspace_id, "--out", tmp_path / order)
        emulator.stop()
    texts = [
        (tmp_path / each / "__main__.py").read_text() for each in ("oldest-first", "newest-first")
    ]
    assert texts[0] == texts[1]
    assert texts[0].count("the_same_") == 3 * 4


def test_nothing_is_overwritten(run: Run, filled: Emulator, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("mine")
    ended = run("import", filled.workspace_id, "--out", tmp_path)
    assert ended.code == 1
    assert "has Pulumi.yaml already; nothing was written" in error_line(ended.err)
    assert [each.name for each in tmp_path.iterdir()] == ["Pulumi.yaml"]
    assert run("import", filled.workspace_id, "--out", tmp_path, "--force").code == 0
    assert (tmp_path / "Pulumi.yaml").read_text() != "mine"


@pytest.mark.parametrize("workspace_id", ["unknown", "a/b", "", "../x"])
def test_an_unknown_workspace(
    workspace_id: str, run: Run, signed_in: Emulator, tmp_path: Path
) -> None:
    ended = run("import", workspace_id, "--out", tmp_path / "out")
    assert ended.code == 1
    error_line(ended.err)
    assert not (tmp_path / "out").exists()


def test_out_is_a_file(run: Run, signed_in: Emulator, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    ended = run("import", signed_in.workspace_id, "--out", tmp_path / "out")
    assert ended.code == 2
    assert "is a file" in error_line(ended.err)


def test_values_that_a_program_may_not_declare(
    run: Run, signed_in: Emulator, tmp_path: Path
) -> None:
    signed_in.add_api_key(description="odd", endpoint="https://user:password@host")
    ended = run("import", signed_in.workspace_id, "--out", tmp_path / "out")
    assert ended.code == 0
    assert "The provider does not accept these values" in ended.out
    assert "  odd: endpoint must not contain a user name or password" in ended.out


def test_members_that_the_platform_does_not_tell(
    run: Run, filled: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = Workspaces.get

    def without_members(self: Workspaces, workspace_id: str) -> Workspace:
        return get(self, workspace_id).model_copy(update={"members": None})

    monkeypatch.setattr(Workspaces, "get", without_members)
    printed = run("import", filled.workspace_id, "--out", tmp_path).out
    assert printed.startswith("Found 1 Workspace, 2 ApiKey.")
    program = (tmp_path / "__main__.py").read_text(encoding="utf-8")
    assert "# The platform does not tell who its members are.\n" in program


def test_the_fields_that_every_kind_of_key_has(
    run: Run, signed_in: Emulator, tmp_path: Path
) -> None:
    fields = {
        "endpoint": "https://s3.example.com",
        "region": "r",
        "tenantId": "t",
        "subscriptionId": "s",
        "description": "d",
    }
    signed_in.add_api_key(provider="AZURE", **fields)
    run("import", signed_in.workspace_id, "--out", tmp_path, "--language", "yaml")
    program = yaml.safe_load((tmp_path / "Pulumi.yaml").read_text())
    properties = program["resources"]["d"]["properties"]
    assert properties == {
        "workspaceId": "${demo.workspaceId}",
        "key": "${d_key}",
        "secret": "${d_secret}",
        "provider": "AZURE",
        **fields,
    }


def test_what_vanishes_meanwhile_is_not_said_to_be_in_a_state(
    run: Run, faulty_emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", faulty_emulator.base_url)
    monkeypatch.setenv("FLASHBACK_TOKEN", faulty_emulator.token)
    identifier = faulty_emulator.add_api_key()
    empty = {
        "fault": "html-502",
        "status": 200,
        "body": '{"success": true, "apiKeys": []}',
        "contentType": "application/json",
    }
    faulty_emulator.script_faults({"GET /apikeys": ["none", *[empty] * 9]})
    ended = run("import", faulty_emulator.workspace_id, "--out", tmp_path / "out")
    assert ended.code == 1
    line = error_line(ended.err)
    workspace = faulty_emulator.workspace_id
    assert line.startswith(f"ApiKey {workspace}/{identifier} was listed, and could not be read")
    assert "pulumi" not in line


@pytest.mark.parametrize(
    ("directory", "command"),
    [
        ("team", "cd team"),
        ("a b", "cd 'a b'"),
        ("--yes", "cd -- --yes"),
        ("$(x)", "cd '$(x)'"),
        ("it's", """cd 'it'"'"'s'"""),
    ],
)
def test_the_directory_is_one_word_of_the_shell(directory: str, command: str) -> None:
    assert (
        guide(Path(directory), "yaml", [], []).split("\n\n")[-1].splitlines()[0].strip() == command
    )
