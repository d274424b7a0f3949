"""The settings and data of one emulator: tokens, users, workspaces and permissions."""

import math
import secrets
import time
import uuid
from dataclasses import dataclass

import jwt

from pulumi_flashback.emulator.rows import Row
from pulumi_flashback.emulator.settings import EmulatorSettings
from pulumi_flashback.emulator.store import ADMINISTRATOR, Member, Note, Store, User, Workspace

_ALGORITHM = "HS256"
_EPOCH = "token-epoch"


@dataclass(frozen=True, kw_only=True)
class RefreshToken(Row):
    """A valid refresh token; only its digest is stored."""

    table = "refresh_tokens"
    digest: str
    user_id: str
    expires_at: float


@dataclass(frozen=True)
class Backend:
    """Settings and data of one emulator."""

    settings: EmulatorSettings
    store: Store

    # tokens; access tokens are not stored

    def issue_token(self, user: User, seconds: float | None = None) -> str:
        """Return a new access token; the default lifetime is a setting."""
        life = self.settings.access_token_seconds if seconds is None else seconds
        started = time.time()
        claims = {
            "userId": user.id,
            "email": user.email,
            "orgId": user.org_id,
            "type": "access",
            "iat": int(started),
            "exp": math.ceil(started + life),  # a whole number, as other services write it
            "until": started + life,  # to the fraction of a second, for short lifetimes
            "jti": secrets.token_hex(8),
        }
        return jwt.encode(claims, self._token_key, algorithm=_ALGORITHM)

    def token_user(self, token: str) -> User | None:
        """Return the active user whose valid access token this is."""
        try:
            claims = jwt.decode(
                token,
                self._token_key,
                algorithms=[_ALGORITHM],
                options={"verify_exp": False, "require": ["exp", "userId"]},
            )
        except jwt.InvalidTokenError:
            return None
        expired = float(claims.get("until", claims["exp"])) <= time.time()
        return None if expired else self._active_user(str(claims["userId"]))

    def expire_tokens(self, *, refresh_tokens: bool = False) -> None:
        """Invalidate all access tokens, and the refresh tokens if requested."""
        self.store.put(Note, {"value": uuid.uuid4().bytes}, name=_EPOCH)
        if refresh_tokens:
            self.store.remove(RefreshToken)

    def issue_refresh_token(self, user: User) -> str:
        """Return a new refresh token."""
        token = secrets.token_urlsafe(32)
        expires_at = time.time() + self.settings.refresh_token_seconds
        digest = self.store.vault.digest(token)
        self.store.add(RefreshToken(digest=digest, user_id=user.id, expires_at=expires_at))
        return token

    def refresh_token_user(self, token: str) -> User | None:
        """Return the active user whose valid refresh token this is."""
        found = self.store.one(RefreshToken, digest=self.store.vault.digest(token))
        valid = found is not None and found.expires_at > time.time()
        return self._active_user(found.user_id) if found and valid else None

    def drop_refresh_token(self, token: str) -> None:
        """Invalidate a refresh token."""
        self.store.remove(RefreshToken, digest=self.store.vault.digest(token))

    @property
    def _token_key(self) -> bytes:
        epoch = self.store.note(_EPOCH) or b""
        return self.store.vault.derive(f"tokens:{epoch.hex()}")

    def _active_user(self, user_id: str) -> User | None:
        user = self.store.one(User, id=user_id)
        return user if user and user.validated and not user.deleted_at else None

    # workspaces; deleted ones only if requested

    def workspace(self, workspace_id: str, *, deleted: bool = False) -> Workspace | None:
        """Return a workspace."""
        found = self.store.one(Workspace, id=workspace_id)
        return found if found and (deleted or not found.deleted_at) else None

    def workspaces(self, user: User, *, deleted: bool = False) -> list[Workspace]:
        """Return the workspaces that a user may see."""
        found = self.store.find(Workspace, org_id=user.org_id)
        return [each for each in found if self.role(user, each.id, deleted=deleted)]

    def role(self, user: User, workspace_id: str, *, deleted: bool = False) -> str | None:
        """Return the role of a user in a workspace, or None for no access."""
        workspace = self.workspace(workspace_id, deleted=deleted)
        if workspace is None or workspace.org_id != user.org_id:
            return None
        is_admin = user.org_role >= ADMINISTRATOR
        power = self.settings.organization_admins if is_admin else "as-members"
        if power == "administer":
            return "ADMIN"
        return self.roles(workspace_id).get(user.id, "READ" if power == "read" else None)

    def members(self, workspace_id: str) -> list[tuple[User, str]]:
        """Return the members of a workspace with their roles, in the order of joining."""
        users = {each.id: each for each in self.store.find(User)}
        stay = self.settings.membership_of_deleted_user == "stays"
        return [
            (users[each.user_id], each.role)
            for each in self.store.find(Member, workspace_id=workspace_id)
            if each.user_id in users and (stay or not users[each.user_id].deleted_at)
        ]

    def roles(self, workspace_id: str) -> dict[str, str]:
        """Return the roles of the members of a workspace by user id."""
        return {user.id: role for user, role in self.members(workspace_id)}
