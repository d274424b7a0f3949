"""Checks of the settings of workspaces, their members and the organization."""

from __future__ import annotations

from typing import Any

import httpx

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.store import ADMINISTRATOR, WORKSPACES, User
from tests.emulator.choices import Check, under
from tests.emulator.test_api import Ask, asking, refused

USERS = "/workspace/workspace-uuid/users"
ALREADY = "User is already a member of this workspace"


def ada(emulator: Emulator, **more: Any) -> User:
    return emulator.add_user("Ada@flashback.example", **more)


def asking_as(emulator: Emulator, user: User) -> Ask:
    return asking(emulator, emulator.issue_token(user))


def add(ask: Ask, user: User, role: str = "READ") -> httpx.Response:
    return ask("POST", USERS, {"userId": user.id, "role": role})


def shown(ask: Ask) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ask("GET", "/workspace/workspace-uuid").json()["workspace"][
        "users"
    ]
    return rows


def names(create: int, update: int, again: int) -> Check:
    """Return a check of taken names; ``again`` is the status for the name of a deleted one."""

    def check(emulator: Emulator, ask: Ask) -> None:
        path = f"/workspace/{emulator.workspace_id}"
        assert ask("POST", "/workspace", {"name": "Second"}).status_code == create
        assert ask("PUT", path, {"name": "Second"}).status_code == update
        assert ask("PUT", path, {"name": "Demo"}).status_code == 200
        theirs = emulator.add_workspace("Theirs", org_id="another-organization")
        assert ask("POST", "/workspace", {"name": theirs.name}).status_code == 201
        emulator.delete_workspace(emulator.add_workspace("Old").id)
        assert ask("POST", "/workspace", {"name": "Old"}).status_code == again

    return check


under("duplicate_workspace_name=accepted")(names(201, 200, 201))
under("duplicate_workspace_name=refused")(names(400, 400, 201))
under("duplicate_workspace_name=refused-also-deleted")(names(400, 400, 400))


def stored_name(expected: str) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        made = ask("POST", "/workspace", {"name": " New "}).json()["workspace"]
        assert made["name"] == expected
        assert ask("PUT", f"/workspace/{made['id']}", {"name": " New "}).status_code == 200
        assert emulator.workspaces()[-1].name == expected

    return check


under("workspace_name_stored=as-sent")(stored_name(" New "))
under("workspace_name_stored=trimmed")(stored_name("New"))


def deleted(in_list: bool, read: int) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        gone = emulator.second_workspace_id
        emulator.delete_workspace(gone)
        rows = {row["id"]: row for row in ask("GET", "/workspace").json()["workspaces"]}
        assert (gone in rows) == in_list
        assert [each for each, row in rows.items() if "deletedAt" in row] == [gone] * in_list
        answer = ask("GET", f"/workspace/{gone}")
        assert answer.status_code == read
        assert ("deletedAt" in answer.text) == (read == 200)
        for method in ("PUT", "DELETE"):
            refused(ask(method, f"/workspace/{gone}", {}), 404, "Workspace not found")

    return check


under("deleted_workspaces=hidden")(deleted(False, 404))
under("deleted_workspaces=listed")(deleted(True, 404))
under("deleted_workspaces=shown")(deleted(True, 200))


def users_in_list(*expected: object) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        rows = ask("GET", "/workspace").json()["workspaces"]
        assert [row.get("users") for row in rows] == list(expected)
        assert len(shown(ask)) == 1

    return check


under("users_in_workspace_list=absent")(users_in_list(None, None))
under("users_in_workspace_list=empty")(users_in_list([], []))


@under("users_in_workspace_list=shown")
def users_shown_in_list(emulator: Emulator, ask: Ask) -> None:
    first = ask("GET", "/workspace").json()["workspaces"][0]
    assert first["users"] == shown(ask)


def organization_admin(count: int, read: int, write: int) -> Check:
    def check(emulator: Emulator, _: Ask) -> None:
        ask = asking_as(emulator, ada(emulator, org_role=ADMINISTRATOR))
        path = f"/workspace/{emulator.workspace_id}"
        assert len(ask("GET", "/workspace").json()["workspaces"]) == count
        assert ask("GET", path).status_code == read
        assert ask("PUT", path, {"name": "n"}).status_code == write
        assert ask("GET", "/apikeys?workspaceId=workspace-uuid").status_code == (
            200 if read == 200 else 403
        )
        bob = emulator.add_user("bob@flashback.example")
        assert add(ask, bob).status_code == write

    return check


