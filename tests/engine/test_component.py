"""``FlashbackWorkspace`` and ``workspace.yaml`` from end to end."""

from __future__ import annotations

import copy

import pytest

from pulumi_flashback.emulator.store import WORKSPACES
from tests.engine.stack import workspace
from tests.engine.team import COMPONENT, SECRET, Team, describe, key

pytestmark = pytest.mark.engine


def test_a_life_from_nothing_to_nothing(team: Team) -> None:
    emulator, stack = team.emulator, team.stack
    workspaces = {each.id for each in emulator.workspaces()}
    described = describe(emulator, members=5, keys=8)
    team.describe(described)
    # everything is unknown as yet, and a preview creates nothing
    assert "+ 16 to create" in stack.preview()
    assert {method for method, _, _ in emulator.requests} == {"GET"}
    stack.requests()
    stack.up()
    assert emulator.count("GET", "/organization/users") == 1
    assert emulator.count("POST", "/workspace") == 1
    first, before = team.workspace_id, team.ids()
    team.assert_matches(described, first)
    outputs = stack.project.outputs()["team"]
    assert {**outputs["member_ids"], **outputs["api_key_ids"]} == before

    changed = copy.deepcopy(described)
    changed["name"] = "Another name"
    for number in range(2):
        changed["keys"][f"k{number}"]["region"] = "elsewhere"
        del changed["keys"][f"k{number + 4}"]
        changed["keys"][f"new{number}"] = key(f"new{number}", "new")
    changed["members"]["m1"]["role"] = "READ"
    del changed["members"]["m2"]
    team.describe(changed)
    printed = stack.up()
    assert "+ 2 created" in printed
    assert "~ 4 updated" in printed
    assert "- 3 deleted" in printed
    team.assert_matches(changed, first)
    ids = team.ids()
    assert all(ids.get(label, each) == each for label, each in before.items())

    users = {label: team.user_id(each["email"]) for label, each in described["members"].items()}
    assert users["m2"] not in emulator.members(first)
    emulator.rename_workspace(first, "Drifted")
    emulator.update_api_key(ids["k0"], {"region": "drifted"})
    emulator.delete_api_key(ids["k1"])
    emulator.set_member(first, users["m1"], "ADMIN")
    emulator.remove_member(first, users["m3"])
    stack.refresh()
    stack.up()
    team.assert_matches(changed, first)
    assert emulator.members(first)[users["m1"]] == "READ"

    emulator.delete_workspace(first)
    stack.refresh()
    stack.up()
    assert team.workspace_id != first
    team.assert_matches(changed, team.workspace_id)

    stack.destroy()
    assert {each.id for each in emulator.workspaces()} == workspaces
    assert stack.project.resources("") == []
    stack.assert_silent()


def test_another_label_is_the_same_object(team: Team) -> None:
    stack, described = team.stack, describe(team.emulator, members=2, keys=2)
    team.describe(described)
    stack.up()
    before = team.ids()
    renamed = copy.deepcopy(described)
    renamed["members"]["ada"] = {**renamed["members"].pop("m0"), "renamedFrom": "m0"}
    renamed["keys"]["backups"] = {**renamed["keys"].pop("k1"), "renamedFrom": ["never", "k1"]}
    team.describe(renamed)
    stack.requests()
    # a component of another name keeps its resources as well, at the same time
    stack.declare({"crew": {**COMPONENT, "opts": {"aliases": ["team"]}}})
    assert "7 unchanged" in stack.up()
    assert stack.requests() == ["GET /organization/users"]
    after = {"m0": "ada", "k1": "backups"}
    assert team.ids() == {after.get(label, label): each for label, each in before.items()}
    assert "crew/backups" in stack.ids()
    del renamed["members"]["ada"]["renamedFrom"], renamed["keys"]["backups"]["renamedFrom"]
    team.describe(renamed)
    assert "7 unchanged" in stack.up()

    # by mistake, it loses nothing
    renamed["members"]["other"] = renamed["members"].pop("m1")
    team.describe(renamed)
    stack.up()
    mistaken = {**renamed, "keys": {**renamed["keys"], "mistaken": renamed["keys"]["k0"]}}
    del mistaken["keys"]["k0"]
    team.describe(mistaken)
    output = stack.up(fails=True)
    assert f"an identical API key with id {before['k0']} already exists" in output
    assert team.ids().keys() == {*renamed["members"], *renamed["keys"]}
    stack.assert_sound()


