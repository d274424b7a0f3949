"""Whatever ends the command, nothing that it has created stays; what it has not created does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.settings import parse_settings
from pulumi_flashback.emulator.store import User
from tests.conformance.conftest import Conform, Start, variables

NAME = "flashback-conformance-20260101T000000Z-0123abcd"

POINTS = [
    ("POST /workspace", 1),
    ("POST /workspace", 4),
    ("POST /apikeys", 1),
    ("POST /apikeys", 20),
    ("POST /bucket", 1),
    ("POST /repo", 1),
    ("POST /repo/{id}/apikey", 1),
    ("POST /repo/{id}/cloud-apikey", 1),
    ("POST /repo/{id}/ai/apikey", 1),
    ("POST /ai/llm", 1),
    ("POST /policy", 1),
    ("POST /organization/users", 1),
    ("PUT /workspace/{id}", 2),
    ("DELETE /workspace/{id}", 1),
    ("DELETE /workspace/{id}/users/{userId}", 1),
    ("DELETE /apikeys/{id}", 30),
]
"""Requests after whose effect the command ends: the operation, and which of its requests."""


def left(emulator: Emulator) -> list[str]:
    """Return the names of all that the command could have left behind."""
    workspaces = [each.name for each in emulator.workspaces()]
    keys = [row["description"] for w in emulator.workspaces() for row in emulator.api_keys(w.id)]
    users = [each.email for each in emulator.store.find(User) if not each.deleted_at]
    named = [
        row["name"]
        for table in ("buckets", "repositories", "ai_llms", "repository_api_keys")
        for row in emulator.store.execute(f"SELECT name FROM {table}")
    ]
    for table in ("policies", "repository_ai_keys"):
        rows = emulator.store.execute(f"SELECT name, deleted_at FROM {table}")
        named += [row["name"] for row in rows if not row["deleted_at"]]
    links = emulator.store.execute("SELECT id FROM repository_cloud_keys")
    named += [f"conformance link {row['id']}" for row in links]
    found = [*workspaces, *keys, *users, *named]
    return [each for each in found if "conformance" in str(each).lower()]


def end_at(
    emulator: Emulator, point: tuple[str, int], number: signal.Signals, *options: str
) -> tuple[int, str]:
    """Run the command in a process of its own, and end it; return its exit code and error."""
    operation, nth = point
    last = {"fault": "stall-after-commit"}
    script = [{"fault": "none", "times": nth - 1}, last] if nth > 1 else [last]
    emulator.script_faults({operation: script})
    command = [sys.executable, "-m", "pulumi_flashback.cli", "conformance", "--yes", *options]
    environment = {**os.environ, **variables(emulator)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        # a request counts as under way before it is carried out, so the backend is looked at, too
        while process.poll() is None and (
            emulator.faults_left() or not emulator.in_flight(operation) or not left(emulator)
        ):
            time.sleep(0.005)
        assert process.poll() is None, process.communicate()
        process.send_signal(number)
        error = process.communicate(timeout=60)[1]
    return process.returncode, error


@pytest.mark.parametrize("point", POINTS, ids=lambda point: f"{point[0]}-{point[1]}")
def test_the_next_run_deletes_what_a_killed_one_has_left(
    start: Start, conform: Conform, point: tuple[str, int]
) -> None:
    # the first user has lost a workspace when a membership ends, unless administrators may do all
    power = "as-members" if "userId" in point[0] else "administer"
    # a kill comes before the command knows how long lists lag
    lag = 2 if point[0] == "POST /apikeys" else 0
    settings = parse_settings([f"organization_admins={power}", f"list_lag={lag}"])
    emulator = start(settings, faults=True)
    code, _ = end_at(emulator, point, signal.SIGKILL, "--organization-users")
    assert code == -signal.SIGKILL
    leftovers = left(emulator)
    assert leftovers
    found = conform(emulator, "--organization-users")
    assert found.ended.code in (0, 1)
    assert "An interrupted run left behind:" in found.ended.err
    assert left(emulator) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("point", [POINTS[1], POINTS[5]], ids=["workspace", "user"])
def test_an_interrupted_run_cleans_up(
    start: Start, number: signal.Signals, point: tuple[str, int]
) -> None:
    emulator = start(faults=True)
    code, error = end_at(emulator, point, number, "--organization-users")
    assert code == 130
    assert "Traceback" not in error
    assert left(emulator) == []


@pytest.fixture
def foreign(start: Start) -> Emulator:
    """Return an emulator with objects that look like those of the command, or nearly so."""
    emulator = start(faults=True)
    emulator.add_api_key(description="flashback-conformance is nice")
    emulator.add_api_key(key="K2")
    emulator.add_workspace("flashback-conformance")
    emulator.set_member(emulator.workspace_id, emulator.add_user("ada@flashback.example"), "READ")
    return emulator


def everything(emulator: Emulator) -> list[object]:
    return [
        *map(vars, emulator.workspaces()),
        emulator.api_keys(),
        *(emulator.members(each.id) for each in emulator.workspaces()),
        *(each.email for each in emulator.store.find(User) if not each.deleted_at),
    ]


@pytest.mark.parametrize("options", [(), ("--workspace", "workspace-uuid"), ("--read-only",)])
def test_what_it_has_not_created_stays(
    foreign: Emulator, conform: Conform, options: tuple[str, ...]
) -> None:
    before = everything(foreign)
    assert conform(foreign, *options).ended.code == 0
    assert everything(foreign) == before


@pytest.mark.parametrize("point", [("POST /bucket", 1), *POINTS[5:10]], ids=lambda each: each[0])
def test_in_a_workspace_of_others(
    foreign: Emulator, conform: Conform, point: tuple[str, int]
) -> None:
    before = everything(foreign)
    end_at(foreign, point, signal.SIGKILL, "--workspace", foreign.workspace_id)
    assert everything(foreign) != before
    foreign.requests.clear()
    found = conform(foreign, "--workspace", foreign.workspace_id)
    assert found.ended.code == 0
    assert everything(foreign) == before
    assert left(foreign) == ["flashback-conformance", "flashback-conformance is nice"]
    writes = {f"{m} {p}" for m, p, _ in foreign.requests if m != "GET" and "/user/" not in p}
    # the last two are about what does not exist
    assert {each for each in writes if "workspace" in each} <= {
        "PUT /workspace/{id}",
        "POST /workspace/{id}/users",
    }


def test_a_read_only_run_only_reads(foreign: Emulator, conform: Conform) -> None:
    conform(foreign, "--read-only", "--organization-users")
    writes = {f"{method} {path}" for method, path, _ in foreign.requests if method != "GET"}
    assert writes == {"POST /user/login", "POST /user/logout"}


def test_a_leftover_that_others_use_stays(start: Start, conform: Conform) -> None:
    emulator = start()
    workspace = emulator.add_workspace(NAME)
    emulator.add_api_key(workspace.id)
    found = conform(emulator)
    assert "may contain something that this command did not create" in found.ended.err
    assert emulator.api_keys(workspace.id)
    assert [each.name for each in emulator.workspaces()] == ["Demo", "Second", NAME]


def test_what_cannot_be_deleted_is_named(start: Start, conform: Conform) -> None:
    emulator = start(faults=True)
    emulator.script_faults({"DELETE /workspace/{id}": [{"fault": "503", "times": "forever"}]})
    found = conform(emulator)
    assert "left behind: workspace" in found.ended.err
    assert found.ended.code == 2
    assert len(left(emulator)) == found.ended.err.count("left behind")


def test_a_lost_response_leaves_nothing(start: Start, conform: Conform, tmp_path: Path) -> None:
    emulator = start(faults=True)
    lost = [*["none"] * 3, "commit-then-reset"]
    emulator.script_faults(
        {"POST /apikeys": lost, "POST /workspace": lost, "POST /bucket": ["commit-then-reset"]}
    )
    found = conform(emulator)
    assert "the connection broke" in found.reason("duplicate_workspace_name") + found.reason(
        "in_use_status"
    )
    assert left(emulator) == []
