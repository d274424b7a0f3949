"""Sends requests with a bearer token, retries them, and renews the token."""

from __future__ import annotations

import base64
import random
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

from pydantic import Field

from pulumi_flashback.client import errors
from pulumi_flashback.client.attempt import SECOND_FACTOR_HINT, Attempt, attempt_of
from pulumi_flashback.client.bounded_json import parsed
from pulumi_flashback.client.call import Call, NoResponse, Response, Shape
from pulumi_flashback.client.credentials import Credentials
from pulumi_flashback.client.identifiers import is_identifier
from pulumi_flashback.client.models import OptionalText, Record
from pulumi_flashback.client.retry import parse_retry_after, seconds_before_retry

if TYPE_CHECKING:
    from pulumi_flashback.client.transport import Transport

NO_CREDENTIALS = (
    "no credentials: set flashback:token (FLASHBACK_TOKEN), or flashback:email and "
    "flashback:password (FLASHBACK_EMAIL, FLASHBACK_PASSWORD), or flashback:refreshToken "
    "(FLASHBACK_REFRESH_TOKEN); store them with `pulumi config set --secret`"
)
_LOGIN_PROBLEMS = {
    "USER_NOT_FOUND": "no user has this email address",
    "INVALID_PASSWORD": "the password is wrong",
    "USER_INACTIVE": "the user is not active",
    "NO_PASSWORD_SET": "the user signs in without a password; use a token or a refresh token",
}
_LOGIN_HINT = (
    "Check the email address and the password: FLASHBACK_EMAIL and FLASHBACK_PASSWORD, which take "
    "precedence, or flashback:email and flashback:password"
)
_REFRESH_HINT = (
    "The refresh token was not accepted: it has expired, was revoked, or was used before, possibly "
    "by a preview. Use flashback:email and flashback:password, or sign in again for a new one"
)


class Tokens(Record):
    """The response of login and refresh: an access token, and possibly a refresh token."""

    access_token: str = Field(pattern=r"^[\x21-\x7e]+$", repr=False)
    refresh_token: OptionalText = Field(default=None, repr=False)


