"""``flashback workspaces`` and ``flashback keys``."""

from __future__ import annotations

import io
import json
import shlex
import sys
from typing import Any

import pytest

from pulumi_flashback.cli.app import delete_key, delete_workspace
from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.suggested_commands import to_delete_key, to_delete_workspace, to_import
from pulumi_flashback.testing import EmulatorFactory
from tests.cli.conftest import HOSTILE, KEY, SECRET, Run, error_line


def test_workspaces(run: Run, signed_in: Emulator) -> None:
    signed_in.rename_workspace(signed_in.second_workspace_id, HOSTILE)
    ended = run("workspaces", "list")
    assert ended.code == 0
    heading, first, second = ended.out.splitlines()
    assert heading.split() == ["ID", "NAME"]
    assert first.split() == [signed_in.workspace_id, "Demo"]
    assert second.startswith(f'{signed_in.second_workspace_id}  it\'s "quoted"')
    rows = json.loads(run("workspaces", "list", "--output", "json").out)
    assert [row["name"] for row in rows] == ["Demo", HOSTILE]


def test_no_workspaces(run: Run, signed_in: Emulator) -> None:
    for each in signed_in.workspaces():
        signed_in.delete_workspace(each.id)
    assert run("workspaces", "list").out == "no workspaces\n"
    assert json.loads(run("workspaces", "list", "--output", "json").out) == []


def test_keys(run: Run, signed_in: Emulator) -> None:
    plain = signed_in.add_api_key(key=KEY, secret=SECRET, region="eu-central-1")
    other = signed_in.add_api_key(key="K", secret=SECRET, provider="GCP", description=HOSTILE)
    signed_in.mark_in_use(other, buckets=2)
    ended = run("keys", "list", "--workspace", signed_in.workspace_id)
    assert ended.code == 0
    heading, first, second = ended.out.splitlines()
    assert "ENDPOINT" not in heading
    assert first.split()[:3] == [plain, "AWS", "eu-central-1"]
    assert second.startswith(f"{other}  GCP ")
    assert heading.index("REGION") == first.index("eu-central-1")
    assert heading.index("DESCRIPTION") == second.index("it's")
    assert all(letter.isprintable() for letter in second)


def test_keys_for_programs(run: Run, signed_in: Emulator) -> None:
    signed_in.add_api_key(key=KEY, secret=SECRET)
    other = signed_in.add_api_key(key="K", secret=SECRET, provider="GCP", description=HOSTILE)
    listing = ["keys", "list", "--workspace", signed_in.workspace_id]
    ended = run(*listing, "--provider", "GCP", "--output", "json")
    assert ended.out.isascii()
    (row,) = json.loads(ended.out)
    assert row["id"] == other
    assert row["description"] == HOSTILE
    assert not {"key", "secret"} & set(row)


@pytest.mark.parametrize("asked", ["AWS", "aws", "Aws"])
def test_the_case_of_a_provider_does_not_count(
    asked: str,
    run: Run,
    flashback_emulator_factory: EmulatorFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(unknown_provider="accepted"))
    monkeypatch.setenv("FLASHBACK_BASE_URL", emulator.base_url)
    monkeypatch.setenv("FLASHBACK_TOKEN", emulator.token)
    wanted = [emulator.add_api_key(key=each, provider=each) for each in ("AWS", "aws")]
    emulator.add_api_key(key="g", provider="GCP")
    listing = ["keys", "list", "--workspace", emulator.workspace_id, "--output", "json"]
    rows = json.loads(run(*listing, "--provider", asked).out)
    assert [row["id"] for row in rows] == wanted


def test_what_cannot_be_read_is_named(run: Run, faulty: Emulator) -> None:
    rows = [{"id": "odd", "provider": "AWS", "region": 7}, {"provider": "GCP"}]
    body = json.dumps({"success": True, "apiKeys": rows})
    faulty.script_faults({"GET /apikeys": [{"fault": "none", "body": body}]})
    ended = run("keys", "list", "--workspace", faulty.workspace_id)
    assert "odd" in ended.out
    assert "warning: GET /apikeys: region of odd cannot be read" in ended.err
    assert "warning: GET /apikeys: 1 row(s) have no usable id" in ended.err


def test_no_keys(run: Run, signed_in: Emulator) -> None:
    listing = ["keys", "list", "--workspace", signed_in.workspace_id]
    assert run(*listing).out == "no keys\n"
    assert json.loads(run(*listing, "--output", "json").out) == []


