"""The files that are written: whatever others wrote on the platform stays data in them."""

from __future__ import annotations

import ast
import json
import re
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from pulumi_flashback.cli.importing.found import Found
from pulumi_flashback.cli.importing.guide import secret_commands
from pulumi_flashback.cli.importing.names import Subject, unique_names
from pulumi_flashback.cli.importing.programs import python_files, quoted, yaml_files
from pulumi_flashback.core.resource_model import placeholder
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources import RESOURCES, resource_type
from tests.cli.conftest import HOSTILE, KEY

SDK = Path(__file__).parents[2] / "sdk"
W = "workspace-id"


def workspace(called: str = "demo", /, **inputs: str) -> Found:
    return Found(resource_type("Workspace"), called, W, {"name": "Demo", **inputs})


def member(name: str = "member_alice", remark: str = "", **inputs: str) -> Found:
    values = {"workspaceId": W, "userId": "U", "role": "READ", **inputs}
    return Found(resource_type("WorkspaceMember"), name, f"{W}/U", values, remark)


def key(name: str = "backups", **inputs: str) -> Found:
    values = {"workspaceId": W, "key": KEY, "secret": placeholder("secret"), "provider": "AWS"}
    return Found(resource_type("ApiKey"), name, f"{W}/{name}", {**values, **inputs})


def declared_by(
    program: str, credentials: Properties | None = None
) -> list[tuple[str, str, Properties]]:
    """Run a Python program on stubs of the SDKs and return what it declares."""
    declared: list[tuple[str, str, Properties]] = []

    def stub(kind: str) -> Any:
        def declare(name: str, /, **arguments: Any) -> Any:
            declared.append((kind, name, arguments))
            ids = (f"{each}_id" for each in ("workspace", "api_key", "bucket", "ai_llm"))
            return types.SimpleNamespace(**dict.fromkeys(ids, f"the id of {name}"))

        return declare

    class Config:
        def require_secret(self, name: str) -> tuple[str, ...]:
            return ("required", name)

        def get_secret(self, name: str, default: str) -> tuple[str, ...]:
            return ("optional", name, default)

        def require_secret_object(self, name: str) -> Any:
            values = (credentials or {}).get(name, {})
            return types.SimpleNamespace(apply=lambda function: function(values))

    sdk = types.SimpleNamespace(**{each.name: stub(each.name) for each in RESOURCES})
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setitem(sys.modules, "pulumi_flashback_native", sdk)
        monkeypatch.setattr("pulumi.Config", Config)
        exec(compile(program, "__main__.py", "exec"), {})
    return declared


def interpolated(text: str) -> str:
    """Read a text as Pulumi reads one of a YAML program; it must not refer to anything."""
    assert "${" not in text.replace("$$", "")
    return text.replace("$$", "$")


def test_a_python_program() -> None:
    texts = {"endpoint": HOSTILE, "description": HOSTILE}
    resources = [workspace(name=HOSTILE), member(remark=HOSTILE), key(**texts)]
    assert declared_by(python_files(resources)["__main__.py"]) == [
        ("Workspace", "demo", {"name": HOSTILE}),
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
                **texts,
            },
        ),
    ]


def test_a_yaml_program() -> None:
    resources = [workspace(name=HOSTILE), member(remark=HOSTILE), key(description=HOSTILE)]
    program = yaml.safe_load(yaml_files(resources)["Main.yaml"])
    values = [each["properties"] for each in program["resources"].values()]
    assert interpolated(values[0].pop("name")) == HOSTILE
    assert interpolated(values[2].pop("description")) == HOSTILE
    member_values = {"workspaceId": "${demo.workspaceId}", "userId": "U", "role": "READ"}
    halves = {"key": "${backups_key}", "secret": "${backups_secret}"}
    key_values = {"workspaceId": "${demo.workspaceId}", **halves, "provider": "AWS"}
    assert program == {
        "config": {
            "backups_key": {"type": "string", "secret": True},
            "backups_secret": {"type": "string", "default": placeholder("secret")},
        },
        "resources": {
            "demo": {"type": "flashback:index:Workspace", "properties": {}},
            "member_alice": {
                "type": "flashback:index:WorkspaceMember",
                "properties": member_values,
            },
            "backups": {"type": "flashback:index:ApiKey", "properties": key_values},
        },
    }