class Session:
    def __init__(self, transport: Transport, credentials: Credentials, max_retries: int) -> None:
        self._transport = transport
        self._credentials = credentials
        self._max_retries = max_retries
        self._token = credentials.token
        self._refresh_token = credentials.refresh_token
        self._renewal = threading.Lock()
        self._refusal: errors.AuthenticationError | None = None

    def call(self, call: Call) -> Any:
        """Send a call and return the value that its shape describes; without one, check success."""
        token = self._signed_in(call) if call.authenticated else None
        attempt = self._send(call, token)
        if token and self._renewable and attempt.unauthenticated:
            before = attempt.in_doubt
            again = self._send(call, self._signed_in(call, token, before))
            attempt = replace(again, in_doubt=again.in_doubt or before)
        if attempt.failure is None:
            return attempt.value
        known = (self._token, self._refresh_token)
        secrets = (*self._credentials.secrets, *filter(None, known), *call.secrets)
        error = attempt.error(secrets)
        if _is_refusal(error):
            error.hint = self._credentials.hint or error.hint
        raise error

    def exchange(self, call: Call) -> Response | NoResponse:
        """Send a call once, or again with a renewed token; return the unprocessed response."""
        token = self._signed_in(call) if call.authenticated else None
        response = self._transport.send(call, token)
        refused = isinstance(response, Response) and response.status == 401
        if token and refused and self._renewable:
            response = self._transport.send(call, self._signed_in(call, token))
        if isinstance(response, Response) and response.status == 429:
            pause = parse_retry_after(response.headers.get("retry-after"))
            self._transport.slow_down(response, pause or 0.0)
        return response

    def login(self, email: str, password: str) -> Tokens:
        body = {"email": email, "password": password}
        return self._tokens("POST /user/login", body, _LOGIN_HINT)

    def refresh(self, refresh_token: str) -> Tokens:
        operation = "POST /user/refresh"
        # the vendor's client sends this name; the table of the API reference has the other one
        try:
            return self._tokens(operation, {"refresh_token": refresh_token}, _REFRESH_HINT)
        except errors.APIError as error:
            if error.status not in (400, 422):
                raise
        return self._tokens(operation, {"refreshToken": refresh_token}, _REFRESH_HINT)

    def _tokens(self, operation: str, body: dict[str, str], hint: str) -> Tokens:
        path = operation.removeprefix("POST ")
        problem: errors.APIError
        try:
            tokens: Tokens = self.call(
                Call(operation, path, body=body, shape=Shape(Tokens), authenticated=False)
            )
        except errors.APIError as error:
            known = _LOGIN_PROBLEMS.get(error.message)
            if not known and not _is_refusal(error):
                raise
            message, hint = known or error.message, self._credentials.hint or hint
            problem = errors.AuthenticationError(
                operation, error.status, message, error.request_id, hint
            )
        else:
            return tokens
        raise problem

    @property
    def organization_id(self) -> str | None:
        """The organization in the access token; None if it has none or there is no token yet."""
        org_id = claims_of(self._token or "").get("orgId")
        return org_id if is_identifier(org_id) else None

    @property
    def _renewable(self) -> bool:
        credentials = self._credentials
        return bool(self._refresh_token or (credentials.email and credentials.password))

    def _signed_in(self, call: Call, refused: str | None = None, in_doubt: bool = False) -> str:
        """Return a token other than the rejected one; a call that gets none is not sent."""
        if self._token and refused is None:
            return self._token
        if not self._renewable:
            raise errors.ConfigurationError(NO_CREDENTIALS)
        try:
            return self._renew(refused)
        except (errors.APIError, errors.APIConnectionError) as error:
            if isinstance(error, errors.AuthenticationError) and not in_doubt:
                raise
            problem = errors.SignInError(call.operation, error, in_doubt)
        raise problem

    def _renew(self, refused: str | None) -> str:
        """Return a newer token than the rejected one; one thread fetches it for all threads."""
        with self._renewal:
            if self._refusal is not None:
                # only once: backends lock a user out after several wrong passwords
                raise self._refusal.with_traceback(None)
            if self._token is None or self._token == refused:
                try:
                    tokens = self._new_tokens()
                except errors.AuthenticationError as error:
                    self._refusal = error
                    raise
                self._token = tokens.access_token
                self._refresh_token = tokens.refresh_token or self._refresh_token
            return self._token

    def _new_tokens(self) -> Tokens:
        email, password = self._credentials.email, self._credentials.password
        if not self._refresh_token:
            return self.login(email or "", password or "")
        try:
            return self.refresh(self._refresh_token)
        except errors.FlashbackError as error:
            if not (email and password):
                raise
            if isinstance(error, errors.APIError) and error.status < 500:
                self._refresh_token = None  # no longer valid
        return self.login(email, password)

    def _send(self, call: Call, token: str | None) -> Attempt:
        limit = self._max_retries if call.max_retries is None else call.max_retries
        retries = 0
        in_doubt = False
        rejected_since = None
        while True:
            attempt = attempt_of(call, self._transport.send(call, token), in_doubt)
            failure, response = attempt.failure, attempt.response
            if failure is None:
                return attempt
            in_doubt = in_doubt or failure.may_have_taken_effect
            limited = failure.status == 429
            wait = seconds_before_retry(
                failure,
                attempt=0 if limited else retries,  # waiting for a turn is not a retry
                max_retries=limit,
                repeatable=call.repeatable,
                jitter=random.random(),  # noqa: S311 - not for security
            )
            if wait is None:
                return attempt
            if limited and isinstance(response, Response):
                rejected_since = rejected_since or time.monotonic()
                if not self._transport.is_patient(rejected_since):
                    return attempt
                self._transport.slow_down(response, failure.retry_after or 0.0)
                continue  # the next attempt waits for its turn
            if not self._transport.cancellation.may_wait(wait):
                return attempt
            retries += 1
            self._transport.cancellation.sleep(wait)


def _is_refusal(error: errors.FlashbackError) -> TypeGuard[errors.AuthenticationError]:
    return isinstance(error, errors.AuthenticationError) and error.hint != SECOND_FACTOR_HINT


def claims_of(token: str) -> dict[str, Any]:
    """Return the claims of a token, unverified: only the backend can verify them."""
    payload = token.partition(".")[2].partition(".")[0]
    try:
        claims = parsed(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