def test_a_closed_workspace_is_not_an_empty_one(
    run: Run, flashback_emulator_factory: EmulatorFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = EmulatorSettings(foreign_workspace_list="empty")
    emulator = flashback_emulator_factory(settings)
    monkeypatch.setenv("FLASHBACK_BASE_URL", emulator.base_url)
    monkeypatch.setenv("FLASHBACK_TOKEN", emulator.issue_token(emulator.add_user("x@y.example")))
    ended = run("keys", "list", "--workspace", emulator.workspace_id)
    assert ended.code == 1
    assert "GET /workspace/{id}: 404" in error_line(ended.err)


def test_delete(run: Run, signed_in: Emulator) -> None:
    identifier = signed_in.add_api_key(key=KEY, secret=SECRET, description="Old backups")
    stays = signed_in.add_api_key(key="K2")
    ended = run("keys", "delete", identifier, "--workspace", signed_in.workspace_id, "--yes")
    assert ended.code == 0
    assert ended.out.startswith(f"Deleted {identifier}, AWS, 20")
    assert ended.out.endswith(", Old backups\n")
    assert [row["id"] for row in signed_in.api_keys()] == [stays]


def test_delete_where_nobody_can_be_asked(run: Run, signed_in: Emulator) -> None:
    identifier = signed_in.add_api_key()
    ended = run("keys", "delete", identifier, "--workspace", signed_in.workspace_id)
    assert ended.code == 2
    assert error_line(ended.err).startswith(
        "cannot prompt in a non-interactive session; pass --yes"
    )
    assert len(signed_in.api_keys()) == 1


def test_delete_of_an_unknown_key(run: Run, signed_in: Emulator) -> None:
    elsewhere = signed_in.add_api_key(signed_in.second_workspace_id)
    for identifier in (elsewhere, "unknown"):
        ended = run("keys", "delete", identifier, "--workspace", signed_in.workspace_id, "--yes")
        assert ended.code == 1
        assert "has no API key with this id" in error_line(ended.err)
    assert signed_in.count("DELETE") == 0


def test_delete_of_a_key_in_use(run: Run, signed_in: Emulator) -> None:
    identifier = signed_in.add_api_key()
    signed_in.mark_in_use(identifier, buckets=2, models=1)
    ended = run("keys", "delete", identifier, "--workspace", signed_in.workspace_id, "--yes")
    assert ended.code == 1
    assert "in use by 2 bucket(s) and 1 AI model(s)" in error_line(ended.err)


@pytest.mark.parametrize("fault", ["commit-then-reset", "reset-before-effect"])
def test_delete_whose_answer_is_lost(
    fault: str, run: Run, faulty_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", faulty_emulator.base_url)
    monkeypatch.setenv("FLASHBACK_TOKEN", faulty_emulator.token)
    identifier = faulty_emulator.add_api_key()
    faulty_emulator.script_faults({"DELETE /apikeys/{id}": [fault]})
    ended = run("keys", "delete", identifier, "--workspace", faulty_emulator.workspace_id, "--yes")
    assert ended.code == 0
    assert faulty_emulator.api_keys() == []
    assert faulty_emulator.faults_left() == {}


@pytest.fixture
def faulty(faulty_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return an emulator that the variables of this process sign in to, and that takes faults."""
    monkeypatch.setenv("FLASHBACK_BASE_URL", faulty_emulator.base_url)
    monkeypatch.setenv("FLASHBACK_TOKEN", faulty_emulator.token)
    return faulty_emulator


NOT_FOUND = {
    "fault": "html-502",
    "status": 404,
    "body": '{"success": false, "message": "Workspace not found"}',
    "contentType": "application/json",
}
GONE = {**NOT_FOUND, "body": '{"success": true, "apiKeys": []}', "status": 200}


@pytest.mark.parametrize(
    "faults",
    [
        {"GET /apikeys": ["none", NOT_FOUND]},
        {"GET /apikeys": ["none", GONE], "GET /workspace/{id}": [NOT_FOUND]},
        {"GET /apikeys": ["none", *["html-502"] * 9]},
    ],
)
def test_delete_from_a_workspace_that_was_closed_says_nothing_of_a_stack(
    faults: dict[str, Any], run: Run, faulty: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_MAX_RETRIES", "0")
    identifier = faulty.add_api_key()
    faulty.script_faults({**faults, "DELETE /apikeys/{id}": [NOT_FOUND]})
    ended = run("keys", "delete", identifier, "--workspace", faulty.workspace_id, "--yes")
    assert ended.code == 1
    line = error_line(ended.err)
    assert "could not determine whether it still exists" in line
    assert line.endswith(f"then run `flashback keys list --workspace={faulty.workspace_id}`")
    assert "pulumi" not in line


@pytest.mark.parametrize("identifier", ["--yes", "-h", "a b;c$(d)", "it's", "plain"])
@pytest.mark.parametrize("workspace", ["--workspace", "-w", "w 1", "w"])
@pytest.mark.parametrize("stack", [None, "--yes", "org/dev"])
def test_commands_that_are_printed_take_every_id(
    identifier: str, workspace: str, stack: str | None
) -> None:
    words = shlex.split(to_delete_key(workspace, identifier, stack))
    assert words[:3] == ["flashback", "keys", "delete"]
    context = delete_key.make_context("delete", words[3:])
    assert context.params == {
        "api_key_id": identifier,
        "workspace_id": workspace,
        "stack": stack,
        "yes": False,
    }
    words = shlex.split(to_import("flashback:index:ApiKey", "name", f"{workspace}/{identifier}"))
    end = ["--"] * workspace.startswith("-")
    assert words[2:] == [*end, "flashback:index:ApiKey", "name", f"{workspace}/{identifier}"]


@pytest.mark.parametrize("workspace", ["--yes", "-w", "w"])
def test_commands_about_workspaces_take_every_id(workspace: str) -> None:
    words = shlex.split(to_delete_workspace(workspace))
    context = delete_workspace.make_context("delete", words[3:])
    assert context.params == {"workspace_id": workspace, "stack": None, "yes": False}


def test_delete_of_a_workspace(run: Run, signed_in: Emulator) -> None:
    identifier = signed_in.second_workspace_id
    signed_in.rename_workspace(identifier, HOSTILE)
    ended = run("workspaces", "delete", identifier, "--yes")
    assert ended.code == 0
    assert ended.err == ""
    assert ended.out.startswith(f'Deleted workspace {identifier} it\'s "quoted"')
    assert ended.out.endswith(", 1 member(s)\n")
    assert [each.id for each in signed_in.workspaces()] == [signed_in.workspace_id]


def test_keys_of_a_workspace_that_is_deleted_are_named(run: Run, signed_in: Emulator) -> None:
    key = signed_in.add_api_key(key=KEY, secret=SECRET)
    ended = run("workspaces", "delete", signed_in.workspace_id, "--yes")
    assert ended.code == 0
    assert ended.err.startswith("warning: 1 API key(s) are in it, which nobody can list or delete")
    assert key in ended.err


@pytest.mark.parametrize(
    ("contents", "words"),
    [({"buckets": 2}, "buckets "), ({"repositories": 1}, "repositories ")],
)
def test_delete_of_a_workspace_with_something_in_it(
    contents: dict[str, int], words: str, run: Run, signed_in: Emulator
) -> None:
    signed_in.mark_workspace_in_use(signed_in.workspace_id, **contents)
    ended = run("workspaces", "delete", signed_in.workspace_id, "--yes")
    assert ended.code == 1
    line = error_line(ended.err)
    assert f"is not empty, so the platform does not delete it. In it: {words}" in line
    assert signed_in.count("DELETE") == 0


def test_delete_of_a_workspace_where_nobody_can_be_asked(run: Run, signed_in: Emulator) -> None:
    ended = run("workspaces", "delete", signed_in.workspace_id)
    assert ended.code == 2
    text = "cannot prompt in a non-interactive session; pass --yes"
    assert error_line(ended.err).startswith(text)
    assert signed_in.count("DELETE") == 0


@pytest.mark.parametrize(("reply", "code"), [("y", 0), ("n", 130), ("", 130)])
def test_a_deletion_is_asked_for(
    reply: str, code: int, run: Run, signed_in: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, workspace = signed_in.add_api_key(), signed_in.second_workspace_id
    for arguments, words in (
        (("workspaces", "delete", workspace), f"Delete workspace {workspace} "),
        (("keys", "delete", key, "--workspace", signed_in.workspace_id), f"Delete {key}, AWS"),
    ):
        terminal = Terminal(f"{reply}\n")
        monkeypatch.setattr(sys, "stdin", terminal)
        ended = run(*arguments)
        assert ended.code == code
        assert words in ended.err
        assert ended.err.rstrip().endswith("[y/N]:")
    assert signed_in.count("DELETE") == (2 if code == 0 else 0)


class Terminal(io.StringIO):
    """A person at the keyboard."""

    def isatty(self) -> bool:
        return True


def test_delete_of_an_unknown_workspace(run: Run, signed_in: Emulator) -> None:
    ended = run("workspaces", "delete", "unknown", "--yes")
    assert ended.code == 1
    assert "GET /workspace/{id}: 404" in error_line(ended.err)
    assert signed_in.count("DELETE") == 0


@pytest.mark.parametrize("fault", ["commit-then-reset", "reset-before-effect"])
def test_delete_of_a_workspace_whose_answer_is_lost(fault: str, run: Run, faulty: Emulator) -> None:
    faulty.script_faults({"DELETE /workspace/{id}": [fault]})
    ended = run("workspaces", "delete", faulty.second_workspace_id, "--yes")
    assert ended.code == 0
    assert [each.id for each in faulty.workspaces()] == [faulty.workspace_id]


def test_delete_of_a_workspace_that_is_refused(run: Run, faulty: Emulator) -> None:
    faulty.script_faults({"DELETE /workspace/{id}": [{**NOT_FOUND, "status": 403}]})
    ended = run("workspaces", "delete", faulty.second_workspace_id, "--yes")
    assert ended.code == 1
    assert "DELETE /workspace/{id}: 403" in error_line(ended.err)
    assert "pulumi" not in ended.err


def test_delete_of_a_workspace_that_cannot_be_looked_up(
    run: Run, faulty: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_MAX_RETRIES", "0")
    faulty.script_faults(
        {"DELETE /workspace/{id}": ["html-502"], "GET /workspace/{id}": ["none", "html-502"]}
    )
    ended = run("workspaces", "delete", faulty.second_workspace_id, "--yes")
    assert ended.code == 1
    line = error_line(ended.err)
    assert "could not determine whether it still exists" in line
    assert line.endswith("Check the credentials, then run `flashback workspaces list`")
