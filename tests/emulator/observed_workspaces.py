"""Observations of the settings of workspaces and their members."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.store import ADMINISTRATOR
from tests.emulator.asking import MEMBERS, USERS, WORKSPACE, Ask, asking, members, said
from tests.emulator.observing import add, seen, theirs, user


@seen({"accepted": [200, 404], "refused": [400, 200]})
def delete_workspace_with_keys(emulator: Emulator, ask: Ask) -> Any:
    key = emulator.add_api_key(emulator.second_workspace_id)
    path = f"/workspace/{emulator.second_workspace_id}"
    first = ask("DELETE", path).status_code
    emulator.delete_api_key(key)
    return [first, ask("DELETE", path).status_code]


@seen(
    {
        "accepted": (201, 200, 201),
        "refused": (400, 400, 201),
        "refused-also-deleted": (400, 400, 400),
    }
)
def duplicate_workspace_name(emulator: Emulator, ask: Ask) -> Any:
    theirs(emulator)
    emulator.delete_workspace(emulator.add_workspace("Old").id)
    assert ask("POST", "/workspace", {"name": "Theirs"}).status_code == 201
    result = (
        ask("POST", "/workspace", {"name": "Second"}).status_code,
        ask("PUT", WORKSPACE, {"name": "Second"}).status_code,
        ask("POST", "/workspace", {"name": "Old"}).status_code,
    )
    assert ask("PUT", WORKSPACE, {"name": "Demo"}).status_code == 200  # its own
    return result


@seen({"as-sent": {" New "}, "trimmed": {"New"}})
def workspace_name_stored(emulator: Emulator, ask: Ask) -> Any:
    made = ask("POST", "/workspace", {"name": " New "}).json()["workspace"]
    again = ask("PUT", f"/workspace/{made['id']}", {"name": " New "}).json()["workspace"]
    return {made["name"], again["name"], emulator.workspaces()[-1].name}


@seen({3: [201, (400, "Workspace name is too long")]})
def longest_workspace_name(emulator: Emulator, ask: Ask) -> Any:
    fits = ask("POST", "/workspace", {"name": "abc"}).status_code
    return [fits, said(ask("POST", "/workspace", {"name": "abcd"}))]


@seen({"hidden": (0, 404), "listed": (1, 404), "shown": (1, 200)})
def deleted_workspaces(emulator: Emulator, ask: Ask) -> Any:
    gone = emulator.second_workspace_id
    emulator.delete_workspace(gone)
    rows = {row["id"]: row for row in ask("GET", "/workspace").json()["workspaces"]}
    assert [each for each, row in rows.items() if "deletedAt" in row] == [gone] * (gone in rows)
    read = ask("GET", f"/workspace/{gone}")
    assert ("deletedAt" in read.text) == read.is_success
    for method in ("PUT", "DELETE"):
        assert said(ask(method, f"/workspace/{gone}", {})) == (404, "Workspace not found")
    return len(rows) - 1, read.status_code


@seen({"shown": [["ADMIN"], ["ADMIN"]], "absent": [None, None], "empty": [[], []]})
def users_in_workspace_list(emulator: Emulator, ask: Ask) -> Any:
    rows = ask("GET", "/workspace").json()["workspaces"]
    assert len(members(ask)) == 1
    assert rows[0].get("users") in (None, [], members(ask))
    return [each.get("users") and [u["role"] for u in each["users"]] for each in rows]


@seen(
    {
        "administer": (2, 200, 200, 200, 200),
        "read": (2, 200, 200, 403, 403),
        "as-members": (0, 404, 403, 403, 403),
    }
)
def organization_admins(emulator: Emulator, ask: Ask) -> Any:
    ask = asking(emulator, user(emulator, org_role=ADMINISTRATOR))
    return (
        len(ask("GET", "/workspace").json()["workspaces"]),
        ask("GET", WORKSPACE).status_code,
        ask("GET", "/apikeys?workspaceId=workspace-uuid").status_code,
        ask("PUT", WORKSPACE, {"name": "n"}).status_code,
        add(ask, emulator.add_user("bob@flashback.example").id)[0],
    )


@seen({403: 403, 404: 404})
def no_role_status(emulator: Emulator, ask: Ask) -> Any:
    member = user(emulator)
    ask = asking(emulator, member)
    statuses = {ask(each, WORKSPACE, {"name": "n"}).status_code for each in ("PUT", "DELETE")}
    assert ask("PUT", "/workspace/nowhere", {"name": "n"}).status_code == 404
    emulator.set_member(emulator.workspace_id, member, "WRITE")
    assert ask("PUT", WORKSPACE, {"name": "n"}).status_code == 403
    return statuses.pop() if len(statuses) == 1 else statuses


@seen({"documented": [404, 400], "401": [401, 401]})
def unknown_caller_of_workspaces(emulator: Emulator, ask: Ask) -> Any:
    nobody = asking(emulator, None)
    write = nobody("POST", "/workspace", {"name": "n"})
    return [nobody("GET", "/workspace").status_code, write.status_code]


@seen(
    {
        403: (403, "Insufficient permissions to manage workspace users"),
        404: (404, "Workspace not found"),
    }
)
def members_of_unknown_workspace(emulator: Emulator, ask: Ask) -> Any:
    body = {"userId": user(emulator).id, "role": "READ"}
    emulator.delete_workspace(emulator.second_workspace_id)
    found = set()
    for workspace in ("nowhere", theirs(emulator), emulator.second_workspace_id):
        path = f"/workspace/{workspace}/users"
        found.add(said(ask("POST", path, body)))
        found.add(said(ask("PUT", f"{path}/{body['userId']}", body)))
        found.add(said(ask("DELETE", f"{path}/{body['userId']}")))
    return found.pop() if len(found) == 1 else found


ALREADY = "User is already a member of this workspace"


@seen(
    {
        "refused": (400, ALREADY, "READ"),
        "conflict": (409, ALREADY, "READ"),
        "fails": (500, "Failed to add user to workspace", "READ"),
        "updates": (200, None, "WRITE"),
        "ignored": (200, None, "READ"),
    }
)
def member_added_twice(emulator: Emulator, ask: Ask) -> Any:
    member = user(emulator).id
    assert add(ask, member)[0] == 200
    again = add(ask, member, "WRITE")
    assert len(members(ask)) == 2
    return (*again, emulator.members(emulator.workspace_id)[member])


@seen(
    {
        "refused": ((400, "Invalid role"), (400, "Invalid role"), None, "READ"),
        "fails": (
            (500, "Failed to add user to workspace"),
            (500, "Failed to update user role"),
            None,
            "READ",
        ),
        "accepted": ((200, None), (200, None), "EDITOR", "EDITOR"),
    }
)
def unknown_role(emulator: Emulator, ask: Ask) -> Any:
    new, member = user(emulator).id, emulator.add_user("other@flashback.example")
    emulator.set_member(emulator.workspace_id, member, "READ")
    added = add(ask, new, "EDITOR")
    updated = said(ask("PUT", f"{MEMBERS}/{member.id}", {"role": "EDITOR"}))
    assert asking(emulator, member)("GET", WORKSPACE).status_code == 200
    assert asking(emulator, member)("PUT", WORKSPACE, {"name": "n"}).status_code == 403
    roles = emulator.members(emulator.workspace_id)
    return added, updated, roles.get(new), roles[member.id]


@seen({"exact": (400, None), "any": (200, "ADMIN")})
def role_case(emulator: Emulator, ask: Ask) -> Any:
    member = user(emulator).id
    status, _ = add(ask, member, "Admin")
    return status, emulator.members(emulator.workspace_id).get(member)


@seen({"upper": ["ADMIN", "ADMIN"], "lower": ["admin", "admin"]})
def listed_role(emulator: Emulator, ask: Ask) -> Any:
    listed = ask("GET", "/workspace").json()["workspaces"][0]["users"]
    return [row["role"] for row in (*members(ask), *listed)]


@seen({"unprotected": (200, None), "protected": (400, "Workspace must have at least one admin")})
def last_admin(emulator: Emulator, ask: Ask) -> Any:
    member = user(emulator).id
    own, last = f"{MEMBERS}/{emulator.user_id}", f"{MEMBERS}/{member}"
    assert add(ask, member, "ADMIN")[0] == 200
    assert ask("PUT", own, {"role": "WRITE"}).status_code == 200  # one is left
    update, delete = said(ask("PUT", last, {"role": "READ"})), said(ask("DELETE", last))
    assert update == delete
    assert ask("DELETE", own).status_code == 200  # no ADMIN any more
    return update


@seen({"changeable": (200, 200), "fixed": (400, 400)})
def own_role(emulator: Emulator, ask: Ask) -> Any:
    path, member = f"{MEMBERS}/{emulator.user_id}", user(emulator).id
    assert ask("PUT", path, {"role": "ADMIN"}).status_code == 200  # as it is
    result = (ask("PUT", path, {"role": "WRITE"}).status_code, ask("DELETE", path).status_code)
    add(ask, member)
    assert ask("DELETE", f"{MEMBERS}/{member}").status_code == 200
    return result


@seen({"accepted": (200, None), "refused": (404, "Target user not found")})
def unvalidated_member(emulator: Emulator, ask: Ask) -> Any:
    return add(ask, user(emulator, validated=False).id)


@seen({"oldest-first": 0, "newest-first": 1})
def member_order(emulator: Emulator, ask: Ask) -> Any:
    add(ask, user(emulator).id)
    ask("PUT", f"{MEMBERS}/{emulator.user_id}", {"role": "ADMIN"})  # keeps its place
    return [row["userId"] for row in members(ask)].index(emulator.user_id)


@seen({"ends": (1, 404), "stays": (2, 200)})
def membership_of_deleted_user(emulator: Emulator, ask: Ask) -> Any:
    member = user(emulator).id
    add(ask, member)
    assert ask("DELETE", f"{USERS}/{member}").status_code == 200
    return len(members(ask)), ask("DELETE", f"{MEMBERS}/{member}").status_code
