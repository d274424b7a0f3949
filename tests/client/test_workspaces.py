"""``client.workspaces`` and ``client.organization`` against the emulator, under each of its choices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from pulumi_flashback import client as api
from pulumi_flashback.client import FlashbackClient, retry
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.settings import parse_settings
from pulumi_flashback.emulator.store import OWNER, User
from pulumi_flashback.testing import EmulatorFactory
from tests.client.conftest import Client
from tests.client.scripted_server import ScriptedServer, answer, refusal

Connect = Callable[..., FlashbackClient]
Start = Callable[..., tuple[Emulator, FlashbackClient]]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Return a function that makes clients of an emulator: of the demo user, or of another."""
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.01)
    with ExitStack() as running:

        def make(emulator: Emulator, user: User | None = None) -> FlashbackClient:
            token = emulator.issue_token(user)
            return running.enter_context(FlashbackClient(emulator.base_url, token=token))

        yield make


@pytest.fixture
def start(connect: Connect, flashback_emulator_factory: EmulatorFactory) -> Start:
    """Return a function that starts an emulator with settings, and makes its client."""

    def make(*settings: str, faults: bool = False) -> tuple[Emulator, FlashbackClient]:
        emulator = flashback_emulator_factory(parse_settings(settings), faults=faults)
        return emulator, connect(emulator)

    return make


def roles(client: FlashbackClient, workspace_id: str) -> dict[str, str | None]:
    return {each.user_id: each.role for each in client.workspaces.get(workspace_id).members or ()}


def test_a_workspace_from_its_creation_to_its_end(start: Start) -> None:
    emulator, client = start()
    made = client.workspaces.create("New")
    assert (made.name, made.org_id, made.members) == ("New", "demo-organization", None)
    client.workspaces.update(made.id, name="Renamed")
    read = client.workspaces.get(made.id)
    assert read.name == "Renamed"
    assert roles(client, made.id) == {emulator.user_id: "ADMIN"}
    creator = read.member(emulator.user_id)
    assert creator is not None
    assert creator.user is not None
    assert (creator.user.email, creator.user.org_role) == (emulator.email, OWNER)
    assert read.member("nobody") is None
    assert [each.name for each in client.workspaces.list()] == ["Demo", "Second", "Renamed"]
    client.workspaces.delete(made.id)
    with pytest.raises(api.WorkspaceNotFoundError):
        client.workspaces.get(made.id)
    assert len(client.workspaces.list()) == 2


def test_a_member_from_the_first_to_the_last_day(start: Start) -> None:
    emulator, client = start()
    user = emulator.add_user("ada@x.example", name="Ada", last_name="Lovelace")
    workspace = emulator.workspace_id
    client.workspaces.add_member(workspace, user_id=user.id, role="READ")
    member = client.workspaces.get(workspace).member(user.id)
    assert member is not None
    assert member.model_dump() == {
        "user_id": user.id,
        "role": "READ",
        "user": {
            "name": "Ada",
            "last_name": "Lovelace",
            "email": "ada@x.example",
            "org_role": 0,
        },
    }
    client.workspaces.update_member(workspace, user.id, role="ADMIN")
    assert emulator.members(workspace)[user.id] == "ADMIN"
    client.workspaces.remove_member(workspace, user.id)
    assert user.id not in emulator.members(workspace)


WRITES: dict[str, Callable[[FlashbackClient, str, str], object]] = {
    "create": lambda c, w, u: c.workspaces.create("New"),
    "update": lambda c, w, u: c.workspaces.update(w, name="New"),
    "delete": lambda c, w, u: c.workspaces.delete(w),
    "add": lambda c, w, u: c.workspaces.add_member(w, user_id=u, role="READ"),
    "change": lambda c, w, u: c.workspaces.update_member(w, u, role="WRITE"),
    "remove": lambda c, w, u: c.workspaces.remove_member(w, u),
}


@pytest.mark.parametrize(
    ("write", "message", "hint"),
    [
        ("create", "Insufficient permissions to create workspaces", "role WORKSPACES or higher"),
        ("update", "Insufficient permissions to update workspace", "Only an ADMIN"),
        ("delete", "Insufficient permissions to delete workspace", "Only an ADMIN"),
        ("add", "Insufficient permissions to manage workspace users", "Only an ADMIN"),
        ("change", "Insufficient permissions to manage workspace users", "Only an ADMIN"),
        ("remove", "Insufficient permissions to manage workspace users", "Only an ADMIN"),
    ],
)
def test_what_a_writer_may_not_do(
    start: Start, connect: Connect, write: str, message: str, hint: str
) -> None:
    emulator, _ = start()
    user = emulator.add_user("writer@x.example")
    emulator.set_member(emulator.workspace_id, user, "WRITE")
    with pytest.raises(api.PermissionDeniedError) as failure:
        WRITES[write](connect(emulator, user), emulator.workspace_id, emulator.user_id)
    assert failure.value.message == message
    assert hint in str(failure.value)


