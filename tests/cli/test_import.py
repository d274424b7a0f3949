"""``flashback import`` against the emulator; what Pulumi makes of it is tested with the engine."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Literal

import pytest
import yaml

from pulumi_flashback.cli.importing.guide import guide
from pulumi_flashback.client import Workspace, WorkspaceMember
from pulumi_flashback.client.endpoints.workspaces import Workspaces
from pulumi_flashback.client.models import Rows
from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.testing import EmulatorFactory
from tests.cli.conftest import HOSTILE, KEY, SECRET, Run, SignIn, error_line, reply
from tests.furnished import furnish


@pytest.fixture
def filled(signed_in: Emulator) -> Emulator:
    """A workspace with three members and two keys."""
    alice, bob = (signed_in.add_user(f"{name}@flashback.example") for name in ("alice", "bob"))
    signed_in.set_member(signed_in.workspace_id, alice, "READ")
    signed_in.set_member(signed_in.workspace_id, bob, "WRITE")
    signed_in.add_api_key(key=KEY, secret=SECRET, description="Nightly backups", region="us-east-1")
    signed_in.add_api_key(key=f"{KEY}2", secret=SECRET, description=HOSTILE, provider="GCP")
    signed_in.add_api_key(signed_in.second_workspace_id, key=f"{KEY}3", secret=SECRET)
    signed_in.rename_workspace(signed_in.workspace_id, HOSTILE)
    return signed_in


def texts_in(directory: Path) -> dict[str, str]:
    return {each.name: each.read_text(encoding="utf-8") for each in directory.iterdir()}


@pytest.mark.parametrize("language", ["python", "yaml"])
def test_import(language: str, run: Run, filled: Emulator, tmp_path: Path) -> None:
    out = tmp_path / "a directory"
    ended = run("import", filled.workspace_id, "--out", out, "--language", language)
    assert (ended.code, ended.err) == (0, "")
    assert {method for method, _, _ in filled.requests} == {"GET"}
    texts = texts_in(out)
    names = ["__main__.py", "requirements.txt"] if language == "python" else ["Main.yaml"]
    assert sorted(texts) == sorted(["Pulumi.yaml", "import.json", *names])
    assert not [text for text in texts.values() if KEY in text or SECRET in text]
    rows = json.loads(texts["import.json"])["resources"]
    workspace = filled.workspace_id
    inside = [*filled.members(workspace), *(each["id"] for each in filled.api_keys())]
    assert {row["id"] for row in rows} == {workspace, *(f"{workspace}/{each}" for each in inside)}
    assert rows[0]["type"] == "flashback:index:Workspace"
    kinds = {"Workspace", "WorkspaceMember", "ApiKey"}  # a bucket refers to one of the keys
    assert {row["type"].rpartition(":")[2] for row in rows} == kinds
    project = yaml.safe_load(texts["Pulumi.yaml"])
    assert project["runtime"] == language
    if language == "python":
        calls = [each for each in ast.parse(texts["__main__.py"]).body if _is_resource(each)]
        assert len(calls) == len(rows)
    else:
        assert list(yaml.safe_load(texts["Main.yaml"])["resources"]) == [
            row["name"] for row in rows
        ]

    # what is left to do is printed
    start = "Found 1 Workspace, 3 WorkspaceMember, 2 ApiKey. Wrote import.json, "
    assert ended.out.startswith(start)
    commands = [line.strip() for line in ended.out.split("\n\n")[-1].splitlines()]
    install = ["pip install -r requirements.txt"] * (language == "python")
    assert commands[0] == f"cd '{out}'"
    assert commands[1:-6] == [*install, "pulumi stack init dev"]
    assert "pulumi config set --secret nightly_backups_key" in commands[-6:-2]
    assert all(each.startswith("pulumi config set --secret ") for each in commands[-6:-2])
    imports = "pulumi import --file import.json --generate-code=false --protect=false"
    assert commands[-2:] == [imports, "pulumi up"]


@pytest.mark.parametrize("policies", ["below", "exact"])
@pytest.mark.parametrize("language", ["python", "yaml"])
def test_all_kinds_and_their_references(
    language: str,
    policies: Literal["below", "exact"],
    run: Run,
    flashback_emulator_factory: EmulatorFactory,
    sign_in: SignIn,
    tmp_path: Path,
) -> None:
    emulator = sign_in(flashback_emulator_factory(EmulatorSettings(listed_policies=policies)))
    made = furnish(emulator, SECRET)
    emulator.requests.clear()
    ended = run("import", emulator.workspace_id, "--out", tmp_path, "--language", language)
    assert ended.err == ""
    # one request for each list, and one list of policies for the workspace and for each repository
    sent = [path for _, path, _ in emulator.requests]
    assert {path for path in sent if sent.count(path) > 1} == {"/policy"}
    assert sent.count("/policy") == 2
    texts = texts_in(tmp_path)
    workspace, repository = emulator.workspace_id, made["repository"]
    in_workspace = ("key", "shared", "alone", "model", "repository")
    in_repository = ("access", "ai access", "cloud access")
    assert sorted(row["id"] for row in json.loads(texts["import.json"])["resources"]) == sorted(
        [
            *(workspace, *(f"{workspace}/{each}" for each in emulator.members(workspace))),
            *(f"{workspace}/{made[each]}" for each in in_workspace),
            *(f"{repository}/{made[each]}" for each in in_repository),
            *(made["policy"], made["of repository"]),
        ]
    )
    program = texts["__main__.py" if language == "python" else "Main.yaml"]
    assert not [each for each in (workspace, SECRET, *made.values()) if each in program]
    if language == "yaml":
        properties = {
            name: each["properties"] for name, each in yaml.safe_load(program)["resources"].items()
        }
        site = properties["repository_site"]
        assert site["buckets"] == [
            {"bucketId": "${bucket_backups.bucketId}", "folder": "a"},
            {"bucketId": "${bucket_alone.bucketId}", "folder": "$$b"},
        ]
        assert site["aiLlms"] == ["${model_assistant.aiLlmId}"]
        assert properties["bucket_backups"]["apiKeyId"] == "${backups.apiKeyId}"
        assert properties["policy_site"]["repositoryId"] == "${repository_site.repositoryId}"
    # what cannot be known is named, what can be set is asked for
    keys = "\n  access_web, ai_access_web\n"
    assert keys in ended.out
    for name in ("bucket_alone_key", "bucket_alone_secret", "model_assistant_secret"):
        assert f"pulumi config set --secret {name}\n" in ended.out


@pytest.mark.parametrize("status", [404, 403])
def test_what_the_platform_does_not_offer(
    status: int, run: Run, faulty: Emulator, tmp_path: Path
) -> None:
    missing = reply('{"success": false, "message": "Not found"}', status)
    faulty.script_faults({"GET /ai/llm": [missing]})
    ended = run("import", faulty.workspace_id, "--out", tmp_path)
    assert ended.code == 0
    assert ("each AI model is left out" in ended.err) is (status == 403)


def _is_resource(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Assign) else None
    return isinstance(value, ast.Call) and ast.unparse(value.func).startswith("flashback.")


def test_the_same_in_every_run_whatever_the_order_of_the_platform(
    run: Run, flashback_emulator_factory: EmulatorFactory, tmp_path: Path, sign_in: SignIn
) -> None:
    texts = []
    orders: list[Literal["oldest-first", "newest-first"]]
    orders = ["oldest-first", "newest-first", "newest-first"]
    for number, order in enumerate(orders):
        settings = EmulatorSettings(list_order=order, member_order=order)
        emulator = flashback_emulator_factory(settings, data=tmp_path / "flashback.db")
        sign_in(emulator)
        if not number:
            user = emulator.add_user("alice@flashback.example")
            emulator.set_member(emulator.workspace_id, user, "READ")
            for each in range(3):
                emulator.add_api_key(key=f"K{each}", description="the same")
        run("import", emulator.workspace_id, "--out", tmp_path / str(number))
        emulator.stop()
        texts.append(texts_in(tmp_path / str(number)))
    assert texts[0] == texts[1] == texts[2]
    assert texts[0]["__main__.py"].count("the_same_") == 3 * 4


def test_nothing_is_overwritten(run: Run, signed_in: Emulator, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("mine")
    command = ("import", signed_in.workspace_id, "--out", tmp_path)
    ended = run(*command)
    assert ended.code == 1
    assert "already contains Pulumi.yaml; nothing was written" in error_line(ended.err)
    assert texts_in(tmp_path) == {"Pulumi.yaml": "mine"}
    assert run(*command, "--force").code == 0
    assert texts_in(tmp_path)["Pulumi.yaml"] != "mine"


@pytest.mark.parametrize("workspace_id", ["unknown", "a/b", "", "../x"])
def test_an_unknown_workspace(
    workspace_id: str, run: Run, signed_in: Emulator, tmp_path: Path
) -> None:
    ended = run("import", workspace_id, "--out", tmp_path / "out")
    assert ended.code == 1
    error_line(ended.err)
    assert not (tmp_path / "out").exists()


def test_the_fields_of_a_key_and_a_value_that_a_program_may_not_declare(
    run: Run, signed_in: Emulator, tmp_path: Path
) -> None:
    fields = {
        "endpoint": "https://user:password@host",
        "region": "r",
        "tenantId": "t",
        "subscriptionId": "s",
        "description": "odd",
    }
    signed_in.add_api_key(provider="AZURE", **fields)
    ended = run("import", signed_in.workspace_id, "--out", tmp_path, "--language", "yaml")
    assert ended.code == 0
    assert "The provider does not accept these values" in ended.out
    assert "  odd: endpoint must not contain a user name or password" in ended.out
    program = yaml.safe_load((tmp_path / "Main.yaml").read_text())
    assert program["resources"]["odd"]["properties"] == {
        "workspaceId": "${demo.workspaceId}",
        "key": "${odd_key}",
        "secret": "${odd_secret}",
        "provider": "AZURE",
        **fields,
    }


@pytest.mark.parametrize(
    ("members", "warning"),
    [
        (None, ""),
        (Rows[WorkspaceMember](listed_by="L", unreadable=1), "L: 1 row(s) have no usable"),
    ],
)
def test_members_that_the_api_does_not_return(
    members: Rows[WorkspaceMember] | None,
    warning: str,
    run: Run,
    filled: Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    get = Workspaces.get

    def with_members(self: Workspaces, workspace_id: str) -> Workspace:
        return get(self, workspace_id).model_copy(update={"members": members})

    monkeypatch.setattr(Workspaces, "get", with_members)
    ended = run("import", filled.workspace_id, "--out", tmp_path)
    assert ended.out.startswith("Found 1 Workspace, 2 ApiKey.")
    assert warning in ended.err
    program = texts_in(tmp_path)["__main__.py"]
    assert ("# The API did not return the members of this workspace.\n" in program) is (not warning)


def test_many_credentials_are_filled_in_in_one_file(
    run: Run, filled: Emulator, tmp_path: Path
) -> None:
    for number in range(98):
        filled.add_api_key(key=f"K{number}", secret=SECRET, description=f"key {number}")
    ended = run("import", filled.workspace_id, "--out", tmp_path)
    assert "  PULUMI_SKIP_CHECKPOINTS=true pulumi import" in ended.out
    assert "--language yaml" in ended.out
    assert [line.strip() for line in ended.out.splitlines()][-5:] == [
        "pulumi stack init dev",
        "pulumi config set --secret credentials < credentials.json",
        "rm credentials.json",
        "pulumi import --file import.json --generate-code=false --protect=false",
        "pulumi up",
    ]
    file = tmp_path / "credentials.json"
    assert len(json.loads(file.read_text())) == 200
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / ".gitignore").read_text() == "/credentials.json\n"


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
    commands = guide(Path(directory), "yaml", [], []).split("\n\n")[-1]
    assert commands.splitlines()[0].strip() == command
