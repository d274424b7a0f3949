"""The API keys of three providers in one workspace, declared as a table."""

from typing import Any

import pulumi

from pulumi_flashback import ApiKey, ApiKeyArgs

config = pulumi.Config()
workspace_id = config.require("workspaceId")

KEYS: dict[str, dict[str, Any]] = {
    "archive": {"provider": "AWS", "region": "eu-central-1"},
    "analytics": {"provider": "GCP", "region": "europe-west3"},
    "documents": {"provider": "AZURE", "tenant_id": "6babcaad-604b-40ac-a9d7-9fd97c0b779f"},
}

keys = {
    label: ApiKey(
        label,
        ApiKeyArgs(
            workspace_id=workspace_id,
            key=config.require_secret(f"{label}Key"),
            secret=config.require_secret(f"{label}Secret"),
            description=f"{label} ({settings['provider']})",
            **settings,
        ),
    )
    for label, settings in KEYS.items()
}

pulumi.export("apiKeyIds", {label: key.api_key_id for label, key in keys.items()})
