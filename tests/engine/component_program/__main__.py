"""A workspace of ``workspace.yaml``; the stack config has how its component is declared."""

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

other = None
if "after" in settings:
    other = Workspace("other", name="Other", opts=pulumi.ResourceOptions(provider=provider))
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
    described = settings["typed"]
    members = {k: MemberDescription(**each) for k, each in described.pop("members").items()}
    keys = {}
    for label, each in described.pop("keys").items():
        secret = pulumi.Output.secret(each.pop("description"))
        keys[label] = KeyDescription(**each, description=secret)
    description = WorkspaceDescription(members=members, keys=keys, **described)
    team = FlashbackWorkspace(name, description, opts)
else:
    team = FlashbackWorkspace.from_file(name, "workspace.yaml", opts)

pulumi.export("workspaceId", team.workspace_id)
pulumi.export("memberIds", team.member_ids)
pulumi.export("apiKeyIds", team.api_key_ids)