under("organization_admins=administer")(organization_admin(2, 200, 200))
under("organization_admins=read")(organization_admin(2, 200, 403))
under("organization_admins=as-members")(organization_admin(0, 404, 403))


def no_role(status: int) -> Check:
    def check(emulator: Emulator, _: Ask) -> None:
        user = ada(emulator)
        ask = asking_as(emulator, user)
        path = f"/workspace/{emulator.workspace_id}"
        for method in ("PUT", "DELETE"):
            assert ask(method, path, {"name": "n"}).status_code == status
            assert ask(method, "/workspace/nowhere", {"name": "n"}).status_code == 404
        emulator.set_member(emulator.workspace_id, user, "WRITE")
        assert ask("PUT", path, {"name": "n"}).status_code == 403

    return check


under("no_role_status=403")(no_role(403))
under("no_role_status=404")(no_role(404))


def unknown_workspace(status: int, message: str) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        user = ada(emulator)
        theirs = emulator.add_workspace("Theirs", org_id="another-organization").id
        emulator.delete_workspace(emulator.second_workspace_id)
        for workspace in ("nowhere", theirs, emulator.second_workspace_id):
            path = f"/workspace/{workspace}/users"
            body = {"userId": user.id, "role": "READ"}
            refused(ask("POST", path, body), status, message)
            refused(ask("PUT", f"{path}/{user.id}", body), status, message)
            refused(ask("DELETE", f"{path}/{user.id}"), status, message)

    return check


under("members_of_unknown_workspace=403")(
    unknown_workspace(403, "Insufficient permissions to manage workspace users")
)
under("members_of_unknown_workspace=404")(unknown_workspace(404, "Workspace not found"))


def added_twice(status: int, role: str, message: str | None = None) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        user = ada(emulator)
        assert add(ask, user).status_code == 200
        answer = add(ask, user, "WRITE")
        assert (answer.status_code, answer.json().get("message")) == (status, message)
        assert emulator.members(emulator.workspace_id)[user.id] == role
        assert len(shown(ask)) == 2

    return check


under("member_added_twice=refused")(added_twice(400, "READ", ALREADY))
under("member_added_twice=conflict")(added_twice(409, "READ", ALREADY))
under("member_added_twice=fails")(added_twice(500, "READ", "Failed to add user to workspace"))
under("member_added_twice=updates")(added_twice(200, "WRITE"))
under("member_added_twice=ignored")(added_twice(200, "READ"))


def unknown_role(status: int, add_message: str | None, update_message: str | None) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        user, other = ada(emulator), emulator.add_user("other@flashback.example")
        emulator.set_member(emulator.workspace_id, other, "READ")
        added = add(ask, user, "EDITOR")
        assert (added.status_code, added.json().get("message")) == (status, add_message)
        updated = ask("PUT", f"{USERS}/{other.id}", {"role": "EDITOR"})
        assert (updated.status_code, updated.json().get("message")) == (status, update_message)
        roles = emulator.members(emulator.workspace_id)
        accepted = status == 200
        assert roles.get(user.id) == ("EDITOR" if accepted else None)
        assert roles[other.id] == ("EDITOR" if accepted else "READ")
        theirs = asking_as(emulator, other)
        assert theirs("GET", "/workspace/workspace-uuid").status_code == 200
        assert theirs("PUT", "/workspace/workspace-uuid", {"name": "n"}).status_code == 403

    return check


under("unknown_role=refused")(unknown_role(400, "Invalid role", "Invalid role"))
under("unknown_role=fails")(
    unknown_role(500, "Failed to add user to workspace", "Failed to update user role")
)
under("unknown_role=accepted")(unknown_role(200, None, None))


def lower_case(status: int, role: str | None) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        user = ada(emulator)
        assert add(ask, user, "Admin").status_code == status
        assert emulator.members(emulator.workspace_id).get(user.id) == role

    return check


under("role_case=exact")(lower_case(400, None))
under("role_case=any")(lower_case(200, "ADMIN"))


def listed_role(expected: str) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        assert [row["role"] for row in shown(ask)] == [expected]
        (first, _) = ask("GET", "/workspace").json()["workspaces"]
        assert [row["role"] for row in first["users"]] == [expected]

    return check


under("listed_role=upper")(listed_role("ADMIN"))
under("listed_role=lower")(listed_role("admin"))


