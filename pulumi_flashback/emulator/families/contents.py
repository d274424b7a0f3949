"""``GET /bucket`` and ``GET /repo`` (Flashback API reference, bucket management, repositories).

Only what shows whether a workspace is in use: there are as many as a test has set, and no others.
"""

from __future__ import annotations

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply


def _admit(call: Call) -> None:
    if call.caller is None:
        raise Refusal(404, "User not found")


FAMILY = Family(_admit)


@FAMILY.endpoint("GET /bucket")
def list_buckets(call: Call) -> Reply:
    """List the buckets of a workspace, or of all."""
    return {"buckets": _rows(call, "bucket", "buckets")}


@FAMILY.endpoint("GET /repo")
def list_repositories(call: Call) -> Reply:
    """List the repositories of a workspace, or of all."""
    return {"repos": _rows(call, "repository", "repositories")}


def _rows(call: Call, kind: str, counted: str) -> list[dict[str, str]]:
    wanted = call.query.get("workspaceId", "undefined")
    return [
        {"id": f"{workspace.id}-{kind}-{n}", "name": f"{kind}-{n}", "workspaceId": workspace.id}
        for workspace in call.backend.workspaces(call.user)
        if wanted in ("undefined", workspace.id)
        for n in range(1, getattr(workspace, counted) + 1)
    ]
