"""Each resource with every property, in the form that the config names."""

from importlib import import_module
from typing import Any

import pulumi

config = pulumi.Config()
flashback: Any = import_module(config.require("package"))
secret = config.require_secret("secret")

team = flashback.Workspace("team", name="Team: \"quoted\", 'single', \\ and ü")
member = flashback.WorkspaceMember(
    "member",
    workspace_id=team.workspace_id,
    user_id=config.require("userId"),
    role="WRITE",
    allow_removing_last_admin=True,
)
full = flashback.ApiKey(
    "full",
    workspace_id=team.workspace_id,
    key="AKIA-FULL",
    secret=secret,
    provider="AZURE",
    endpoint="https://storage.example.com:8443/path",
    region="westeurope",
    tenant_id="tenant",
    subscription_id="subscription",
    description="Nightly backups",
    rotation_triggers={"pair": "1"},
    adopt_existing=False,
)
plain = flashback.ApiKey(
    "plain",
    workspace_id=config.require("workspaceId"),
    key="AKIA-PLAIN",
    secret=secret,
    provider="AWS",
    opts=pulumi.ResourceOptions(depends_on=[full]),
)
if hasattr(flashback, "FlashbackWorkspace"):  # only the dynamic provider has the component
    flashback.FlashbackWorkspace.from_file("described", "workspace.yaml")

pulumi.export("apiKeyIds", [full.api_key_id, plain.api_key_id])
