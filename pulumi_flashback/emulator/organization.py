"""``/organization/users`` (Flashback API reference, organization)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pulumi_flashback.emulator.backend import Backend, json_object
from pulumi_flashback.emulator.errors import Refusal
from pulumi_flashback.emulator.store import OWNER, USER, WORKSPACES, User

ROLE_NAMES = {
    0x00: "USER",
    0x01: "BILLING",
    0x02: "WORKSPACES",
    0xFE: "ADMINISTRATORS",
    0xFF: "OWNER",
}
"""Organization roles, each of which includes those before it."""

_NO_LIST: dict[str, Any] = {"data": [], "total": 0}
_NO_USER: dict[str, Any] = {"data": None}
_REQUIRED = ("email", "password", "firstName", "lastName")

FAILURES: dict[str, dict[str, Any]] = {"GET /organization/users": _NO_LIST}
"""What an unexpected accident is answered with beside ``success``, by operation: no message."""


async def list_users(request: Request) -> Response:
    """``GET /organization/users``: for those who manage users."""
    backend: Backend = request.app.state.backend
    settings = backend.settings
    user = _caller(request, _NO_LIST)
    if settings.organization_users_for == "managers" and user.org_role < WORKSPACES:
        raise Refusal(403, **_NO_LIST)
    users = backend.store.users(user.org_id)
    if settings.deleted_organization_users == "hidden":
        users = [each for each in users if not each.deleted_at]
    rows = [shown(each) for each in users[: settings.organization_users_limit or None]]
    return JSONResponse({"success": True, "data": rows, "total": len(users)})


async def create(request: Request) -> Response:
    """``POST /organization/users``: says ``firstName`` where all else says ``name``."""
    backend: Backend = request.app.state.backend
    user = _manager(request)
    fields = await json_object(request)
    for name in _REQUIRED:
        if not fields.get(name):
            raise Refusal(400, f"{name} is required", **_NO_USER)
        _check_text(fields, name)
    _check_org_role(fields)
    with backend.store.transaction():
        made = _revived(backend, user, fields) or _made(backend, user, fields)
    body = {"success": True, "data": shown(made), "message": "User created successfully"}
    return JSONResponse(body, 201)


async def read(request: Request) -> Response:
    """``GET /organization/users/{id}``."""
    target = _target(request, _manager(request))
    return JSONResponse({"success": True, "data": shown(target)})


async def update(request: Request) -> Response:
    """``PUT /organization/users/{id}``: ``name``, ``lastName``, ``orgRole``."""
    backend: Backend = request.app.state.backend
    user = _manager(request)
    fields = await json_object(request)
    columns = {"name": "name", "lastName": "last_name", "orgRole": "org_role"}
    changes = {columns[name]: value for name, value in fields.items() if name in columns}
    for name in ("name", "lastName"):
        if name in fields:
            _check_text(fields, name)
    _check_org_role(fields)
    with backend.store.transaction():
        target = _target(request, user)
        backend.store.update_user(target.id, changes)
        target = backend.store.user(target.id) or target
    body = {"success": True, "data": shown(target), "message": "User updated successfully"}
    return JSONResponse(body)


async def delete(request: Request) -> Response:
    """``DELETE /organization/users/{id}``: a soft delete."""
    backend: Backend = request.app.state.backend
    user = _manager(request)
    with backend.store.transaction():
        backend.store.delete_user(_target(request, user).id)
    return JSONResponse({"success": True, "message": "User deleted successfully"})


ROUTES = [
    Route("/organization/users", list_users, methods=["GET"]),
    Route("/organization/users", create, methods=["POST"]),
    Route("/organization/users/{id}", read, methods=["GET"]),
    Route("/organization/users/{id}", update, methods=["PUT"]),
    Route("/organization/users/{id}", delete, methods=["DELETE"]),
]


def shown(user: User) -> dict[str, Any]:
    """Return a user as the endpoints of the organization show one."""
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "lastName": user.last_name,
        "orgId": user.org_id,
        "orgRole": user.org_role,
        "validated": user.validated,
        "deletedAt": user.deleted_at,
        "orgRoleDescription": ROLE_NAMES.get(user.org_role, "USER"),
        "orgRoles": [role for role in ROLE_NAMES if role <= user.org_role],
    }


def _caller(request: Request, nothing: dict[str, Any]) -> User:
    backend: Backend = request.app.state.backend
    user = backend.caller(request)
    if user is None:
        raise Refusal(401, "User not found or not validated", **nothing)
    return user


def _manager(request: Request) -> User:
    user = _caller(request, _NO_USER)
    if user.org_role < WORKSPACES:
        raise Refusal(403, **_NO_USER)
    return user


def _target(request: Request, manager: User) -> User:
    """Return the user that a request is about, of the caller's organization."""
    backend: Backend = request.app.state.backend
    target = backend.store.user(request.path_params["id"])
    if target is None or target.deleted_at or target.org_id != manager.org_id:
        # not "User not found", which means the caller elsewhere
        raise Refusal(404, "User not found in organization", **_NO_USER)
    return target


def _check_text(fields: dict[str, Any], name: str) -> None:
    value = fields[name]
    if not isinstance(value, str) or "\x00" in value:
        raise Refusal(400, f"{name} must be a string", **_NO_USER)


def _check_org_role(fields: dict[str, Any]) -> None:
    role = fields.get("orgRole", USER)
    if not isinstance(role, int) or isinstance(role, bool) or not USER <= role <= OWNER:
        raise Refusal(400, "orgRole must be a number from 0 to 255", **_NO_USER)


def _email(backend: Backend, fields: dict[str, Any]) -> str:
    email = str(fields["email"])
    return email.lower() if backend.settings.email_stored == "lower" else email


def _revived(backend: Backend, user: User, fields: dict[str, Any]) -> User | None:
    """Return the user who has the email address already, if the settings give him back."""
    known = backend.store.user_by_email(_email(backend, fields))
    if known is None:
        return None
    wanted = backend.settings.email_of_deleted_user == "revived"
    if not (wanted and known.deleted_at and known.org_id == user.org_id):
        raise Refusal(400, "User with this email already exists", **_NO_USER)
    names = {"name": fields["firstName"], "last_name": fields["lastName"]}
    backend.store.update_user(
        known.id, {**names, "org_role": fields.get("orgRole", USER), "deleted_at": None}
    )
    return backend.store.user(known.id)


def _made(backend: Backend, user: User, fields: dict[str, Any]) -> User:
    return backend.store.add_user(
        _email(backend, fields),
        fields["password"],
        org_id=user.org_id,
        org_role=fields.get("orgRole", USER),
        validated=backend.settings.created_users_validated,
        name=fields["firstName"],
        last_name=fields["lastName"],
    )
