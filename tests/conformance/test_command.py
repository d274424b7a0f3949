"""The command line of ``flashback conformance``, and ``flashback emulator --like``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pulumi_flashback.emulator import EmulatorSettings
from pulumi_flashback.emulator.store import USER
from tests.cli.conftest import Run, Terminal, error_line
from tests.conformance.conftest import Conform, Start, variables


def sign_in(monkeypatch: pytest.MonkeyPatch, named: dict[str, str]) -> None:
    for name, value in named.items():
        monkeypatch.setenv(name, value)


def test_as_a_process_and_without_the_emulator(start: Start, tmp_path: Path) -> None:
    emulator = start(EmulatorSettings(in_use_status=409))
    settings = tmp_path / "settings.json"
    program = (
        "import sys; absent = ['starlette', 'uvicorn', 'jwt', 'cryptography', 'jsonschema']\n"
        "sys.modules.update(dict.fromkeys(absent))\n"
        "from pulumi_flashback.cli.__main__ import main\n"
        f"sys.exit(main(['conformance', '--yes', '--settings', {str(settings)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **variables(emulator)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert json.loads(settings.read_text())["in_use_status"] == 409
    assert "to do that as well, install pulumi_flashback[emulator]" in done.stderr
    (line,) = (each for each in done.stdout.splitlines() if "in_use_status" in each)
    assert line.split() == ["differs", "in_use_status", "400", "409"]
    assert done.stdout.startswith("         BEHAVIOR")
    assert "[80/" in done.stderr


def test_it_says_what_it_will_do_and_asks(
    start: Start, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator = start()
    sign_in(monkeypatch, variables(emulator))
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    ended = run("conformance", "--organization-users")
    assert ended.code == 130
    assert "workspaces, whose names begin with flashback-conformance" in ended.err
    assert "creates a user of the organization" in ended.err
    assert f"as {emulator.email} and Grace.Hopper@flashback.example" in ended.err
    assert "Continue? [y/N]" in ended.err
    assert {m for m, p, _ in emulator.requests if p != "/user/login"} == {"GET"}


def test_leftovers_are_deleted_once_somebody_agrees(
    start: Start, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator = start()
    name = "flashback-conformance-20260101T000000Z-0123abcd"
    left = emulator.add_workspace(name)
    sign_in(monkeypatch, variables(emulator))
    for answers, count in (("y\nn\n", 3), ("y\ny\n", 2)):
        monkeypatch.setattr(sys, "stdin", Terminal(answers))
        ended = run("conformance")
        assert f"workspace {left.id} {name}" in ended.err
        assert len(emulator.workspaces()) == count
    assert ended.code == 0


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "cannot prompt in a non-interactive session; pass --yes"),
        (["--yes", "--second-email", "a@x.example"], "or neither"),
        (
            ["--yes", "--report", "/nowhere/at/all.json"],
            "cannot write /nowhere/at/all.json: No such",
        ),
        (["--yes", "--settings", "/proc/settings.json"], "; name another file"),
        (["--yes", "--report", "."], "'.' is a directory"),
        (
            ["--yes", "--settings", "a.json", "--report", "a.json"],
            "name the same file; name two files",
        ),
        (["--yes", "--workspace", ""], "is not an id"),
        (["--yes", "--workspace", "no such id"], "is not an id"),
        (["--yes", "--workspace", "unknown"], "cannot create API keys for the observations"),
        (["--yes", "--workspace", "unknown", "--read-only"], "Check --workspace"),
    ],
)
def test_what_it_refuses(
    start: Start, run: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], problem: str
) -> None:
    sign_in(monkeypatch, variables(start(), second=False))
    ended = run("conformance", *arguments)
    assert ended.code == 2
    line = next(each for each in ended.err.splitlines(keepends=True) if "error:" in each)
    assert problem in error_line(line)
    assert ended.out == ""


def test_credentials_that_are_wrong(
    start: Start, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator = start()
    sign_in(monkeypatch, {**variables(emulator), "FLASHBACK_PASSWORD": "wrong"})
    ended = run("conformance", "--yes")
    assert (ended.code, ended.out) == (2, "")
    assert "the password is wrong" in error_line(ended.err)
    assert emulator.count("POST", "/user/login") == 1


@pytest.mark.parametrize(
    ("email", "problem"),
    [
        ("demo@flashback.example", "the second user is the first one"),
        ("ada@x.example", "Check --second-email and --second-password"),
    ],
)
def test_the_second_user_is_another_one(
    start: Start, run: Run, monkeypatch: pytest.MonkeyPatch, email: str, problem: str
) -> None:
    emulator = start()
    second = {"FLASHBACK_SECOND_EMAIL": email, "FLASHBACK_SECOND_PASSWORD": emulator.password}
    sign_in(monkeypatch, {**variables(emulator), **second})
    ended = run("conformance", "--yes")
    assert ended.code == 2
    assert problem in error_line(ended.err)


def test_a_user_who_may_not_create_workspaces(
    start: Start, conform: Conform, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator = start()
    demo = emulator.user(emulator.email)
    assert demo is not None
    emulator.set_org_role(demo, USER)
    refused = conform(emulator)
    assert refused.ended.code == 2
    assert "Insufficient permissions to create workspaces" in refused.ended.err
    found = conform(emulator, "--workspace", emulator.workspace_id)
    assert found.ended.code == 0
    assert found.settings["duplicate_identity"] == "key+provider+endpoint"
    assert found.settings["organization_users_for"] == "managers"


def test_a_token_alone_begins_no_session(
    start: Start, conform: Conform, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator = start()
    monkeypatch.setenv("FLASHBACK_TOKEN", emulator.token)
    found = conform(emulator, second=False)
    assert emulator.count("POST", "/user/login") == 0
    assert "sign in with email and password only" in found.reason("refresh_rotates")


def test_a_rate_limit_that_shows_up_by_itself(start: Start, conform: Conform) -> None:
    limited = EmulatorSettings(requests_per_second=20, retry_after_seconds=2)
    found = conform(start(limited), "--read-only")
    assert found.settings == {
        **conform(start(), "--read-only").settings,
        "retry_after_seconds": 2,
    }
    assert "there is a rate limit" in found.reason("requests_per_second")


def test_the_emulator_takes_the_settings(
    start: Start, conform: Conform, run: Run, tmp_path: Path
) -> None:
    conform(start(EmulatorSettings(in_use_status=409, list_order="newest-first")))
    path = tmp_path / "settings.json"
    from pulumi_flashback.emulator.settings import parse_settings, read_settings

    settings = parse_settings(["in_use_status=403"], read_settings(path))
    assert (settings.in_use_status, settings.list_order) == (403, "newest-first")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{"colour": 1, "in_use_status": 5}', "there is no setting 'colour'"),
        ('{"colour": 1, "in_use_status": 5}', "in_use_status must be 400, 403, 409"),
        ("[]", "must contain a JSON object"),
        ("{", "is not JSON"),
        (None, "cannot read"),
    ],
)
def test_files_that_the_emulator_refuses(
    run: Run, tmp_path: Path, content: str | None, problem: str
) -> None:
    path = tmp_path / "settings.json"
    if content is not None:
        path.write_text(content)
    ended = run("emulator", "--port", "0", "--like", path)
    assert ended.code == 1
    assert problem in error_line(ended.err)
