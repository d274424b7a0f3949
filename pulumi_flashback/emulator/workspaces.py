"""``/workspace`` (Flashback API reference, workspace)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pulumi_flashback.emulator.backend import Backend, json_object
from pulumi_flashback.emulator.errors import Refusal
from pulumi_flashback.emulator.store import WORKSPACES, User, Workspace

UNKNOWN_WRITER = (400, "User not found or account is not validated")
UNKNOWN_READER = (404, "User not found")
NOT_FOUND = "Workspace not found"

FAILURES = {
    "POST /workspace": "Failed to create workspace",
    "GET /workspace/{id}": "Failed to fetch workspace",
    "PUT /workspace/{id}": "Failed to update workspace",
    "DELETE /workspace/{id}": "Failed to delete workspace",
}
"""What an unexpected accident is answered with, by operation."""


async def create(request: Request) -> Response:
    """``POST /workspace``: the creator becomes its ADMIN."""
    backend: Backend = request.app.state.backend
    user = caller(request, UNKNOWN_WRITER)
    name = _name(backend, await json_object(request))
    if user.org_role < WORKSPACES:
        raise Refusal(403, "Insufficient permissions to create workspaces")
    with backend.store.transaction():
        _refuse_taken_name(backend, name, user)
        workspace = backend.store.add_workspace(name, user.org_id)
        backend.store.set_member(workspace.id, user.id, "ADMIN")
    return JSONResponse({"success": True, "workspace": _shown(workspace)}, 201)


async def list_workspaces(request: Request) -> Response:
    """``GET /workspace``: those that the user has a role in."""
    backend: Backend = request.app.state.backend
    user = caller(request, UNKNOWN_READER)
    deleted = backend.settings.deleted_workspaces != "hidden"
    rows = []
    for each in backend.workspaces(user, deleted=deleted):
        row = _shown_with_users(backend, each)
        if backend.settings.users_in_workspace_list == "absent":
            del row["users"]
        elif backend.settings.users_in_workspace_list == "empty":
            row["users"] = []
        rows.append(row)
    return JSONResponse({"success": True, "workspaces": rows})


async def read(request: Request) -> Response:
    """``GET /workspace/{id}``: no access looks like no workspace."""
    backend: Backend = request.app.state.backend
    user = caller(request, UNKNOWN_READER)
    deleted = backend.settings.deleted_workspaces == "shown"
    workspace = backend.store.workspace(request.path_params["id"], deleted=deleted)
    if workspace is None or not backend.role(user, workspace.id, deleted=deleted):
        raise Refusal(404, "Workspace not found or access denied")
    return JSONResponse({"success": True, "workspace": _shown_with_users(backend, workspace)})


async def update(request: Request) -> Response:
    """``PUT /workspace/{id}``: a new name, if there is one in the request."""
    backend: Backend = request.app.state.backend
    user = caller(request, UNKNOWN_WRITER)
    fields = await json_object(request)
    name = None if fields.get("name") is None else _name(backend, fields)
    with backend.store.transaction():
        workspace = _to_administer(backend, user, request, "update workspace")
        if name is not None:
            _refuse_taken_name(backend, name, user, but=workspace.id)
            backend.store.rename_workspace(workspace.id, name)
            workspace = Workspace(workspace.id, name, workspace.org_id)
    return JSONResponse({"success": True, "workspace": _shown(workspace)})


async def delete(request: Request) -> Response:
    """``DELETE /workspace/{id}``: a soft delete."""
    backend: Backend = request.app.state.backend
    user = caller(request, UNKNOWN_WRITER)
    with backend.store.transaction():
        workspace = _to_administer(backend, user, request, "delete workspace")
        keys = backend.store.api_keys(workspace.id)
        if workspace.buckets or workspace.repositories or any(row["bucket_count"] for row in keys):
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


def caller(request: Request, unknown: tuple[int, str]) -> User:
    """Return the user of a request below ``/workspace``.

    Args:
        request: The request.
        unknown: Status and message where there is none.

    Raises:
        Refusal: There is none.
    """
    backend: Backend = request.app.state.backend
    user = backend.caller(request)
    if user is not None:
        return user
    if backend.settings.unknown_caller_of_workspaces == "401":
        raise Refusal(401, "User not found or not validated")
    raise Refusal(*unknown)


def _name(backend: Backend, fields: dict[str, Any]) -> str:
    name = fields.get("name")
    if name is None or name == "":
        raise Refusal(400, "Workspace name is required")
    if not isinstance(name, str) or "\x00" in name:
        raise Refusal(400, "Workspace name must be a string")
    if not name.strip():
        raise Refusal(400, "Workspace name is required")
    if len(name) > backend.settings.longest_workspace_name:
        raise Refusal(400, "Workspace name is too long")
    return name.strip() if backend.settings.workspace_name_stored == "trimmed" else name


def _refuse_taken_name(backend: Backend, name: str, user: User, but: str | None = None) -> None:
    rule = backend.settings.duplicate_workspace_name
    if rule == "accepted":
        return
    deleted = rule == "refused-also-deleted"
    if backend.store.has_workspace_named(name, user.org_id, but, deleted=deleted):
        raise Refusal(400, "Workspace name already exists")


def _to_administer(backend: Backend, user: User, request: Request, action: str) -> Workspace:
    workspace = backend.store.workspace(request.path_params["id"])
    if workspace is None or workspace.org_id != user.org_id:
        raise Refusal(404, NOT_FOUND)
    role = backend.role(user, workspace.id)
    if role is None and backend.settings.no_role_status == 404:
        raise Refusal(404, NOT_FOUND)
    if role != "ADMIN":
        raise Refusal(403, f"Insufficient permissions to {action}")
    return workspace


def _shown(workspace: Workspace) -> dict[str, Any]:
    return {"id": workspace.id, "name": workspace.name, "orgId": workspace.org_id}


def _shown_with_users(backend: Backend, workspace: Workspace) -> dict[str, Any]:
    shown = {**_shown(workspace), "users": _shown_members(backend, workspace.id)}
    return {**shown, "deletedAt": workspace.deleted_at} if workspace.deleted_at else shown


def _shown_members(backend: Backend, workspace_id: str) -> list[dict[str, Any]]:
    settings = backend.settings
    members = backend.members(workspace_id)
    if settings.member_order == "newest-first":
        members.reverse()
    return [
        {
            "userId": user.id,
            "role": role.lower() if settings.listed_role == "lower" else role,
            "user": {
                "id": user.id,
                "name": user.name,
                "lastName": user.last_name,
                "email": user.email,
                "orgRole": user.org_role,
            },
        }
        for user, role in members
    ]
