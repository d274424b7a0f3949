"""The functions of the native provider."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.testing import EmulatorFactory
from tests.contract.conftest import NativeFactory
from tests.contract.driver import NativeProvider, ProviderFailureError
from tests.contract.properties import UNKNOWN

Inputs = dict[str, Any]


def test_functions(native: NativeProvider, inputs: Inputs, flashback_emulator: Emulator) -> None:
    identifier, _ = native.create(inputs)
    workspace = flashback_emulator.workspace_id
    by: Inputs = {"workspaceId": workspace}
    found: Any = native.invoke("flashback:index:getApiKeys", by)
    (key,) = found["apiKeys"]
    assert (key["id"], key["provider"]) == (identifier, "AWS")
    assert "key" not in key
    by = {"workspaceId": workspace, "provider": "GCP"}
    assert native.invoke("flashback:index:getApiKeys", by) == {"apiKeys": []}
    by = {"workspaceId": workspace, "capability": 2.0}
    found = native.invoke("flashback:index:getApiKeys", by)
    assert len(found["apiKeys"]) == 1
    for token, name in {
        "getWorkspaces": "workspaces",
        "getProviders": "providers",
        "getOrganizationUsers": "users",
    }.items():
        answer: Any = native.invoke(f"flashback:index:{token}", {})
        assert answer[name]
    user: Any = native.invoke("flashback:index:getCurrentUser", {})
    assert user["email"] == flashback_emulator.email
    one: Any = native.invoke("flashback:index:getWorkspace", {"workspaceId": workspace})
    assert [member["role"] for member in one["members"]] == ["ADMIN"]


def test_wrong_arguments_of_a_function(native: NativeProvider) -> None:
    wrong = {"workspaceId": UNKNOWN, "provider": 5, "colour": "blue", "size": UNKNOWN}
    with pytest.raises(ProviderFailureError) as refused:
        native.invoke("flashback:index:getApiKeys", wrong)
    action, _, reasons = refused.value.message.partition(": ")
    assert action == "could not call getApiKeys"
    assert set(reasons.split("; ")) == {
        "provider must be a string, not a number",
        "colour is not a property of getApiKeys",
        "size is not a property of getApiKeys",
        "workspaceId is not known yet",
    }
    with pytest.raises(ProviderFailureError, match="is not a function of version"):
        native.invoke("flashback:index:getNothing", {})


def test_get_workspace(
    native: NativeProvider, make_native: NativeFactory, flashback_emulator: Emulator
) -> None:
    emulator = flashback_emulator
    user = emulator.add_user("ada@flashback.example", name="Ada", last_name="Lovelace")
    emulator.set_member(emulator.workspace_id, user, "READ")

    def call(process: NativeProvider, identifier: str) -> Any:
        return process.invoke("flashback:index:getWorkspace", {"workspaceId": identifier})

    found = call(native, emulator.workspace_id)
    assert (found["id"], found["name"]) == (emulator.workspace_id, "Demo")
    assert found["orgId"] == "demo-organization"
    assert found["members"][1] == {
        "userId": user.id,
        "role": "READ",
        "email": "ada@flashback.example",
        "name": "Ada",
        "lastName": "Lovelace",
    }
    stranger = make_native(
        emulator, token=emulator.issue_token(emulator.add_user("x@flashback.example"))
    )
    for process, identifier in ((native, "missing"), (stranger, emulator.workspace_id)):
        with pytest.raises(ProviderFailureError, match="404 Workspace not found or access denied"):
            call(process, identifier)
    with pytest.raises(ProviderFailureError, match="workspaceId must not be empty"):
        call(native, " ")


def test_get_workspace_in_lower_case(
    make_native: NativeFactory, flashback_emulator_factory: EmulatorFactory
) -> None:

    emulator = flashback_emulator_factory(EmulatorSettings(listed_role="lower"))
    by = {"workspaceId": emulator.workspace_id}
    found: Any = make_native(emulator).invoke("flashback:index:getWorkspace", by)
    assert [each["role"] for each in found["members"]] == ["ADMIN"]


def users_of(process: NativeProvider, **arguments: Any) -> Any:
    return process.invoke("flashback:index:getOrganizationUsers", arguments)


def test_a_user_is_found_by_the_address(
    native: NativeProvider, flashback_emulator: Emulator
) -> None:
    ada = flashback_emulator.add_user("Ada@flashback.example", name="Ada", last_name="Lovelace")
    shown = {
        "id": ada.id,
        "email": "Ada@flashback.example",
        "name": "Ada",
        "lastName": "Lovelace",
        "orgRole": 0,
    }
    for address in ("Ada@flashback.example", "ada@FLASHBACK.example", " ada@flashback.example\n"):
        assert users_of(native, email=address) == {"users": [shown], "total": 1}
    everybody = users_of(native)
    assert (everybody["users"][1], everybody["total"]) == (shown, 2)
    with pytest.raises(ProviderFailureError, match="email must not be empty"):
        users_of(native, email=" ")
    with pytest.raises(ProviderFailureError, match="no user of the organization has this email"):
        users_of(native, email="nobody@flashback.example")
    flashback_emulator.delete_user(ada)
    with pytest.raises(ProviderFailureError, match="no user of the organization has this email"):
        users_of(native, email="ada@flashback.example")


def test_a_list_of_users_that_is_cut_off(
    make_native: NativeFactory, flashback_emulator_factory: Any
) -> None:

    emulator = flashback_emulator_factory(EmulatorSettings(organization_users_limit=1))
    native = make_native(emulator)
    emulator.add_user("ada@flashback.example")
    found = users_of(native)
    assert (len(found["users"]), found["total"]) == (1, 2)
    with pytest.raises(ProviderFailureError, match="1 rows, total is 2"):
        users_of(native, email="ada@flashback.example")


def test_who_may_not_see_users_is_told_what_it_takes(
    make_native: NativeFactory, flashback_emulator: Emulator
) -> None:
    user = flashback_emulator.add_user("low@flashback.example")
    native = make_native(flashback_emulator, token=flashback_emulator.issue_token(user))
    with pytest.raises(ProviderFailureError, match="for the role WORKSPACES or higher"):
        users_of(native)
