"""The file of a workspace: what it may say, and every message about what it may not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import config as program_config
from pulumi.runtime.rpc import is_rpc_secret

from pulumi_flashback import KeyDescription, MemberDescription
from pulumi_flashback.component.file import read_description
from pulumi_flashback.component.problems import MOST_SHOWN
from pulumi_flashback.component.yaml_tree import MOST_BYTES, parse

ROOT = Path(__file__).parents[2]
CANARY = "canary-secret"
CONFIG = {"key": f"{CANARY}-key", "secret": f"{CANARY}-secret", "place": "eu", "on": "true"}
KEY = "{provider: AWS, key: '${config:key}', secret: '${config:secret}'}"


@pytest.fixture(autouse=True)
def stack_config() -> Iterator[None]:
    """Run the test with a stack config."""
    before = program_config.CONFIG.get(), list(program_config._SECRET_KEYS.get())
    values = {f"project:{name}": value for name, value in CONFIG.items()}
    secret = ["project:key", "project:secret", "other:secret"]
    program_config.set_all_config({**values, "other:secret": f"{CANARY}-other"}, secret)
    yield
    program_config.set_all_config(*before)


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run the test in a directory of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(text: str | bytes) -> Any:
    Path("workspace.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_description("workspace.yaml")


def problems(text: str | bytes) -> list[str]:
    """Return the lines of the message, without the name of the file."""
    with pytest.raises(pulumi.RunError) as error:
        read(text)
    message = str(error.value)
    assert CANARY not in message
    return [line.removeprefix("workspace.yaml:") for line in message.split("\n")]


def test_a_file_with_everything(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
    subscriptionId: s
    description: costs $5, $${config:place} stays
    rotationTriggers: {version: "${config:place}", other: "1"}
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
        subscription_id="s",
        description="costs $5, ${config:place} stays",
        rotation_triggers={"version": "eu", "other": "1"},
        adopt_existing=True,
        renamed_from="something",
    )
    assert values([key.key, key.secret]) == [(f"{CANARY}-key", True), (f"{CANARY}-other", True)]
    assert CANARY not in repr(found)


def test_what_is_a_secret_of_the_config_stays_one_in_every_field(directory: Path) -> None:
    found = read(
        f"name: x\nkeys:\n  a: {KEY}\n  b:\n    provider: AWS\n    key: ${{config:key}}\n"
        "    secret: ${config:secret}\n    description: of ${config:secret}\n"
        "    rotationTriggers: {a: '${config:key}'}\n"
    )
    key = found.keys["b"]
    shown = values([key.description, key.rotation_triggers["a"]])
    assert shown == [(f"of {CANARY}-secret", True), (f"{CANARY}-key", True)]


def values(outputs: list[pulumi.Output[str]]) -> list[tuple[str, bool]]:
    """Return the values of outputs, and whether they are secrets."""
    found: list[tuple[str, bool]] = []

    def program() -> Any:
        async def look() -> None:
            for each in outputs:
                value = await each.future()
                assert value is not None
                assert not is_rpc_secret(value)
                found.append((value, await each.is_secret()))

        return look()

    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call] # the SDK's
    return found


def test_a_workspace_that_exists_and_sections_without_entries(directory: Path) -> None:
    found = read("\ufeffworkspaceId: w-1\r\nmembers:\r\nkeys: {}\r\n")
    assert (found.name, found.workspace_id, found.members, found.keys) == (None, "w-1", {}, {})


def entry(field: str) -> str:
    return f"name: x\nkeys:\n  a:\n    provider: AWS\n    key: ${{config:key}}\n    secret: ${{config:secret}}\n    {field}\n"


def member(fields: str) -> str:
    return f"name: x\nmembers:\n  ada: {{{fields}}}\n"


REFERENCE = "must be a reference, ${config:NAME} or ${env:NAME}, because this file keeps no secrets"
FIELDS = (
    "key, secret, provider, endpoint, region, tenantId, subscriptionId, description, "
    "rotationTriggers, adoptExisting, renamedFrom"
)

MESSAGES: dict[str, tuple[str | bytes, str]] = {
    # the file as such
    "empty": (
        "",
        "1: the file is empty; it needs name, workspaceId, members, keys, each in a line of its own",
    ),
    "comments": (
        "# nothing\n",
        "1: the file is empty; it needs name, workspaceId, members, keys, each in a line of its own",
    ),
    "text": (
        "workspace",
        "1: the file is no mapping; it needs name, workspaceId, members, keys, each in a line of its own",
    ),
    "list": (
        "- name: x",
        "1: the file is no mapping; it needs name, workspaceId, members, keys, each in a line of its own",
    ),
    "latin-1": (b"# ok\nname: Caf\xe9\n", "2: this is no UTF-8 text; save the file as UTF-8"),
    "utf-16": ("name: x".encode("utf-16"), "1: this is no UTF-8 text; save the file as UTF-8"),
    "control": ("name: x\n\x00\n", "2: a character stands here that no text may have"),
    "tab": (
        "name: x\nkeys:\n\ta: b\n",
        "3: not valid YAML: a tab stands where YAML takes spaces only",
    ),
    "quote": (
        "name: x\nkeys: 'a\n\n",
        "2: not valid YAML: the quotes that begin here are never closed",
    ),
    "colon": (
        "name: a: b\n",
        "1: not valid YAML: a ':' is not allowed here: a text with ': ' in it needs quotes, and entries of one level begin in one column",
    ),
    "indent": (
        "name: x\nkeys:\n    a: b\n  b: c\n",
        "4: not valid YAML: the line does not continue what is above it; look at its indentation",
    ),
    "brackets": (
        "name: x\nkeys: {a: ${config:b}}\n",
        "2: not valid YAML: a ',' or a closing bracket is missing; between brackets, ${...} needs quotes",
    ),
    "sign": (
        "name: @x\n",
        "1: not valid YAML: a text that begins with this character needs quotes",
    ),
    "escape": (
        'name: "\\q"\n',
        "1: not valid YAML: a \\ in \"...\" begins no escape sequence; use '...'",
    ),
    "large number": (
        '# one\nname: "\\UFFFFFFFF"\n',
        "2: not valid YAML: no character has this number",
    ),
    "number": ('name: "\\U00110000"\n', "1: not valid YAML: no character has this number"),
    "no colon": ("name: x\nkeys\nmembers:\n", "3: not valid YAML: a ':' is missing after a name"),
    "documents": (
        "name: x\n---\nname: y\n",
        "2: not valid YAML: a second document begins; a file describes one workspace",
    ),
    "anchor": (
        f"name: x\nkeys:\n  a: &{CANARY} {{}}\n",
        "3: anchors and aliases (& and *) are not used in this file; write the value itself, and put a text that begins with & or * in quotes",
    ),
    "alias": (
        f"name: *{CANARY}\n",
        "1: anchors and aliases (& and *) are not used in this file; write the value itself, and put a text that begins with & or * in quotes",
    ),
    "tag": (
        f"name: !{CANARY} x\n",
        "1: tags (!) are not used in this file; put a text that begins with ! in quotes",
    ),
    "deep": ("name: " + "[" * 5000, "1: this is nested too deeply"),
    "twice": ("name: x\nkeys:\nname: y\n", "3: name stands here again; the first is in line 1"),
    "label twice": (
        f"name: x\nkeys:\n  a: {KEY}\n  a: {KEY}\n",
        "4: keys.a stands here again; the first is in line 3",
    ),
    "name no text": ("name: x\n5: y\n", "2: a name is not a text; put it in quotes"),
    "label no text": (
        f"name: x\nkeys:\n  on: {KEY}\n",
        "3: a name in keys is not a text; put it in quotes",
    ),
    "merge": (
        "name: x\nkeys:\n  <<: {a: b}\n",
        "3: merging (<<) is not used in this file; write the values themselves",
    ),
    # the workspace
    "no workspace": (
        "keys: {}\n",
        "1: name is required: the name of the workspace to make (or workspaceId, for one that exists)",
    ),
    "two workspaces": (
        "name: x\nworkspaceId: y\n",
        "2: workspaceId and name exclude each other: the workspace exists, or it is made",
    ),
    "name a number": ("name: 5\n", "1: name must be a string, not a number; put it in quotes"),
    "name blank": ("name: ' '\n", "1: name must not be empty"),
    "workspace a list": ("workspaceId: [a]\n", "1: workspaceId must be a string, not a list"),
    "unknown": ("name: x\nmember:\n", "2: member is no field; did you mean members?"),
    "sections": (
        "name: x\nmembers: [a]\n",
        "2: members must be a mapping, with one `name: value` in a line",
    ),
    # labels and entries
    "label": (
        f"name: x\nkeys:\n  a/b: {KEY}\n",
        "3: keys.a/b is no label: it may have letters, digits and . _ - @ + only",
    ),
    "entry": (
        "name: x\nkeys:\n  a: AWS\n",
        "3: keys.a must be a mapping, with one `name: value` in a line",
    ),
    "near": (entry("regoin: x"), "7: keys.a.regoin is no field; did you mean region?"),
    "snake": (
        entry("renamed_from: x"),
        "7: keys.a.renamed_from is no field; did you mean renamedFrom?",
    ),
    "far": (entry("colour: x"), f"7: keys.a.colour is no field; there are {FIELDS}"),
    "strange": (entry(f"{CANARY}-1: x"), f"7: keys.a has an unknown field; there are {FIELDS}"),
    "number in a text": (
        entry("tenantId: 5"),
        "7: keys.a.tenantId must be a string, not a number; put it in quotes",
    ),
    "boolean in a text": (
        entry("region: no"),
        "7: keys.a.region must be a string, not a boolean; put it in quotes",
    ),
    "date in a text": (
        entry("region: 2026-01-01"),
        "7: keys.a.region must be a string, not a date; put it in quotes",
    ),
    "mapping in a text": (
        entry("region: {a: b}"),
        "7: keys.a.region must be a string, not an object",
    ),
    "endpoint": (
        entry(f"endpoint: https://a:{CANARY}@b"),
        "7: keys.a.endpoint must not contain a user name or password; use key and secret",
    ),
    "triggers": (
        entry("rotationTriggers: [a]"),
        "7: keys.a.rotationTriggers must be an object of strings, not a list",
    ),
    "trigger": (
        entry("rotationTriggers: {a: 1}"),
        "7: keys.a.rotationTriggers.a must be a string, not a number; put it in quotes",
    ),
    "flag": (
        entry("adoptExisting: maybe"),
        "7: keys.a.adoptExisting must be true or false, not a string",
    ),
    "member without user": (member("role: READ"), "3: members.ada needs email or userId"),
    "member with two users": (
        member("role: READ, email: a@b.c, userId: u"),
        "3: members.ada has both email and userId; one of them is enough",
    ),
    "member without role": (member("userId: u"), "3: members.ada.role is required"),
    "role": (
        member("userId: u, role: read"),
        "3: members.ada.role must be written in capitals: READ",
    ),
    "address": (member("email: ada, role: READ"), "3: members.ada.email must be an email address"),
    "address a number": (
        member("email: 5, role: READ"),
        "3: members.ada.email must be an email address",
    ),
    "address a secret": (
        member('email: "${config:key}@b", role: READ'),
        "3: members.ada.email must not come from a secret: it is shown",
    ),
    "own label": (
        entry("renamedFrom: a"),
        "7: keys.a.renamedFrom names a label that keys still has; remove it, or rename in two steps",
    ),
    "former label": (
        entry("renamedFrom: 5"),
        "7: keys.a.renamedFrom must be a label or a list of labels",
    ),
    "former label twice": (
        "name: x\nmembers:\n  a: {userId: a, role: READ, renamedFrom: c}\n  b: {userId: b, role: READ, renamedFrom: c}\n",
        "3: members.a.renamedFrom names a label that another entry was renamed from as well\n"
        "4: members.b.renamedFrom names a label that another entry was renamed from as well",
    ),
    # credentials and references
    "literal": (
        entry("") + f"  b:\n    provider: AWS\n    key: ${{config:key}}\n    secret: {CANARY}\n",
        f"11: keys.b.secret {REFERENCE}",
    ),
    "literal number": (
        entry("") + "  b:\n    provider: AWS\n    key: ${config:key}\n    secret: 123456\n",
        f"11: keys.b.secret {REFERENCE}",
    ),
    "literal list": (
        entry("") + f"  b:\n    provider: AWS\n    key: ${{config:key}}\n    secret: [{CANARY}]\n",
        f"11: keys.b.secret {REFERENCE}",
    ),
    "literal block": (
        entry("")
        + f"  b:\n    provider: AWS\n    key: ${{config:key}}\n    secret: |\n      {CANARY}\n",
        f"11: keys.b.secret {REFERENCE}",
    ),
    "half a literal": (
        entry("")
        + f"  b:\n    provider: AWS\n    secret: ${{config:secret}}\n    key: {CANARY}${{config:key}}\n",
        f"11: keys.b.key {REFERENCE}",
    ),
    "no reference": (
        entry("region: ${place}"),
        "7: keys.a.region has a ${ that begins no reference: write ${config:NAME} or ${env:NAME}, or $${ for ${ itself",
    ),
    "a default": (
        entry("region: ${config:nothing:-eu}"),
        "7: keys.a.region has a ${ that begins no reference: write ${config:NAME} or ${env:NAME}, or $${ for ${ itself",
    ),
    "missing config": (
        entry("region: ${config:nothing}"),
        "7: keys.a.region takes nothing of the stack config, which is not set\nSet what is missing:\n  pulumi config set nothing",
    ),
    "missing variable": (
        entry("region: ${env:NOTHING}"),
        "7: keys.a.region takes the environment variable NOTHING, which is not set\nSet what is missing:\n  export NOTHING=...",
    ),
    "plain credential": (
        "name: x\nkeys:\n  a:\n    provider: AWS\n    key: ${config:place}\n    secret: ${config:secret}\n",
        "5: keys.a.key takes place of the stack config, which is stored there in clear text; it must be a secret\nSet what is missing:\n  pulumi config set --secret place",
    ),
    "missing address": (
        member('email: "${env:NOTHING}", role: READ'),
        "3: members.ada.email takes the environment variable NOTHING, which is not set\nSet what is missing:\n  export NOTHING=...",
    ),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_message(case: str, directory: Path) -> None:
    text, expected = MESSAGES[case]
    assert problems(text) == expected.split("\n")


def test_everything_is_told_at_once_in_the_order_of_the_file(directory: Path) -> None:
    found = problems(
        """\
