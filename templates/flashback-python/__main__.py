"""A workspace of the Flashback platform with one API key."""

import pulumi

import pulumi_flashback as flashback

config = pulumi.Config()

workspace = flashback.Workspace("workspace", name=pulumi.get_project())

backups = flashback.ApiKey(
    "backups",
    workspace_id=workspace.workspace_id,
    provider="AWS",
    key=config.require("accessKey"),
    secret=config.require_secret("secretKey"),
    description="Nightly backups",
)

pulumi.export("workspaceId", workspace.workspace_id)
pulumi.export("apiKeyId", backups.api_key_id)
