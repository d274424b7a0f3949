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
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import config as program_config

from pulumi_flashback import KeyDescription, MemberDescription
from pulumi_flashback.component.diagnostics import MAX_REPORTED
from pulumi_flashback.component.file import read_description
from pulumi_flashback.component.yaml_document import MAX_BYTES, parse

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
MESSAGES = r"""
# nothing => 1: name is required, or workspaceId for an existing workspace
workspace => 1: the file must be a mapping, with one `name: value` on each line
- name: x => 1: the file must be a mapping, with one `name: value` on each line
name: x\nkeys:\n	a: b => 3: the file is not valid YAML: a tab, but YAML is indented with spaces only
name: x\nkeys: 'a\n\n => 2: the file is not valid YAML: the quotes that begin here are never closed
name: a: b => 1: the file is not valid YAML: a ':' is not allowed here: a text with ': ' in it needs quotes, and entries of one level begin in one column
name: x\nkeys:\n    a: b\n  b: c => 4: the file is not valid YAML: the line does not continue what is above it; check its indentation
'name'\n: x => 2: the file is not valid YAML: the line does not continue what is above it; check its indentation
name: x\nkeys: {a: ${config:b}} => 2: the file is not valid YAML: a ',' or a bracket is missing; between brackets, ${...} needs quotes
name: @x => 1: the file is not valid YAML: a text that begins with this character needs quotes
name: & x => 1: the file is not valid YAML: a text that begins with this character needs quotes
name: |x => 1: the file is not valid YAML: a text that begins with this character needs quotes
name: !<\nx => 1: the file is not valid YAML: a text that begins with this character needs quotes
name: [,] => 1: the file is not valid YAML: a value is missing, or a text needs quotes
%canary-secret => 2: the file is not valid YAML: the line does not continue what is above it; check its indentation
%YAML canary-secret => 1: the file is not valid YAML: this cannot be read
name: "\q" => 1: the file is not valid YAML: a \ in "..." does not begin an escape sequence; use '...'
# one\nname: "\UFFFFFFFF" => 2: the file is not valid YAML: no character has this number
name: "\U00110000" => 1: the file is not valid YAML: no character has this number
name: x\nkeys\nmembers: => 3: the file is not valid YAML: a ':' is missing after a name
name: x\n---\nname: y => 2: the file is not valid YAML: a second document begins; a file describes one workspace
name: x\nkeys:\n  a: &canary-secret {} => 3: the file must not have anchors and aliases (& and *); write the value itself, and put a text that begins with & or * in quotes
name: *canary-secret => 1: the file must not have anchors and aliases (& and *); write the value itself, and put a text that begins with & or * in quotes
name: !canary-secret x => 1: the file must not have tags (!); put a text that begins with ! in quotes
name: x\nkeys:\nname: y => 3: name is repeated; the first one is on line 1
name: x\nkeys:\n  a: {key}\n  a: {key} => 4: keys.a is repeated; the first one is on line 3
name: x\n5: y => 2: the file has a name that is not a string; put it in quotes
name: x\nkeys:\n  on: {key} => 3: keys has a name that is not a string; put it in quotes
name: x\nkeys:\n  <<: {a: b} => 3: keys must not merge (<<); write the values themselves
keys: {} => 1: name is required, or workspaceId for an existing workspace
name: x\nworkspaceId: y => 2: workspaceId excludes name; remove one of them
name: 5 => 1: name must be a string, not a number; put it in quotes
name: ' ' => 1: name must not be empty
workspaceId: '' => 1: workspaceId must not be empty
workspaceId: [a] => 1: workspaceId must be a string, not a list
name: x\nmember: => 2: member is not a known field; did you mean members?
name: x\nmembers: [a] => 2: members must be a mapping, with one `name: value` on each line
name: x\nkeys:\n  a/b: {key} => 3: keys.a/b is not a valid label: it may have letters, digits and . _ - @ + only
name: x\nkeys:\n  a: AWS => 3: keys.a must be a mapping, with one `name: value` on each line
KEY regoin: x => 7: keys.a.regoin is not a known field; did you mean region?
KEY renamed_from: x => 7: keys.a.renamed_from is not a known field; did you mean renamedFrom?
KEY canary-secret-1: x => 7: keys.a has an unknown field; the known ones are {fields}
KEY tenantId: 5 => 7: keys.a.tenantId must be a string, not a number; put it in quotes
KEY region: no => 7: keys.a.region must be a string, not a boolean; put it in quotes
KEY region: 2026-01-01 => 7: keys.a.region must be a string, not a date; put it in quotes
KEY region: = => 7: keys.a.region must be a string, not something else; put it in quotes
KEY region: {a: b} => 7: keys.a.region must be a string, not an object
KEY endpoint: https://a:canary-secret@b => 7: keys.a.endpoint must not contain a user name or password; use key and secret
KEY rotationTriggers: [a] => 7: keys.a.rotationTriggers must be an object of strings, not a list
KEY rotationTriggers: {a: 1} => 7: keys.a.rotationTriggers.a must be a string, not a number; put it in quotes
KEY adoptExisting: maybe => 7: keys.a.adoptExisting must be true or false, not a string
MEMBER role: READ => 3: members.ada.email is required, or userId instead
MEMBER role: READ, email: a@b.c, userId: u => 3: members.ada.userId excludes email; remove one of them
MEMBER userId: u => 3: members.ada.role is required
MEMBER userId: u, role: read => 3: members.ada.role must be written in capitals: READ
MEMBER email: ada, role: READ => 3: members.ada.email must be an email address
MEMBER email: "ada@\u200bexample.com", role: READ => 3: members.ada.email must be an email address
MEMBER email: 5, role: READ => 3: members.ada.email must be an email address
MEMBER email: "${config:key}@b", role: READ => 3: members.ada.email must not come from a secret, because it is shown
MEMBER userId: u, role: READ, renamedFrom: ["${config:key}"] => 3: members.ada.renamedFrom.0 must not come from a secret, because it is shown
KEY renamedFrom: a => 7: keys.a.renamedFrom names a label that keys still has; remove it, or rename in two steps
KEY renamedFrom: 5 => 7: keys.a.renamedFrom must be a label or a list of labels
KEY renamedFrom: [] => 7: keys.a.renamedFrom must be a label or a list of labels
name: x\nmembers:\n  a: {userId: a, role: READ, renamedFrom: c}\n  b: {userId: b, role: READ, renamedFrom: c} => 3: members.a.renamedFrom names a label that another entry names as well || 4: members.b.renamedFrom names a label that another entry names as well
KEY \n  b:\n    provider: AWS\n    key: ${config:key}\n    secret: canary-secret => 11: keys.b.secret {reference}
KEY \n  b:\n    provider: AWS\n    key: ${config:key}\n    secret: 123456 => 11: keys.b.secret {reference}
KEY \n  b:\n    provider: AWS\n    key: ${config:key}\n    secret: [canary-secret] => 11: keys.b.secret {reference}
KEY \n  b:\n    provider: AWS\n    key: ${config:key}\n    secret: |\n      canary-secret => 11: keys.b.secret {reference}
KEY \n  b:\n    provider: AWS\n    key: canary-secret${config:key}\n    secret: ${config:key} => 10: keys.b.key {reference}
KEY region: ${place} => 7: keys.a.region has a ${ without a reference: write ${config:NAME} or ${env:NAME}, or $${ for a literal ${
KEY region: ${config:nothing:-eu} => 7: keys.a.region has a ${ without a reference: write ${config:NAME} or ${env:NAME}, or $${ for a literal ${
KEY region: ${config:nothing} => 7: keys.a.region refers to nothing in the stack config, which is not set || $ pulumi config set nothing
KEY region: ${env:NOTHING} => 7: keys.a.region refers to the environment variable NOTHING, which is not set || $ export NOTHING=...
MEMBER email: "${env:NOTHING}", role: READ => 3: members.ada.email refers to the environment variable NOTHING, which is not set || $ export NOTHING=...
SECRET place => 4: keys.a.secret refers to place in the stack config, which is stored in clear text; it must be a secret || $ pulumi config set --secret place
SECRET creds => 4: keys.a.secret refers to creds in the stack config, which has several values; refer to one of them: ${config:creds.NAME}
SECRET creds.list => 4: keys.a.secret refers to creds.list in the stack config, which has several values; refer to one of them: ${config:creds.list[0]}
SECRET creds.nothing => 4: keys.a.secret refers to creds.nothing in the stack config, which is not set || $ pulumi config set --secret --path creds.nothing
SECRET creds.empty => 4: keys.a.secret refers to creds.empty in the stack config, which is not set || $ pulumi config set --secret --path creds.empty
SECRET creds.list[7] => 4: keys.a.secret refers to creds.list[7] in the stack config, which is not set || $ pulumi config set --secret --path 'creds.list[7]'
SECRET creds.key.more => 4: keys.a.secret refers to creds.key.more in the stack config, which is not set || $ pulumi config set --secret --path creds.key.more
SECRET new.key => 4: keys.a.secret refers to new.key in the stack config, which is not set || $ pulumi config set --secret --path new.key
SECRET place.key => 4: keys.a.secret refers to place.key in the stack config, which is not set || $ pulumi config set --secret place.key
SECRET plain.region => 4: keys.a.secret refers to plain.region in the stack config, which is stored in clear text; it must be a secret || $ pulumi config set --secret --path plain.region
BUCKET apiKey: a => 5: buckets.b.apiKey is not a label of keys; did you mean aa?
BUCKET apiKey: canary-secret => 5: buckets.b.apiKey is not a label of keys; the known ones are aa
BUCKET apiKey: 5 => 5: buckets.b.apiKey must be a string, not a number; put it in quotes
BUCKET apiKey: 5, secret: "${config:key}" => 5: buckets.b.apiKey is required, or key and secret instead of it || 5: buckets.b.apiKey must be a string, not a number; put it in quotes
BUCKET apiKey: [aa] => 5: buckets.b.apiKey must be a string, not a list
BUCKET apiKey: aa, apiKeyId: id => 5: buckets.b.apiKeyId excludes apiKey; remove one of them
BUCKET apiKey: "${config:key}" => 5: buckets.b.apiKey must not come from a secret, because it is shown
BUCKET region: eu => 5: buckets.b.apiKey is required, or key and secret instead of it
BUCKET key: "${config:key}" => 5: buckets.b.apiKey is required, or key and secret instead of it
BUCKET apiKey: aa, key: "${config:key}" => 5: buckets.b.apiKey is required, or key and secret instead of it
BUCKET apiKeyId: id, key: canary-secret => 5: buckets.b.apiKeyId is required, or key and secret instead of it || 5: buckets.b.key {reference}
REPOSITORY buckets: {b: {folder: a}} => 6: repositories.r.buckets must be a list, not an object
REPOSITORY buckets: [b] => 6: repositories.r.buckets.0 must be a mapping, with one `name: value` on each line
REPOSITORY buckets: [{bucket: b}, {folder: a}] => 6: repositories.r.buckets.1.bucket is required, or bucketId instead
REPOSITORY buckets: [{bucket: c}] => 6: repositories.r.buckets.0.bucket is not a label of buckets; the known ones are b
REPOSITORY buckets: [{bucket: b},\n    {bucket: b,\n    bucketId: x,\n    folder: 5,\n    mastr: true}] => 8: repositories.r.buckets.1.bucketId excludes bucket; remove one of them || 9: repositories.r.buckets.1.folder must be a string, not a number; put it in quotes || 10: repositories.r.buckets.1.mastr is not a known field; did you mean master?
REPOSITORY buckets: [{bucket: b, master: "yes"}] => 6: repositories.r.buckets.0.master must be true or false, not a string
REPOSITORY aiLlms: b => 6: repositories.r.aiLlms must be a list
REPOSITORY aiLlms: [5, x] => 6: repositories.r.aiLlms.0 must be a string, not a number; put it in quotes || 6: repositories.r.aiLlms.1 is not a label of aiLlms; there are none
REPOSITORY aiLlmIds: [x, 5] => 6: repositories.r.aiLlmIds.1 must be a string, not a number; put it in quotes
name: x\nbuckets:\n  b: wrong\nrepositories:\n  r: {name: r, storageType: S3, mode: NORMAL, buckets: [{bucket: b}]} => 3: buckets.b must be a mapping, with one `name: value` on each line
REPOSITORY aiLlmIds: x => 6: repositories.r.aiLlmIds must be a list
name: x\nrepositoryApiKeys:\n  a: {name: a, accessType: READ}\nrepositoryCloudKeys:\n  b: {repository: c} => 3: repositoryApiKeys.a.repository is required, or repositoryId instead || 5: repositoryCloudKeys.b.apiKey is required, or apiKeyId instead || 5: repositoryCloudKeys.b.repository is not a label of repositories; there are none
name: x\npolicies:\n  a: {name: a, content: c, riskType: HIGH, actionType: BLOC, repository: x} => 3: policies.a.actionType must be LOG, ALERT, BLOCK, or the number of another one || 3: policies.a.repository is not a label of repositories; there are none
nam: Team\nmembers:\n  ada: {email: a@b.c, role: "${env:NOTHING}"}\nkeys:\n  a:\n    region: 5\n  b:\n    provider: AWS\n    key: ${config:missing}\n    secret: ${config:place}\n    description: ${config:missing}, ${config:another}, ${config:missing} =>
  1: nam is not a known field; did you mean name?
  1: name is required, or workspaceId for an existing workspace
  3: members.ada.role refers to the environment variable NOTHING, which is not set
  5: keys.a.key is required
  5: keys.a.provider is required
  5: keys.a.secret is required
  6: keys.a.region must be a string, not a number; put it in quotes
  9: keys.b.key refers to missing in the stack config, which is not set
  10: keys.b.secret refers to place in the stack config, which is stored in clear text; it must be a secret
  11: keys.b.description refers to another in the stack config, which is not set
  11: keys.b.description refers to missing in the stack config, which is not set
  $ pulumi config set --secret missing
  $ pulumi config set --secret place
  $ pulumi config set another
  $ export NOTHING=...
"""
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


