"""``GET /repo`` (Flashback API reference, repositories).

Only what shows whether a workspace is in use: there are as many as a test has set, and no others.
"""

from __future__ import annotations

from pulumi_flashback.emulator.endpoints import Call, Family, Reply
from pulumi_flashback.emulator.families.buckets import admit, counted

FAMILY = Family(admit)


@FAMILY.endpoint("GET /repo")
def list_repositories(call: Call) -> Reply:
    """List the repositories of a workspace, or of all."""
    return {"repos": counted(call, "repository", "repositories")}
