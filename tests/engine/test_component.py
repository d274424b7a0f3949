"""``FlashbackWorkspace`` through the real engine, in a program that the plain CLI runs."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.store import WORKSPACES
from tests.engine.conftest import Stack
from tools.pulumi_project import CommandFailedError, Project

pytestmark = pytest.mark.engine

PROGRAM = Path(__file__).parent / "component_program"
CANARY = "canary-secret"
TYPES = {"members": "flashback:WorkspaceMember", "keys": "flashback:ApiKey"}
SECRET = f"{CANARY}-Zq8/+=\"'\\x"

LABELS = [*(f"k{number}" for number in range(8)), "new0", "new1"]

Described = dict[str, Any]


class Team(Stack):
    """A stack of the program whose component is described by a file."""

    def describe(self, described: Described) -> None:
        (self.project.directory / "workspace.yaml").write_text(yaml.safe_dump(described))

    def declare_with(self, *, secret: bool = False, **settings: Any) -> None:
        """Set how the program declares the component."""
        self.project.configure({"settings": json.dumps(settings)}, secret=secret)

    def state(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the resources of a kind by label."""
        rows = self.project.resources(TYPES[kind])
        return {each["urn"].rpartition("/")[2]: each for each in rows}

    def ids(self) -> dict[str, str]:
        """Return the ids of all entries."""
        states = [(kind, label, each) for kind in TYPES for label, each in self.state(kind).items()]
        return {f"{kind} {label}": each["id"] for kind, label, each in states}

    @property
    def workspace_id(self) -> str:
        identifier: str = self.project.outputs()["workspaceId"]
        return identifier

    def failing_preview(self) -> str:
        """Return what a preview prints that fails in an orderly way."""
        with pytest.raises(CommandFailedError) as failure:
            self.run("preview")
        assert CANARY not in failure.value.output
        assert "Traceback" not in failure.value.output
        return failure.value.output

    def assert_matches(self, described: Described) -> None:
        """The platform and the state match the description, and nothing shows a secret."""
        rows = {row["id"]: row for row in self.emulator.api_keys(self.workspace_id)}
        ids = {label: each["id"] for label, each in self.state("keys").items()}
        assert sorted(ids.values()) == sorted(rows)
        names = stored("", "")
        assert {label: {name: rows[id_][name] for name in names} for label, id_ in ids.items()} == {
            label: stored(label, each["region"]) for label, each in described["keys"].items()
        }
        members = described["members"].values()
        roles = {self.user_id(each["email"]): each["role"] for each in members}
        assert self.emulator.members(self.workspace_id).items() >= roles.items()
        assert self.state("members").keys() == described["members"].keys()
        workspaces = {each.id: each.name for each in self.emulator.workspaces()}
        name = workspaces[self.workspace_id]
        assert described.get("name", name) == name
        self.assert_silent()

    def assert_silent(self) -> None:
        """Nothing shows a secret."""
        assert CANARY not in self.printed
        assert not self.project.files_with(CANARY)

    def user_id(self, email: str) -> str:
        user = self.emulator.user(email)
        assert user is not None
        return user.id


def stored(label: str, region: str) -> dict[str, str]:
    """Return a key as the platform stores it."""
    secret = f"{SECRET}-{label}"
    public = {"provider": "AWS", "region": region}
    return {**public, "key": f"{CANARY}-{label}", "secret": secret, "description": f"of {secret}"}


def key(label: str, region: str) -> dict[str, str]:
    """Return a key as the file describes it."""
    secret = f"${{config:secrets.{label}}}"
    credential = {"key": f"${{env:KEY_{label}}}", "secret": secret}
    return {**stored(label, region), **credential, "description": f"of {secret}"}


def describe(emulator: Emulator, *, members: int, keys: int) -> Described:
    """Return a description, and add its users to the organization."""
    emails = {f"m{number}": f"user{number}@flashback.example" for number in range(members)}
    for email in emails.values():
        emulator.add_user(email)
    roles = ("ADMIN", "WRITE", "READ")
    return {
        "name": "Team",
        "members": {
            label: {"email": email, "role": roles[number % 3]}
            for number, (label, email) in enumerate(emails.items())
        },
        "keys": {f"k{number}": key(f"k{number}", f"region-{number}") for number in range(keys)},
    }


