"""``/workspace/{id}/users`` (Flashback API reference, workspace).

There is no list of members: ``GET /workspace/{id}`` has them.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pulumi_flashback.emulator.backend import Backend, json_object
from pulumi_flashback.emulator.errors import Refusal
from pulumi_flashback.emulator.store import User
from pulumi_flashback.emulator.workspaces import NOT_FOUND, UNKNOWN_WRITER, caller

ROLES = ("READ", "WRITE", "ADMIN")
"""The roles of a member, each of which may do what the one before it may."""

FAILURES = {
    "POST /workspace/{id}/users": "Failed to add user to workspace",
    "PUT /workspace/{id}/users/{userId}": "Failed to update user role",
    "DELETE /workspace/{id}/users/{userId}": "Failed to remove user from workspace",
}
"""What an unexpected accident is answered with, by operation."""


async def add(request: Request) -> Response:
    """``POST /workspace/{id}/users``: a new member."""
    backend: Backend = request.app.state.backend
    user = caller(request, UNKNOWN_WRITER)
    fields = await json_object(request)
    user_id = _text(fields, "userId", "User ID")
    role = _role(backend, fields)
    with backend.store.transaction():
        workspace_id = _to_manage(backend, user, request)
        if not _may_join(backend, workspace_id, user_id):
            raise Refusal(404, "Target user not found")
        present = backend.member_role(workspace_id, user_id)
        if present is None or _is_updated_by_adding(backend):
            _refuse_protected(backend, user, workspace_id, user_id, role)
            _store(backend, workspace_id, user_id, role, "POST /workspace/{id}/users")
    return JSONResponse({"success": True})


async def update(request: Request) -> Response:
    """``PUT /workspace/{id}/users/{userId}``: another role."""
    backend: Backend = request.app.state.backend
    user = caller(request, UNKNOWN_WRITER)
    role = _role(backend, await json_object(request))
    user_id = request.path_params["userId"]
    with backend.store.transaction():
        workspace_id = _to_manage(backend, user, request)
        _refuse_non_member(backend, workspace_id, user_id)
        _refuse_protected(backend, user, workspace_id, user_id, role)
        _store(backend, workspace_id, user_id, role, "PUT /workspace/{id}/users/{userId}")
    return JSONResponse({"success": True})


async def remove(request: Request) -> Response:
    """``DELETE /workspace/{id}/users/{userId}``: no longer a member."""
    backend: Backend = request.app.state.backend
    user = caller(request, UNKNOWN_WRITER)
    user_id = request.path_params["userId"]
    with backend.store.transaction():
        workspace_id = _to_manage(backend, user, request)
        _refuse_non_member(backend, workspace_id, user_id)
        _refuse_protected(backend, user, workspace_id, user_id, None)
        backend.store.remove_member(workspace_id, user_id)
    return JSONResponse({"success": True})


ROUTES = [
    Route("/workspace/{id}/users", add, methods=["POST"]),
    Route("/workspace/{id}/users/{userId}", update, methods=["PUT"]),
    Route("/workspace/{id}/users/{userId}", remove, methods=["DELETE"]),
]


def _text(fields: dict[str, Any], name: str, label: str) -> str:
    value = fields.get(name)
    if value is None or value == "":
        raise Refusal(400, f"{label} is required")
    if not isinstance(value, str) or "\x00" in value:
        raise Refusal(400, f"{label} must be a string")
    return value


def _role(backend: Backend, fields: dict[str, Any]) -> str:
    role = _text(fields, "role", "Role")
    if backend.settings.role_case == "any" and role.upper() in ROLES:
        return role.upper()
    if role not in ROLES and backend.settings.unknown_role == "refused":
        raise Refusal(400, "Invalid role")
    return role


def _store(backend: Backend, workspace_id: str, user_id: str, role: str, operation: str) -> None:
    if role not in ROLES and backend.settings.unknown_role == "fails":
        raise Refusal(500, FAILURES[operation])
    backend.store.set_member(workspace_id, user_id, role)


def _to_manage(backend: Backend, user: User, request: Request) -> str:
    """Return the workspace of a request, whose members the user may change."""
    workspace = backend.store.workspace(request.path_params["id"])
    known = workspace is not None and workspace.org_id == user.org_id
    if not known and backend.settings.members_of_unknown_workspace == 404:
        raise Refusal(404, NOT_FOUND)
    if workspace is None or backend.role(user, workspace.id) != "ADMIN":
        raise Refusal(403, "Insufficient permissions to manage workspace users")
    return workspace.id


def _may_join(backend: Backend, workspace_id: str, user_id: str) -> bool:
    """Say whether a user can become a member, at least as far as the organization knows him."""
    workspace = backend.store.workspace(workspace_id)
    user = backend.store.user(user_id)
    if workspace is None or user is None or user.deleted_at or user.org_id != workspace.org_id:
        return False
    return user.validated or backend.settings.unvalidated_member == "accepted"


def _is_updated_by_adding(backend: Backend) -> bool:
    """Say what becomes of a member who is added a second time."""
    rule = backend.settings.member_added_twice
    already = "User is already a member of this workspace"
    refusals = {
        "refused": (400, already),
        "conflict": (409, already),
        "fails": (500, FAILURES["POST /workspace/{id}/users"]),
    }
    if rule in refusals:
        raise Refusal(*refusals[rule])
    return rule == "updates"


def _refuse_non_member(backend: Backend, workspace_id: str, user_id: str) -> None:
    if backend.member_role(workspace_id, user_id) is None:
        raise Refusal(404, "User not found in workspace")


def _refuse_protected(
    backend: Backend, user: User, workspace_id: str, user_id: str, role: str | None
) -> None:
    """Refuse what would leave a workspace without an ADMIN, or an ADMIN without his role.

    Args:
        backend: Settings and data.
        user: The caller.
        workspace_id: The workspace.
        user_id: The member.
        role: The role that the member is to get; None to be removed.
    """
    present = backend.member_role(workspace_id, user_id)
    if present in (None, role):
        return
    if user_id == user.id and backend.settings.own_role == "fixed":
        raise Refusal(400, "You cannot change your own role")
    if present != "ADMIN" or backend.settings.last_admin == "unprotected":
        return
    if [each for _, each in backend.members(workspace_id)].count("ADMIN") == 1:
        raise Refusal(400, "Workspace must have at least one admin")