@pytest.mark.parametrize(
    ("settings", "write", "workspace", "user", "error"),
    [
        ([], "update", "nowhere", "", api.WorkspaceNotFoundError),
        ([], "delete", "nowhere", "", api.WorkspaceNotFoundError),
        ([], "add", "workspace-uuid", "nobody", api.UserNotFoundError),
        ([], "change", "workspace-uuid", "nobody", api.MemberNotFoundError),
        ([], "remove", "workspace-uuid", "nobody", api.MemberNotFoundError),
        *(
            ([f"members_of_unknown_workspace={status}"], write, "nowhere", "nobody", error)
            for write in ("add", "change", "remove")
            for status, error in (
                (403, api.PermissionDeniedError),
                (404, api.WorkspaceNotFoundError),
            )
        ),
        (["duplicate_workspace_name=refused"], "create", "", "", api.DuplicateError),
        (["duplicate_workspace_name=refused"], "update", "workspace-uuid-2", "", api.DuplicateError),
        (["member_added_twice=refused"], "add", "workspace-uuid", None, api.DuplicateError),
        (["member_added_twice=conflict"], "add", "workspace-uuid", None, api.DuplicateError),
        (["member_added_twice=fails"], "add", "workspace-uuid", None, api.ServerError),
        (["last_admin=protected"], "change", "workspace-uuid", None, api.BadRequestError),
        (["own_role=fixed"], "remove", "workspace-uuid", None, api.BadRequestError),
        (["delete_workspace_with_keys=refused"], "delete", "workspace-uuid", "", api.WorkspaceInUseError),
    ],
)  # fmt: skip
def test_refusals_have_classes(
    start: Start,
    settings: list[str],
    write: str,
    workspace: str,
    user: str | None,
    error: type[api.APIError],
) -> None:
    emulator, client = start(*settings)
    emulator.rename_workspace(emulator.workspace_id, "New")
    emulator.add_api_key()
    before = emulator.workspaces(), emulator.members("workspace-uuid")
    with pytest.raises(api.APIError) as failure:
        WRITES[write](client, workspace, emulator.user_id if user is None else user)
    assert type(failure.value) is error
    assert (emulator.workspaces(), emulator.members("workspace-uuid")) == before


@pytest.mark.parametrize("use", [{"buckets": 1}, {"repositories": 1}])
def test_a_workspace_in_use_is_not_deleted(start: Start, use: dict[str, int]) -> None:
    emulator, client = start()
    emulator.mark_workspace_in_use(emulator.workspace_id, **use)
    with pytest.raises(api.WorkspaceInUseError, match="existing buckets or repos") as failure:
        client.workspaces.delete(emulator.workspace_id)
    assert "Delete or move what the message names first" in str(failure.value)


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (400, "Cannot delete workspace with existing buckets or repos", api.WorkspaceInUseError),
        (403, "Cannot delete workspace with existing buckets", api.WorkspaceInUseError),
        (409, "cannot delete workspace: it is in use", api.WorkspaceInUseError),
        (409, "in use", api.ConflictError),
        (404, "User not found", api.AuthenticationError),
        (400, "User not found or account is not validated", api.AuthenticationError),
        (404, "Workspace not found or access denied", api.WorkspaceNotFoundError),
        (404, "API key not found", api.NotFoundError),
        (403, "Workspace not found", api.PermissionDeniedError),
        (500, "User is already a member of this workspace", api.ServerError),
        (200, "User not found in workspace", api.InvalidResponseError),
    ],
)
def test_words_and_status_make_the_class(
    server: ScriptedServer, client_of: Client, status: int, message: str, error: type[Exception]
) -> None:
    server.otherwise = refusal(status, message)
    with pytest.raises(api.APIError) as failure:
        client_of(server, max_retries=0).workspaces.delete("w")
    assert type(failure.value) is error


LOST = ["reset-before-effect", "commit-then-reset", "commit-then-500", "503", "cut-off", "html-502"]


