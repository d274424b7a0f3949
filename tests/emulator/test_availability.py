"""What is available and valid among the buckets and AI models of the emulator."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_flashback.emulator import Emulator
from tests.emulator.asking import Ask, asking, said

CREDENTIALS = {"workspaceId": "workspace-uuid", "key": "k", "secret": "s"}


def bucket(ask: Ask, name: str) -> Any:
    body = {**CREDENTIALS, "name": name, "bucket": name, "storageType": "S3"}
    return ask("POST", "/bucket", body).json()["bucketId"]


def model(ask: Ask, name: str) -> Any:
    body = {**CREDENTIALS, "name": name, "aiType": "OPENAI"}
    return ask("POST", "/ai/llm", body).json()["aiLlmId"]


def test_a_bucket_of_a_mirror_is_not_available(ask: Ask) -> None:
    ids = {mode: bucket(ask, mode.lower()) for mode in ("NORMAL", "MIRROR", "FREE")}
    for mode in ("NORMAL", "MIRROR"):
        entry = {"bucketId": ids[mode], "folder": "", "master": True}
        about = {"workspaceId": "workspace-uuid", "storageType": "S3", "mode": mode}
        made = ask("POST", "/repo", {**about, "name": mode, "repoBuckets": [entry]})
        assert made.status_code == 200
    rows = ask("GET", "/bucket/available?workspaceId=workspace-uuid").json()
    assert [each["id"] for each in rows] == [ids["NORMAL"], ids["FREE"]]
    assert ask("GET", "/bucket/available?workspaceId=unknown").status_code == 403


def test_available_models_are_listed_newest_first(ask: Ask) -> None:
    ids = [model(ask, name) for name in ("one", "two")]
    rows = ask("GET", "/ai/llm/available?workspaceId=workspace-uuid").json()["aiLlms"]
    assert [each["id"] for each in rows] == ids[::-1]
    assert rows == ask("GET", "/ai/llm").json()["aiLlms"][::-1]


def test_ai_keys_are_listed_newest_first(ask: Ask) -> None:
    about = {"workspaceId": "workspace-uuid", "name": "r", "storageType": "S3", "mode": "NORMAL"}
    path = f"/repo/{ask('POST', '/repo', about).json()['repoId']}/ai/apikey"
    bodies = [{"name": name, "aiType": "OPENAI"} for name in ("one", "two")]
    ids = [ask("POST", path, body).json()["id"] for body in bodies]
    assert [each["id"] for each in ask("GET", path).json()["apiKeys"]] == ids[::-1]


@pytest.mark.parametrize(("path", "create"), [("/bucket", bucket), ("/ai/llm", model)])
def test_validation(ask: Ask, emulator: Emulator, path: str, create: Any) -> None:
    identifier = create(ask, "one")
    valid = ask("POST", f"{path}/{identifier}/validate").json()
    assert valid["success"] is True
    assert valid["message"]
    assert ask("POST", f"{path}/unknown/validate").status_code == 404
    reader = emulator.add_user("ada@flashback.example")
    emulator.set_member("workspace-uuid", reader, "READ")
    refused = asking(emulator, reader)("POST", f"{path}/{identifier}/validate")
    assert said(refused) == (403, "Insufficient permissions")


@pytest.mark.parametrize(("body", "status"), [({"region": "eu"}, 200), ({"apiKeyUuid": "x"}, 400)])
def test_a_bucket_is_validated_with_other_credentials(
    ask: Ask, body: dict[str, str], status: int
) -> None:
    path = f"/bucket/{bucket(ask, 'one')}"
    assert ask("POST", f"{path}/validate", body).status_code == status
    assert ask("POST", f"{path}/validate").json()["status"] == "ONLINE"