def last_admin(status: int, message: str | None) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        path = f"{USERS}/{emulator.user_id}"
        user = ada(emulator)
        assert add(ask, user, "ADMIN").status_code == 200
        assert ask("PUT", path, {"role": "WRITE"}).status_code == 200  # one is left
        last = f"{USERS}/{user.id}"
        for answer in (ask("PUT", last, {"role": "READ"}), ask("DELETE", last)):
            assert (answer.status_code, answer.json().get("message")) == (status, message)
        assert ask("DELETE", path).status_code == 200  # no ADMIN any more

    return check


under("last_admin=unprotected")(last_admin(200, None))
under("last_admin=protected")(last_admin(400, "Workspace must have at least one admin"))


def own_role(status: int) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        path = f"{USERS}/{emulator.user_id}"
        assert ask("PUT", path, {"role": "ADMIN"}).status_code == 200  # as it is
        assert ask("PUT", path, {"role": "WRITE"}).status_code == status
        assert ask("DELETE", path).status_code == status
        user = ada(emulator)
        add(ask, user)
        assert ask("DELETE", f"{USERS}/{user.id}").status_code == 200

    return check


under("own_role=changeable")(own_role(200))
under("own_role=fixed")(own_role(400))


def unvalidated(status: int) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        assert add(ask, ada(emulator, validated=False)).status_code == status

    return check


under("unvalidated_member=accepted")(unvalidated(200))
under("unvalidated_member=refused")(unvalidated(404))


def order(first: int) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        user = ada(emulator)
        add(ask, user)
        ask("PUT", f"{USERS}/{emulator.user_id}", {"role": "ADMIN"})  # keeps its place
        assert [row["userId"] for row in shown(ask)][first] == emulator.user_id
        assert len(shown(ask)) == 2

    return check


under("member_order=oldest-first")(order(0))
under("member_order=newest-first")(order(1))


def deleted_member(stays: bool) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        user = ada(emulator)
        add(ask, user)
        assert ask("DELETE", f"/organization/users/{user.id}").status_code == 200
        assert (user.id in [row["userId"] for row in shown(ask)]) == stays
        assert ask("DELETE", f"{USERS}/{user.id}").status_code == (200 if stays else 404)

    return check


under("membership_of_deleted_user=ends")(deleted_member(False))
under("membership_of_deleted_user=stays")(deleted_member(True))


def list_users_as_anybody(status: int) -> Check:
    def check(emulator: Emulator, _: Ask) -> None:
        ask = asking_as(emulator, ada(emulator))
        answer = ask("GET", "/organization/users")
        assert answer.status_code == status
        assert answer.json()["total"] == (2 if status == 200 else 0)

    return check


under("organization_users_for=managers")(list_users_as_anybody(403))
under("organization_users_for=everyone")(list_users_as_anybody(200))


def deleted_users(expected: list[bool]) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        emulator.delete_user(ada(emulator))
        answer = ask("GET", "/organization/users").json()
        assert [bool(row["deletedAt"]) for row in answer["data"]] == expected
        assert answer["total"] == len(expected)

    return check


under("deleted_organization_users=hidden")(deleted_users([False]))
under("deleted_organization_users=listed")(deleted_users([False, True]))

NEW = {"email": "New@x.example", "password": "p", "firstName": "New", "lastName": "User"}


def email_stored(expected: str) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        made = ask("POST", "/organization/users", NEW).json()["data"]
        assert made["email"] == expected
        credentials = {"email": expected, "password": "p"}
        assert ask("POST", "/user/login", credentials).status_code == 200

    return check


under("email_stored=as-sent")(email_stored("New@x.example"))
under("email_stored=lower")(email_stored("new@x.example"))


def email_again(status: int) -> Check:
    def check(emulator: Emulator, ask: Ask) -> None:
        made = ask("POST", "/organization/users", NEW).json()["data"]
        assert ask("POST", "/organization/users", NEW).status_code == 400  # not deleted
        ask("DELETE", f"/organization/users/{made['id']}")
        again = ask("POST", "/organization/users", {**NEW, "orgRole": WORKSPACES})
        assert again.status_code == status
        if status == 201:
            assert again.json()["data"] == {
                **made,
                "orgRole": WORKSPACES,
                "orgRoles": [0, 1, 2],
                "orgRoleDescription": "WORKSPACES",
            }
        else:
            assert again.json()["message"] == "User with this email already exists"

    return check


under("email_of_deleted_user=refused")(email_again(400))
under("email_of_deleted_user=revived")(email_again(201))
