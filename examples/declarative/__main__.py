"""A workspace, who may use it and which keys it holds, described in one file."""

import pulumi

from pulumi_flashback import FlashbackWorkspace

team = FlashbackWorkspace.from_file("team", "workspace.yaml")

pulumi.export("workspaceId", team.workspace_id)
pulumi.export("apiKeyIds", team.api_key_ids)