nam: Team
members:
  ada: {email: ada@example.com, role: ${env:NOTHING}}
""".replace("${env:NOTHING}", "'${env:NOTHING}'")
        + """\
keys:
  a:
    region: 5
  b:
    provider: AWS
    key: ${config:missing}
    secret: ${config:place}
    description: ${config:missing}, ${config:another}
"""
    )
    assert found == [
        "1: nam is no field; did you mean name?",
        "1: name is required: the name of the workspace to make (or workspaceId, for one that exists)",
        "3: members.ada.role takes the environment variable NOTHING, which is not set",
        "5: keys.a.key is required",
        "5: keys.a.provider is required",
        "5: keys.a.secret is required",
        "6: keys.a.region must be a string, not a number; put it in quotes",
        "9: keys.b.key takes missing of the stack config, which is not set",
        "10: keys.b.secret takes place of the stack config, which is stored there in clear text; it must be a secret",
        "11: keys.b.description takes another of the stack config, which is not set",
        "11: keys.b.description takes missing of the stack config, which is not set",
        "Set what is missing:",
        "  pulumi config set --secret missing",
        "  pulumi config set --secret place",
        "  pulumi config set another",
        "  export NOTHING=...",
    ]


def test_many_problems_are_counted(directory: Path) -> None:
    entries = "".join(f"  k{number}: 5\n" for number in range(MOST_SHOWN + 7))
    found = problems(f"name: x\nkeys:\n{entries}")
    assert len(found) == MOST_SHOWN + 1
    assert found[-1] == "and 7 more"


def test_a_file_that_cannot_be_read(directory: Path) -> None:
    (directory / "folder").mkdir()
    for name, reason in {
        "nothing.yaml": "No such file or directory",
        "folder": "Is a directory",
        "a\0b": "this is no path",
    }.items():
        with pytest.raises(pulumi.RunError, match=f"cannot be read .{reason}.. A relative path"):
            read_description(name)


def test_a_huge_file_is_not_read(directory: Path) -> None:
    assert problems("#" * (MOST_BYTES + 1)) == [" is larger than 1024 KiB"]


STRUCTURED = {
    "creds": '{"key":"canary-secret-1","list":["a",{"b":"canary-secret-2"}],"n":5,"on":true,"empty":""}',
    "plain": '{"region":"eu","inner":{"deep":1.50}}',
    "flat.name": "flat",
    "flat": '{"name":"structured"}',
    "text": "{not an object",
    "document": '{\n "type": "canary-secret"\n}\n',
    "scalar": "text",
}


@pytest.fixture
def structured() -> None:
    values = {f"project:{name}": value for name, value in STRUCTURED.items()}
    values["other:creds"] = '{"key":"canary-secret-3"}'
    secret = ["project:creds", "project:document", "other:creds"]
    program_config.set_all_config(values, secret)


@pytest.mark.usefixtures("structured")
def test_a_path_into_structured_config(directory: Path) -> None:
    found = read(
        """\
