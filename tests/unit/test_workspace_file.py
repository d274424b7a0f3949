"""The file of a workspace: what it may contain, and every message about what it may not."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import config as program_config

from pulumi_flashback import KeyDescription, MemberDescription
from pulumi_flashback.component.diagnostics import MAX_REPORTED
from pulumi_flashback.component.file import read_description
from pulumi_flashback.component.yaml_document import MAX_BYTES

CANARY = "canary-secret"
DOCUMENT = '{\n "type": "canary-secret"\n}\n'
CONFIG = {
    "project:place": "eu",
    "project:on": "true",
    "project:plain": '{"region":"eu","inner":{"deep":1.50}}',
    "project:flat.name": "flat",
    "project:flat": '{"name":"structured"}',
    "project:text": "{not an object",
}
SECRETS = {
    "project:key": f"{CANARY}-key",
    "project:secret": f"{CANARY}-secret",
    "other:secret": f"{CANARY}-other",
    "project:creds": '{"key":"canary-secret-1","list":["a",{"b":"canary-secret-2"}],"n":5,"on":true,"empty":""}',
    "project:document": DOCUMENT,
    "other:creds": '{"key":"canary-secret-3"}',
    "dotted.name:creds": '{"key":"canary-secret-4"}',
}
KEY = "{provider: AWS, key: '${config:key}', secret: '${config:secret}'}"
ENTRY = "name: x\nkeys:\n  a:\n    provider: AWS\n    key: ${config:key}\n    secret: ${config:secret}\n    "


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run the test with a stack config, in a directory of its own."""
    monkeypatch.chdir(tmp_path)
    before = program_config.CONFIG.get(), list(program_config._SECRET_KEYS.get())
    program_config.set_all_config({**CONFIG, **SECRETS}, list(SECRETS))
    yield
    program_config.set_all_config(*before)


def read(text: str | bytes) -> Any:
    Path("workspace.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_description("workspace.yaml")


def errors(text: str | bytes) -> list[str]:
    """Return the lines of the message, without the name of the file."""
    with pytest.raises(pulumi.RunError) as error:
        read(text)
    assert CANARY not in str(error.value)
    return [line.removeprefix("workspace.yaml:") for line in str(error.value).split("\n")]


def secret(output: Any) -> str:
    """Return the value of an output that is a secret."""
    loop = asyncio.get_event_loop()
    assert loop.run_until_complete(output.is_secret())
    value: str = loop.run_until_complete(output.future())
    return value


def test_a_file_with_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_REGION", "north")
    found = read(
        """\
name: Team of ${config:place}
members:
  ada: {email: ada@example.com, role: ADMIN, allowRemovingLastAdmin: "${config:on}"}
  grace:
    userId: u-1
    role: READ
    renamedFrom: [hopper, amazing]
keys:
  everything:
    provider: AWS
    key: ${config:key}
    secret: ${config:other:secret}
    endpoint: s3.example.com
    region: ${env:A_REGION}-1
    tenantId: "5"
    subscriptionId: of ${config:secret}
    description: costs $5, $${config:place} stays
    rotationTriggers: {version: "${config:place}", other: "${config:key}", nothing: }
    adoptExisting: true
    renamedFrom: something
"""
    )
    assert found.name == "Team of eu"
    assert found.members == {
        "ada": MemberDescription(
            email="ada@example.com", role="ADMIN", allow_removing_last_admin=True
        ),
        "grace": MemberDescription(user_id="u-1", role="READ", renamed_from=["hopper", "amazing"]),
    }
    (key,) = found.keys.values()
    assert key == KeyDescription(
        provider="AWS",
        key=key.key,
        secret=key.secret,
        endpoint="s3.example.com",
        region="north-1",
        tenant_id="5",
        subscription_id=key.subscription_id,
        description="costs $5, ${config:place} stays",
        rotation_triggers={"version": "eu", "other": key.rotation_triggers["other"]},
        adopt_existing=True,
        renamed_from="something",
    )
    assert (secret(key.key), secret(key.secret)) == (f"{CANARY}-key", f"{CANARY}-other")
    # a secret of the config stays one in every field
    assert secret(key.subscription_id) == f"of {CANARY}-secret"
    assert secret(key.rotation_triggers["other"]) == f"{CANARY}-key"
    assert CANARY not in repr(found)


def test_a_workspace_that_exists_and_sections_without_entries() -> None:
    found = read("\ufeffworkspaceId: w-1\r\nmembers:\r\nkeys: {}\r\n")
    assert (found.name, found.workspace_id, found.members, found.keys) == (None, "w-1", {}, {})


def test_paths_into_structured_config() -> None:
    found = read(
        """\
name: Team ${config:plain.region} ${config:plain.inner.deep} ${config:flat.name} ${config:text}
keys:
  a:
    provider: AWS
    key: ${config:creds.key}
    secret: ${config:creds.list[1].b}
    description: n ${config:creds.n} ${config:creds.on} ${config:creds.list[0]}
  b: {provider: GCP, key: "${config:other:creds.key}", secret: "${config:document}"}
  c: {provider: GCP, key: "${config:dotted.name:creds.key}", secret: "${config:document}"}
"""
    )
    assert found.name == "Team eu 1.50 flat {not an object"
    a, b, c = found.keys.values()
    assert [secret(each) for each in (a.key, a.secret, a.description, b.key, b.secret, c.key)] == [
        f"{CANARY}-1",
        f"{CANARY}-2",
        "n 5 true a",
        f"{CANARY}-3",
        DOCUMENT,
        f"{CANARY}-4",
    ]


# content => error || error, and commands that set what is missing. \n is a line break; KEY, MEMBER
# and SECRET stand for the lines around their texts.
MESSAGES = Path(__file__).with_name("workspace_file_messages.txt").read_text(encoding="utf-8")
NAMED = {
    "{key}": KEY,
    "{reference}": "must be a reference, ${config:NAME} or ${env:NAME}, because this file must not contain secrets",
    "{fields}": "key, secret, provider, endpoint, region, tenantId, subscriptionId, description, rotationTriggers, adoptExisting, renamedFrom",
}


FRAMES = {
    "KEY": f"{ENTRY}TEXT",
    "MEMBER": "name: x\nmembers:\n  ada: {TEXT}",
    "BUCKET": "name: x\nkeys:\n  aa: {provider: AWS, key: '${config:key}', secret: '${config:secret}'}\nbuckets:\n"
    "  b: {name: b, bucket: b, storageType: S3, TEXT}",
    "REPOSITORY": "name: x\nbuckets:\n  b: {name: b, bucket: b, storageType: S3, apiKeyId: k}\nrepositories:\n"
    "  r: {name: r, storageType: S3, mode: NORMAL,\n    TEXT}",
    "SECRET": "name: x\nkeys:\n  a: {provider: AWS, key: '${config:key}',\n    secret: '${config:TEXT}'}",
}


def messages() -> Iterator[Any]:
    table = MESSAGES.strip()
    for name, text in NAMED.items():
        table = table.replace(name, text)
    for case in re.split(r"\n(?! )", table):
        content, lines = case.split(" =>")
        kind, _, text = content.partition(" ")
        text = FRAMES[kind].replace("TEXT", text) if kind in FRAMES else content
        found = [line.strip() for line in re.split(r"\n| \|\| ", lines) if line]
        commands = [f"  {line[2:]}" for line in found if line.startswith("$ ")]
        expected = [line for line in found if not line.startswith("$ ")]
        expected += ["Set what is missing:", *commands] if commands else []
        yield pytest.param(text.replace("\\n", "\n") + "\n", expected, id=content)


@pytest.mark.parametrize(("text", "expected"), list(messages()))
def test_message(text: str, expected: list[str]) -> None:
    assert errors(text) == expected


def test_contents_that_are_no_text() -> None:
    assert errors("") == ["1: name is required, or workspaceId for an existing workspace"]
    for line, content in ((2, b"# ok\nname: Caf\xe9\n"), (1, "name: x".encode("utf-16"))):
        assert errors(content) == [f"{line}: the file is not UTF-8 text; save it as UTF-8"]
    assert errors("name: " + "[" * 30) == ["1: the file is nested too deeply"]
    assert errors("#" * (MAX_BYTES + 1)) == [" is larger than 1024 KiB"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nothing.yaml", "No such file or directory"),
        (os.curdir, "Is a directory"),
        ("a\0b", "not a valid path"),
    ],
)
def test_a_file_that_cannot_be_read(name: str, reason: str) -> None:
    with pytest.raises(pulumi.RunError, match=f"cannot be read .{reason}.. A relative path"):
        read_description(name)


