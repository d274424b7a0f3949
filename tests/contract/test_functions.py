"""The functions of the native provider."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.emulator.families.storage import Bucket, Repository, set_contents
from tests.contract.conftest import StartNative
from tests.contract.driver import NativeProvider
from tests.contract.properties import UNKNOWN
from tests.contract.steps import failed, of, refused

ADA = {"email": "Ada@flashback.example", "name": "Ada", "lastName": "Lovelace"}


def call(process: NativeProvider, function: str, /, **arguments: Any) -> Any:
    return process.invoke(f"flashback:index:{function}", arguments)


def refusal(process: NativeProvider, function: str, /, **arguments: Any) -> str:
    return refused(lambda: call(process, function, **arguments))


def test_functions(start_native: StartNative, inputs: dict[str, Any]) -> None:
    emulator, native = start_native()
    identifier, _ = native.create(inputs)
    by = {"workspaceId": emulator.workspace_id}
    (key,) = call(native, "getApiKeys", **by)["apiKeys"]
    assert (key["id"], key["provider"]) == (identifier, "AWS")
    assert "key" not in key
    assert call(native, "getApiKeys", **by, provider="GCP") == {"apiKeys": []}
    assert len(call(native, "getApiKeys", **by, capability=2.0)["apiKeys"]) == 1
    assert call(native, "getWorkspaces")["workspaces"]
    assert call(native, "getProviders")["providers"]
    assert call(native, "getCurrentUser")["email"] == emulator.email


def test_functions_about_ai(start_native: StartNative) -> None:
    emulator, native = start_native()
    by = {"workspaceId": emulator.workspace_id}
    assert call(native, "getAiLlms", **by) == {"aiLlms": []}
    assert "403 Insufficient" in refusal(native, "getAiLlms", workspaceId="missing")
    key = emulator.add_api_key()
    about = {"name": "assistant", "aiType": "OPENAI", "apiKeyId": key}
    identifier, _ = of(native, "AiLlm").create({**by, **about})
    (model,) = call(native, "getAiLlms", **by)["aiLlms"]
    assert model.pop("createdAt")
    assert model == {"id": identifier, **about}
    rule = {"name": "No", "content": "Do not.", "riskType": "LOW", "actionType": "ALERT"}
    wide, narrow = (of(native, "Policy").create({**rule, **more})[0] for more in ({}, by))
    organization = {"orgId": "demo-organization"}
    for arguments, expected in (
        ({}, [wide, narrow]),
        (organization, [wide, narrow]),
        (by, [narrow]),
    ):
        found = call(native, "getPolicies", **arguments)["policies"]
        assert [each["id"] for each in found] == expected
    assert found[0].pop("createdAt")
    assert found == [{"id": narrow, **rule, **organization, **by}]
    assert "403 Insufficient permissions" in refusal(native, "getPolicies", orgId="another")


def test_wrong_arguments_of_a_function(start_native: StartNative) -> None:
    _, native = start_native()
    wrong = {"workspaceId": UNKNOWN, "provider": 5, "colour": "blue", "size": UNKNOWN}
    action, _, reasons = refusal(native, "getApiKeys", **wrong).partition(": ")
    assert action == "could not call getApiKeys"
    assert set(reasons.split("; ")) == {
        "provider must be a string, not a number",
        "colour is not a property of getApiKeys",
        "size is not a property of getApiKeys",
        "workspaceId is not known yet",
    }
    message = failed(native.invoke, "flashback:index:getNothing", {})
    assert "is not a function of version" in message


@pytest.mark.parametrize("listed", ["upper", "lower"])
def test_get_workspace(start_native: StartNative, listed: str) -> None:
    emulator, native = start_native(f"listed_role={listed}")
    user = emulator.add_user(ADA["email"], name="Ada", last_name="Lovelace")
    emulator.set_member(emulator.workspace_id, user, "READ")
    by = {"workspaceId": emulator.workspace_id}
    found = call(native, "getWorkspace", **by)
    shown = (found["id"], found["name"], found["orgId"])
    assert shown == (emulator.workspace_id, "Demo", "demo-organization")
    assert [each["role"] for each in found["members"]] == ["ADMIN", "READ"]
    assert found["members"][1] == {"userId": user.id, "role": "READ", **ADA}
    _, stranger = start_native(on=emulator, user=emulator.add_user("x@flashback.example"))
    for message in (
        refusal(native, "getWorkspace", workspaceId="missing"),
        refusal(stranger, "getWorkspace", **by),
    ):
        assert "404 Workspace not found or access denied" in message
    assert "workspaceId must not be empty" in refusal(native, "getWorkspace", workspaceId=" ")


def test_a_user_is_found_by_the_email(start_native: StartNative) -> None:
    emulator, native = start_native()
    ada = emulator.add_user(ADA["email"], name="Ada", last_name="Lovelace")
    shown = {"id": ada.id, **ADA, "orgRole": 0}
    for email in ("Ada@flashback.example", "ada@FLASHBACK.example", " ada@flashback.example\n"):
        found = call(native, "getOrganizationUsers", email=email)
        assert found == {"users": [shown], "total": 1}
    everybody = call(native, "getOrganizationUsers")
    assert (everybody["users"][1], everybody["total"]) == (shown, 2)
    message = refusal(native, "getOrganizationUsers", email=" ")
    assert "email must not be empty" in message
    emulator.delete_user(ada)
    for email in ("nobody@flashback.example", ADA["email"]):
        message = refusal(native, "getOrganizationUsers", email=email)
        assert "no user of the organization has this email" in message


def test_a_list_of_users_that_is_cut_off(start_native: StartNative) -> None:
    emulator, native = start_native("organization_users_limit=1")
    emulator.add_user(ADA["email"])
    found = call(native, "getOrganizationUsers")
    assert (len(found["users"]), found["total"]) == (1, 2)
    message = refusal(native, "getOrganizationUsers", email=ADA["email"])
    assert "1 rows, total is 2" in message


def test_who_may_not_see_users_is_told_what_it_takes(start_native: StartNative) -> None:
    emulator, _ = start_native()
    _, native = start_native(on=emulator, user=emulator.add_user("low@flashback.example"))
    message = refusal(native, "getOrganizationUsers")
    assert "for the role WORKSPACES or higher" in message


@pytest.mark.parametrize("latency", ["latency_ms", "latencyMs"])
def test_functions_about_storage(start_native: StartNative, latency: str) -> None:
    quotas = ("bucket_quota=5", "repository_quota=9")
    settings = (f"bucket_latency={latency}", *quotas, "foreign_workspace_list=empty")
    emulator, native = start_native(*settings)
    by = {"workspaceId": emulator.workspace_id}
    for function in ("getBuckets", "getRepositories"):
        assert not any(call(native, function, **by).values())
        assert "404" in refusal(native, function, workspaceId="missing")
    stored = {"workspace_id": emulator.workspace_id, "name": "site", "storage_type": "S3"}
    bucket = emulator.store.add(Bucket(bucket="acme", **stored))
    repository = emulator.store.add(Repository(mode="NORMAL", **stored))
    contents = {"repoBuckets": [{"bucketId": bucket.id}], "repoAiLlms": [{"aiLlmId": "model"}]}
    set_contents(emulator.store, repository.id, contents)
    common = {"name": "site", "storageType": "S3"}
    assert call(native, "getBuckets", **by)["buckets"] == [
        {
            **common,
            "id": bucket.id,
            "bucket": "acme",
            "status": "ONLINE",
            "createdAt": bucket.created_at,
            "repositories": ["site"],
        }
    ]
    assert call(native, "getRepositories", **by)["repositories"] == [
        {
            **common,
            "id": repository.id,
            "mode": "NORMAL",
            "bucketIds": [bucket.id],
            "createdAt": repository.created_at,
            "aiLlmIds": ["model"],
        }
    ]
    (node,) = call(native, "getBucketStatus", bucketId=bucket.id)["nodes"]
    assert (node["status"], node["latencyMs"]) == ("ONLINE", 12)
    assert "404 Bucket not found" in refusal(native, "getBucketStatus", bucketId="missing")
    quota = {
        each["code"]: (each["current"], each.get("max"))
        for each in call(native, "getQuota")["quotas"]
    }
    assert quota == {"BUCKETS": (1, 5), "REPOSITORIES": (1, 9)}