def test_references_inside_of_lists() -> None:
    bucket = Found(resource_type("Bucket"), "b", f"{W}/B", {"workspaceId": W, "name": "B"})
    model = Found(resource_type("AiLlm"), "m", f"{W}/M", {"workspaceId": W, "name": "B"})
    buckets = [
        {"bucketId": "B", "folder": HOSTILE},
        # what is not imported, and a folder that is called like a bucket
        {"bucketId": "other", "folder": "B", "master": True},
    ]
    inputs = {"workspaceId": W, "name": "M", "buckets": buckets, "aiLlms": ["M", "other"]}
    found = [workspace(), bucket, model, Found(resource_type("Repository"), "r", f"{W}/R", inputs)]
    _, _, declared = declared_by(python_files(found)["__main__.py"])[-1]
    assert declared == {
        "workspace_id": "the id of demo",
        "name": "M",
        "buckets": [
            {"bucket_id": "the id of b", "folder": HOSTILE},
            {"bucket_id": "other", "folder": "B", "master": True},
        ],
        "ai_llms": ["the id of m", "other"],
    }
    program = yaml.safe_load(yaml_files(found)["Main.yaml"])
    first, second = program["resources"]["r"]["properties"].pop("buckets")
    assert interpolated(first.pop("folder")) == HOSTILE
    assert (first, second) == ({"bucketId": "${b.bucketId}"}, buckets[1])
    assert program["resources"]["r"]["properties"]["aiLlms"] == ["${m.aiLlmId}", "other"]


ODD_WORDS = [
    *("", " ", "_", "~", "🎉", "Größe", "1e5", "0x1f", "3SCALE", "AWS", "aws", "__name__", "None"),
    *("class", "case", "print", "null", "on", "yes", "y", "config", "pulumi", "flashback"),
    *("credential", "credentials"),
]
SIGNS = "${}$\"'\\\n\r\t:#-%@&*!|> \x00\x85\u2028\ufeff\ufffe\uffff\ud7ff\U0001fffe🎉"
words = some.one_of(some.just(HOSTILE), some.text(), some.text(SIGNS), some.sampled_from(ODD_WORDS))
identifiers = some.text("aAbB01._:~@=+-", min_size=1, max_size=6)


@given(words)
def test_a_literal_is_the_same_text_in_every_language(text: str) -> None:
    literal = quoted(text)
    assert literal.isprintable()
    assert ast.literal_eval(literal) == text
    assert yaml.safe_load(f"key: {literal}") == {"key": text}


@given(
    keys=some.lists(some.tuples(identifiers, words, words), unique_by=lambda each: each[0]),
    emails=some.dictionaries(identifiers, words),
    name=words,
)
@settings(max_examples=50)
def test_whatever_the_platform_returns_the_programs_say_it(
    keys: list[tuple[str, str, str]], emails: dict[str, str], name: str
) -> None:
    subjects = [
        Subject("w", "workspace", name),
        *(Subject(each, "member") for each in emails),
        *(Subject(each, provider or "key", text) for each, provider, text in keys),
    ]
    names = iter(unique_names(subjects))
    found = [workspace(next(names), name=name)]
    found += [member(next(names), text, userId=each) for each, text in emails.items()]
    found += [key(next(names), provider=p, description=text) for _, p, text in keys]

    python, in_yaml = python_files(found), yaml_files(found)
    declared = declared_by(python["__main__.py"])
    program = yaml.safe_load(in_yaml["Main.yaml"])
    assert [each.name for each in found] == [each[1] for each in declared]
    assert [each.name for each in found] == list(program["resources"])
    for each, (_, _, arguments) in zip(found, declared, strict=True):
        properties = program["resources"][each.name]["properties"]
        spellings = each.type.inputs.python_names()
        for property_name in ("name", "userId", "provider", "description"):
            if property_name in each.plain:
                text = each.plain[property_name]
                assert arguments[spellings[property_name]] == text
                assert interpolated(properties[property_name]) == text
    for files in (python, in_yaml):
        project = yaml.safe_load(files["Pulumi.yaml"])
        assert re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", project["name"])
    for files in (python, in_yaml):
        assert all(text.encode() for text in files.values())
        rows = json.loads(files["import.json"])["resources"]
        assert [row["name"] for row in rows] == [each.name for each in found]


