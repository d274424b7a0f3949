"""Observes the settings of sessions, with a separate session of the command."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from pulumi_flashback.client.session import claims_of
from pulumi_flashback.conformance.exchanges import Exchange
from pulumi_flashback.conformance.observations.given import succeeded
from pulumi_flashback.conformance.outcome import NotObserved, Unlike, among, observation
from pulumi_flashback.conformance.run import Run, once

_FIELDS = ("refresh_token", "refreshToken")
_MILLISECONDS = 1e11  # a time is after 1973 in milliseconds, or before 5138 in seconds


@dataclass
class OwnSession:
    """A session that nobody else uses."""

    login: Exchange
    refresh_token: str = field(repr=False)  # the currently valid one


@once
def session(run: Run) -> OwnSession:
    """Return a session that the command begins and ends."""
    if run.first.login is None:
        raise NotObserved("needs a session of its own: sign in with email and password only")
    body = dict(zip(("email", "password"), run.first.login, strict=True))
    reply = succeeded(run.send("POST /user/login", body=body, who=None))
    return OwnSession(reply, str(reply.get("refreshToken") or ""))


def refresh(run: Run, name: str, token: str) -> bool:
    """Request new tokens; return whether the API accepted the request."""
    run.require_writes()
    if not token:
        raise NotObserved("POST /user/login returned no refresh token")
    reply = run.send("POST /user/refresh", body={name: token}, who=None)
    if not reply.ok and reply.status not in (400, 401, 403, 422):
        raise reply.failure()
    own = session(run)
    own.refresh_token = reply.get("refreshToken") or own.refresh_token
    return reply.ok


def _expires_at(run: Run) -> float:
    value = session(run).login.get("expiresAt")
    if not isinstance(value, (int, float)):
        raise Unlike("no number" if value is None else f"a {type(value).__name__}")
    return value


@observation
def access_token_seconds(run: Run) -> Any:
    login, expires_at = session(run).login, _expires_at(run)
    if expires_at > _MILLISECONDS:
        expires_at /= 1000
    # the clock of the API, from the token or from its response
    issued = claims_of(str(login.get("accessToken"))).get("iat")
    if not isinstance(issued, (int, float)):
        date = login.headers.get("date")
        issued = parsedate_to_datetime(date).timestamp() if date else time.time()
    seconds = expires_at - issued
    # a tick of a clock may lie between the two
    plain = round(seconds, -1)
    return plain if abs(seconds - plain) <= 1 else round(seconds)


@observation
def refresh_token_seconds(run: Run) -> Any:
    claims = claims_of(session(run).refresh_token)
    begin, end = claims.get("iat"), claims.get("exp")
    if not isinstance(begin, (int, float)) or not isinstance(end, (int, float)):
        raise NotObserved("the token does not say, and waiting for its expiry would take days")
    return float(end - begin)


@observation
def refresh_field(run: Run) -> Any:
    found = tuple(refresh(run, name, session(run).refresh_token) for name in _FIELDS)
    patterns = {
        (True, True): "either",
        (True, False): "refresh_token",
        (False, True): "refreshToken",
    }
    return among(patterns, found)


@observation
def refresh_rotates(run: Run) -> Any:
    used = session(run).refresh_token
    for name in _FIELDS:
        if refresh(run, name, used):
            return not refresh(run, name, used)
    raise NotObserved("POST /user/refresh accepted no token")


@observation
def expires_at_unit(run: Run) -> Any:
    return "ms" if _expires_at(run) > _MILLISECONDS else "s"


def log_out(run: Run) -> None:
    """End the session of the observations, if there is one."""
    own = run.made("session")
    if isinstance(own, OwnSession) and own.refresh_token:
        token = own.refresh_token
        # the documentation has both names of the field
        run.send("POST /user/logout", body=dict.fromkeys(_FIELDS, token), who=None)
