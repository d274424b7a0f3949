"""The same key in the workspaces of two accounts, with the generated Python SDK."""

import pulumi
import pulumi_flashback_native as flashback

config = pulumi.Config()

for account in ("production", "staging"):
    provider = flashback.Provider(
        account,
        email=config.require(f"{account}Email"),
        password=config.require_secret(f"{account}Password"),
        base_url=config.get(f"{account}BaseUrl"),
    )
    key = flashback.ApiKey(
        f"{account}-backups",
        workspace_id=config.require(f"{account}WorkspaceId"),
        key=config.require_secret("accessKey"),
        secret=config.require_secret("secretKey"),
        provider=flashback.ProviderType.AWS,
        opts=pulumi.ResourceOptions(provider=provider),
    )
    pulumi.export(f"{account}ApiKeyId", key.api_key_id)
