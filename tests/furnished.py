"""A workspace with an object of each kind, created as its user would."""

from __future__ import annotations

from pulumi_flashback.client import FlashbackClient
from pulumi_flashback.emulator import Emulator


def furnish(emulator: Emulator, secret: str) -> dict[str, str]:
    """Create an object of each kind that refers to others; return the ids by name."""
    with FlashbackClient(emulator.base_url, token=emulator.token) as client:
        in_workspace = {"workspaceId": emulator.workspace_id}
        store = {**in_workspace, "storageType": "S3"}
        own = {"key": secret, "secret": secret}
        key = emulator.add_api_key(description="backups", **own)
        bucket = {**store, "bucket": "acme"}
        shared = client.buckets.create({**bucket, "name": "backups", "apiKeyUuid": key}).id
        alone = client.buckets.create({**bucket, "name": "alone", **own}).id
        model = client.ai_llms.create(
            {**in_workspace, "name": "assistant", "aiType": "OPENAI", "secret": secret}
        ).id
        buckets = [
            {"bucketId": each, "folder": folder, "master": False}
            for each, folder in ((shared, "a"), (alone, "$b"))
        ]
        contents = {"repoBuckets": buckets, "repoAiLlms": [{"aiLlmId": model}]}
        repository = client.repositories.create(
            {**store, "name": "site", "mode": "NORMAL", **contents}
        ).id
        policy = {"orgId": client.users.current().org_id or "", **in_workspace}
        rule: dict[str, str | int] = {
            "content": "No contracts",
            "riskType": "HIGH",
            "actionType": 2,
        }
        access = client.repository_api_keys(repository)
        ai_access = client.repository_ai_keys(repository)
        cloud_access = client.repository_cloud_keys(repository)
        return {
            "key": key,
            "shared": shared,
            "alone": alone,
            "model": model,
            "repository": repository,
            "access": access.create({"name": "web", "accessType": "READ"}).id,
            "ai access": ai_access.create({"name": "web", "aiType": "OPENAI"}).id,
            "cloud access": cloud_access.create({"apiKeyId": key}).id,
            "policy": client.policies.create({**policy, **rule, "name": "all"}).id,
            "of repository": client.policies.create(
                {**policy, **rule, "name": "site", "repoId": repository}
            ).id,
        }
