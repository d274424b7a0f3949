"""The files that are written: whatever others wrote on the platform stays data in them."""

from __future__ import annotations

import ast
import json
import re
import types
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from pulumi_flashback.cli.importing.found import Found, key_subject
from pulumi_flashback.cli.importing.guide import secret_commands
from pulumi_flashback.cli.importing.names import Subject, unique_names
from pulumi_flashback.cli.importing.programs import python_files, quoted, yaml_files
from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.api_key import API_KEY
from pulumi_flashback.resources.workspace import WORKSPACE
from pulumi_flashback.resources.workspace_member import WORKSPACE_MEMBER
from tests.cli.conftest import HOSTILE, KEY

SDK = Path(__file__).parents[2] / "sdk"
W = "workspace-id"
hostile = some.one_of(
    some.just(HOSTILE),
    some.text(),
    some.text("${}$\"'\\\n\r\t:#-%@&*!|> \x00\x85\u2028\ufeff\ufffe\uffff\ud7ff\U0001fffe🎉"),
)


def workspace(**inputs: str) -> Found:
    return Found(WORKSPACE, "demo", W, {"name": "Demo", **inputs})


def member(remark: str = "", **inputs: str) -> Found:
    given_inputs = {"workspaceId": W, "userId": "U", "role": "READ", **inputs}
    return Found(WORKSPACE_MEMBER, "member_alice", f"{W}/U", given_inputs, remark)


def key(name: str = "backups", **inputs: str) -> Found:
    known = {"workspaceId": W, "key": KEY, "secret": placeholder("secret"), "provider": "AWS"}
    return Found(API_KEY, name, f"{W}/{name}", {**known, **inputs})


class Stub(types.SimpleNamespace):
    """The generated SDK, as far as it notes what is declared."""

    def __init__(self) -> None:
        self.declared: list[tuple[str, str, Properties]] = []
        super().__init__(
            Workspace=self._note("Workspace"),
            WorkspaceMember=self._note("WorkspaceMember"),
            ApiKey=self._note("ApiKey"),
        )

    def _note(self, kind: str) -> Any:
        def declare(name: str, /, **arguments: Any) -> Any:
            self.declared.append((kind, name, arguments))
            return types.SimpleNamespace(workspace_id=f"the id of {name}")

        return declare


class Config:
    """The stack config, as far as it says what is asked of it."""

    def require_secret(self, name: str) -> tuple[str, ...]:
        return ("required", name)

    def get_secret(self, name: str, default: str) -> tuple[str, ...]:
        return ("optional", name, default)


def executed(program: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Properties]]:
    """Run a program on stubs and return what it declares."""
    stub = Stub()
    monkeypatch.setitem(__import__("sys").modules, "pulumi_flashback_native", stub)
    monkeypatch.setattr("pulumi.Config", Config)
    exec(compile(program, "__main__.py", "exec"), {})
    return stub.declared


@given(hostile)
def test_a_literal_is_the_same_text_in_every_language(text: str) -> None:
    literal = quoted(text)
    assert literal.isprintable()
    assert ast.literal_eval(literal) == text
    assert yaml.safe_load(f"key: {literal}") == {"key": text}


@given(name=hostile, description=hostile, endpoint=hostile, remark=hostile)
def test_a_python_program_says_what_is_there(
    name: str, description: str, endpoint: str, remark: str
) -> None:
    resources = [
        workspace(name=name),
        member(remark),
        key(description=description, endpoint=endpoint),
    ]
    program = python_files(resources)["__main__.py"]
    with pytest.MonkeyPatch.context() as monkeypatch:
        declared = executed(program, monkeypatch)
    assert declared == [
        ("Workspace", "demo", {"name": name}),
        (
            "WorkspaceMember",
            "member_alice",
            {"workspace_id": "the id of demo", "user_id": "U", "role": "READ"},
        ),
        (
            "ApiKey",
            "backups",
            {
                "workspace_id": "the id of demo",
                "key": ("required", "backups_key"),
                "secret": ("optional", "backups_secret", placeholder("secret")),
                "provider": "AWS",
                "endpoint": endpoint,
                "description": description,
            },
        ),
    ]


@given(name=hostile, description=hostile, remark=hostile)
def test_a_yaml_program_says_what_is_there(name: str, description: str, remark: str) -> None:
    resources = [workspace(name=name), member(remark), key(description=description)]
    program = yaml.safe_load(yaml_files(resources)["Pulumi.yaml"])
    assert program["name"] == "flashback-demo"
    assert program["runtime"] == "yaml"
    assert program["config"] == {
        "backups_key": {"type": "string", "secret": True},
        "backups_secret": {"type": "string", "default": placeholder("secret")},
    }
    assert list(program["resources"]) == ["demo", "member_alice", "backups"]
    (demo, alice, backups) = program["resources"].values()
    assert interpolated(demo["properties"]["name"]) == name
    assert alice["properties"]["workspaceId"] == "${demo.workspaceId}"
    assert backups["type"] == "flashback:index:ApiKey"
    assert backups["properties"]["key"] == "${backups_key}"
    assert backups["properties"]["secret"] == "${backups_secret}"
    assert interpolated(backups["properties"]["description"]) == description


