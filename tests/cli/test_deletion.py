"""``flashback workspaces delete`` and ``flashback keys delete``, and the commands that suggest "
"it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from typing import Any

import click
import pytest

from pulumi_flashback.cli.app import commands
from pulumi_flashback.client import FlashbackClient
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.suggested_commands import to_delete_key, to_delete_workspace, to_import
from tests.cli.conftest import HOSTILE, KEY, SECRET, Run, Terminal, error_line, reply

NOT_FOUND = reply('{"success": false, "message": "Workspace not found"}', 404)
EMPTY = reply('{"success": true, "apiKeys": []}')
DELETE_KEY, DELETE_WORKSPACE = "DELETE /apikeys/{id}", "DELETE /workspace/{id}"
KEYS, WORKSPACE = "GET /apikeys", "GET /workspace/{id}"
UNKNOWN = "could not determine whether it still exists"


def delete_a_key(emulator: Emulator) -> list[str]:
    """Return the arguments that delete a new key."""
    key = emulator.add_api_key(key=KEY, secret=SECRET, description="Old backups")
    return ["keys", "delete", key, "--workspace", emulator.workspace_id]


def delete_a_workspace(emulator: Emulator) -> list[str]:
    """Return the arguments that delete a workspace in which nothing is."""
    return ["workspaces", "delete", emulator.second_workspace_id]


Delete = Callable[[Emulator], list[str]]
both = pytest.mark.parametrize("delete", [delete_a_key, delete_a_workspace])


def left(emulator: Emulator) -> int:
    """Count what can be deleted."""
    return len(emulator.api_keys()) + len(emulator.workspaces())


def test_a_key(run: Run, signed_in: Emulator) -> None:
    stays = signed_in.add_api_key(key="K2")
    command = delete_a_key(signed_in)
    ended = run(*command, "--yes")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"Deleted {command[2]}, AWS, 20")
    assert ended.out.endswith(", Old backups\n")
    assert [row["id"] for row in signed_in.api_keys()] == [stays]


def test_a_workspace(run: Run, signed_in: Emulator) -> None:
    first, second = signed_in.workspace_id, signed_in.second_workspace_id
    signed_in.rename_workspace(second, HOSTILE)
    ended = run("workspaces", "delete", second, "--yes")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f'Deleted workspace {second} it\'s "quoted"')
    assert ended.out.endswith(", 1 member(s)\n")
    assert [each.id for each in signed_in.workspaces()] == [first]
    # keys in it are named before they are out of reach
    key = signed_in.add_api_key()
    ended = run("workspaces", "delete", first, "--yes")
    assert ended.code == 0
    assert ended.err.startswith("warning: 1 API key(s) are in it; without the workspace, nobody")
    assert key in ended.err


def test_what_else_is_in_a_workspace(run: Run, signed_in: Emulator) -> None:
    workspace = {"workspaceId": signed_in.second_workspace_id}
    with FlashbackClient(signed_in.base_url, token=signed_in.token) as client:
        model = {"name": "assistant", "aiType": "OPENAI", "secret": SECRET}
        client.ai_llms.create({**workspace, **model})
    ended = run("workspaces", "delete", signed_in.second_workspace_id, "--yes")
    assert ended.code == 0
    assert "is not documented: AI model assistant. To be safe, delete them first\n" in ended.err
    assert "API key" not in ended.err


@both
def test_nobody_can_confirm_it(delete: Delete, run: Run, signed_in: Emulator) -> None:
    ended = run(*delete(signed_in))
    assert ended.code == 2
    text = "cannot prompt in a non-interactive session; pass --yes"
    assert error_line(ended.err).startswith(text)
    assert signed_in.count("DELETE") == 0


@both
@pytest.mark.parametrize(("typed", "code"), [("y", 0), ("n", 130), ("", 130)])
def test_it_must_be_confirmed(
    delete: Delete,
    typed: str,
    code: int,
    run: Run,
    signed_in: Emulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(f"{typed}\n"))
    command = delete(signed_in)
    ended = run(*command)
    assert ended.code == code
    kind = "workspace " if command[0] == "workspaces" else ""
    assert f"Delete {kind}{command[2]}" in ended.err
    assert ended.err.rstrip().endswith("[y/N]:")
    assert signed_in.count("DELETE") == (1 if code == 0 else 0)


def test_unknown_objects(run: Run, signed_in: Emulator) -> None:
    elsewhere = signed_in.add_api_key(signed_in.second_workspace_id)
    for command, words in (
        (["keys", "delete", elsewhere, "--workspace", signed_in.workspace_id], "no API key with"),
        (["keys", "delete", "unknown", "--workspace", signed_in.workspace_id], "no API key with"),
        (["workspaces", "delete", "unknown"], "GET /workspace/{id}: 404"),
    ):
        ended = run(*command, "--yes")
        assert ended.code == 1
        assert words in error_line(ended.err)
    assert signed_in.count("DELETE") == 0


def test_objects_in_use(run: Run, signed_in: Emulator) -> None:
    command = delete_a_key(signed_in)
    signed_in.mark_in_use(command[2], buckets=2, models=1)
    ended = run(*command, "--yes")
    assert ended.code == 1
    assert "in use by 2 bucket(s) and 1 AI model(s)" in error_line(ended.err)
    workspace, requests = signed_in.second_workspace_id, signed_in.count("DELETE")
    for contents in ({"buckets": 2}, {"repositories": 1}):
        signed_in.mark_workspace_in_use(workspace, **{"buckets": 0, "repositories": 0, **contents})
        ended = run("workspaces", "delete", workspace, "--yes")
        assert ended.code == 1
        words = f"workspace {workspace} Second is not empty, so the API does not delete it. In it: "
        assert error_line(ended.err).startswith(f"{words}{next(iter(contents))} ")
    assert signed_in.count("DELETE") == requests


@both
@pytest.mark.parametrize("fault", ["commit-then-reset", "reset-before-effect"])
def test_a_response_that_is_lost(fault: str, delete: Delete, run: Run, faulty: Emulator) -> None:
    command, before = delete(faulty), left(faulty)
    faulty.script_faults({DELETE_KEY: [fault], DELETE_WORKSPACE: [fault]})
    assert run(*command, "--yes").code == 0
    assert left(faulty) == before - 1
    assert len(faulty.faults_left()) == 1


@pytest.mark.parametrize(
    ("delete", "faults", "words", "end"),
    [
        (delete_a_key, {DELETE_KEY: [NOT_FOUND], KEYS: ["none", NOT_FOUND]}, UNKNOWN, "keys"),
        (
            delete_a_key,
            {DELETE_KEY: [NOT_FOUND], KEYS: ["none", EMPTY], WORKSPACE: [NOT_FOUND]},
            UNKNOWN,
            "keys",
        ),
        (
            delete_a_key,
            {DELETE_KEY: [NOT_FOUND], KEYS: ["none", *["html-502"] * 9]},
            UNKNOWN,
            "keys",
        ),
        (
            delete_a_workspace,
            {DELETE_WORKSPACE: ["html-502"], WORKSPACE: ["none", "html-502"]},
            UNKNOWN,
            "workspaces",
        ),
        (
            delete_a_workspace,
            {DELETE_WORKSPACE: [{**NOT_FOUND, "status": 403}]},
            "DELETE /workspace/{id}: 403",
            "",
        ),
    ],
)
def test_an_error_says_what_to_look_at_and_nothing_of_a_stack(
    delete: Delete,
    faults: dict[str, Any],
    words: str,
    end: str,
    run: Run,
    faulty: Emulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLASHBACK_MAX_RETRIES", "0")
    command = delete(faulty)
    faulty.script_faults(faults)
    ended = run(*command, "--yes")
    assert ended.code == 1
    line = error_line(ended.err)
    assert words in line
    assert "pulumi" not in line
    option = f" --workspace={faulty.workspace_id}" if end == "keys" else ""
    look = f"Check the credentials, then run `flashback {end} list{option}`"
    assert line.endswith(look) is bool(end)


def parsed(command: str) -> dict[str, Any]:
    """Return the arguments of a suggested command as the command itself reads them."""
    program, group, name, *arguments = shlex.split(command)
    assert (program, name) == ("flashback", "delete")
    parent = commands.commands[group]
    assert isinstance(parent, click.Group)
    return parent.commands[name].make_context(name, arguments).params


IDS = [
    "plain",
    "--yes",
    "-h",
    "--help",
    "-",
    "--",
    "it's",
    "two words",
    "$HOME",
    "a;b",
    "`id`",
    "*",
]


@pytest.mark.parametrize("workspace", ["w", "w 1", "-w", "--workspace", "--stack"])
@pytest.mark.parametrize("identifier", IDS)
def test_suggested_commands_take_every_id(workspace: str, identifier: str) -> None:
    for stack in (None, "org/dev", "--yes"):
        assert parsed(to_delete_key(workspace, identifier, stack)) == {
            "api_key_id": identifier,
            "workspace_id": workspace,
            "stack": stack,
            "yes": False,
        }
    wanted = {"workspace_id": workspace, "stack": None, "yes": False}
    assert parsed(to_delete_workspace(workspace)) == wanted
    words = shlex.split(to_import("token", "name", f"{workspace}/{identifier}"))
    end = ["--"] * workspace.startswith("-")
    assert words == ["pulumi", "import", *end, "token", "name", f"{workspace}/{identifier}"]
