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
        shared = client.buckets.create({**bucket, "name": "backups", "apiKeyUuid": key})
        alone = client.buckets.create({**bucket, "name": "alone", **own})
        model = client.ai_llms.create(
            {**in_workspace, "name": "assistant", "aiType": "OPENAI", "secret": secret}
        )
        buckets = [
            {"bucketId": each, "folder": folder, "master": False}
            for each, folder in ((shared, "a"), (alone, "$b"))
        ]
        contents = {"repoBuckets": buckets, "repoAiLlms": [{"aiLlmId": model}]}
        repository = client.repositories.create(
            {**store, "name": "site", "mode": "NORMAL", **contents}
        )
        policy = {"orgId": client.users.current().org_id or "", **in_workspace}
        rule: dict[str, str | int] = {
            "content": "No contracts",
            "riskType": "HIGH",
            "actionType": 2,
        }
        return {
            "key": key,
            "shared": shared,
            "alone": alone,
            "model": model,
            "repository": repository,
            "access": client.repository_api_keys.create(
                repository, name="web", access_type="READ"
            ).id,
            "ai access": client.repository_ai_keys.create(
                repository, name="web", ai_type="OPENAI"
            ).id,
            "cloud access": client.repository_cloud_keys.create(repository, api_key_id=key),
            "policy": client.policies.create({**policy, **rule, "name": "all"}).id,
            "of repository": client.policies.create(
                {**policy, **rule, "name": "site", "repoId": repository}
            ).id,
        }
