"""One API key in a Flashback workspace."""

import pulumi

from pulumi_flashback import ApiKey

config = pulumi.Config()

backups = ApiKey(
    "backups",
    workspace_id=config.require("workspaceId"),
    key=config.require_secret("accessKey"),
    secret=config.require_secret("secretKey"),
    provider="AWS",
    endpoint="s3.us-east-1.amazonaws.com",
    region="us-east-1",
    description="Nightly backups",
)

pulumi.export("apiKeyId", backups.api_key_id)