@pytest.mark.parametrize("fault", [*LOST, "truncated-json", "without-id", "empty-body"])
def test_a_create_that_may_have_taken_effect_is_sent_once(start: Start, fault: str) -> None:
    emulator, client = start(faults=True)
    emulator.script_faults({"POST /workspace": [fault]})
    with pytest.raises(api.FlashbackError) as failure:
        client.workspaces.create("New")
    assert failure.value.may_have_taken_effect
    assert emulator.count("POST", "/workspace") == 1
    committed = fault not in ("reset-before-effect", "503", "html-502")
    assert [each.name for each in client.workspaces.list()][2:] == ["New"] * committed


@pytest.mark.parametrize("fault", [*LOST, "truncated-json"])
def test_an_addition_that_may_have_taken_effect_is_sent_once(start: Start, fault: str) -> None:
    emulator, client = start(faults=True)
    user = emulator.add_user("ada@x.example")
    emulator.script_faults({"POST /workspace/{id}/users": [fault]})
    with pytest.raises(api.FlashbackError) as failure:
        client.workspaces.add_member(emulator.workspace_id, user_id=user.id, role="READ")
    assert failure.value.may_have_taken_effect
    assert emulator.count("POST") == 1
    committed = fault not in ("reset-before-effect", "503", "html-502")
    assert (user.id in roles(client, emulator.workspace_id)) == committed


@pytest.mark.parametrize("operation", ["POST /workspace", "POST /workspace/{id}/users"])
def test_what_was_turned_away_is_sent_again(start: Start, operation: str) -> None:
    emulator, client = start(faults=True)
    user = emulator.add_user("ada@x.example")
    emulator.script_faults({operation: [{"fault": "rate-limit", "retryAfter": "0"}]})
    client.workspaces.create("New")
    client.workspaces.add_member(emulator.workspace_id, user_id=user.id, role="READ")
    assert emulator.count("POST") == 3
    assert emulator.faults_left() == {}


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize(
    ("write", "operation"),
    [
        ("update", "PUT /workspace/{id}"),
        ("change", "PUT /workspace/{id}/users/{userId}"),
    ],
)
def test_updates_are_repeated(start: Start, write: str, operation: str, fault: str) -> None:
    emulator, client = start(faults=True)
    user = emulator.add_user("ada@x.example")
    emulator.set_member(emulator.workspace_id, user, "READ")
    emulator.script_faults({operation: [fault]})
    WRITES[write](client, emulator.workspace_id, user.id)
    assert emulator.count("PUT") == 2
    if write == "update":
        assert emulator.workspaces()[0].name == "New"
    else:
        assert emulator.members(emulator.workspace_id)[user.id] == "WRITE"


@pytest.mark.parametrize(
    ("write", "operation", "gone"),
    [
        ("delete", "DELETE /workspace/{id}", api.WorkspaceNotFoundError),
        ("remove", "DELETE /workspace/{id}/users/{userId}", api.MemberNotFoundError),
    ],
)
def test_a_repeated_delete_finds_nothing_more(
    start: Start, write: str, operation: str, gone: type[Exception]
) -> None:
    emulator, client = start(faults=True)
    user = emulator.add_user("ada@x.example")
    emulator.set_member(emulator.workspace_id, user, "READ")
    emulator.script_faults({operation: ["commit-then-reset"]})
    with pytest.raises(gone):
        WRITES[write](client, emulator.workspace_id, user.id)
    assert emulator.count("DELETE") == 2


@pytest.mark.parametrize("setting", ["hidden", "listed", "shown"])
def test_a_deleted_workspace_does_not_exist(start: Start, setting: str) -> None:
    emulator, client = start(f"deleted_workspaces={setting}")
    emulator.delete_workspace(emulator.second_workspace_id)
    assert [each.id for each in client.workspaces.list()] == [emulator.workspace_id]
    with pytest.raises(api.WorkspaceNotFoundError):
        client.workspaces.get(emulator.second_workspace_id)


@pytest.mark.parametrize("setting", ["shown", "absent", "empty"])
def test_a_list_tells_nothing_of_members(start: Start, setting: str) -> None:
    _, client = start(f"users_in_workspace_list={setting}")
    assert [each.members for each in client.workspaces.list()] == [None, None]


@pytest.mark.parametrize("setting", ["upper", "lower"])
def test_roles_are_read_in_upper_case(start: Start, setting: str) -> None:
    emulator, client = start(f"listed_role={setting}")
    assert roles(client, emulator.workspace_id) == {emulator.user_id: "ADMIN"}


@pytest.mark.parametrize("setting", ["updates", "ignored"])
def test_only_a_read_tells_what_became_of_a_second_addition(start: Start, setting: str) -> None:
    emulator, client = start(f"member_added_twice={setting}")
    client.workspaces.add_member("workspace-uuid", user_id=emulator.user_id, role="READ")
    expected = "READ" if setting == "updates" else "ADMIN"
    assert roles(client, "workspace-uuid") == {emulator.user_id: expected}


