"""What a response does not prove: the state and the object stay as they are."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.contract.conftest import Start
from tests.contract.steps import of, refused, responds
from tests.lifecycle.samples import SAMPLES

Inputs = dict[str, Any]


# what is written, and what is listed of it
TIDIED: tuple[tuple[Inputs, Inputs], ...] = (
    ({}, {"createdAt": 7}),
    ({}, {"provider": None}),
    ({"key": "AKIALINEEND\n"}, {"key": "AKIALINEEND"}),
    ({"description": "one  \r\ntwo\n"}, {"description": "one\ntwo"}),
    ({"description": "Cle\u0301 principale"}, {"description": "Cl\u00e9 principale"}),
    ({"region": "US-East-1"}, {"region": "us-east-1"}),
    ({"tenantId": "A0B1-C2D3"}, {"tenantId": "a0b1-c2d3"}),
)


def test_what_a_list_tidies_or_leaves_out_is_no_drift(start: Start, inputs: Inputs) -> None:
    emulator, provider = start(maxRetries="0")
    # a row with values of other types does not spoil its neighbours
    odd = {"id": "odd", "region": 7, "bucket_count": 10**400}
    for written, listed in (*TIDIED, ({}, {"region": "other"})):
        wanted = {**inputs, **written}
        identifier, state = provider.create(wanted)
        rows = [odd, {**wanted, "id": identifier, **listed}]
        responds(emulator, "GET /apikeys", {"apiKeys": rows})
        if listed.get("region") == "other":
            assert provider.read(identifier, state)[1]["region"] == "other"
        else:
            assert provider.read(identifier, state)[1] == state
        emulator.clear_faults()
        provider.delete(identifier, state)
    workspaces = of(provider, "Workspace")
    identifier, state = workspaces.create({"name": "Team"})
    emulator.rename_workspace(identifier, " Team ")
    assert workspaces.read(identifier, state)[1] == state


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ({"id": "other", "name": "Other", "users": []}, "returned workspace other instead of"),
        ({}, "did not return the members of workspace"),
        # the user that is signed in is a member
        ({"users": []}, "did not return the members of workspace"),
    ],
)
def test_a_response_that_cannot_be_says_nothing_of_a_member(
    start: Start, shown: Inputs, reason: str
) -> None:
    emulator, _ = start()
    me = emulator.add_user("me@flashback.example")
    sample = SAMPLES["WorkspaceMember"](emulator)
    emulator.set_member(sample.workspace, me, "ADMIN")
    provider = of(start(on=emulator, user=me, maxRetries="0")[1], "WorkspaceMember")
    inputs = sample.inputs()
    identifier, state = sample.add(inputs), {**inputs, **sample.outputs("")}
    before = sample.live()
    body = {"success": True, "workspace": {"id": sample.workspace, **shown}}
    responds(emulator, "GET /workspace/{id}", body)
    for call, *arguments in (
        (provider.create, inputs),
        (provider.read, identifier, state),
        (provider.update, identifier, state, {**inputs, "role": "READ"}),
        (provider.delete, identifier, state),
    ):
        assert reason in refused(call, *arguments)
    assert sample.live() == before


# what is sent; what happens to it and to the look afterwards; what the message says of it
UNCLEAR: dict[str, tuple[str, str, list[str], tuple[str, ...]]] = {
    "a workspace is not created": (
        *("Workspace", "create", ["reset-before-effect"]),
        ("no clear response came (POST /workspace: the connection broke", "none is listed. Wait a"),
    ),
    "a member is not created": (
        *("WorkspaceMember", "create", ["reset-before-effect"]),
        (
            "no clear response came (POST /workspace/{id}/users: the connection broke",
            "and the user is not a member. Run `pulumi up` again",
        ),
    ),
    "a member may be created": (
        *("WorkspaceMember", "create", ["commit-then-reset", "none", "503"]),
        (
            "could not determine whether the user is now a member",
            "an existing member is adopted",
        ),
    ),
    "a member is created and not read": (
        *("WorkspaceMember", "create", ["none", "none", "503"]),
        ("could not determine whether the user is now a member",),
    ),
    "a workspace may be deleted": (
        *("Workspace", "delete", ["commit-then-reset", "503"]),
        (
            "DELETE /workspace/{id}: the connection broke",
            "and could not determine whether it still exists (GET /workspace/{id}: 503",
        ),
    ),
    "a member may be deleted": (
        *("WorkspaceMember", "delete", ["commit-then-reset", "none", "503"]),
        ("and could not determine whether it still exists (GET /workspace/{id}: 503",),
    ),
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_an_unclear_write_says_so_and_the_next_run_does_it_once(start: Start, case: str) -> None:
    resource, operation, (fault, *looks), reasons = UNCLEAR[case]
    emulator, provider = start(maxRetries="0")
    provider, sample = of(provider, resource), SAMPLES[resource](emulator)
    write, inputs = sample.requests[operation], sample.inputs()
    call: Any = partial(provider.create, inputs)
    if operation == "delete":
        call = partial(provider.delete, *call())
    emulator.requests.clear()
    emulator.script_faults({write: [fault]})
    if looks:
        emulator.script_faults({"GET /workspace/{id}": looks})
    message = refused(call)
    for reason in reasons:
        assert reason in message
    done = fault != "reset-before-effect"
    assert len(sample.live()) == (done is (operation == "create"))
    call()
    assert len(sample.live()) == (operation == "create")
    if operation == "create":
        assert emulator.count(*write.split(" ")) == (1 if done else 2)


def test_a_profile_without_an_organization_is_not_one_of_another(
    start: Start, inputs: Inputs
) -> None:
    emulator, provider = start(token="opaque", maxRetries="0")
    deleted = {"id": inputs["workspaceId"], "name": "Demo", "deletedAt": "2026-01-01T00:00:00Z"}
    responds(emulator, "GET /apikeys", {"success": True, "apiKeys": []})
    responds(emulator, "GET /workspace/{id}", {"success": True, "workspace": deleted})
    responds(emulator, "GET /user/profile", {"success": True, "data": {"id": "x"}})
    state = {**inputs, "apiKeyId": "key", "orgId": "demo-organization"}
    assert "neither the token nor the profile says" in refused(provider.read, "key", state)
