"""Workspaces with their members and keys through the real engine, in both forms."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.emulator.store import WORKSPACES
from pulumi_flashback.testing import EmulatorFactory
from tests.engine.conftest import CANARIES, KEY, SECRET, Stack
from tests.engine.test_cli import installed_sdk as installed_sdk
from tools.pulumi_project import CommandFailedError, Project

pytestmark = pytest.mark.engine

PROGRAM = Path(__file__).parent / "workspace_program"
PACKAGES = {"dynamic": "pulumi_flashback", "native": "pulumi_flashback_native"}

Plan = dict[str, dict[str, Any]]


class Team(Stack):
    """A stack of the program that declares workspaces."""

    def plan(self, plan: Plan) -> None:
        """Say what the program declares."""
        self.project.configure({"plan": json.dumps(plan)}, secret=True)

    def managed(self) -> dict[str, dict[str, Any]]:
        """Return all that the state has of the platform, by name."""
        rows = [each for each in self.project.resources("") if "flashback:" in each["type"]]
        return {each["urn"].rpartition("::")[2]: each for each in rows if each.get("id")}

    def ids(self) -> dict[str, str]:
        """Return the ids in the state, by name."""
        return {name: each["id"] for name, each in self.managed().items()}

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the resources of a type by name."""
        found = self.managed().items()
        return {name: each for name, each in found if each["type"].endswith(f":{kind}")}

    def requests(self) -> list[str]:
        """Return the requests in order of arrival, and forget them."""
        seen = [f"{method} {path}" for method, path, _ in self.emulator.requests]
        self.emulator.requests.clear()
        return seen

    def writes(self) -> list[str]:
        """Return the requests that change something, and forget all."""
        return [each for each in self.requests() if not each.startswith("GET ")]

    def assert_sound(self, *others: Stack) -> None:
        """The platform and the state have the same, and nothing shows a secret."""
        emulator = self.emulator
        given = {emulator.workspace_id, emulator.second_workspace_id}
        live = {each.id: each.name for each in emulator.workspaces()}
        made = {each["id"]: each["outputs"]["name"] for each in self.of_type("Workspace").values()}
        assert {key: name for key, name in live.items() if key not in given} == made
        keys = {row["id"] for each in live for row in emulator.api_keys(each)}
        assert keys == {each["id"] for each in self.of_type("ApiKey").values()}
        roles = {f"{w}/{u}": role for w in live for u, role in emulator.members(w).items()}
        for each in self.of_type("WorkspaceMember").values():
            assert roles[each["id"]] == each["outputs"]["role"]
        for canary in (*CANARIES, self.project.variables["FLASHBACK_TOKEN"]):
            assert canary not in self.printed
            assert not self.project.files_with(canary)


Start = Callable[..., Team]


@pytest.fixture(params=PACKAGES)
def start(
    request: pytest.FixtureRequest,
    pulumi_cli: Path,
    installed_sdk: Path,
    tmp_path: Path,
    flashback_emulator_factory: EmulatorFactory,
) -> Iterator[Start]:
    """Return a function that makes a stack, which declares nothing yet, and its emulator."""

    def make(settings: EmulatorSettings | None = None) -> Team:
        emulator = flashback_emulator_factory(settings, faults=True)
        directory = shutil.copytree(PROGRAM, tmp_path / "program")
        path = [str(pulumi_cli), str(Path(sys.executable).parent), os.environ["PATH"]]
        variables = {
            "FLASHBACK_BASE_URL": emulator.base_url,
            "FLASHBACK_TOKEN": emulator.token,
            "PATH": os.pathsep.join(path),
            "PYTHONPATH": str(installed_sdk),
        }
        project = Project(directory, pulumi_cli, variables, home=tmp_path / "home")
        project.create_stack()
        project.configure({"package": PACKAGES[request.param]})
        return Team(project, emulator)

    yield make
    shutil.rmtree(tmp_path, ignore_errors=True)


only_native = pytest.mark.parametrize("start", ["native"], indirect=True)


def key(workspace: str, **more: Any) -> dict[str, Any]:
    """Return a key of the plan, with canaries."""
    return {"workspace": workspace, "key": KEY, "secret": SECRET, "provider": "AWS", **more}


def member(workspace: str, user_id: str, role: str, **more: Any) -> dict[str, Any]:
    """Return a member of the plan."""
    return {"workspace": workspace, "user_id": user_id, "role": role, **more}


def whole(emulator: Emulator) -> Plan:
    """Return a plan with a bit of everything; the creator of the workspace is declared as well."""
    ada = emulator.add_user("ada@flashback.example").id
    ben = emulator.add_user("ben@flashback.example").id
    return {
        "workspaces": {"team": "Team"},
        "members": {
            "me": member("team", emulator.user_id, "ADMIN"),
            "ada": member("team", ada, "WRITE"),
            "ben": member("team", ben, "READ"),
        },
        "keys": {"a": key("team"), "b": key("team", provider="GCP")},
    }


