"""A workspace with its members and contents, described in one file."""

import pulumi

from pulumi_flashback import FlashbackWorkspace

team = FlashbackWorkspace.from_file("team", "workspace.yaml")

pulumi.export("workspaceId", team.workspace_id)
pulumi.export("apiKeyIds", team.api_key_ids)

# the platform generates the access keys of repositories; their secrets are in the state, encrypted
pulumi.export("restoreKey", team.repository_api_keys["restore"].key)
pulumi.export("restoreSecret", team.repository_api_keys["restore"].secret)
