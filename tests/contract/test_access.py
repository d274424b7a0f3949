"""Who may do what with the objects of a workspace: what is refused is never taken for gone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.store import ADMINISTRATOR, WORKSPACES, User
from tests.contract.conftest import Start
from tests.contract.driver import ProviderProcess
from tests.contract.steps import of, refused
from tests.lifecycle.samples import SAMPLES, Sample

ADMINISTERED = ("Workspace", "WorkspaceMember")
"""What only an ADMIN of the workspace may change."""
IN_WORKSPACES = [name for name in SAMPLES if name != "OrganizationUser"]


class Existing:
    """An object of a resource, and another provider process that knows it.

    Args:
        resource: The name of the resource.
        emulator: The backend.
        admin: A further ADMIN of its workspace.
    """

    def __init__(self, resource: str, emulator: Emulator, admin: User | None = None) -> None:
        self.sample: Sample = SAMPLES[resource](emulator)
        self.resource = resource
        self.inputs = self.sample.inputs()
        self.id = self.sample.add(self.inputs)
        self.state = {**self.inputs, **self.sample.outputs(self.id)}
        self.before = self.sample.live()
        self.workspace = self.id if resource == "Workspace" else self.sample.workspace
        if admin:
            emulator.set_member(self.workspace, admin, "ADMIN")
            self.before = self.sample.live()

    def read(self, process: ProviderProcess) -> bool:
        """Whether a process finds it as it is."""
        found = of(process, self.resource).read(self.id, self.state)
        return found == (self.id, self.state, self.inputs)

    def refusals(self, process: ProviderProcess, *calls: str) -> list[str]:
        """Return the messages of calls that fail and do nothing."""
        provider = of(process, self.resource)
        changes = self.sample.changes()
        names = [n for n in changes if n not in self.sample.replaces][:1]
        known = {n: self.inputs[n] for n in self.sample.get}
        wanted = {**self.inputs, **{n: changes[n] for n in names}}
        arguments: dict[str, tuple[Any, ...]] = {
            "read": (provider.read, self.id, self.state),
            "get": (provider.read, self.id, known),
            "update": (provider.update, self.id, self.state, wanted),
            "delete": (provider.delete, self.id, self.state),
        }
        sent = (each for each in calls if each in {"get", *self.sample.requests})
        messages = [refused(*arguments[call]) for call in sent]
        assert self.sample.live() == self.before
        return messages


# not 404 and empty: such a backend responds exactly as for a deleted workspace
@pytest.mark.parametrize(
    ("status", "listed"),
    [
        ("403", "forbidden"),
        ("403", "empty"),
        ("403", "not-found"),
        ("404", "forbidden"),
        ("404", "not-found"),
    ],
)
def test_what_is_closed_to_the_user_is_never_gone(start: Start, status: str, listed: str) -> None:
    emulator, _ = start(f"no_role_status={status}", f"foreign_workspace_list={listed}")
    me = emulator.add_user("me@flashback.example", org_role=WORKSPACES)
    _, provider = start(on=emulator, user=me)
    for resource in IN_WORKSPACES:
        it = Existing(resource, emulator, me)
        emulator.remove_member(it.workspace, me)
        it.before = it.sample.live()
        for message in it.refusals(provider, "read", "get", "delete"):
            clear = re.search("this user has no access to it|this user has no role in it", message)
            assert clear or resource not in ADMINISTERED
        it.refusals(provider, "update")
        if resource == "WorkspaceMember":
            assert "no role in it" in refused(of(provider, resource).create, it.inputs)
        emulator.set_member(it.workspace, me, "WRITE")
        assert it.read(provider)


@pytest.mark.parametrize("listed", ["forbidden", "empty", "not-found"])
def test_another_organization_sees_nothing_and_drops_nothing(start: Start, listed: str) -> None:
    emulator, _ = start(f"foreign_workspace_list={listed}")
    email = "other@elsewhere.example"
    stranger = emulator.add_user(email, org_id="elsewhere", org_role=WORKSPACES)
    _, provider = start(on=emulator, user=stranger)
    for resource in SAMPLES:
        it = Existing(resource, emulator)
        for message in it.refusals(provider, "read", "delete"):
            assert resource not in ADMINISTERED or re.search(
                "belongs to organization demo-organization|Check the credentials"
                "|this user has no access to it",
                message,
            )
        it.refusals(provider, "update")


@pytest.mark.parametrize("role", ["READ", "WRITE"])
def test_who_is_no_admin_is_told_who_may(start: Start, role: str) -> None:
    emulator, _ = start()
    user = emulator.add_user("low@flashback.example", org_role=WORKSPACES)
    _, provider = start(on=emulator, user=user)
    for resource in ADMINISTERED:
        it = Existing(resource, emulator)
        emulator.set_member(it.workspace, user, role)
        it.before = it.sample.live()
        assert it.read(provider)
        messages = it.refusals(provider, "update", "delete")
        if resource == "WorkspaceMember":
            messages.append(
                refused(
                    of(provider, resource).create,
                    {
                        **it.inputs,
                        "userId": emulator.add_user("ben@flashback.example").id,
                    },
                )
            )
            # who is as declared needs no change
            assert of(provider, resource).create(it.inputs)[0] == it.id
        for message in messages:
            assert "403 Insufficient permissions to" in message
            assert "Only an ADMIN of the workspace may do this" in message
        assert it.sample.live() == it.before


@pytest.mark.parametrize("power", ["administer", "read", "as-members"])
def test_what_an_administrator_of_the_organization_may_do(start: Start, power: str) -> None:
    emulator, _ = start(f"organization_admins={power}")
    user = emulator.add_user("a@flashback.example", org_role=ADMINISTRATOR)
    _, provider = start(on=emulator, user=user)
    for resource in ADMINISTERED:
        it = Existing(resource, emulator)
        its = of(provider, resource)
        if power == "administer":
            assert it.read(provider)
            name = next(n for n in it.sample.changes() if n not in it.sample.replaces)
            wanted = {**it.inputs, name: it.sample.changes()[name]}
            its.delete(it.id, its.update(it.id, it.state, wanted))
            assert it.sample.live() == {}
            its.create(it.inputs)
            assert len(it.sample.live()) == 1
        elif power == "read":
            assert it.read(provider)
            for message in it.refusals(provider, "update", "delete"):
                assert "403" in message
                assert "Only an ADMIN of the workspace" in message
        else:
            for message in it.refusals(provider, "read", "update", "delete"):
                assert re.search("this user has no access to it|has no role in it|403", message)


def test_who_may_not_create_a_workspace_is_told_what_it_takes(start: Start) -> None:
    emulator, _ = start()
    user = emulator.add_user("user@flashback.example")
    message = refused(of(start(on=emulator, user=user)[1], "Workspace").create, {"name": "Team"})
    assert "403 Insufficient permissions to create workspaces" in message
    assert "for the role WORKSPACES or higher" in message


def test_what_was_in_a_deleted_workspace_is_gone(start: Start) -> None:
    emulator, provider = start()
    for resource in {*IN_WORKSPACES} - {"Workspace"}:
        it = Existing(resource, emulator)
        emulator.delete_workspace(it.workspace)
        assert of(provider, resource).read(it.id, it.state)[0] == ""
        of(provider, resource).delete(it.id, it.state)
    assert emulator.count("DELETE", "/workspace/{id}/users/{userId}") == 0