def test_options_of_the_component_are_those_of_its_resources(team: Team) -> None:
    emulator, stack = team.emulator, team.stack
    described = describe(emulator, members=2, keys=2)
    for each in described["members"].values():
        each["userId"] = team.user_id(each.pop("email"))
    described["members"]["m1"]["allowRemovingLastAdmin"] = True
    team.describe(described)
    token = stack.project.variables["FLASHBACK_TOKEN"]
    stack.project.variables["FLASHBACK_TOKEN"] = ""
    account = {"is": "Provider", "token": token, "baseUrl": emulator.base_url}
    options = {"protect": True, "retain_on_delete": True, "provider": "@account"}
    options |= {"depends_on": ["@other"], "deleted_with": "@other"}
    other = workspace("Other", opts={"provider": "@account"})
    stack.declare({"account": account, "other": other, "team": {**COMPONENT, "opts": options}})
    stack.up()
    found = {}
    for name, each in stack.managed().items():
        if name != "other":
            assert (each["protect"], each["retainOnDelete"]) == (True, True)
            assert "::account::" in each["provider"]
            dependencies = [urn.rpartition("::")[2] for urn in each["dependencies"]]
            found[name] = (sorted(dependencies), each["deletedWith"].rpartition("::")[2])
    assert found == {
        "team": (["other"], "other"),
        "team/m1": (["other", "team"], "team"),
        "team/m0": (["other", "team", "team/m1"], "team"),
        "team/k0": (["other", "team", "team/m1"], "other"),
        "team/k1": (["other", "team", "team/m1"], "other"),
    }
    stack.requests()
    assert "protected" in stack.destroy(fails=True)
    assert stack.requests() == []
    stack.assert_silent()


@pytest.mark.parametrize("existing", [False, True])
def test_the_user_that_the_provider_is_signed_in_as_goes_last(team: Team, existing: bool) -> None:
    emulator, stack = team.emulator, team.stack
    me = emulator.add_user("me@flashback.example", org_role=WORKSPACES)
    emulator.set_member(emulator.workspace_id, me, "ADMIN")
    stack.project.variables["FLASHBACK_TOKEN"] = emulator.issue_token(me)
    described = describe(emulator, members=3, keys=3)
    described["members"]["me"] = {"email": me.email, "role": "ADMIN"}
    if existing:
        described["members"]["me"]["allowRemovingLastAdmin"] = True
        described["workspaceId"] = emulator.workspace_id
        del described["name"]
    before = emulator.members(emulator.workspace_id)
    team.describe(described)
    stack.up()
    workspace_id = team.workspace_id
    team.assert_matches(described, workspace_id)
    stack.destroy()
    assert stack.project.resources("") == []
    assert emulator.api_keys(workspace_id) == []
    assert existing is (workspace_id in {each.id for each in emulator.workspaces()})
    if existing:
        del before[me.id]
    assert emulator.members(emulator.workspace_id) == before


def test_errors_are_reported_together_and_nothing_is_sent(team: Team) -> None:
    emulator, stack = team.emulator, team.stack
    described = describe(emulator, members=1, keys=0)
    for label in ("x", "y"):
        described["members"][label] = {"email": f"{label}@flashback.example", "role": "READ"}
    team.describe(described)
    output = stack.preview(fails=True)
    for label in ("x", "y"):
        assert (
            f"members.{label}.email is {label}@flashback.example, and no user has this address"
            in output
        )
    assert stack.requests() == ["GET /organization/users"]

    # without the right to list users
    stranger = emulator.add_user("stranger@flashback.example")
    stack.project.variables["FLASHBACK_TOKEN"] = emulator.issue_token(stranger)
    output = stack.preview(fails=True)
    assert "error: could not call getOrganizationUsers: GET /organization/users: 403" in output
    assert "Only email addresses of members need it; a userId does not" in output

    stack.requests()
    team.write(
        "name: Team\nkeys:\n  a:\n    key: canary-\n    secret: ${config:x}\n    regoin: r\n"
    )
    output = stack.preview(fails=True)
    for text in (
        "error: workspace.yaml:3: keys.a.provider is required",
        "workspace.yaml:4: keys.a.key must be a reference",
        "workspace.yaml:5: keys.a.secret refers to x in the stack config, which is not set",
        "workspace.yaml:6: keys.a.regoin is not a known field; did you mean region?",
        "pulumi config set --secret x",
    ):
        assert text in output
    assert stack.requests() == []
    assert "Traceback" not in stack.printed
    assert not [each for each in ("canary-k", SECRET) if each in stack.printed]