def test_from_nothing_to_nothing(start: Start) -> None:
    team = start()
    plan = whole(team.emulator)
    team.plan(plan)
    assert "+ 7 to create" in team.run("preview")
    assert team.requests() == []  # the ids of the workspace are unknown, and nothing is asked

    assert "+ 7 created" in team.up()
    team.assert_sound()
    workspace = team.ids()["team"]
    assert team.project.outputs()["workspaceIds"] == {"team": workspace}
    users = {each["user_id"]: each["role"] for each in plan["members"].values()}
    assert team.emulator.members(workspace) == users
    assert [row["secret"] for row in team.emulator.api_keys(workspace)] == [SECRET, SECRET]
    writes = team.writes()
    assert writes[0] == "POST /workspace"
    assert sorted(writes[1:]) == [
        *["POST /apikeys"] * 2,
        *["POST /workspace/{id}/users"] * 2,  # the creator is a member already
    ]

    assert "7 unchanged" in team.up()
    assert team.requests() == []
    assert "7 unchanged" in team.refresh()
    assert sorted(team.requests()) == ["GET /apikeys", "GET /workspace/{id}"]

    printed = team.destroy()
    assert f"user {team.emulator.user_id} stays a member of workspace {workspace}" in printed
    assert team.managed() == {}
    team.assert_sound()
    writes = team.writes()
    assert writes[-1] == "DELETE /workspace/{id}"
    assert sorted(writes[:-1]) == [
        *["DELETE /apikeys/{id}"] * 2,
        *["DELETE /workspace/{id}/users/{userId}"] * 2,
    ]


def test_changes_in_place(start: Start) -> None:
    team = start()
    plan = whole(team.emulator)
    team.plan(plan)
    team.up()
    ids = team.ids()
    plan["workspaces"]["team"] = "Crew"
    plan["members"]["ada"]["role"] = "ADMIN"
    plan["keys"]["a"]["region"] = "eu-west-1"
    team.plan(plan)
    team.requests()
    assert "~ 3 updated" in team.up()
    assert sorted(team.requests()) == [
        "GET /workspace/{id}",  # which role ada has at present
        "PUT /apikeys/{id}",
        "PUT /workspace/{id}",
        "PUT /workspace/{id}/users/{userId}",
    ]
    assert team.ids() == ids
    team.assert_sound()
    assert "7 unchanged" in team.refresh()

    # behind its back, all of it
    team.emulator.rename_workspace(ids["team"], "Drift")
    team.emulator.set_member(ids["team"], plan["members"]["ada"]["user_id"], "READ")
    team.emulator.remove_member(ids["team"], plan["members"]["ben"]["user_id"])
    team.emulator.delete_api_key(ids["b"])
    printed = team.refresh()
    assert "~ 2 updated" in printed
    assert "- 2 deleted" in printed
    team.assert_sound()
    printed = team.up()
    assert "~ 2 updated" in printed
    assert "+ 2 created" in printed
    team.assert_sound()
    assert {each.name for each in team.emulator.workspaces()} >= {"Crew"}


def test_another_workspace_is_filled_before_the_first_one_is_emptied(start: Start) -> None:
    team = start()
    ada = team.emulator.add_user("ada@flashback.example").id
    plan: Plan = {
        "workspaces": {"old": "Old", "new": "New"},
        "members": {"ada": member("old", ada, "WRITE")},
        "keys": {"a": key("old")},
    }
    team.plan(plan)
    team.up()
    plan["members"]["ada"]["workspace"] = plan["keys"]["a"]["workspace"] = "new"
    del plan["workspaces"]["old"]
    team.plan(plan)
    team.requests()
    assert "2 replaced" in team.up()
    writes = team.writes()
    assert sorted(writes[:2]) == ["POST /apikeys", "POST /workspace/{id}/users"]
    assert sorted(writes[2:4]) == [
        "DELETE /apikeys/{id}",
        "DELETE /workspace/{id}/users/{userId}",
    ]
    assert writes[4:] == ["DELETE /workspace/{id}"]
    assert list(team.of_type("Workspace")) == ["new"]
    team.assert_sound()


def test_a_workspace_that_was_deleted_elsewhere_is_made_again_with_all_that_was_in_it(
    start: Start,
) -> None:
    team = start()
    team.plan(whole(team.emulator))
    team.up()
    team.emulator.delete_workspace(team.ids()["team"])
    assert "- 6 deleted" in team.refresh()
    assert team.managed() == {}
    assert "+ 6 created" in team.up()
    team.assert_sound()


def test_what_to_do_where_a_deletion_looks_like_a_closed_door_is_said_and_works(
    start: Start,
) -> None:
    """Every resource of the workspace says it; the command that it names is run as it stands."""
    team = start(EmulatorSettings(keys_of_deleted_workspace="as-foreign"))
    team.plan(whole(team.emulator))
    team.up()
    team.emulator.delete_workspace(team.ids()["team"])
    with pytest.raises(CommandFailedError) as failure:
        team.refresh()
    output = failure.value.output
    assert "does not exist or is closed to this user" in output
    assert len(team.managed()) == 6
    (advice,) = set(re.findall(r"`(pulumi state delete [^`]+)`", output))
    command = shlex.split(advice.replace("URN", team.managed()["team"]["urn"]))
    team.run(*command[1:], "--yes")
    assert team.managed() == {}
    assert "+ 6 created" in team.up()
    team.assert_sound()