@given(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])))
def test_a_comment_hides_no_yaml(comment: str) -> None:
    document = parse(f"name: x\n#{comment}\nkeys:\n".encode())
    assert document.errors or document.values == {"name": "x", "keys": None}


def test_emoji_and_other_scripts_are_text() -> None:
    description = "⚠️ \U0001f469\U0001f3fd\u200d\U0001f4bb 日本 عربي Zoë"
    text = f"# {description}\n{ENTRY}description: {description}"
    assert read(text).keys["a"].description == description
    assert read(f'{ENTRY}description: "a\\u200bb"').keys["a"].description == "a\u200bb"


VALID = f"""\
name: Team
members:
  ada: {{email: ada@example.com, role: ADMIN}}
keys:
  a:
    provider: AWS
    key: {CANARY}
    secret: "{CANARY}"
    renamedFrom: [x, 'y']
"""
SIGNS = st.sampled_from(
    [*"{}[]:,-?&*!|>'\"%@`#\\ \t\n\r$~=<.", "\\U00110000", "\\ud800", "${", "---"]
)
DAMAGE = st.tuples(st.integers(0, len(VALID)), SIGNS, st.integers(0, 5))


@given(damage=st.lists(DAMAGE, min_size=1, max_size=4))
def test_no_damage_raises_another_error_or_shows_a_literal(
    damage: list[tuple[int, str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = VALID
    for position, sign, removed in damage:
        text = text[:position] + sign + text[position + removed :]
    path = tmp_path_factory.mktemp("damage") / "workspace.yaml"
    path.write_bytes(text.encode())
    with pytest.raises(pulumi.RunError) as error:
        read_description(path)
    assert CANARY not in str(error.value)
    assert str(error.value).encode()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    document = parse(content)
    assert all(each.reason and each.line >= 0 for each in document.errors)
