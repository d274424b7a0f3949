"""``/workspace`` (Flashback API reference, workspace)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pulumi_flashback.emulator.backend import Backend, json_object
from pulumi_flashback.emulator.errors import Refusal
from pulumi_flashback.emulator.store import WORKSPACES, User, Workspace

_UNKNOWN_WRITER = (400, "User not found or account is not validated")
_UNKNOWN_READER = (404, "User not found")


async def create(request: Request) -> Response:
    """``POST /workspace``: the creator becomes its ADMIN."""
    backend: Backend = request.app.state.backend
    user = _caller(request, _UNKNOWN_WRITER)
    name = _name(await json_object(request), required=True)
    if user.org_role < WORKSPACES:
        raise Refusal(403, "Insufficient permissions to create workspaces")
    with backend.store.transaction():
        _refuse_taken_name(backend, name, user)
        workspace = backend.store.add_workspace(name or "", user.org_id)
        backend.store.set_role(workspace.id, user.id, "ADMIN")
    return JSONResponse({"success": True, "workspace": _shown(workspace)}, 201)


async def list_workspaces(request: Request) -> Response:
    """``GET /workspace``: those that the user has a role in."""
    backend: Backend = request.app.state.backend
    user = _caller(request, _UNKNOWN_READER)
    found = [_shown(each, backend) for each in backend.store.workspaces(user)]
    return JSONResponse({"success": True, "workspaces": found})


async def read(request: Request) -> Response:
    """``GET /workspace/{id}``: no access looks like no workspace."""
    backend: Backend = request.app.state.backend
    user = _caller(request, _UNKNOWN_READER)
    workspace = backend.store.workspace(request.path_params["id"])
    if workspace is None or not backend.store.role(user, workspace.id):
        raise Refusal(404, "Workspace not found or access denied")
    return JSONResponse({"success": True, "workspace": _shown(workspace, backend)})


async def update(request: Request) -> Response:
    """``PUT /workspace/{id}``: a new name."""
    backend: Backend = request.app.state.backend
    user = _caller(request, _UNKNOWN_WRITER)
    name = _name(await json_object(request), required=False)
    with backend.store.transaction():
        workspace = _to_administer(backend, user, request, "update workspace")
        if name:
            _refuse_taken_name(backend, name, user, but=workspace.id)
            backend.store.rename_workspace(workspace.id, name)
            workspace = Workspace(workspace.id, name, workspace.org_id)
    return JSONResponse({"success": True, "workspace": _shown(workspace)})


async def delete(request: Request) -> Response:
    """``DELETE /workspace/{id}``: a soft delete."""
    backend: Backend = request.app.state.backend
    user = _caller(request, _UNKNOWN_WRITER)
    with backend.store.transaction():
        workspace = _to_administer(backend, user, request, "delete workspace")
        keys = backend.store.api_keys(workspace.id)
        if any(row["bucket_count"] for row in keys):
            raise Refusal(400, "Cannot delete workspace with existing buckets or repos")
        if keys and backend.settings.delete_workspace_with_keys == "refused":
            raise Refusal(400, "Cannot delete workspace with existing API keys")
        backend.store.delete_workspace(workspace.id)
    return JSONResponse({"success": True})


ROUTES = [
    Route("/workspace", create, methods=["POST"]),
    Route("/workspace", list_workspaces, methods=["GET"]),
    Route("/workspace/{id}", read, methods=["GET"]),
    Route("/workspace/{id}", update, methods=["PUT"]),
    Route("/workspace/{id}", delete, methods=["DELETE"]),
]


def _caller(request: Request, unknown: tuple[int, str]) -> User:
    backend: Backend = request.app.state.backend
    user = backend.caller(request)
    if user is not None:
        return user
    if backend.settings.unknown_caller_of_workspaces == "401":
        raise Refusal(401, "User not found or not validated")
    raise Refusal(*unknown)


def _name(fields: dict[str, Any], required: bool) -> str | None:
    name = fields.get("name")
    if name is None and not required:
        return None
    if not isinstance(name, str) or not name.strip():
        raise Refusal(400, "Workspace name is required")
    if "\x00" in name:
        raise Refusal(400, "Workspace name must be a string")
    return name


def _refuse_taken_name(
    backend: Backend, name: str | None, user: User, but: str | None = None
) -> None:
    refused = backend.settings.duplicate_workspace_name == "refused"
    if refused and name and backend.store.has_workspace_named(name, user.org_id, but):
        raise Refusal(400, "Workspace name already exists")


def _to_administer(backend: Backend, user: User, request: Request, action: str) -> Workspace:
    workspace = backend.store.workspace(request.path_params["id"])
    if workspace is None or workspace.org_id != user.org_id:
        raise Refusal(404, "Workspace not found")
    if backend.store.role(user, workspace.id) != "ADMIN":
        raise Refusal(403, f"Insufficient permissions to {action}")
    return workspace


def _shown(workspace: Workspace, backend: Backend | None = None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": workspace.id,
        "name": workspace.name,
        "orgId": workspace.org_id,
    }
    if backend is not None:
        shown["users"] = backend.store.members(workspace.id)
    return shown
