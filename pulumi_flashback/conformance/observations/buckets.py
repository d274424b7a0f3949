"""Observes the settings of buckets. A quota is never used up."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.conformance.observations.given import quota, storage, succeeded
from pulumi_flashback.conformance.observations.repositories import repository
from pulumi_flashback.conformance.outcome import NotObserved, among, observation
from pulumi_flashback.conformance.run import Run


@observation
def bucket_quota(run: Run) -> Any:
    return quota(run, "BUCKET")


@observation
def bucket_repositories(run: Run) -> Any:
    repository(run)  # has both
    row = run.row("bucket", storage(run, 1))
    return "absent" if row.get("repos") is None else "shown"


@observation
def bucket_latency(run: Run) -> Any:
    reply = succeeded(run.look("GET /bucket/{id}/status", storage(run, 1)))
    names = {name for row in reply.rows("nodeStatus") for name in row if name.startswith("latency")}
    if not names:
        raise NotObserved("no node of the platform shows a latency")
    return among({each: each for each in ("latency_ms", "latencyMs")}, names.pop())