@pytest.fixture
def team(pulumi_cli: Path, tmp_path: Path, flashback_emulator: Emulator) -> Iterator[Team]:
    """Return a stack whose file does not exist yet."""
    directory = tmp_path / "team"
    shutil.copytree(PROGRAM, directory)
    signed_in = {
        "FLASHBACK_BASE_URL": flashback_emulator.base_url,
        "FLASHBACK_TOKEN": flashback_emulator.token,
    }
    project = Project(directory, pulumi_cli, signed_in, home=tmp_path / "home")
    project.create_stack()
    project.variables.update({f"KEY_{label}": stored(label, "")["key"] for label in LABELS})
    secrets = {label: stored(label, "")["secret"] for label in LABELS}
    project.configure({"secrets": json.dumps(secrets)}, secret=True)
    yield Team(project, flashback_emulator)
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def small(team: Team) -> Described:
    """A description of two members and two keys, up."""
    described = describe(team.emulator, members=2, keys=2)
    team.describe(described)
    team.up()
    return described


def test_a_life_from_nothing_to_nothing(team: Team) -> None:
    emulator = team.emulator
    workspaces = {each.id for each in emulator.workspaces()}
    described = describe(emulator, members=5, keys=8)
    team.describe(described)

    # everything is unknown as yet, and a preview creates nothing
    assert "+ 16 to create" in team.run("preview")
    assert {method for method, _, _ in emulator.requests} == {"GET"}

    emulator.requests.clear()
    team.up()
    assert emulator.count("GET", "/organization/users") == 1
    assert emulator.count("POST", "/workspace") == 1
    team.assert_matches(described)
    outputs = team.project.outputs()
    assert outputs["apiKeyIds"] == {k: each["id"] for k, each in team.state("keys").items()}
    assert outputs["memberIds"] == {k: each["id"] for k, each in team.state("members").items()}
    assert outputs["workspaceId"] == team.workspace_id

    # the same, described by the program
    keys = {label: stored(label, each["region"]) for label, each in described["keys"].items()}
    typed = {**described, "keys": keys}
    team.declare_with(typed=typed, secret=True)
    emulator.requests.clear()
    assert "16 unchanged" in team.up()
    assert emulator.requests == [("GET", "/organization/users", 200)]
    team.declare_with()

    changed = copy.deepcopy(described)
    changed["name"] = "Another name"
    for number in range(2):
        changed["keys"][f"k{number}"]["region"] = "elsewhere"
        del changed["keys"][f"k{number + 4}"]
        changed["keys"][f"new{number}"] = key(f"new{number}", "new")
    changed["members"]["m1"]["role"] = "READ"
    del changed["members"]["m2"]
    team.describe(changed)
    before = team.ids()
    printed = team.up()
    assert "+ 2 created" in printed
    assert "~ 4 updated" in printed
    assert "- 3 deleted" in printed
    team.assert_matches(changed)
    assert team.user_id("user2@flashback.example") not in emulator.members(team.workspace_id)
    assert all(before[each] == id_ for each, id_ in team.ids().items() if each in before)

    workspace_id, ids = team.workspace_id, team.ids()
    emulator.rename_workspace(workspace_id, "Drifted")
    emulator.update_api_key(ids["keys k0"], {"region": "drifted"})
    emulator.delete_api_key(ids["keys k1"])
    emulator.set_member(workspace_id, team.user_id("user1@flashback.example"), "ADMIN")
    emulator.remove_member(workspace_id, team.user_id("user3@flashback.example"))
    team.refresh()
    team.up()
    team.assert_matches(changed)
    assert emulator.members(team.workspace_id)[team.user_id("user1@flashback.example")] == "READ"

    emulator.delete_workspace(team.workspace_id)
    team.refresh()
    team.up()
    assert team.workspace_id != workspace_id
    team.assert_matches(changed)

    team.destroy()
    assert {each.id for each in emulator.workspaces()} == workspaces
    assert team.project.resources("") == []
    team.assert_silent()


def test_another_label_is_the_same_object(team: Team, small: Described) -> None:
    before = team.ids()
    renamed = copy.deepcopy(small)
    renamed["members"]["ada"] = {**renamed["members"].pop("m0"), "renamedFrom": "m0"}
    renamed["keys"]["backups"] = {**renamed["keys"].pop("k1"), "renamedFrom": ["never", "k1"]}
    team.describe(renamed)
    team.emulator.requests.clear()
    # a component of another name keeps its resources as well, at the same time
    team.declare_with(name="crew", former="team")
    assert "7 unchanged" in team.up()
    assert team.emulator.requests == [("GET", "/organization/users", 200)]
    after = {"members m0": "members ada", "keys k1": "keys backups"}
    assert team.ids() == {after.get(each, each): identifier for each, identifier in before.items()}
    assert "::crew/backups" in team.state("keys")["backups"]["urn"]

    del renamed["members"]["ada"]["renamedFrom"], renamed["keys"]["backups"]["renamedFrom"]
    team.describe(renamed)
    assert "7 unchanged" in team.up()


