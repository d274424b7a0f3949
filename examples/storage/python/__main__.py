"""A key, two buckets with its credentials, a repository with both, and an access key for it."""

import pulumi

from pulumi_flashback import ApiKey, Bucket, Repository, RepositoryApiKey

config = pulumi.Config()
workspace_id = config.require("workspaceId")

provider_key = ApiKey(
    "provider-key",
    workspace_id=workspace_id,
    key=config.require_secret("accessKey"),
    secret=config.require_secret("secretKey"),
    provider="AWS",
    region="us-east-1",
)

# for real data, set protect=True, so that no run deletes these
keep = pulumi.ResourceOptions(protect=config.get_bool("protect"))

backups, archive = (
    Bucket(
        label,
        workspace_id=workspace_id,
        name=f"acme-{label}",
        bucket=f"acme-{label}",
        storage_type="S3",
        region="us-east-1",
        api_key_id=provider_key.api_key_id,
        opts=keep,
    )
    for label in ("backups", "archive")
)

site = Repository(
    "site",
    workspace_id=workspace_id,
    name="acme-site",
    storage_type="S3",
    mode="NORMAL",
    buckets=[
        {"bucket_id": backups.bucket_id, "folder": "backups"},
        {"bucket_id": archive.bucket_id, "folder": "archive"},
    ],
    opts=keep,
)

web = RepositoryApiKey("web", repository_id=site.repository_id, name="web", access_type="READ")

pulumi.export("repositoryId", site.repository_id)
pulumi.export("key", web.key)
pulumi.export("secret", web.secret)
