"""Keys with every property, for states that later versions must understand."""

import pulumi

from pulumi_flashback import ApiKey, ApiKeyArgs

config = pulumi.Config()
workspace = config.require("workspaceId")
secret = config.require_secret("secret")

keys = {
    "full": ApiKey(
        "full",
        workspace_id=workspace,
        key="AKIA-FULL",
        secret=secret,
        provider="AZURE",
        endpoint="https://storage.example.com:8443/path",
        region="westeurope",
        tenant_id="tenant",
        subscription_id="subscription",
        description="Nightly backups: \"quoted\", 'single', \\ and ü",
    ),
    "plain": ApiKey(
        "plain",
        ApiKeyArgs(workspace_id=workspace, key="AKIA-PLAIN", secret=secret, provider="AWS"),
    ),
    "adopting": ApiKey(
        "adopting",
        workspace_id=workspace,
        key="AKIA-ADOPTING",
        secret=secret,
        provider="GCP",
        adopt_existing=True,
    ),
    "lines": ApiKey(
        "lines",
        workspace_id=workspace,
        key="AKIA-LINES",
        secret=secret.apply(lambda text: f"-----BEGIN-----\n{text}\n-----END-----\n"),
        provider="OTHER",
        opts=pulumi.ResourceOptions(protect=False),
    ),
}

pulumi.export("apiKeyIds", {name: key.api_key_id for name, key in keys.items()})
