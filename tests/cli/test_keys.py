"""``flashback workspaces list`` and ``flashback keys list``."""

from __future__ import annotations

import json

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.testing import EmulatorFactory
from tests.cli.conftest import HOSTILE, KEY, SECRET, Run, SignIn, error_line


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


def test_empty_lists(run: Run, signed_in: Emulator) -> None:
    keys = ("keys", "list", "--workspace", signed_in.workspace_id)
    assert run(*keys).out == "no keys\n"
    assert json.loads(run(*keys, "--output", "json").out) == []
    for each in signed_in.workspaces():
        signed_in.delete_workspace(each.id)
    assert run("workspaces", "list").out == "no workspaces\n"
    assert json.loads(run("workspaces", "list", "--output", "json").out) == []


def test_keys(run: Run, signed_in: Emulator) -> None:
    plain = signed_in.add_api_key(key=KEY, secret=SECRET, region="eu-central-1")
    other = signed_in.add_api_key(key="K", secret=SECRET, provider="GCP", description=HOSTILE)
    signed_in.mark_in_use(other, buckets=2)
    listing = ("keys", "list", "--workspace", signed_in.workspace_id)
    heading, first, second = run(*listing).out.splitlines()
    assert "ENDPOINT" not in heading
    assert first.split()[:3] == [plain, "AWS", "eu-central-1"]
    assert second.startswith(f"{other}  GCP ")
    assert heading.index("REGION") == first.index("eu-central-1")
    assert heading.index("DESCRIPTION") == second.index("it's")
    assert all(letter.isprintable() for letter in second)
    printed = run(*listing, "--provider", "GCP", "--output", "json").out
    assert printed.isascii()
    (row,) = json.loads(printed)
    assert (row["id"], row["description"]) == (other, HOSTILE)
    assert not {"key", "secret"} & set(row)


@pytest.mark.parametrize("provider", ["AWS", "aws", "Aws"])
def test_the_case_of_a_provider_does_not_count(
    provider: str, run: Run, flashback_emulator_factory: EmulatorFactory, sign_in: SignIn
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(unknown_provider="accepted"))
    sign_in(emulator)
    wanted = [emulator.add_api_key(key=each, provider=each) for each in ("AWS", "aws")]
    emulator.add_api_key(key="g", provider="GCP")
    listing = ("keys", "list", "--workspace", emulator.workspace_id, "--output", "json")
    rows = json.loads(run(*listing, "--provider", provider).out)
    assert [row["id"] for row in rows] == wanted


def test_what_cannot_be_read_is_named(run: Run, faulty: Emulator) -> None:
    rows = [{"id": "odd", "provider": "AWS", "region": 7}, {"provider": "GCP"}]
    body = json.dumps({"success": True, "apiKeys": rows})
    faulty.script_faults({"GET /apikeys": [{"fault": "none", "body": body}]})
    ended = run("keys", "list", "--workspace", faulty.workspace_id)
    assert "odd" in ended.out
    assert "warning: GET /apikeys: region of odd cannot be read" in ended.err
    assert "warning: GET /apikeys: 1 row(s) have no usable id" in ended.err


def test_a_workspace_without_access_is_not_an_empty_one(
    run: Run,
    flashback_emulator_factory: EmulatorFactory,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(foreign_workspace_list="empty"))
    sign_in(emulator)
    monkeypatch.setenv("FLASHBACK_TOKEN", emulator.issue_token(emulator.add_user("x@y.example")))
    ended = run("keys", "list", "--workspace", emulator.workspace_id)
    assert ended.code == 1
    assert "GET /workspace/{id}: 404" in error_line(ended.err)
