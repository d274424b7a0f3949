"""``flashback orphans``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.cli.contents import items_of
from pulumi_flashback.cli.orphans import as_rows, as_text, held_ids
from pulumi_flashback.client import ApiKey
from pulumi_flashback.emulator import Emulator
from tests.cli.conftest import HOSTILE, KEY, SECRET, Run, error_line
from tests.furnished import furnish

NATIVE, DYNAMIC = TYPES = (
    "flashback:index:ApiKey",
    "pulumi-python:dynamic/flashback:ApiKey",
)


def state(*resources: dict[str, Any]) -> str:
    return json.dumps({"version": 3, "deployment": {"manifest": {}, "resources": resources}})


def key(identifier: str, kind: str = NATIVE, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn::{identifier}", "custom": True, "type": kind, "id": identifier, **more}


HELD = state(
    {"urn": "urn", "custom": False, "type": "pulumi:pulumi:Stack"},
    key("native"),
    key("dynamic", DYNAMIC),
    key("read", external=True),
    key("to-be-deleted", delete=True),
    key("other", "aws:iam/accessKey:AccessKey"),
    {"urn": "urn", "custom": True, "type": NATIVE},
)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (HELD, {"native", "dynamic", "to-be-deleted"}),
        # a state file of a local backend
        (f'{{"checkpoint": {{"latest": {json.dumps(json.loads(HELD)["deployment"])}}}}}', None),
        ('{"checkpoint": {"latest": null}}', set()),
        ('{"deployment": {}}', set()),
        ('{"deployment": null}', set()),
    ],
)
def test_what_a_stack_holds(text: str, held: set[str] | None) -> None:
    wanted = held_ids(HELD, "x") if held is None else {("ApiKey", each) for each in held}
    assert held_ids(text, "x") == wanted


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "1", "null", '"deployment"', "{}", "[" * 100_000),
        *('{"deployment": 1}', '{"checkpoint": {}}', '{"deployment": {"resources": [1]}}'),
        *('{"deployment": {"resources": [{}]}}', state(key("x")).encode("utf-16")),
    ],
)
def test_what_is_no_state(text: str | bytes, tmp_path: Path, run: Run) -> None:
    file = tmp_path / "state.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    ended = run("orphans", "--workspace", "W", "--state", file)
    assert ended.code == 1
    advice = "Create one with `pulumi stack export --file FILE`"
    assert error_line(ended.err) == f"{file} is not the state of a stack. {advice}"


@pytest.fixture
def states(tmp_path: Path, signed_in: Emulator) -> list[str | Path]:
    """Two stacks that hold a key each; two other keys have no stack."""
    ids = [signed_in.add_api_key(key=f"{KEY}{n}", secret=SECRET) for n in range(2)]
    signed_in.add_api_key(key=KEY, secret=SECRET, description=HOSTILE)
    signed_in.add_api_key(key=KEY, secret=SECRET, provider="GCP")
    arguments: list[str | Path] = ["--workspace", signed_in.workspace_id]
    for number, identifier in enumerate(ids):
        file = tmp_path / f"{number}.json"
        file.write_text(state(key(identifier, TYPES[number])))
        arguments += ["--state", file]
    return arguments


def test_orphans(run: Run, states: list[str | Path], signed_in: Emulator) -> None:
    hostile, gcp = ids = [row["id"] for row in signed_in.api_keys()[2:]]
    ended = run("orphans", *states)
    assert ended.code == 0
    # both may have been created in the same millisecond: then their ids decide the order
    first, second = sorted(ended.out.split("\n\n"), key=lambda each: each.startswith(gcp))
    assert first.startswith(f"{hostile}, AWS, 20")
    assert len(first.splitlines()) == 3
    workspace = signed_in.workspace_id
    commands = [
        f"flashback keys delete {gcp} --workspace {workspace}",
        f"pulumi import flashback:index:ApiKey gcp_{gcp[:8]} {workspace}/{gcp}",
    ]
    assert second.startswith(f"{gcp}, GCP, 20")
    assert second.splitlines()[1:] == [f"  {each}" for each in commands]
    ended = run("orphans", *states, "--output", "json", "--exit-code")
    assert ended.code == 3
    rows = sorted(json.loads(ended.out), key=lambda row: row["id"] == gcp)
    assert [row["id"] for row in rows] == ids
    assert [rows[1]["remove"], rows[1]["import"]] == commands
    # every state counts
    assert len(json.loads(run("orphans", *states[:-2], "--output", "json").out)) == 3


def test_the_command_that_is_printed_removes_it(
    run: Run, states: list[str | Path], signed_in: Emulator
) -> None:
    for row in json.loads(run("orphans", *states, "--output", "json").out):
        assert run(*row["remove"].split()[1:], "--yes").code == 0
    assert len(signed_in.api_keys()) == 2
    ended = run("orphans", *states, "--exit-code")
    assert (ended.code, ended.out) == (0, "no orphans\n")


def test_a_state_on_the_standard_input(
    run: Run, signed_in: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, other = (signed_in.add_api_key(key=f"K{n}") for n in range(2))
    (tmp_path / "x.json").write_text(state(key(held)))
    with (tmp_path / "x.json").open() as piped:
        monkeypatch.setattr(sys, "stdin", piped)
        ended = run("orphans", "--workspace", signed_in.workspace_id, "--state", "-")
    assert ended.err == ""
    assert ended.out.startswith(other)
    assert held not in ended.out


def test_a_wrong_workspace_is_not_one_without_orphans(
    run: Run, signed_in: Emulator, tmp_path: Path
) -> None:
    (tmp_path / "x.json").write_text(state())
    ended = run("orphans", "--workspace", "wrong", "--state", tmp_path / "x.json")
    assert ended.code == 1
    assert "403" in error_line(ended.err)


@pytest.mark.parametrize("number", [0, 1])
def test_all_kinds(number: int, run: Run, signed_in: Emulator, tmp_path: Path) -> None:
    made = furnish(signed_in, SECRET)
    kinds = {
        "ApiKey": ["key"],
        "Bucket": ["shared", "alone"],
        "AiLlm": ["model"],
        "Repository": ["repository"],
        "RepositoryApiKey": ["access"],
        "RepositoryAiKey": ["ai access"],
        "RepositoryCloudKey": ["cloud access"],
        "Policy": ["policy", "of repository"],
    }
    (tmp_path / "x.json").write_text(state())
    command = ["orphans", "--workspace", signed_in.workspace_id, "--state", tmp_path / "x.json"]
    rows = json.loads(run(*command, "--output", "json").out)
    found = {(row["type"], row["id"]) for row in rows}
    assert found == {(kind, made[each]) for kind, names in kinds.items() for each in names}
    assert [row["type"] for row in rows if row["remove"]] == ["ApiKey"]
    shared = next(row for row in rows if row["id"] == made["shared"])
    identifier = f"{signed_in.workspace_id}/{made['shared']}"
    assert shared["import"] == f"pulumi import flashback:index:Bucket bucket_backups {identifier}"
    text = run(*command).out
    assert f"{made['shared']}, Bucket, {shared['createdAt']}, backups\n  pulumi import " in text
    # held by a stack of either provider
    tokens = ("flashback:index:{}", "pulumi-python:dynamic/flashback:{}")
    held = [
        key(made[each], tokens[number].format(k))
        for k, each_of in kinds.items()
        for each in each_of
    ]
    (tmp_path / "x.json").write_text(state(*held))
    assert run(*command, "--exit-code").out == "no orphans\n"


def test_what_others_wrote_is_printed_without_what_nobody_sees() -> None:
    row = {"id": "k\u202e1", "provider": "A\u2066WS", "description": "a\ufeff\U000e0041\x1b[2Jb"}
    (item,) = items_of("ApiKey", [ApiKey(id="k1")], {"workspaceId": "w\u061c"})
    shown = as_text(as_rows([item], {"k1": row}, "w\u061c", None))
    assert shown.replace("\n", "").isprintable()
