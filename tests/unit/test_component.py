"""``FlashbackWorkspace`` without an engine."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import fields, replace
from enum import Enum
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc

import pulumi_flashback
from pulumi_flashback import (
    KeyDescription,
    MemberDescription,
    WorkspaceDescription,
)
from pulumi_flashback.component.diagnostics import Source
from pulumi_flashback.component.fields import ENTRIES, SECTIONS, TOP, Section
from tests.unit.described import KEY, Registrations, errors, run
from tools.workspace_schema import file_schema

ROOT = Path(__file__).parents[2]


class Provider(Enum):
    AWS = "AWS"


def members(**given: MemberDescription) -> WorkspaceDescription:
    return WorkspaceDescription(name="Team", members=given)


def reader(**user: Any) -> MemberDescription:
    return MemberDescription(role="READ", **user)


def test_it_declares_what_is_described_with_one_list_of_users(registrations: Registrations) -> None:
    found = run(
        WorkspaceDescription(
            name="Team",
            members={
                "ada": MemberDescription(email="\tada@example.com\n", role="ADMIN"),
                "grace": reader(email="GRACE@example.com"),
                "eve": reader(user_id=pulumi.Output.from_input("u-eve")),
            },
            keys={"backups": KEY},
        )
    )
    assert found == {
        "workspace_id": "id of team",
        "members": {label: f"id of team/{label}" for label in ("ada", "grace", "eve")},
        "keys": {"backups": "id of team/backups"},
    }
    assert registrations.calls == ["flashback:index:getOrganizationUsers"]
    resources = {each.name: each for each in registrations.resources}
    assert {name: each.typ.removeprefix("pulumi-python:") for name, each in resources.items()} == {
        "team": "dynamic/flashback:Workspace",
        "team/ada": "dynamic/flashback:WorkspaceMember",
        "team/grace": "dynamic/flashback:WorkspaceMember",
        "team/eve": "dynamic/flashback:WorkspaceMember",
        "team/backups": "dynamic/flashback:ApiKey",
    }
    users = [resources[f"team/{label}"].inputs["userId"] for label in ("ada", "grace", "eve")]
    assert users == ["u-ada-2", "u-grace", "u-eve"]
    assert rpc.is_rpc_secret(resources["team/backups"].inputs["secret"])
    assert resources["team/backups"].inputs["workspaceId"] == "id of team"


@pytest.mark.parametrize("wrap", [lambda value: value, pulumi.Output.from_input])
def test_a_workspace_that_exists_is_not_created(registrations: Registrations, wrap: Any) -> None:
    found = run(WorkspaceDescription(workspace_id=wrap("w-1"), keys={"backups": KEY}))
    assert found["workspace_id"] == "w-1"
    assert [each.name for each in registrations.resources if each.custom] == ["team/backups"]
    assert registrations.calls == []


def output(value: Any) -> Any:
    return pulumi.Output.from_input(value)


ANY: Any = None
DESCRIPTIONS = [
    (
        WorkspaceDescription(name="Team", members=[KEY], keys=ANY),  # type: ignore[arg-type]
        [
            "members must be a dict of MemberDescription by label",
            "keys must be a dict of KeyDescription by label",
        ],
    ),
    (
        WorkspaceDescription(
            workspace_id="",
            members={"c": {}},  # type: ignore[dict-item]
            keys={"": KEY, "a": "canary", 5: KEY, "b\n": KEY},  # type: ignore[dict-item]
        ),
        [
            "members.c must be a MemberDescription",
            "keys.a must be a KeyDescription",
            "workspaceId must not be empty",
            "keys. is not a valid label: it may have letters, digits and . _ - @ + only",
            "keys.5 is not a valid label: it may have letters, digits and . _ - @ + only",
            "keys.b is not a valid label: it may have letters, digits and . _ - @ + only",
        ],
    ),
    (
        members(
            d=reader(user_id="u", renamed_from=["x", 5]),
            e=reader(user_id="v", renamed_from=("d",), allow_removing_last_admin="yes"),
            f=reader(
                email=output("a@b.c"),
                renamed_from=output("g"),
                allow_removing_last_admin=output(True),
            ),
        ),
        [
            "members.f.allowRemovingLastAdmin must not be an output",
            "members.f.email must not be an output",
            "members.f.renamedFrom must not be an output",
            "members.d.renamedFrom must be a label or a list of labels",
            "members.e.renamedFrom names a label that members still has; remove it, or rename in two steps",
            "members.e.allowRemovingLastAdmin must be true or false, not a string",
        ],
    ),
    (
        WorkspaceDescription(
            name=" Team",
            workspace_id="w",
            members={"a": MemberDescription(role=ANY)},
            keys={
                "d": KeyDescription(
                    key=ANY,
                    secret=pulumi.Output.secret("canary"),
                    provider=Provider.AWS,  # type: ignore[arg-type]
                    endpoint="https://user:canary@host",
                    rotation_triggers={"x": 5, "y": None},  # type: ignore[dict-item]
                )
            },
        ),
        [
            "workspaceId excludes name; remove one of them",
            "name must not begin or end with white space",
            "members.a.email is required, or userId instead",
            "members.a.role is required",
            "keys.d.key is required",
            "keys.d.endpoint must not contain a user name or password; use key and secret",
            "keys.d.rotationTriggers.x must be a string, not a number",
        ],
    ),
]


@pytest.mark.parametrize(("description", "expected"), DESCRIPTIONS)
def test_all_errors_are_reported_together_and_nothing_is_registered(
    registrations: Registrations, description: WorkspaceDescription, expected: list[str]
) -> None:
    assert errors(description) == expected
    assert (registrations.resources, registrations.calls) == ([], [])


UNKNOWN = "and no user has this address. Invite the user to the organization first, or check how the address is written"
SEVERAL = "several users have this email address: u-ada, u-ada-2. Give the id of the user instead"
PARTIAL = "and no user has this address. The API returned 6 of 900 users: for a user that is not among them, give the userId"


@pytest.mark.parametrize(
    ("described", "expected", "total"),
    [
        (
            # not found, and look-alikes of the addresses of other people
            [
                *("nobody@example.com", "u-nobody@"),
                *("\u212aate@example.com", "strasse@example.com"),
            ],
            [
                f"members.m0.email is nobody@example.com, {UNKNOWN}",
                f"members.m1.email is u-nobody@, {UNKNOWN}",
                f"members.m2.email is \u212aate@example.com, {UNKNOWN}",
                f"members.m3.email is strasse@example.com, {UNKNOWN}",
            ],
            6,
        ),
        (["grace@example.com", "u-grace"], ["members.m1 is the same user as members.m0"], 6),
        (["u", "u"], ["members.m1 is the same user as members.m0"], 6),
        (["ADA@example.com"], [f"members.m0.email is ADA@example.com: {SEVERAL}"], 6),
        (["nobody@example.com"], [f"members.m0.email is nobody@example.com, {PARTIAL}"], 900),
    ],
)
def test_users_that_cannot_be_members(
    registrations: Registrations, described: list[str], expected: list[str], total: int
) -> None:
    users = {
        f"m{number}": reader(email=each) if "@" in each else reader(user_id=each)
        for number, each in enumerate(described)
    }
    registrations.total = total
    assert errors(members(**users)) == expected
    source = Source("w.yaml", {("members",): 2})
    found = errors(replace(members(**users), source=source), "w.yaml")
    assert found == [f"2: {text}" for text in expected]
    assert registrations.resources == []


@pytest.mark.parametrize("section", SECTIONS, ids=lambda each: each.name)
def test_entries_have_the_inputs_of_the_resource(section: Section) -> None:
    args: Any = getattr(pulumi_flashback, f"{section.resource.name}Args")
    attributes = {each.name: each.type for each in fields(section.entry_class)}
    assert set(section.fields.values()) == set(attributes)
    inputs = {each.name: each.type for each in fields(args) if each.name != "workspace_id"}
    own = {section.fields[name] for name in (*section.plain, *section.alternatives)}
    assert {n: t for n, t in inputs.items() if n not in own}.items() <= attributes.items()
    more = {section.fields[name] for name in section.descriptions}
    assert attributes.keys() - inputs.keys() == more - inputs.keys()
    documented = re.findall(r"^    (\w+): ", inspect.getdoc(section.entry_class) or "", re.M)
    assert set(documented) == set(attributes)


def test_the_schema_and_the_page_have_every_field() -> None:
    schema = json.loads(json.dumps(file_schema()))
    assert tuple(schema["properties"]) == TOP
    for section in SECTIONS:
        entry = schema["properties"][section.name]["additionalProperties"]
        assert set(entry["properties"]) == set(section.fields)
        assert all(each["description"] for each in entry["properties"].values())
        for name, part in section.lists.items():
            assert set(entry["properties"][name]["items"]["properties"]) == set(part.fields)
    key = schema["properties"]["keys"]["additionalProperties"]["properties"]
    secret, provider, renamed = key["secret"], key["provider"], key["renamedFrom"]
    assert "AWS" in provider["anyOf"][0]["enum"]
    assert [each["type"] for each in renamed["anyOf"]] == ["string", "array"]
    for reference in ("${config:name}", "${config:other:na-me}", "${env:NAME_1}"):
        assert re.search(secret["pattern"], reference)
    for literal in ("name", "${env:NAME}x", "x${env:NAME}", "${config:}", "${env:1}"):
        assert not re.search(secret["pattern"], literal)
    page = (ROOT / "docs" / "workspace.md").read_text()
    for name in [*TOP, *(name for entry in ENTRIES for name in entry.fields)]:
        assert f"`{name}`" in page