ODD_WORDS = [
    *("", " ", "_", "~", "🎉", "Größe", "1e5", "0x1f", "3SCALE", "AWS", "aws", "__name__", "None"),
    *("class", "case", "print", "null", "on", "yes", "y", "config", "pulumi", "flashback"),
]
words = some.one_of(
    hostile,
    some.sampled_from(ODD_WORDS),
)
identifiers = some.text("aAbB01._:~@=+-", min_size=1, max_size=6)


@given(
    keys=some.lists(some.tuples(identifiers, words, words), unique_by=lambda each: each[0]),
    emails=some.dictionaries(identifiers, words),
    name=words,
)
def test_whatever_the_platform_returns_the_programs_can_be_read(
    keys: list[tuple[str, str, str]], emails: dict[str, str], name: str
) -> None:
    subjects = [Subject("w", "workspace", name), *(Subject(each, "member") for each in emails)]
    rows = [{"id": each, "provider": p, "description": d} for each, p, d in keys]
    names = unique_names([*subjects, *map(key_subject, rows)])
    found = [Found(WORKSPACE, names[0], W, {"name": name})]
    for member_name, (user_id, email) in zip(names[1:], emails.items(), strict=False):
        inputs = {"workspaceId": W, "userId": user_id, "role": "READ"}
        found.append(Found(WORKSPACE_MEMBER, member_name, f"{W}/{user_id}", inputs, email))
    for key_name, row in zip(names[1 + len(emails) :], rows, strict=True):
        inputs = {"provider": row["provider"], "description": row["description"]}
        found.append(key(key_name, **inputs))

    python, in_yaml = python_files(found), yaml_files(found)
    with pytest.MonkeyPatch.context() as monkeypatch:
        declared = executed(python["__main__.py"], monkeypatch)
    assert [each[1] for each in declared] == names
    assert [each[2].get("description") for each in declared[1 + len(emails) :]] == [
        row["description"] for row in rows
    ]
    program = yaml.safe_load(in_yaml["Pulumi.yaml"])
    assert list(program["resources"]) == names
    assert len(names) == len(found) == len(set(names))
    for project in (program, yaml.safe_load(python["Pulumi.yaml"])):
        assert re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", project["name"])
    for files in (python, in_yaml):
        assert all(text.encode() for text in files.values())
        assert [row["name"] for row in json.loads(files["import.json"])["resources"]] == names


def test_half_a_character_is_no_part_of_a_literal() -> None:
    assert quoted("a\ud800b") == '"a\\ufffdb"'


def interpolated(text: str) -> str:
    """Read a text as Pulumi reads one of a YAML program; it must not refer to anything."""
    plain = ""
    while text:
        if text.startswith("$$"):
            plain, text = plain + "$", text[2:]
        else:
            assert not text.startswith("${")
            plain, text = plain + text[0], text[1:]
    return plain


def test_what_the_platform_masks_may_be_set_later() -> None:
    masked = [workspace(), key(key=placeholder("key"))]
    program = python_files(masked)["__main__.py"]
    assert 'key=config.get_secret("backups_key", UNKNOWN_KEY)' in program
    assert f'UNKNOWN_KEY = "{placeholder("key")}"' in program
    config = yaml.safe_load(yaml_files(masked)["Pulumi.yaml"])["config"]
    assert config["backups_key"] == {"type": "string", "default": placeholder("key")}


def test_a_workspace_without_keys_needs_no_config() -> None:
    assert "config" not in yaml.safe_load(yaml_files([workspace()])["Pulumi.yaml"])
    assert "UNKNOWN" not in python_files([workspace()])["__main__.py"]


def test_the_id_of_another_workspace_is_a_text() -> None:
    elsewhere = [workspace(), member(workspaceId="another")]
    assert 'workspace_id="another"' in python_files(elsewhere)["__main__.py"]
    assert 'workspaceId: "another"' in yaml_files(elsewhere)["Pulumi.yaml"]


def test_the_list_of_imports() -> None:
    resources = [workspace(), member(), key()]
    rows = json.loads(yaml_files(resources)["import.json"])["resources"]
    assert rows == [
        {"type": "flashback:index:Workspace", "name": "demo", "id": W},
        {"type": "flashback:index:WorkspaceMember", "name": "member_alice", "id": f"{W}/U"},
        {"type": "flashback:index:ApiKey", "name": "backups", "id": f"{W}/backups"},
    ]


def test_a_python_import_is_for_the_plugin_that_the_sdk_asks_for() -> None:
    plugin = json.loads((SDK / "python/pulumi_flashback_native/pulumi-plugin.json").read_text())
    for row in json.loads(python_files([workspace(), key()])["import.json"])["resources"]:
        assert row["version"] == plugin["version"]
        assert row["pluginDownloadUrl"] == plugin["server"]


def test_secrets_are_in_no_file_and_in_no_text() -> None:
    resources = [workspace(), key(), key("archive")]
    for files in (python_files(resources), yaml_files(resources)):
        for text in files.values():
            assert KEY not in text
    assert KEY not in repr(resources)
    assert not {"key", "secret"} & set(key().plain)


def test_the_commands_for_the_secrets() -> None:
    assert secret_commands([workspace(), key(), key("archive")]) == [
        "pulumi config set --secret backups_key",
        "pulumi config set --secret backups_secret",
        "pulumi config set --secret archive_key",
        "pulumi config set --secret archive_secret",
    ]
