"""``flashback orphans``."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest

from pulumi_flashback.cli.app import commands
from pulumi_flashback.cli.orphans import TYPES, as_text, held_ids, with_commands
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.suggested_commands import to_delete_key, to_import
from tests.cli.conftest import COMMAND, HOSTILE, KEY, SECRET, Run, environment_of, error_line

NATIVE, DYNAMIC = TYPES


def state(*resources: dict[str, Any]) -> str:
    return json.dumps({"version": 3, "deployment": {"manifest": {}, "resources": resources}})


def key(identifier: str, kind: str = NATIVE, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn::{identifier}", "custom": True, "type": kind, "id": identifier, **more}


def test_what_a_stack_holds() -> None:
    text = state(
        {"urn": "urn", "custom": False, "type": "pulumi:pulumi:Stack"},
        key("native"),
        key("dynamic", DYNAMIC),
        key("read", external=True),
        key("to-be-deleted", delete=True),
        key("other", "aws:iam/accessKey:AccessKey"),
        {"urn": "urn", "custom": True, "type": NATIVE},
    )
    assert held_ids(text, "x") == {"native", "dynamic", "to-be-deleted"}


def test_a_state_file_of_a_local_backend() -> None:
    latest = json.loads(state(key("native")))["deployment"]
    assert held_ids(json.dumps({"checkpoint": {"latest": latest}}), "x") == {"native"}
    for empty in ('{"checkpoint": {"latest": null}}', '{"deployment": {}}', '{"deployment": null}'):
        assert held_ids(empty, "x") == set()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "1",
        "null",
        '"deployment"',
        "{}",
        '{"deployment": 1}',
        '{"checkpoint": {}}',
        '{"deployment": {"resources": [1]}}',
        '{"deployment": {"resources": [{}]}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_state(text: str, tmp_path: Path, run: Run) -> None:
    file = tmp_path / "state.json"
    file.write_text(text)
    ended = run("orphans", "--workspace", "W", "--state", file)
    assert ended.code == 1
    assert error_line(ended.err) == (
        f"{file} is no state of a stack. Make one with `pulumi stack export --file FILE`"
    )


def test_a_file_that_is_no_text(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "state.json"
    file.write_bytes(state(key("x")).encode("utf-16"))
    assert "is no state of a stack" in run("orphans", "--workspace", "W", "--state", file).err


@pytest.fixture
def states(tmp_path: Path, signed_in: Emulator) -> list[str | Path]:
    """Two stacks that hold a key each; a third key has no stack."""
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
    hostile, gcp = (row["id"] for row in signed_in.api_keys()[2:])
    ended = run("orphans", *states)
    assert ended.code == 0
    first, second = ended.out.split("\n\n")
    assert first.startswith(f"{hostile}, AWS, 20")
    assert second.startswith(f"{gcp}, GCP, 20")
    workspace = signed_in.workspace_id
    assert second.splitlines()[1:] == [
        f"  flashback keys delete {gcp} --workspace {workspace}",
        f"  pulumi import flashback:index:ApiKey gcp_{gcp[:8]} {workspace}/{gcp}",
    ]
    assert len(first.splitlines()) == 3


def test_orphans_for_programs(run: Run, states: list[str | Path], signed_in: Emulator) -> None:
    ended = run("orphans", *states, "--output", "json", "--exit-code")
    assert ended.code == 3
    rows = json.loads(ended.out)
    assert [row["id"] for row in rows] == [row["id"] for row in signed_in.api_keys()[2:]]
    assert all(row["remove"].startswith("flashback keys delete ") for row in rows)
    assert all(row["import"].startswith("pulumi import ") for row in rows)


def test_every_state_counts(run: Run, states: list[str | Path], signed_in: Emulator) -> None:
    ended = run("orphans", *states[:-2], "--output", "json")
    assert len(json.loads(ended.out)) == 3


def test_the_command_that_is_printed_removes_it(
    run: Run, states: list[str | Path], signed_in: Emulator
) -> None:
    for row in json.loads(run("orphans", *states, "--output", "json").out):
        assert run(*row["remove"].split()[1:], "--yes").code == 0
    assert len(signed_in.api_keys()) == 2
    ended = run("orphans", *states, "--exit-code")
    assert (ended.code, ended.out) == (0, "no orphans\n")


def test_a_state_on_the_standard_input(flashback_emulator: Emulator) -> None:
    held, other = (flashback_emulator.add_api_key(key=f"K{n}") for n in range(2))
    done = subprocess.run(
        [*COMMAND, "orphans", "--workspace", flashback_emulator.workspace_id, "--state", "-"],
        env=environment_of(flashback_emulator),
        input=state(key(held)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(other)
    assert held not in done.stdout


def test_a_wrong_workspace_is_not_one_without_orphans(
    run: Run, signed_in: Emulator, tmp_path: Path
) -> None:
    (tmp_path / "x.json").write_text(state())
    ended = run("orphans", "--workspace", "wrong", "--state", tmp_path / "x.json")
    assert ended.code == 1
    assert "403" in error_line(ended.err)


ODD_IDS = ["--yes", "-h", "--help", "-", "--", "it's", "two words", "$HOME", "a;b", "`id`", "*"]


@pytest.mark.parametrize("identifier", ODD_IDS)
@pytest.mark.parametrize("workspace", ["workspace-uuid", "--stack", "-w"])
def test_the_command_that_removes_a_key_takes_every_id(identifier: str, workspace: str) -> None:
    program, *arguments = shlex.split(to_delete_key(workspace, identifier, "dev"))
    assert program == "flashback"
    keys = commands.commands["keys"]
    assert isinstance(keys, click.Group)
    assert arguments[:2] == ["keys", "delete"]
    given = keys.commands["delete"].make_context("delete", arguments[2:]).params
    wanted = {"api_key_id": identifier, "workspace_id": workspace, "yes": False, "stack": "dev"}
    assert given == wanted


@pytest.mark.parametrize("workspace", ["w", "--yes"])
def test_the_command_that_imports_a_key_takes_every_id(workspace: str) -> None:
    words = shlex.split(to_import(NATIVE, "backups", f"{workspace}/--yes"))
    assert words[-3:] == [NATIVE, "backups", f"{workspace}/--yes"]
    assert ("--" in words) is workspace.startswith("-")


def test_what_others_wrote_is_printed_without_what_nobody_sees() -> None:
    row = {"id": "k\u202e1", "provider": "A\u2066WS", "description": "a\ufeff\U000e0041\x1b[2Jb"}
    shown = as_text(with_commands([row], "w\u061c", None))
    assert shown.replace("\n", "").isprintable()
