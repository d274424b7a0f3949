"""``GET /repo``: as many repositories as a test has set, which show that a workspace is in use."""

from __future__ import annotations

from pulumi_flashback.emulator.endpoints import Call, Family, Reply
from pulumi_flashback.emulator.families.buckets import admit, counted

FAMILY = Family(admit)


@FAMILY.endpoint("GET /repo")
def list_repositories(call: Call) -> Reply:
    """List the repositories of a workspace, or of all."""
    return {"repos": counted(call, "repository", "repositories")}