def test_a_workspace_that_is_closed_to_the_user_stays_in_the_state(start: Start) -> None:
    team = start()
    emulator = team.emulator
    team.plan(whole(emulator))
    team.up()
    before = team.ids()
    me = emulator.add_user("me@flashback.example", org_role=WORKSPACES)
    team.project.variables["FLASHBACK_TOKEN"] = emulator.issue_token(me)
    with pytest.raises(CommandFailedError) as failure:
        team.refresh()
    assert "closed to this user" in failure.value.output
    with pytest.raises(CommandFailedError):
        team.destroy()
    assert team.ids() == before
    team.assert_sound()


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("READ", {"member": "Only an ADMIN of the workspace", "key": "WRITE to change"}),
        ("WRITE", {"member": "Only an ADMIN of the workspace"}),
        (None, {"member": "has no role in it", "key": "403 Insufficient permissions"}),
    ],
)
def test_a_user_whose_role_is_too_low_is_told_what_to_ask_for(
    start: Start, role: str | None, refused: dict[str, str]
) -> None:
    team = start()
    emulator = team.emulator
    me = emulator.add_user("me@flashback.example")
    team.project.variables["FLASHBACK_TOKEN"] = emulator.issue_token(me)
    if role:
        emulator.set_member(emulator.workspace_id, me, role)
    before = emulator.members(emulator.workspace_id)
    ada = emulator.add_user("ada@flashback.example").id
    team.plan(
        {
            "workspaces": {"team": "Team"},
            "members": {"member": member(emulator.workspace_id, ada, "READ")},
            "keys": {"key": key(emulator.workspace_id)},
        }
    )
    with pytest.raises(CommandFailedError) as failure:
        team.up("--continue-on-error")
    output = failure.value.output
    # a line for each, and what to ask for in it
    assert re.search(r"could not create the Workspace: .*role WORKSPACES or higher", output)
    for name, words in refused.items():
        kind = {"member": "WorkspaceMember", "key": "ApiKey"}[name]
        assert re.search(f"could not create the {kind}: .*{words}", output)
    assert set(team.managed()) == {"key", "member"} - set(refused)
    assert emulator.members(emulator.workspace_id) == before
    team.assert_sound()


def test_deleting_a_workspace_with_buckets_names_them_and_keeps_it(start: Start) -> None:
    team = start()
    team.plan({"workspaces": {"team": "Team"}})
    team.up()
    workspace = team.ids()["team"]
    team.emulator.mark_workspace_in_use(workspace, buckets=1, repositories=1)
    with pytest.raises(CommandFailedError) as failure:
        team.destroy()
    assert "In it: buckets bucket-1; repositories repository-1. " in failure.value.output
    assert list(team.managed()) == ["team"]
    team.assert_sound()
    team.emulator.mark_workspace_in_use(workspace)
    team.destroy()
    team.assert_sound()


@only_native
def test_all_of_it_is_imported(start: Start) -> None:
    team = start()
    emulator = team.emulator
    workspace, ada = emulator.workspace_id, emulator.add_user("ada@flashback.example")
    emulator.set_member(workspace, ada, "WRITE")
    identifier = emulator.add_api_key(key=KEY, secret=SECRET)
    team.plan({})
    for kind, name, each in (
        ("Workspace", "team", workspace),
        ("WorkspaceMember", "ada", f"{workspace}/{ada.id}"),
        ("ApiKey", "a", f"{workspace}/{identifier}"),
    ):
        options = ("--generate-code=false", "--protect=false", "--yes", "--skip-preview")
        printed = team.run("import", f"flashback:index:{kind}", name, each, *options)
        assert "1 imported" in printed
        assert "failed to validate" not in printed
    imported = team.ids()
    assert imported == {"team": workspace, "ada": f"{workspace}/{ada.id}", "a": identifier}
    team.plan(
        {
            "workspaces": {"team": "Demo"},
            "members": {"ada": member("team", ada.id, "WRITE")},
            "keys": {"a": key("team")},
        }
    )
    team.requests()
    assert "~ 1 updated" in team.up()  # the secret, which nobody can read
    assert team.requests() == ["PUT /apikeys/{id}"]
    assert team.ids() == imported
    assert "4 unchanged" in team.refresh()


def test_what_a_killed_run_has_left_is_named_instead_of_made_twice(start: Start) -> None:
    team = start()
    left = team.emulator.add_workspace("Team")
    team.emulator.set_member(left.id, team.emulator.user_id, "ADMIN")
    team.plan({"workspaces": {"team": "Team"}})
    with pytest.raises(CommandFailedError) as failure:
        team.up()
    assert f"workspace {left.id} has this name already" in failure.value.output
    assert team.writes() == []
    team.emulator.delete_workspace(left.id)
    team.up()
    team.assert_sound()
