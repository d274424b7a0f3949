"""Workspaces, members and keys as the stack config lists them, in the form that it names."""

from importlib import import_module
from typing import Any

import pulumi

config = pulumi.Config()
flashback: Any = import_module(config.require("package"))
plan: dict[str, Any] = config.require_object("plan")

workspaces = {
    label: flashback.Workspace(label, name=name)
    for label, name in plan.get("workspaces", {}).items()
}


def within(workspace: str, **inputs: Any) -> dict[str, Any]:
    """Return inputs with the workspace: one of this program, or the id of another."""
    made = workspaces.get(workspace)
    return {**inputs, "workspace_id": workspace if made is None else made.workspace_id}


members = {
    label: flashback.WorkspaceMember(label, **within(**inputs))
    for label, inputs in plan.get("members", {}).items()
}
keys = {
    label: flashback.ApiKey(
        label,
        **within(**{name: value for name, value in inputs.items() if name != "after"}),
        opts=pulumi.ResourceOptions(depends_on=[members[each] for each in inputs.get("after", ())]),
    )
    for label, inputs in plan.get("keys", {}).items()
}

pulumi.export("workspaceIds", {label: each.workspace_id for label, each in workspaces.items()})
pulumi.export("apiKeyIds", {label: each.api_key_id for label, each in keys.items()})
