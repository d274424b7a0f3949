"""``FlashbackWorkspace`` without an engine."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks, rpc, settings

from pulumi_flashback import (
    ApiKeyArgs,
    FlashbackWorkspace,
    KeyDescription,
    MemberDescription,
    WorkspaceDescription,
    WorkspaceMemberArgs,
)
from pulumi_flashback.component.fields import KEYS, MEMBERS, TOP
from pulumi_flashback.component.schema import file_schema

ROOT = Path(__file__).parents[2]
KEY = KeyDescription(key="canary-1", secret="canary-2", provider="AWS")
USERS = [
    {"id": "u-ada", "email": "Ada@Example.com"},
    {"id": "u-ada-2", "email": "ada@example.com"},
    {"id": "u-grace", "email": "grace@example.com"},
    {"id": "u-nobody"},
]


class Registrations(mocks.Mocks):
    """Takes what a program registers and asks for."""

    def __init__(self) -> None:
        self.made: list[mocks.MockResourceArgs] = []
        self.calls: list[str] = []
        self.total = len(USERS)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.made.append(args)
        return f"id of {args.name}", args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[Any]]:
        self.calls.append(args.token)
        return {"users": USERS, "total": self.total}, []


@pytest.fixture
def registrations() -> Iterator[Registrations]:
    """Run the test as a program whose registrations are kept."""
    before = settings.SETTINGS
    taken = Registrations()
    mocks.set_mocks(taken, preview=False)
    yield taken
    settings.configure(before)


def run(description: WorkspaceDescription) -> dict[str, Any]:
    """Declare a component and return its outputs."""
    found: dict[str, Any] = {}

    def program() -> Any:
        team = FlashbackWorkspace("team", description)
        ids = pulumi.Output.all(
            workspace_id=team.workspace_id, members=team.member_ids, keys=team.api_key_ids
        )
        return ids.apply(found.update)

    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call] # the SDK's
    return found


def problems(description: WorkspaceDescription) -> list[str]:
    with pytest.raises(pulumi.RunError) as error:
        run(description)
    assert "canary" not in str(error.value)
    lines = str(error.value).split("\n")
    assert all(line.startswith("team: ") for line in lines)
    return [line.removeprefix("team: ") for line in lines]


def members(**given: MemberDescription) -> WorkspaceDescription:
    return WorkspaceDescription(name="Team", members=given)


def test_it_makes_what_is_described_with_one_list_of_users(registrations: Registrations) -> None:
    found = run(
        WorkspaceDescription(
            name="Team",
            members={
                "ada": MemberDescription(email=" ada@example.com", role="ADMIN"),
                "grace": MemberDescription(email="GRACE@example.com", role="READ"),
                "eve": MemberDescription(user_id=pulumi.Output.from_input("u-eve"), role="READ"),
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
    made = {each.name: each for each in registrations.made}
    assert {name: each.typ for name, each in made.items()} == {
        "team": "pulumi-python:dynamic/flashback:Workspace",
        "team/ada": "pulumi-python:dynamic/flashback:WorkspaceMember",
        "team/grace": "pulumi-python:dynamic/flashback:WorkspaceMember",
        "team/eve": "pulumi-python:dynamic/flashback:WorkspaceMember",
        "team/backups": "pulumi-python:dynamic/flashback:ApiKey",
    }
    users = [made[f"team/{label}"].inputs["userId"] for label in ("ada", "grace", "eve")]
    assert users == ["u-ada-2", "u-grace", "u-eve"]
    assert rpc.is_rpc_secret(made["team/backups"].inputs["secret"])
    assert made["team/backups"].inputs["workspaceId"] == "id of team"


@pytest.mark.parametrize("wrap", [lambda value: value, pulumi.Output.from_input])
def test_a_workspace_that_exists_is_not_made(registrations: Registrations, wrap: Any) -> None:
    found = run(WorkspaceDescription(workspace_id=wrap("w-1"), keys={"backups": KEY}))
    assert found["workspace_id"] == "w-1"
    assert [each.name for each in registrations.made if each.custom] == ["team/backups"]
    assert registrations.calls == []


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        (
            WorkspaceDescription(),
            [
                "name is required: the name of the workspace to make (or workspaceId, for one that "
                "exists)"
            ],
        ),
        (
            WorkspaceDescription(name="Team", workspace_id="w"),
            ["workspaceId and name exclude each other: the workspace exists, or it is made"],
        ),
        (
            WorkspaceDescription(
                name="Team",
                members={"a/b": {}},  # type: ignore[dict-item]
                keys={"": KEY, "a": "canary", 5: KEY},  # type: ignore[dict-item]
            ),
            [
                "members.a/b is no label: it may have letters, digits and . _ - @ + only",
                "members.a/b must be a MemberDescription",
                "keys. is no label: it may have letters, digits and . _ - @ + only",
                "keys.a must be a KeyDescription",
                "keys.5 is no label: it may have letters, digits and . _ - @ + only",
            ],
        ),
        (
            members(
                a=MemberDescription(role="READ"),
                b=MemberDescription(role="READ", email="b@c", user_id="u"),
                c=MemberDescription(role="READ", email="ada"),
                d=MemberDescription(role="READ", user_id="u", renamed_from=["x", 5]),  # type: ignore[list-item]
                e=MemberDescription(role="READ", user_id="v", renamed_from=["d"]),
            ),
            [
                "members.d.renamedFrom must be a label or a list of labels",
                "members.e.renamedFrom names a label that members still has; remove it, or rename "
                "in two steps",
                "members.a needs email or userId",
                "members.b has both email and userId; one of them is enough",
                "members.c.email must be an email address",
            ],
        ),
        (
            WorkspaceDescription(name="Team", members=[KEY], keys=None),  # type: ignore[arg-type]
            [
                "members must be a dict of MemberDescription by label",
                "keys must be a dict of KeyDescription by label",
            ],
        ),
        (
            WorkspaceDescription(
                name=" Team",
                members={
                    "a": MemberDescription(
                        role=None,  # type: ignore[arg-type]
                        user_id="u",
                        allow_removing_last_admin=pulumi.Output.from_input(True),  # type: ignore[arg-type]
                    ),
                    "b": MemberDescription(
                        role="admin",
                        user_id="v",
                        allow_removing_last_admin="yes",  # type: ignore[arg-type]
                    ),
                    "c": {},  # type: ignore[dict-item]
                },
                keys={
                    "d": KeyDescription(
                        key=None,  # type: ignore[arg-type]
                        secret=pulumi.Output.secret("canary"),
                        provider="",
                        endpoint="https://user:canary@host",
                        region=5,  # type: ignore[arg-type]
                        rotation_triggers={"x": 5},  # type: ignore[dict-item]
                    )
                },
            ),
            [
                "members.c must be a MemberDescription",
                "members.a.allowRemovingLastAdmin must be True or False, and no output",
                "name must not begin or end with white space",
                "members.a.role is required",
                "members.b.role must be written in capitals: ADMIN",
                "members.b.allowRemovingLastAdmin must be true or false, not a string",
                "keys.d.key is required",
                "keys.d.provider must not be empty",
                "keys.d.endpoint must not contain a user name or password; use key and secret",
                "keys.d.region must be a string, not a number",
                "keys.d.rotationTriggers.x must be a string, not a number",
            ],
        ),
        (
            WorkspaceDescription(workspace_id=""),
            ["workspaceId must not be empty"],
        ),
    ],
)
def test_what_is_wrong_is_told_at_once_and_nothing_is_made(
    registrations: Registrations, description: WorkspaceDescription, expected: list[str]
) -> None:
    assert problems(description) == expected
    assert registrations.made == []
    assert registrations.calls == []


def test_unknown_and_equal_users_are_told_at_once(registrations: Registrations) -> None:
    found = problems(
        members(
            a=MemberDescription(role="READ", email="nobody@example.com"),
            b=MemberDescription(role="READ", email="u-nobody@"),
            c=MemberDescription(role="READ", email="grace@example.com"),
            d=MemberDescription(role="READ", user_id="u-grace"),
        )
    )
    advice = "Invite the user to the organization first, or check how the address is written"
    assert found == [
        f"members.a.email is nobody@example.com, which no user has. {advice}",
        f"members.b.email is u-nobody@, which no user has. {advice}",
        "members.c is the same user as members.d",
    ]
    assert registrations.made == []


@pytest.mark.parametrize("address", ["\u212aate@example.com", "strasse@example.com"])
def test_a_look_alike_of_an_address_is_no_member(
    address: str, registrations: Registrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [
        {"id": "u-1", "email": "kate@example.com"},
        {"id": "u-2", "email": "straße@example.com"},
    ]
    monkeypatch.setattr(sys.modules[__name__], "USERS", others)
    registrations.total = len(others)
    (found,) = problems(members(a=MemberDescription(email=address, role="ADMIN")))
    assert f"members.a.email is {address}, which no user has" in found
    assert registrations.made == []


def test_an_address_of_several_users_is_ambiguous(registrations: Registrations) -> None:
    (found,) = problems(members(a=MemberDescription(email="ADA@example.com", role="ADMIN")))
    assert found == (
        "members.a.email is ADA@example.com: several users have this email address: u-ada, "
        "u-ada-2. Give the id of the user instead"
    )
    assert registrations.made == []


def test_a_list_that_is_cut_off_is_no_proof(registrations: Registrations) -> None:
    registrations.total = 900
    assert problems(members(a=MemberDescription(role="READ", email="nobody@example.com"))) == [
        "members.a.email is nobody@example.com, which no user has. The platform shows 4 of 900 "
        "users: give the userId of another one"
    ]


def test_descriptions_show_no_secret() -> None:
    assert "canary" not in repr(WorkspaceDescription(name="Team", keys={"a": KEY}))


def test_descriptions_have_the_inputs_of_the_resources() -> None:
    key = {each.name: each.type for each in fields(KeyDescription)}
    inputs = {each.name: each.type for each in fields(ApiKeyArgs)}
    assert {**key, "workspace_id": inputs["workspace_id"]} == {
        **inputs,
        "renamed_from": key["renamed_from"],
    }
    member = {each.name for each in fields(MemberDescription)}
    assert member == {each.name for each in fields(WorkspaceMemberArgs)} - {"workspace_id"} | {
        "email",
        "renamed_from",
    }


@pytest.mark.parametrize("kind", [KEYS, MEMBERS])
def test_a_file_has_the_fields_of_a_description(kind: Any) -> None:
    attributes = {each.name for each in fields(kind.description)}
    assert set(kind.fields.values()) == attributes
    documented = re.findall(r"^    (\w+): ", inspect.getdoc(kind.description) or "", re.M)
    assert set(documented) == attributes


def test_the_schema_has_every_field() -> None:
    schema = json.loads(json.dumps(file_schema()))
    assert tuple(schema["properties"]) == TOP
    for kind in (KEYS, MEMBERS):
        entry = schema["properties"][kind.section]["additionalProperties"]
        assert set(entry["properties"]) == set(kind.fields)
        assert all(each["description"] for each in entry["properties"].values())
    pattern = schema["properties"]["keys"]["additionalProperties"]["properties"]["secret"][
        "pattern"
    ]
    for reference in ("${config:name}", "${config:other:na-me}", "${env:NAME_1}"):
        assert re.search(pattern, reference)
    for literal in ("name", "${env:NAME}x", "x${env:NAME}", "${config:}", "${env:1}"):
        assert not re.search(pattern, literal)


def test_the_reference_of_the_docs_names_every_field() -> None:
    page = (ROOT / "docs" / "workspace.md").read_text()
    for name in [*TOP, *KEYS.fields, *MEMBERS.fields]:
        assert f"`{name}`" in page


def test_a_program_without_a_file_and_addresses_loads_no_client() -> None:
    code = (
        "import sys; from pulumi_flashback import FlashbackWorkspace; "
        "print({'httpx', 'pydantic', 'pulumi_flashback.component.file'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
