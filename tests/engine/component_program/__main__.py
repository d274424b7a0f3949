"""A workspace of ``workspace.yaml``; the stack config says how its component is declared."""

import json
from typing import Any

import pulumi

from pulumi_flashback import (
    FlashbackWorkspace,
    KeyDescription,
    MemberDescription,
    Workspace,
    WorkspaceDescription,
)

config = pulumi.Config()
settings: dict[str, Any] = config.get_object("settings") or {}
name = settings.get("name", "team")

provider = None
if "account" in settings:
    account = {f"flashback:{key}": value for key, value in settings["account"].items()}
    provider = pulumi.ProviderResource("pulumi-python", "account", account)

other = Workspace("other", name="Other") if "after" in settings else None
former = settings.get("former")
opts = pulumi.ResourceOptions(
    protect=settings.get("protect"),
    retain_on_delete=settings.get("retain"),
    provider=provider,
    depends_on=[other] if other else None,
    deleted_with=other,
    aliases=[pulumi.Alias(name=former)] if former else None,
)

if "typed" in settings:
    described = json.loads(settings["typed"])
    members = {k: MemberDescription(**each) for k, each in described.pop("members").items()}
    keys = {k: KeyDescription(**each) for k, each in described.pop("keys").items()}
    description = WorkspaceDescription(members=members, keys=keys, **described)
    team = FlashbackWorkspace(name, description, opts)
else:
    team = FlashbackWorkspace.from_file(name, "workspace.yaml", opts)

pulumi.export("workspaceId", team.workspace_id)
pulumi.export("memberIds", team.member_ids)
pulumi.export("apiKeyIds", team.api_key_ids)
