"""``GET /bucket`` and ``GET /repo`` (Flashback API reference, bucket management, repositories).

Only as much as tells what is in a workspace: there are as many as a test has said, and no others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pulumi_flashback.emulator.backend import Backend
from pulumi_flashback.emulator.errors import Refusal
from pulumi_flashback.emulator.store import Workspace


async def list_buckets(request: Request) -> Response:
    """``GET /bucket``."""
    rows = _rows(request, "bucket", lambda workspace: workspace.buckets)
    return JSONResponse({"success": True, "buckets": rows})


async def list_repositories(request: Request) -> Response:
    """``GET /repo``."""
    rows = _rows(request, "repository", lambda workspace: workspace.repositories)
    return JSONResponse({"success": True, "repos": rows})


ROUTES = [
    Route("/bucket", list_buckets, methods=["GET"]),
    Route("/repo", list_repositories, methods=["GET"]),
]


def _rows(request: Request, kind: str, count: Callable[[Workspace], int]) -> list[dict[str, Any]]:
    backend: Backend = request.app.state.backend
    user = backend.caller(request)
    if user is None:
        raise Refusal(404, "User not found")
    wanted = request.query_params.get("workspaceId")
    found = [each for each in backend.workspaces(user) if wanted in (None, "undefined", each.id)]
    return [
        {"id": f"{workspace.id}-{kind}-{n}", "name": f"{kind}-{n}", "workspaceId": workspace.id}
        for workspace in found
        for n in range(1, count(workspace) + 1)
    ]
