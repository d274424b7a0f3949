"""``/user``, ``/health`` and ``/providers`` (Flashback API reference, user account, other)."""

from __future__ import annotations

import secrets
import time
from datetime import datetime, timezone
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pulumi_flashback.emulator.backend import Backend, json_object
from pulumi_flashback.emulator.errors import Refusal
from pulumi_flashback.emulator.organization import shown
from pulumi_flashback.emulator.store import User


async def login(request: Request) -> Response:
    """``POST /user/login``."""
    backend: Backend = request.app.state.backend
    fields = await json_object(request)
    email, password = fields.get("email"), fields.get("password")
    if not isinstance(email, str) or not isinstance(password, str) or not email or not password:
        raise Refusal(400, "Email and password are required")
    user = backend.store.user_by_email(email)
    if user is None:
        raise Refusal(401, error_code="USER_NOT_FOUND")
    if not backend.store.vault.password_matches(password, backend.store.password_hash(user)):
        raise Refusal(401, error_code="INVALID_PASSWORD")
    if not user.validated or user.deleted_at:
        raise Refusal(401, error_code="USER_INACTIVE")
    about = {"id": user.id, "email": user.email, "name": user.name, "orgId": user.org_id}
    tokens = _tokens(backend, user)
    return JSONResponse(
        {**tokens, "tokenId": secrets.token_hex(8), "user": {**about, "orgRole": user.org_role}}
    )


async def refresh(request: Request) -> Response:
    """``POST /user/refresh``."""
    backend: Backend = request.app.state.backend
    token = _refresh_token(backend, await json_object(request))
    with backend.store.transaction():
        user = backend.store.refresh_token_owner(token)
        if user is None or not user.validated or user.deleted_at:
            raise Refusal(401, "Invalid refresh token", error_code="INVALID_REFRESH_TOKEN")
        if backend.settings.refresh_rotates:
            backend.store.drop_refresh_token(token)
        return JSONResponse(_tokens(backend, user))


async def logout(request: Request) -> Response:
    """``POST /user/logout``: forgets the refresh token."""
    backend: Backend = request.app.state.backend
    backend.store.drop_refresh_token(_refresh_token(backend, await json_object(request)))
    return JSONResponse({"success": True})


async def profile(request: Request) -> Response:
    """``GET /user/profile``: who the caller is."""
    user = _caller(request)
    data = {**shown(user), "mfaRequired": False, "isBusiness": True}
    del data["deletedAt"]
    return JSONResponse({"success": True, "data": data})


async def health(request: Request) -> Response:
    """``GET /health``."""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    return JSONResponse({"status": "ok", "timestamp": now.replace("+00:00", "Z")})


async def root(request: Request) -> Response:
    """``GET /``."""
    return JSONResponse({"success": True, "message": "Flashback API (emulator)"})


async def providers(request: Request) -> Response:
    """``GET /providers``: the provider types with their capabilities."""
    backend: Backend = request.app.state.backend
    if backend.settings.providers_need_token:
        _caller(request)
    rows = [
        {"id": name.lower(), "name": name, "capabilities": bits, "groupingTypes": []}
        for name, bits in backend.settings.providers.items()
    ]
    return JSONResponse({"success": True, "providers": rows})


ROUTES = [
    Route("/", root, methods=["GET"]),
    Route("/health", health, methods=["GET"]),
    Route("/providers", providers, methods=["GET"]),
    Route("/user/login", login, methods=["POST"]),
    Route("/user/refresh", refresh, methods=["POST"]),
    Route("/user/logout", logout, methods=["POST"]),
    Route("/user/profile", profile, methods=["GET"]),
]


def _caller(request: Request) -> User:
    backend: Backend = request.app.state.backend
    user = backend.caller(request)
    if user is None:
        raise Refusal(401, "User not found or not validated")
    return user


def _tokens(backend: Backend, user: User) -> dict[str, Any]:
    settings = backend.settings
    refresh_token = secrets.token_urlsafe(32)
    backend.store.add_refresh_token(refresh_token, user.id, settings.refresh_token_seconds)
    expires_at = time.time() + settings.access_token_seconds
    return {
        "success": True,
        "accessToken": backend.issue_token(user),
        "refreshToken": refresh_token,
        "expiresAt": int(expires_at * (1000 if settings.expires_at_unit == "ms" else 1)),
    }


def _refresh_token(backend: Backend, fields: dict[str, Any]) -> str:
    name = backend.settings.refresh_field
    names = ("refresh_token", "refreshToken") if name == "either" else (name,)
    for each in names:
        token = fields.get(each)
        if isinstance(token, str) and token:
            return token
    raise Refusal(400, "Refresh token is required")
