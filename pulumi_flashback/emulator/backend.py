"""What all handlers share: settings, data, tokens, and the reading of requests."""

from __future__ import annotations

import json
import math
import secrets
import time
from dataclasses import dataclass
from typing import Any

import jwt
from starlette.requests import Request

from pulumi_flashback.emulator.errors import Refusal
from pulumi_flashback.emulator.settings import EmulatorSettings
from pulumi_flashback.emulator.store import Store, User, Workspace

_ALGORITHM = "HS256"


@dataclass(frozen=True)
class Backend:
    """Settings and data of one emulator."""

    settings: EmulatorSettings
    store: Store

    def issue_token(self, user: User, seconds: float | None = None) -> str:
        """Return a new access token.

        Args:
            user: Whose token it is.
            seconds: Its life; None for the life that the settings say.
        """
        life = self.settings.access_token_seconds if seconds is None else seconds
        now = time.time()
        claims = {
            "userId": user.id,
            "email": user.email,
            "orgId": user.org_id,
            "type": "access",
            "iat": int(now),
            "exp": math.ceil(now + life),  # a whole number, as other services write it
            "until": now + life,  # to the fraction of a second, for short lives
            "jti": secrets.token_hex(8),
        }
        return jwt.encode(claims, self.store.token_key, algorithm=_ALGORITHM)

    def caller(self, request: Request) -> User | None:
        """Return the validated user whose valid token a request carries."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            claims = jwt.decode(
                token.strip(),
                self.store.token_key,
                algorithms=[_ALGORITHM],
                options={"verify_exp": False, "require": ["exp", "userId"]},
            )
        except jwt.InvalidTokenError:
            return None
        if float(claims.get("until", claims["exp"])) <= time.time():
            return None
        user = self.store.user(str(claims["userId"]))
        return user if user and user.validated and not user.deleted_at else None

    def role(self, user: User, workspace_id: str, *, deleted: bool = False) -> str | None:
        """Return what a user may do in a workspace, or None for no access.

        Args:
            user: The user.
            workspace_id: The workspace.
            deleted: Whether there is access to a deleted workspace.
        """
        workspace = self.store.workspace(workspace_id, deleted=deleted)
        if workspace is None or workspace.org_id != user.org_id:
            return None
        power = self.settings.organization_admins if user.is_organization_admin else "as-members"
        if power == "administer":
            return "ADMIN"
        role = self.member_role(workspace_id, user.id)
        return "READ" if role is None and power == "read" else role

    def members(self, workspace_id: str) -> list[tuple[User, str]]:
        """Return the members of a workspace with their roles, in the order of their coming."""
        stay = self.settings.membership_of_deleted_user == "stays"
        members = self.store.members(workspace_id)
        return [(user, role) for user, role in members if stay or not user.deleted_at]

    def member_role(self, workspace_id: str, user_id: str) -> str | None:
        """Return the role of a member, or None where the user is none."""
        roles = {user.id: role for user, role in self.members(workspace_id)}
        return roles.get(user_id)

    def workspaces(self, user: User, *, deleted: bool = False) -> list[Workspace]:
        """Return the workspaces that a user may see; deleted ones only if these are wanted."""
        found = self.store.workspaces(user.org_id, deleted=deleted)
        return [each for each in found if self.role(user, each.id, deleted=deleted)]


async def json_object(request: Request) -> dict[str, Any]:
    """Return the JSON object that a request carries.

    Raises:
        Refusal: 400, 413 or 415; the text never repeats the input.
    """
    settings: EmulatorSettings = request.app.state.backend.settings
    if settings.wrong_content_type != "accepted" and not is_json(request):
        raise Refusal(settings.wrong_content_type, "Content-Type must be application/json")
    limit = settings.max_body_bytes
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise Refusal(413, "Request body is too large")
    try:
        content = json.loads(body)
        # refuses what is no Unicode text, and NaN, which is no JSON
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise Refusal(400, "Request body must be valid JSON") from None
    if not isinstance(content, dict):
        raise Refusal(400, "Request body must be a JSON object")
    return content


def is_json(request: Request) -> bool:
    """Say whether a request says that its body is JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def filters(request: Request) -> dict[str, str]:
    """Return the query; the vendor's client sends ``undefined`` for what is not set."""
    return {k: v for k, v in request.query_params.items() if v not in ("", "undefined", "null")}