def test_half_a_character_is_no_part_of_a_literal() -> None:
    assert quoted("a\ud800b") == '"a\\ufffdb"'


def test_what_the_api_masks_may_be_set_later() -> None:
    masked = [workspace(), key(key=placeholder("key"))]
    program = python_files(masked)["__main__.py"]
    assert 'key=config.get_secret("backups_key", UNKNOWN_KEY)' in program
    assert f'UNKNOWN_KEY = "{placeholder("key")}"' in program
    config = yaml.safe_load(yaml_files(masked)["Main.yaml"])["config"]
    assert config["backups_key"] == {"type": "string", "default": placeholder("key")}


def test_a_workspace_without_keys_and_the_id_of_another_workspace() -> None:
    resources = [workspace(), member(workspaceId="another")]
    python, in_yaml = python_files(resources)["__main__.py"], yaml_files(resources)["Main.yaml"]
    assert "UNKNOWN" not in python
    assert "config" not in yaml.safe_load(in_yaml)
    assert 'workspace_id="another"' in python
    assert 'workspaceId: "another"' in in_yaml


def test_the_list_of_imports() -> None:
    resources = [workspace(), member(), key()]
    rows = json.loads(yaml_files(resources)["import.json"])["resources"]
    assert rows == [
        {"type": "flashback:index:Workspace", "name": "demo", "id": W},
        {"type": "flashback:index:WorkspaceMember", "name": "member_alice", "id": f"{W}/U"},
        {"type": "flashback:index:ApiKey", "name": "backups", "id": f"{W}/backups"},
    ]
    # a Python import is for the plugin that the SDK asks for
    plugin = json.loads((SDK / "python/pulumi_flashback_native/pulumi-plugin.json").read_text())
    more = {"version": plugin["version"], "pluginDownloadUrl": plugin["server"]}
    python = json.loads(python_files(resources)["import.json"])["resources"]
    assert python == [{**row, **more} for row in rows]


def test_many_secrets_are_in_one_config_value() -> None:
    resources = [workspace(), key("masked", key=placeholder("key")), *map(key, "abcdef")]
    python, in_yaml = python_files(resources), yaml_files(resources)
    for files, unknown in ((python, ""), (in_yaml, placeholder("secret"))):
        values = json.loads(files["credentials.json"])
        assert len(values) == 14
        assert (values["a_key"], values["a_secret"]) == ("", unknown)
        assert files[".gitignore"] == "/credentials.json\n"
        assert KEY not in "".join(files.values())
    filled = {
        "credentials": {**json.loads(python["credentials.json"]), "a_key": KEY, "b_secret": "s"}
    }
    declared = {name: given for _, name, given in declared_by(python["__main__.py"], filled)}
    assert [declared[n]["key"] for n in ("masked", "a", "b")] == [placeholder("key"), KEY, ""]
    assert [declared[n]["secret"] for n in "ab"] == [placeholder("secret"), "s"]
    program = yaml.safe_load(in_yaml["Main.yaml"])
    assert program["config"] == {"credentials": {"type": "object", "secret": True}}
    assert program["resources"]["a"]["properties"]["secret"] == "${credentials.a_secret}"


def test_secrets_are_in_no_file_and_in_no_text() -> None:
    resources = [workspace(), key(), key("archive")]
    files = {**python_files(resources), "Program.yaml": yaml_files(resources)["Main.yaml"]}
    assert not [name for name, text in files.items() if KEY in text]
    assert KEY not in repr(resources)
    assert secret_commands(resources) == [
        f"pulumi config set --secret {name}_{half}"
        for name in ("backups", "archive")
        for half in ("key", "secret")
    ]