def test_many_errors_are_counted() -> None:
    entries = "".join(f"  k{number}: 5\n" for number in range(MAX_REPORTED + 7))
    found = errors(f"name: x\nkeys:\n{entries}")
    assert len(found) == MAX_REPORTED + 1
    assert found[-1] == "and 7 more"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n"])
def test_a_line_break_at_the_end_of_a_variable(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AN_ID", f"{CANARY}{end}")
    for text in (f"{ENTRY}region: ${{env:AN_ID}}", ENTRY.replace("config:key", "env:AN_ID")):
        (found,) = errors(text)
        assert found.endswith("AN_ID, which ends with a line break; set it without one")
    monkeypatch.setenv("AN_ID", f"{CANARY}\nsecond line{end}")
    found = read(f"{ENTRY}description: ${{env:AN_ID}}")
    assert found.keys["a"].description == f"{CANARY}\nsecond line{end}"


HIDDEN = "which is not visible in an editor or changes how the line reads; remove it, or write it as an escape sequence in double quotes"


@pytest.mark.parametrize(
    "hidden",
    [
        *"\r\x85\u2028\u2029",  # line breaks of YAML 1.1, and of none or few editors
        *"\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",  # of direction
        *"\u200b\u200c\u200d\u2060\u2063\u00ad\u034f\u180e\ufe0f\U000e0041\U000e0100",  # without a shape
        *"\u3164\u115f\uffa0\u2800\u00a0\u2003\u202f\u3000",  # like spaces
        *"\ufeff\ufffe\0\x7f",
    ],
    ids=ascii,
)
def test_what_an_editor_does_not_show_is_refused(hidden: str) -> None:
    for text in (
        f"name: x\n# a comment{hidden}workspaceId: w\nkeys:\n",
        f"name: x\r\n# a comment{hidden}workspaceId: w\r\nkeys:\r\n",
        f"keys:\nname: 'x{hidden}'\n",
    ):
        (found,) = errors(text)
        assert found.startswith(f"2: the file has U+{ord(hidden):04X} (")
        assert found.endswith(f"), {HIDDEN}")


def test_emoji_and_other_scripts_are_text() -> None:
    description = "⚠️ \U0001f469\U0001f3fd\u200d\U0001f4bb 日本 عربي Zoë"
    text = f"# {description}\n{ENTRY}description: {description}"
    assert read(text).keys["a"].description == description
    assert read(f'{ENTRY}description: "a\\u200bb"').keys["a"].description == "a\u200bb"
