"""One API key for each region."""

import pulumi

from pulumi_flashback import ApiKey

REGIONS = ("us-east-1", "eu-central-1")

config = pulumi.Config()

backups = {
    region: ApiKey(
        f"backups-{region}",
        workspace_id=config.require("workspaceId"),
        key=config.require_secret("accessKey"),
        secret=config.require_secret("secretKey"),
        provider="AWS",
        endpoint=f"s3.{region}.amazonaws.com",
        region=region,
    )
    for region in REGIONS
}

pulumi.export("apiKeyIds", {region: key.api_key_id for region, key in backups.items()})