def test_another_label_by_mistake_loses_nothing(team: Team, small: Described) -> None:
    small["members"]["other"] = small["members"].pop("m1")
    team.describe(small)
    team.up()
    team.assert_matches(small)

    before = team.ids()["keys k1"]
    team.describe({**small, "keys": {"k0": small["keys"]["k0"], "other": small["keys"]["k1"]}})
    with pytest.raises(CommandFailedError) as failure:
        team.up()
    assert f"an identical API key with id {before} exists already" in failure.value.output
    team.assert_matches(small)


def test_options_of_the_component_are_those_of_its_resources(team: Team) -> None:
    emulator = team.emulator
    described = describe(emulator, members=2, keys=2)
    for each in described["members"].values():
        each["userId"] = team.user_id(each.pop("email"))
    described["members"]["m1"]["allowRemovingLastAdmin"] = True
    team.describe(described)
    del team.project.variables["FLASHBACK_TOKEN"]
    account = {"token": emulator.token, "baseUrl": emulator.base_url}
    team.declare_with(account=account, after=True, protect=True, retain=True)
    team.up()
    assert len(emulator.api_keys(team.workspace_id)) == 2
    team.assert_silent()

    states = {each["urn"].rpartition("::")[2]: each for each in team.project.resources("")}
    account_urn = states["account"]["urn"]
    found = {}
    for name, each in states.items():
        if name.startswith("team") and "id" in each:
            assert (each["protect"], each["retainOnDelete"]) == (True, True)
            assert each["provider"].startswith(account_urn)
            dependencies = [urn.rpartition("::")[2] for urn in each["dependencies"]]
            found[name] = (sorted(dependencies), each["deletedWith"].rpartition("::")[2])
    assert found == {
        "team": (["other"], "other"),
        "team/m1": (["other", "team"], "team"),
        "team/m0": (["other", "team", "team/m1"], "team"),
        "team/k0": (["other", "team", "team/m1"], "other"),
        "team/k1": (["other", "team", "team/m1"], "other"),
    }
    emulator.requests.clear()
    with pytest.raises(CommandFailedError) as failure:
        team.destroy()
    assert "protected" in failure.value.output
    assert emulator.requests == []


@pytest.mark.parametrize("existing", [False, True])
def test_the_user_that_the_provider_is_signed_in_as_goes_last(team: Team, existing: bool) -> None:
    emulator = team.emulator
    me = emulator.add_user("me@flashback.example", org_role=WORKSPACES)
    emulator.set_member(emulator.workspace_id, me, "ADMIN")
    team.project.variables["FLASHBACK_TOKEN"] = emulator.issue_token(me)
    described = describe(emulator, members=3, keys=3)
    described["members"]["me"] = {"email": me.email, "role": "ADMIN"}
    if existing:
        described["members"]["me"]["allowRemovingLastAdmin"] = True
        described["workspaceId"] = emulator.workspace_id
        del described["name"]
    before = emulator.members(emulator.workspace_id)
    team.describe(described)
    team.up()
    workspace_id = team.workspace_id
    assert existing is (workspace_id == emulator.workspace_id)
    team.assert_matches(described)
    team.destroy()
    assert team.project.resources("") == []
    assert emulator.api_keys(workspace_id) == []
    assert existing is (workspace_id in {each.id for each in emulator.workspaces()})
    if existing:
        del before[me.id]
    assert emulator.members(emulator.workspace_id) == before


def test_errors_are_reported_together_and_nothing_is_sent(team: Team) -> None:
    described = describe(team.emulator, members=1, keys=0)
    described["members"]["x"] = {"email": "nobody@flashback.example", "role": "READ"}
    described["members"]["y"] = {"email": "noone@flashback.example", "role": "READ"}
    team.describe(described)
    output = team.failing_preview()
    assert "members.x.email is nobody@flashback.example, which no user has" in output
    assert "members.y.email is noone@flashback.example, which no user has" in output
    assert team.emulator.requests == [("GET", "/organization/users", 200)]

    # without the right to list users
    stranger = team.emulator.add_user("stranger@flashback.example")
    team.project.variables["FLASHBACK_TOKEN"] = team.emulator.issue_token(stranger)
    output = team.failing_preview()
    assert "error: could not call getOrganizationUsers: GET /organization/users: 403" in output
    assert "Email addresses of members need it, a userId does not" in output

    team.emulator.requests.clear()
    (team.project.directory / "workspace.yaml").write_text(
        f"name: Team\nkeys:\n  a:\n    key: {CANARY}\n    secret: ${{config:x}}\n    regoin: r\n"
    )
    output = team.failing_preview()
    for text in (
        "error: workspace.yaml:3: keys.a.provider is required",
        "workspace.yaml:4: keys.a.key must be a reference",
        "workspace.yaml:5: keys.a.secret refers to x in the stack config, which is not set",
        "workspace.yaml:6: keys.a.regoin is not a known field; did you mean region?",
        "pulumi config set --secret x",
    ):
        assert text in output
    assert team.emulator.requests == []
