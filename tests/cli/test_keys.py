"""``flashback workspaces`` and ``flashback keys``."""

from __future__ import annotations

import json

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
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
    assert error_line(ended.err).startswith("nobody can be asked here: give --yes")
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
