"""The requests that resources send, to the last field: a backend may refuse what it does not know."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.resources import resource_type
from tests.client.scripted_server import ScriptedServer, reply

Fields = dict[str, Any]
IN_WORKSPACE, IN_REPOSITORY, SAME = {"workspaceId": "w"}, {"repositoryId": "r"}, {"name": "n"}
STORE = {**IN_WORKSPACE, **SAME, "storageType": "S3"}
OWN = {"key": "k", "secret": "s"}
RULE = {**SAME, "content": "c", "riskType": "LOW", "orgId": "o", "workspaceId": "w"}
USER = {"email": "a@b.c", "lastName": "l", "password": "p"}
LIST = [{"bucketId": "b", "folder": "f"}, {"bucketId": "c", "master": True}]
SENT_LIST = [
    {"bucketId": "b", "folder": "f", "master": False},
    {"bucketId": "c", "folder": "", "master": True},
]
GENERATED = {"id": "i", "key": "k", "secret": "s"}
NOTHING: Fields = {"repoBuckets": [], "repoAiLlms": []}

# resource, response to its create, inputs and the body of the create, changes and that of the update
REQUESTS: list[tuple[str, Fields, Fields, Fields, Fields, Fields]] = [
    (
        *("ApiKey", {"apiKeyId": "i"}),
        {**IN_WORKSPACE, **OWN, "provider": "AWS", "tenantId": "t", "adoptExisting": True},
        {**IN_WORKSPACE, **OWN, "provider": "AWS", "tenantId": "t"},
        *({"tenantId": None}, {"tenantId": None}),
    ),
    (
        *("Bucket", {"bucketId": "i"}),
        *({**STORE, "apiKeyId": "a"}, {**STORE, "apiKeyUuid": "a"}),
        *({"region": "eu"}, {**STORE, "apiKeyUuid": "a", "region": "eu"}),
    ),
    # what is secret is sent only if it changes
    (
        *("Bucket", {"bucketId": "i"}, {**STORE, **OWN}, {**STORE, **OWN}),
        *({"bucket": "b"}, {**STORE, "bucket": "b"}),
    ),
    (
        *("AiLlm", {"aiLlmId": "i"}),
        *({**IN_WORKSPACE, **SAME, "apiKeyId": "a"}, {**IN_WORKSPACE, **SAME, "apiKeyUuid": "a"}),
        *({"apiKeyId": "b"}, {"apiKeyUuid": "b"}),
    ),
    (
        *("Policy", {"policy": {"id": "i"}}),
        {**RULE, "actionType": "BLOCK", "repositoryId": "r"},
        {**RULE, "actionType": 2, "repoId": "r"},
        *({"actionType": "7"}, {"actionType": 7}),
    ),
    (
        *("Repository", {"repoId": "i"}, {**STORE, "mode": "NORMAL"}),
        {**STORE, "mode": "NORMAL", **NOTHING},
        {"buckets": LIST, "aiLlms": ["l"]},
        {**STORE, "mode": "NORMAL", "repoBuckets": SENT_LIST, "repoAiLlms": [{"aiLlmId": "l"}]},
    ),
    (
        *("Repository", {"repoId": "i"}, {**STORE, "buckets": LIST}),
        {**STORE, **NOTHING, "repoBuckets": SENT_LIST},
        *({"buckets": None}, {**STORE, **NOTHING}),
    ),
    (
        *("RepositoryApiKey", GENERATED),
        {**IN_REPOSITORY, **SAME, "accessType": "READ", "rotationTriggers": {"a": "b"}},
        {"repoId": "r", **SAME, "accessType": "READ"},
        *({"name": "m"}, {"name": "m", "accessType": "READ"}),
    ),
    (
        *("RepositoryAiKey", GENERATED, {**IN_REPOSITORY, **SAME, "aiType": "OPENAI"}),
        *({**SAME, "aiType": "OPENAI"}, {"name": "m"}, {"name": "m"}),
    ),
    (
        *("RepositoryCloudKey", {"id": "i"}),
        *({**IN_REPOSITORY, "apiKeyId": "a"}, {"apiKeyId": "a"}, {}, {}),
    ),
    (
        *("OrganizationUser", {"data": {"id": "i"}}),
        {**USER, **SAME, "orgRole": "OWNER", "sendInvite": False},
        {**USER, "firstName": "n", "orgRole": 255, "sendInvite": False},
        *({"name": "m", "orgRole": "3"}, {"name": "m", "orgRole": 3}),
    ),
    ("Workspace", {"workspace": {"id": "i"}}, SAME, SAME, {"name": "m"}, {"name": "m"}),
]


@pytest.mark.parametrize(
    ("name", "response", "inputs", "created", "changes", "updated"),
    REQUESTS,
    ids=[each[0] for each in REQUESTS],
)
def test_bodies(
    name: str, response: Fields, inputs: Fields, created: Fields, changes: Fields, updated: Fields
) -> None:
    resource = resource_type(name)
    with ScriptedServer() as server, server.client() as client:
        server.expect(reply({"success": True, **response}, 201))
        server.otherwise = reply()
        identifier, lost = resource.post(client, inputs)
        assert identifier == "i"
        assert lost.keys() >= resource.outputs.marked("shown_once")
        if changes:
            resource.put(client, "i", changes, {**inputs, **changes})
        resource.remove(client, "i", inputs)
        bodies = [each.json for each in server.requests if each.body]
    assert bodies == [created, updated] if changes else [created]
