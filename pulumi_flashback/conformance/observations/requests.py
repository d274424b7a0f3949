"""Observes the settings of all requests. A rate limit is never triggered on purpose."""

from __future__ import annotations

import re
from typing import Any

from pulumi_flashback.client.retry import parse_retry_after
from pulumi_flashback.conformance.outcome import NotObserved, among, observation
from pulumi_flashback.conformance.run import Run

_LIMIT = re.compile(r"(x-)?rate-?limit")


@observation
def list_lag(run: Run) -> Any:
    run.workspace  # noqa: B018 - creating it measures the lag
    return run.lag


@observation
def requests_per_second(run: Run) -> Any:
    headers = [f"{n}: {v}" for n, v in run.wire.exchanges[-1].headers.items() if _LIMIT.match(n)]
    said = f"; responses say {', '.join(headers)}" if headers else ""
    if run.wire.limited:
        raise NotObserved(f"there is a rate limit, and measuring it would trigger it{said}")
    raise NotObserved(f"no rate limit occurred{said}")


@observation
def retry_after_seconds(run: Run) -> Any:
    seconds = parse_retry_after(run.wire.retry_after)
    if seconds is None:
        raise NotObserved("no response had a Retry-After header")
    return seconds


@observation
def max_body_bytes(run: Run) -> Any:
    raise NotObserved("finding the limit requires large requests, which may look like an attack")


@observation
def wrong_content_type(run: Run) -> Any:
    body = {"workspaceId": run.workspace, **run.credentials()}
    reply = run.create("API key", body, content_type="text/plain")
    return among({400: 400, 415: 415, 201: "accepted"}, reply.status)
