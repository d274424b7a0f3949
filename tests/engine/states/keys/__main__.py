"""Keys with every property, for states that later versions must understand."""

from typing import Any

import pulumi

from pulumi_flashback import ApiKey, ApiKeyArgs

config = pulumi.Config()
secret = config.require_secret("secret")
common: dict[str, Any] = {"workspace_id": config.require("workspaceId"), "secret": secret}
lines = secret.apply(lambda text: f"-----BEGIN-----\n{text}\n-----END-----\n")

keys = {
    "full": ApiKey(
        "full",
        **common,
        key="AKIA-FULL",
        provider="AZURE",
        endpoint="https://storage.example.com:8443/path",
        region="westeurope",
        tenant_id="tenant",
        subscription_id="subscription",
        description="Nightly backups: \"quoted\", 'single', \\ and ü",
    ),
    "plain": ApiKey("plain", ApiKeyArgs(**common, key="AKIA-PLAIN", provider="AWS")),
    "adopting": ApiKey(
        "adopting", **common, key="AKIA-ADOPTING", provider="GCP", adopt_existing=True
    ),
    "lines": ApiKey("lines", **{**common, "secret": lines}, key="AKIA-LINES", provider="OTHER"),
}

pulumi.export("apiKeyIds", {name: key.api_key_id for name, key in keys.items()})
