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
SECRET = f"{CANARY}-Zq8/+=\"'\\x"
TYPES = {
    "workspaces": "flashback:Workspace",
    "members": "flashback:WorkspaceMember",
    "keys": "flashback:ApiKey",
}

Described = dict[str, Any]


class Team(Stack):
    """A stack of the program whose component is described by a file."""

    def describe(self, described: Described) -> None:
        """Write the file, and set the variables that it takes its credentials of."""
        (self.project.directory / "workspace.yaml").write_text(yaml.safe_dump(described))
        for label in described["keys"]:
            self.project.variables[f"KEY_{label}"] = f"{CANARY}-KEY-{label}"
            self.project.variables[f"SECRET_{label}"] = f"{SECRET}-{label}"

    def settle(self, **settings: Any) -> None:
        """Say how the program declares the component."""
        self.project.configure({"settings": json.dumps(settings)})

    def state(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the resources of a kind by label."""
        rows = self.project.resources(TYPES[kind])
        return {each["urn"].rpartition("/")[2]: each for each in rows}

    def ids(self) -> dict[str, str]:
        """Return the id of every resource by URN without the name of the component."""
        return {
            f"{kind} {label}": each["id"]
            for kind in ("members", "keys")
            for label, each in self.state(kind).items()
        }

    @property
    def workspace_id(self) -> str:
        """The workspace that the component has made."""
        (workspace,) = self.project.resources(TYPES["workspaces"])
        identifier: str = workspace["id"]
        return identifier

    def assert_is_as(self, described: Described, workspace_id: str = "") -> None:
        """The platform and the state have what is described, and nothing shows a secret."""
        workspace_id = workspace_id or self.workspace_id
        rows = {row["id"]: row for row in self.emulator.api_keys(workspace_id)}
        found = {label: rows[each["id"]] for label, each in self.state("keys").items()}
        assert len(rows) == len(found)
        assert {label: _shown(row) for label, row in found.items()} == {
            label: _wanted(label, each) for label, each in described["keys"].items()
        }
        wanted = {
            self.user_id(each["email"]): each["role"] for each in described["members"].values()
        }
        assert self.emulator.members(workspace_id).items() >= wanted.items()
        assert self.state("members").keys() == described["members"].keys()
        names = {each.id: each.name for each in self.emulator.workspaces()}
        assert names[workspace_id] == described.get("name", names[workspace_id])
        self.assert_silent()

    def assert_silent(self) -> None:
        """Nothing shows a secret."""
        assert CANARY not in self.printed
        assert not self.project.files_with(CANARY)

    def user_id(self, email: str) -> str:
        """Return the id of a user."""
        user = self.emulator.user(email)
        assert user is not None
        return user.id


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("key", "secret", "provider", "region")}


def _wanted(label: str, described: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": f"{CANARY}-KEY-{label}",
        "secret": f"{SECRET}-{label}",
        "provider": described["provider"],
        "region": described.get("region"),
    }


def key(label: str, **fields: Any) -> dict[str, Any]:
    """Return a key of the file."""
    credentials = {"key": f"${{env:KEY_{label}}}", "secret": f"${{env:SECRET_{label}}}"}
    return {"provider": "AWS", **credentials, **fields}


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
    yield Team(project, flashback_emulator)
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def small(team: Team) -> Described:
    """A description of two members and two keys, up."""
    described = describe(team.emulator, members=2, keys=2)
    team.describe(described)
    team.up()
    return described


def describe(emulator: Emulator, *, members: int, keys: int) -> Described:
    """Return a description, and add its users to the organization."""
    for number in range(members):
        emulator.add_user(f"user{number}@flashback.example")
    roles = ("ADMIN", "WRITE", "READ")
    return {
        "name": "Team",
        "members": {
            f"m{n}": {"email": f"user{n}@flashback.example", "role": roles[n % 3]}
            for n in range(members)
        },
        "keys": {f"k{n}": key(f"k{n}", region=f"region-{n}") for n in range(keys)},
    }


def test_sixty_entries_from_nothing_to_nothing(team: Team) -> None:
    emulator = team.emulator
    workspaces = {each.id for each in emulator.workspaces()}
    described = describe(emulator, members=20, keys=40)
    team.describe(described)

    # everything is unknown as yet, and a preview makes nothing
    assert "+ 63 to create" in team.run("preview")
    assert {method for method, _, _ in emulator.requests} == {"GET"}

    emulator.requests.clear()
    team.up()
    assert emulator.count("GET", "/organization/users") == 1
    assert emulator.count("POST", "/workspace") == 1
    team.assert_is_as(described)
    outputs = team.project.outputs()
    assert outputs["apiKeyIds"] == {k: each["id"] for k, each in team.state("keys").items()}
    assert outputs["memberIds"] == {k: each["id"] for k, each in team.state("members").items()}
    assert outputs["workspaceId"] == team.workspace_id

    emulator.requests.clear()
    assert "63 unchanged" in team.up()
    assert emulator.requests == [("GET", "/organization/users", 200)]

    changed = copy.deepcopy(described)
    changed["name"] = "Another name"
    for number in range(10):
        changed["keys"][f"k{number}"]["region"] = "elsewhere"
        del changed["keys"][f"k{number + 10}"]
        changed["keys"][f"new{number}"] = key(f"new{number}")
    changed["members"]["m1"]["role"] = "READ"
    del changed["members"]["m2"]
    team.describe(changed)
    before = team.ids()
    printed = team.up()
    assert "+ 10 created" in printed
    assert "~ 12 updated" in printed
    assert "- 11 deleted" in printed
    team.assert_is_as(changed)
    assert team.user_id("user2@flashback.example") not in emulator.members(team.workspace_id)
    assert all(before[each] == id_ for each, id_ in team.ids().items() if each in before)

    _drift(team)
    team.refresh()
    team.up()
    team.assert_is_as(changed)
    assert emulator.members(team.workspace_id)[team.user_id("user1@flashback.example")] == "READ"
    assert "62 unchanged" in team.refresh()
    assert "62 unchanged" in team.up()

    team.destroy()
    assert {each.id for each in emulator.workspaces()} == workspaces
    assert team.project.resources("") == []
    team.assert_silent()


def _drift(team: Team) -> None:
    emulator, workspace_id = team.emulator, team.workspace_id
    keys = team.state("keys")
    emulator.rename_workspace(workspace_id, "Drifted")
    emulator.update_api_key(keys["k0"]["id"], {"region": "drifted"})
    emulator.delete_api_key(keys["k1"]["id"])
    emulator.set_member(workspace_id, team.user_id("user1@flashback.example"), "ADMIN")
    emulator.remove_member(workspace_id, team.user_id("user3@flashback.example"))


def test_another_label_is_the_same_object(team: Team, small: Described) -> None:
    before = team.ids()
    renamed: Described = {
        "name": "Team",
        "members": {
            "ada": {**small["members"]["m0"], "renamedFrom": "m0"},
            "m1": small["members"]["m1"],
        },
        "keys": {
            "k0": small["keys"]["k0"],
            "backups": {**small["keys"]["k1"], "renamedFrom": ["never", "k1"]},
        },
    }
    team.describe(renamed)
    team.emulator.requests.clear()
    assert "7 unchanged" in team.up()
    assert team.emulator.requests == [("GET", "/organization/users", 200)]
    after = {"members m0": "members ada", "keys k1": "keys backups"}
    assert team.ids() == {after.get(each, each): identifier for each, identifier in before.items()}

    del renamed["members"]["ada"]["renamedFrom"], renamed["keys"]["backups"]["renamedFrom"]
    team.describe(renamed)
    assert "7 unchanged" in team.up()


def test_a_member_of_another_label_stays_a_member_all_the_same(
    team: Team, small: Described
) -> None:
    small["members"]["other"] = small["members"].pop("m1")
    team.describe(small)
    team.up()
    team.assert_is_as(small)


def test_a_key_of_another_label_is_not_replaced_by_mistake(team: Team, small: Described) -> None:
    before = team.ids()["keys k1"]
    renamed = {**small, "keys": {"k0": small["keys"]["k0"], "other": small["keys"]["k1"]}}
    team.describe(renamed)
    with pytest.raises(CommandFailedError) as failure:
        team.up()
    assert f"an identical API key with id {before} exists already" in failure.value.output
    team.assert_is_as(small)


def test_a_component_of_another_name_keeps_what_it_has_made(team: Team, small: Described) -> None:
    before = team.ids()
    team.settle(name="crew", former="team")
    renamed = copy.deepcopy(small)
    renamed["keys"]["backups"] = {**renamed["keys"].pop("k1"), "renamedFrom": "k1"}
    team.describe(renamed)
    team.emulator.requests.clear()
    assert "7 unchanged" in team.up()
    assert team.emulator.requests == [("GET", "/organization/users", 200)]
    assert sorted(team.ids().values()) == sorted(before.values())
    assert "::crew/backups" in team.state("keys")["backups"]["urn"]


def test_the_order_of_deletion_is_in_the_state(team: Team, small: Described) -> None:
    small["members"]["m1"]["allowRemovingLastAdmin"] = True
    team.describe(small)
    team.settle(after=True)
    team.up()
    (other,) = [
        each["urn"]
        for each in team.project.resources(TYPES["workspaces"])
        if _name(each) == "other"
    ]
    (workspace,) = [
        each["urn"] for each in team.project.resources(TYPES["workspaces"]) if _name(each) == "team"
    ]
    states = {_name(each): each for each in team.project.resources("") if "::team" in each["urn"]}
    after = {
        name: {urn.rpartition("::")[2] for urn in each["dependencies"]}
        for name, each in states.items()
        if each.get("id")
    }
    assert after == {
        "team": {"other"},
        "team/m1": {"other", "team"},
        "team/m0": {"other", "team", "team/m1"},
        "team/k0": {"other", "team", "team/m1"},
        "team/k1": {"other", "team", "team/m1"},
    }
    assert {name: each["deletedWith"] for name, each in states.items() if each.get("id")} == {
        "team": other,
        "team/m1": workspace,
        "team/m0": workspace,
        "team/k0": other,
        "team/k1": other,
    }


def _name(resource: dict[str, Any]) -> str:
    name: str = resource["urn"].rpartition("::")[2]
    return name


def test_protection_holds_for_all_of_it(team: Team, small: Described) -> None:
    team.settle(protect=True)
    team.up()
    team.emulator.requests.clear()
    with pytest.raises(CommandFailedError) as failure:
        team.destroy()
    assert "protected" in failure.value.output
    assert team.emulator.requests == []
    fewer = {**small, "keys": {"k0": small["keys"]["k0"]}}
    team.describe(fewer)
    with pytest.raises(CommandFailedError):
        team.up()
    team.assert_is_as(small)


def test_what_is_retained_stays_on_the_platform(team: Team, small: Described) -> None:
    team.settle(retain=True)
    team.up()
    workspace_id, members = team.workspace_id, team.emulator.members(team.workspace_id)
    team.destroy()
    assert team.project.resources("") == []
    assert len(team.emulator.api_keys(workspace_id)) == 2
    assert team.emulator.members(workspace_id) == members


def test_an_account_of_the_program_is_used_for_all_of_it(team: Team) -> None:
    emulator = team.emulator
    described = describe(emulator, members=1, keys=1)
    described["members"]["m0"] = {
        "userId": team.user_id("user0@flashback.example"),
        "role": "READ",
    }
    team.describe(described)
    del team.project.variables["FLASHBACK_TOKEN"]
    team.settle(account={"token": emulator.token, "baseUrl": emulator.base_url})
    team.up()
    assert len(emulator.api_keys(team.workspace_id)) == 1
    assert team.user_id("user0@flashback.example") in emulator.members(team.workspace_id)
    team.destroy()
    team.assert_silent()


def test_a_workspace_that_exists_stays(team: Team) -> None:
    emulator = team.emulator
    described = describe(emulator, members=2, keys=2)
    del described["name"]
    described["workspaceId"] = emulator.workspace_id
    team.describe(described)
    members, keys = emulator.members(emulator.workspace_id), emulator.add_api_key()
    team.up()
    emulator.delete_api_key(keys)
    team.assert_is_as(described, emulator.workspace_id)
    team.destroy()
    assert emulator.members(emulator.workspace_id) == members
    assert emulator.api_keys() == []


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
    workspace_id = team.project.outputs()["workspaceId"]
    team.destroy()
    assert team.project.resources("") == []
    assert emulator.api_keys(workspace_id) == []
    assert existing is (workspace_id in {each.id for each in emulator.workspaces()})
    if existing:
        del before[me.id]
    assert emulator.members(emulator.workspace_id) == before


def test_a_program_describes_the_same_as_the_file(team: Team, small: Described) -> None:
    keys = {
        label: {
            "provider": each["provider"],
            "region": each["region"],
            "key": team.project.variables[f"KEY_{label}"],
            "secret": team.project.variables[f"SECRET_{label}"],
        }
        for label, each in small["keys"].items()
    }
    typed = {**small, "keys": keys}
    team.project.configure({"settings": json.dumps({"typed": json.dumps(typed)})}, secret=True)
    assert "7 unchanged" in team.up()
    team.assert_is_as(small)


def test_a_deleted_workspace_is_made_again_with_all_that_was_in_it(
    team: Team, small: Described
) -> None:
    team.emulator.delete_workspace(team.workspace_id)
    team.refresh()
    team.up()
    team.assert_is_as(small)


def test_what_is_wrong_is_told_at_once_and_nothing_is_sent(team: Team) -> None:
    path = team.project.directory / "workspace.yaml"
    path.write_text(
        f"name: Team\nkeys:\n  a:\n    key: {CANARY}\n    secret: ${{config:x}}\n    regoin: r\n"
    )
    with pytest.raises(CommandFailedError) as failure:
        team.run("preview")
    for text in (
        "error: workspace.yaml:3: keys.a.provider is required",
        "workspace.yaml:4: keys.a.key must be a reference",
        "workspace.yaml:5: keys.a.secret takes x of the stack config, which is not set",
        "workspace.yaml:6: keys.a.regoin is no field; did you mean region?",
        "pulumi config set --secret x",
    ):
        assert text in failure.value.output
    assert CANARY not in failure.value.output
    assert "Traceback" not in failure.value.output
    assert team.emulator.requests == []


def test_secrets_of_the_stack_config_stay_secret(team: Team) -> None:
    described: Described = {
        "name": "${config:name}",
        "members": {},
        "keys": {
            "a": {
                "provider": "AWS",
                "key": "${config:key}",
                "secret": "${config:secret}",
                "description": "of ${config:secret}",
            }
        },
    }
    team.describe(described)
    team.project.configure({"name": "Team", "secret": SECRET})
    with pytest.raises(CommandFailedError) as failure:
        team.run("preview")
    assert (
        "keys.a.secret takes secret of the stack config, which is stored there in clear text"
        in (failure.value.output)
    )
    team.project.configure({"key": f"{CANARY}-key", "secret": SECRET}, secret=True)
    team.up()
    (row,) = team.emulator.api_keys(team.workspace_id)
    assert (row["secret"], row["description"]) == (SECRET, f"of {SECRET}")
    team.assert_silent()


def test_unknown_addresses_are_told_at_once_and_nothing_is_made(team: Team) -> None:
    described = describe(team.emulator, members=2, keys=1)
    described["members"]["x"] = {"email": "nobody@flashback.example", "role": "READ"}
    described["members"]["y"] = {"email": "noone@flashback.example", "role": "READ"}
    described["members"]["z"] = {"email": "User0@flashback.example", "role": "READ"}
    team.describe(described)
    with pytest.raises(CommandFailedError) as failure:
        team.up()
    output = failure.value.output
    assert "members.x.email is nobody@flashback.example, which no user has" in output
    assert "members.y.email is noone@flashback.example, which no user has" in output
    assert "members.z is the same user as members.m0" in output
    assert team.emulator.requests == [("GET", "/organization/users", 200)]


def test_a_user_that_may_not_see_users_is_told_so(team: Team) -> None:
    stranger = team.emulator.add_user("stranger@flashback.example")
    team.project.variables["FLASHBACK_TOKEN"] = team.emulator.issue_token(stranger)
    team.describe(describe(team.emulator, members=1, keys=0))
    with pytest.raises(CommandFailedError) as failure:
        team.run("preview")
    assert (
        "error: could not call getOrganizationUsers: GET /organization/users: 403"
        in failure.value.output
    )
    assert "Email addresses of members need it, a userId does not" in failure.value.output
    assert "Traceback" not in failure.value.output