name: Team ${config:plain.region} ${config:plain.inner.deep} ${config:flat.name} ${config:text}
keys:
  a:
    provider: AWS
    key: ${config:creds.key}
    secret: ${config:creds.list[1].b}
    description: n ${config:creds.n} ${config:creds.on} ${config:creds.list[0]}
  b:
    provider: GCP
    key: ${config:other:creds.key}
    secret: ${config:document}
"""
    )
    assert found.name == "Team eu 1.50 flat {not an object"
    a, b = found.keys.values()
    assert values([a.key, a.secret, a.description, b.key, b.secret]) == [
        (f"{CANARY}-1", True),
        (f"{CANARY}-2", True),
        ("n 5 true a", True),
        (f"{CANARY}-3", True),
        (STRUCTURED["document"], True),
    ]


SEVERAL = "of the stack config, which is no text but several values; name one of them:"


@pytest.mark.usefixtures("structured")
@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("creds", f"takes creds {SEVERAL} ${{config:creds.NAME}}"),
        ("creds.list", f"takes creds.list {SEVERAL} ${{config:creds.list[0]}}"),
        ("creds.list[1]", f"takes creds.list[1] {SEVERAL} ${{config:creds.list[1].NAME}}"),
        (
            "creds.nothing",
            "takes creds.nothing of the stack config, which is not set\nSet what is missing:\n  pulumi config set --secret --path creds.nothing",
        ),
        (
            "creds.empty",
            "takes creds.empty of the stack config, which is not set\nSet what is missing:\n  pulumi config set --secret --path creds.empty",
        ),
        (
            "creds.list[7]",
            "takes creds.list[7] of the stack config, which is not set\nSet what is missing:\n  pulumi config set --secret --path 'creds.list[7]'",
        ),
        (
            "creds.key.more",
            "takes creds.key.more of the stack config, which is not set\nSet what is missing:\n  pulumi config set --secret --path creds.key.more",
        ),
        (
            "new.key",
            "takes new.key of the stack config, which is not set\nSet what is missing:\n  pulumi config set --secret --path new.key",
        ),
        (
            "scalar.key",
            "takes scalar.key of the stack config, which is not set\nSet what is missing:\n  pulumi config set --secret scalar.key",
        ),
        (
            "plain.region",
            "takes plain.region of the stack config, which is stored there in clear text; it must be a secret\nSet what is missing:\n  pulumi config set --secret --path plain.region",
        ),
    ],
)
def test_what_is_wrong_with_a_path(reference: str, message: str, directory: Path) -> None:
    text = f"name: x\nkeys:\n  a: {{provider: AWS, key: '${{config:document}}', secret: '${{config:{reference}}}'}}\n"
    assert problems(text) == f"3: keys.a.secret {message}".split("\n")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n"])
def test_a_line_break_at_the_end_of_a_variable_is_refused(
    end: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AN_ID", f"{CANARY}{end}")
    for text in (entry("region: ${env:AN_ID}"), entry("").replace("config:key", "env:AN_ID")):
        (found,) = problems(text)
        reason = (
            "takes the environment variable AN_ID, which ends with a line break; set it without one"
        )
        assert found.endswith(reason)
    lines = f"{CANARY}\nsecond line{end}"
    monkeypatch.setenv("AN_ID", lines)
    found = read(entry("description: ${env:AN_ID}"))
    assert found.keys["a"].description == lines


HIDDEN = "is not visible in an editor, or changes how the line reads; remove it, or write it as an escape sequence in double quotes"


@pytest.mark.parametrize(
    "hidden",
    [
        *"\r\x85\u2028\u2029",  # line breaks of YAML 1.1, and of none or few editors
        *"\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",  # of direction
        *"\u200b\u200c\u200d\u2060\u2063\u00ad\u034f\u180e\ufe0f\U000e0041\U000e0100",  # without a shape
        *"\u3164\u115f\uffa0\u2800\u00a0\u2003\u202f\u3000",  # like spaces
        "\ufeff",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_an_editor_does_not_show_is_refused(hidden: str, end: str, directory: Path) -> None:
    text = f"name: x\n# a comment{hidden}workspaceId: w\nkeys:\n".replace("\n", end)
    (found,) = problems(text)
    assert found.startswith(f"2: U+{ord(hidden):04X} (")
    assert found.endswith(f") {HIDDEN}")
    (found,) = problems(f"keys:{end}name: 'x{hidden}'{end}")
    assert found.startswith(f"2: U+{ord(hidden):04X} (")


@given(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])))
def test_a_comment_hides_no_yaml(comment: str) -> None:
    tree = parse(f"name: x\n#{comment}\nkeys:\n".encode())
    assert tree.problems or tree.values == {"name": "x", "keys": None}


def test_pictures_and_other_scripts_are_text(directory: Path) -> None:
    description = "⚠️ \U0001f469\U0001f3fd\u200d\U0001f4bb 日本 عربي Zoë"
    text = f"# {description}\n{entry(f'description: {description}')}"
    assert read(text).keys["a"].description == description
    escaped = read(entry('description: "a\\u200bb"'))
    assert escaped.keys["a"].description == "a\u200bb"


SOUND = f"""\
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


DAMAGE = st.tuples(st.integers(0, len(SOUND)), SIGNS, st.integers(0, 5))


@given(damage=st.lists(DAMAGE, min_size=1, max_size=4))
def test_no_damage_makes_another_error_or_shows_a_literal(
    damage: list[tuple[int, str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = SOUND
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
    tree = parse(content)
    assert all(each.text and each.line >= 0 for each in tree.problems)