@pytest.mark.parametrize(
    ("users", "expected"),
    [
        (None, None),
        ([], {}),
        ([{"userId": "u", "role": "READ"}], {"u": "READ"}),
        ([{"userId": "u", "role": "owner", "user": None, "more": 1}], {"u": "OWNER"}),
        ([{"userId": "u", "role": None}], {"u": None}),
        ([{"userId": "u"}], {"u": None}),
        ([{"role": "ADMIN", "user": {"id": "u", "orgRole": None}}], {"u": "ADMIN"}),
    ],
)
def test_what_is_unset_or_unknown_in_members_does_no_harm(
    server: ScriptedServer, client_of: Client, users: Any, expected: dict[str, str] | None
) -> None:
    server.expect(answer({"success": True, "workspace": {"id": "w", "users": users, "x": 1}}))
    members = client_of(server).workspaces.get("w").members
    found = None if members is None else {each.user_id: each.role for each in members}
    assert found == expected


@pytest.mark.parametrize("users", [{}, "u"])
def test_members_of_another_shape_are_an_error(
    server: ScriptedServer, client_of: Client, users: Any
) -> None:
    server.expect(answer({"success": True, "workspace": {"id": "w", "users": users}}))
    with pytest.raises(api.InvalidResponseError, match="not what the API promises"):
        client_of(server, max_retries=0).workspaces.get("w")


def test_a_list_may_ask_for_fewer_retries(server: ScriptedServer, client_of: Client) -> None:
    server.otherwise = refusal(503)
    client = client_of(server)
    for read in (client.workspaces.list, lambda **more: client.workspaces.get("w", **more)):
        with pytest.raises(api.ServerError):
            read(max_retries=1)
    assert server.served == 4


@pytest.mark.parametrize("setting", ["hidden", "listed"])
def test_the_users_of_the_organization(start: Start, setting: str) -> None:
    emulator, client = start(f"deleted_organization_users={setting}")
    user = emulator.add_user("Ada@x.example", name="Ada", last_name="Lovelace", validated=False)
    emulator.delete_user(emulator.add_user("gone@x.example"))
    users = client.organization.list_users()
    assert [each.email for each in users] == [emulator.email, "Ada@x.example"]
    assert users[1].model_dump() == {
        "id": user.id,
        "email": "Ada@x.example",
        "name": "Ada",
        "last_name": "Lovelace",
        "org_id": "demo-organization",
        "org_role": 0,
        "org_role_description": "USER",
        "validated": False,
        "deleted_at": None,
    }
    assert client.organization.find_user("gone@x.example") is None


@pytest.mark.parametrize("email", ["Ada@x.example", "ada@x.example", " ADA@X.EXAMPLE "])
def test_a_user_is_found_by_the_email_address(start: Start, email: str) -> None:
    emulator, client = start()
    user = emulator.add_user("Ada@x.example")
    found = client.organization.find_user(email)
    assert found is not None
    assert found.id == user.id


def test_two_addresses_that_differ_in_case_only(start: Start) -> None:
    emulator, client = start()
    users = [emulator.add_user(email) for email in ("Ada@x.example", "ada@x.example")]
    for user in users:
        found = client.organization.find_user(user.email)
        assert found is not None
        assert found.id == user.id


def test_a_user_who_may_be_beyond_the_end_of_the_list_is_not_said_to_be_missing(
    start: Start,
) -> None:
    emulator, client = start("organization_users_limit=1")
    emulator.add_user("ada@x.example")
    assert client.organization.find_user(emulator.email) is not None
    with pytest.raises(api.InvalidResponseError, match="1 rows, total is 2"):
        client.organization.find_user("ada@x.example")


def test_a_refusal_without_a_message_says_what_is_needed(start: Start, connect: Connect) -> None:
    emulator, _ = start()
    user = emulator.add_user("ada@x.example")
    with pytest.raises(api.PermissionDeniedError) as failure:
        connect(emulator, user).organization.list_users()
    text = str(failure.value)
    assert text.startswith(
        "GET /organization/users: 403 the API returned no error message (request id "
    )
    assert text.endswith("for the role WORKSPACES or higher in it")


def test_an_expired_token_is_renewed_there_too(start: Start) -> None:
    emulator, _ = start()
    with FlashbackClient(
        emulator.base_url, token="old", email=emulator.email, password=emulator.password
    ) as client:
        assert len(client.organization.list_users()) == 1
