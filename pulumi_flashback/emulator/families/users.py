"""``/user`` and ``/health`` (Flashback API reference, user account, other)."""

import secrets
import time
from typing import Any

from starlette.responses import JSONResponse

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply, admit_known
from pulumi_flashback.emulator.families.organization import shown
from pulumi_flashback.emulator.objects import text
from pulumi_flashback.emulator.rows import now
from pulumi_flashback.emulator.store import User

FAMILY = Family(admit=bool)  # everybody


@FAMILY.endpoint("POST /user/login")
def _login(call: Call) -> Reply:
    email, password = call.body.get("email"), call.body.get("password")
    if not isinstance(email, str) or not isinstance(password, str) or not email or not password:
        raise Refusal(400, "Email and password are required")
    user = call.store.one(User, email=email)
    if user is None:
        raise Refusal(401, error_code="USER_NOT_FOUND")
    if not call.store.vault.password_matches(password, user.password):
        raise Refusal(401, error_code="INVALID_PASSWORD")
    if not user.validated or user.deleted_at:
        raise Refusal(401, error_code="USER_INACTIVE")
    about = {name: user.shown()[name] for name in ("id", "email", "name", "orgId", "orgRole")}
    return {**_session(call, user), "tokenId": secrets.token_hex(8), "user": about}


@FAMILY.endpoint("POST /user/refresh")
def _refresh(call: Call) -> Reply:
    token = _refresh_token(call)
    user = call.backend.refresh_token_user(token)
    if user is None:
        raise Refusal(401, "Invalid refresh token", error_code="INVALID_REFRESH_TOKEN")
    if call.settings.refresh_rotates:
        call.backend.drop_refresh_token(token)
    session = _session(call, user)
    return {**session, "token": session["accessToken"]}


@FAMILY.endpoint("POST /user/logout")
def _logout(call: Call) -> Reply:
    call.backend.drop_refresh_token(_refresh_token(call))
    return {}


@FAMILY.endpoint("GET /user/profile", admit=admit_known, failed={"error": "Unexpected error"})
def _profile(call: Call) -> Reply:
    data = {**shown(call.user), "mfaRequired": False, "isBusiness": True}
    del data["deletedAt"]
    return {"data": data}


@FAMILY.endpoint("GET /health")
def _health(call: Call) -> Reply:
    return JSONResponse({"status": "ok", "timestamp": now()})


@FAMILY.endpoint("GET /")
def _root(call: Call) -> Reply:
    return {"message": "Flashback API (emulator)"}


def _session(call: Call, user: User) -> dict[str, Any]:
    expires_at = time.time() + call.settings.access_token_seconds
    return {
        "accessToken": call.backend.issue_token(user),
        "refreshToken": call.backend.issue_refresh_token(user),
        "expiresAt": int(expires_at * (1000 if call.settings.expires_at_unit == "ms" else 1)),
    }


def _refresh_token(call: Call) -> str:
    name = call.settings.refresh_field
    names = ("refresh_token", "refreshToken") if name == "either" else (name,)
    given = [text(call.body[each], each) for each in names if call.body.get(each) is not None]
    token = next(filter(None, given), None)
    if token is None:
        raise Refusal(400, "Refresh token is required")
    return token
