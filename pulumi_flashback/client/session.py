"""Requests with a bearer token: sent, sent again where that is right, the token renewed in time."""

from __future__ import annotations

import base64
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from pulumi_flashback.client.errors import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    ConfigurationError,
    FlashbackError,
    RateLimitError,
    error_for,
    is_authentication_failure,
)
from pulumi_flashback.client.models import Answer as AnswerModel
from pulumi_flashback.client.models import Tokens
from pulumi_flashback.client.retry import (
    MAX_RETRY_AFTER_SECONDS,
    Failure,
    parse_retry_after,
    seconds_before_retry,
)
from pulumi_flashback.client.transport import (
    MAX_ERROR_BYTES,
    Answer,
    Call,
    NoAnswer,
    Transport,
    parsed,
)
from pulumi_flashback.redaction import one_line

MAX_REQUEST_ID_LENGTH = 100
NO_CREDENTIALS = (
    "no credentials: set flashback:token (FLASHBACK_TOKEN), or flashback:email and "
    "flashback:password (FLASHBACK_EMAIL, FLASHBACK_PASSWORD), or flashback:refreshToken "
    "(FLASHBACK_REFRESH_TOKEN); store them with `pulumi config set --secret`"
)
RATE_LIMIT_HINT = (
    "The rate limit of the API left no request through for a while. Run the same command again "
    "later, or with a smaller --parallel"
)
_LOGIN_PROBLEMS = {
    "USER_NOT_FOUND": "no user has this e-mail address",
    "INVALID_PASSWORD": "the password is wrong",
    "USER_INACTIVE": "the user is not active",
    "NO_PASSWORD_SET": "the user signs in without a password; use a token or a refresh token",
}
_LOGIN_HINT = "Check flashback:email and flashback:password"
_REFRESH_HINT = (
    "The refresh token was not accepted: it has expired, was revoked, or was used before. "
    "Sign in again for a new one, or use flashback:email and flashback:password"
)

Model = TypeVar("Model", bound=AnswerModel)


@dataclass(frozen=True)
class Credentials:
    """How to sign in. A token is used first; the others renew it.

    Attributes:
        token: An access token (lives one hour).
        refresh_token: A refresh token.
        email: Of the user to sign in.
        password: Of the user to sign in.
    """

    token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    email: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must not appear in any text."""
        return tuple(filter(None, (self.token, self.refresh_token, self.password)))


class Session:
    """Sends calls for all endpoint modules. Thread-safe.

    Args:
        transport: The connection pool.
        credentials: How to sign in.
        max_retries: How often a request is sent again at most.
    """

    def __init__(self, transport: Transport, credentials: Credentials, max_retries: int) -> None:
        self._transport = transport
        self._credentials = credentials
        self._max_retries = max_retries
        self._token = credentials.token
        self._refresh_token = credentials.refresh_token
        self._renewal = threading.Lock()
        self._refusal: AuthenticationError | None = None

    def call(self, call: Call) -> None:
        """Send a call whose answer says no more than that it succeeded.

        Raises:
            ConfigurationError: The call needs a token and there are no credentials.
            APIConnectionError: No answer came.
            APIError: The backend refused, failed, or answered something else than its API says.
        """
        self._exchange(call, None)

    def call_for(self, model: type[Model], call: Call) -> Model:
        """Send a call and return its answer as a model. Raises as :meth:`call`."""
        value: Model = self._exchange(call, model)
        return value

    def login(self, email: str, password: str) -> Tokens:
        """``POST /user/login``: return new tokens. They are not kept.

        Raises:
            AuthenticationError: The backend does not accept the e-mail address or the password.
        """
        call = Call(
            "POST /user/login",
            "/user/login",
            body={"email": email, "password": password},
            authenticated=False,
            secrets=(password,),
        )
        return self._tokens(call, _LOGIN_HINT)

    def refresh(self, refresh_token: str) -> Tokens:
        """``POST /user/refresh``: return new tokens. They are not kept.

        Raises:
            AuthenticationError: The backend does not accept the refresh token.
        """
        # the vendor's client sends this name, the reference's table has the other
        try:
            return self._refreshed("refresh_token", refresh_token)
        except APIError as error:
            if error.status not in (400, 422):
                raise
        return self._refreshed("refreshToken", refresh_token)

    def _refreshed(self, name: str, refresh_token: str) -> Tokens:
        call = Call(
            "POST /user/refresh",
            "/user/refresh",
            body={name: refresh_token},
            authenticated=False,
            secrets=(refresh_token,),
        )
        return self._tokens(call, _REFRESH_HINT)

    def _tokens(self, call: Call, hint: str) -> Tokens:
        problem: APIError
        try:
            return self.call_for(Tokens, call)
        except AuthenticationError as error:
            message = _LOGIN_PROBLEMS.get(error.message, error.message)
            problem = AuthenticationError(
                call.operation, error.status, message, error.request_id, hint
            )
        raise problem

    @property
    def organization_id(self) -> str | None:
        """The organization that the access token names; None where it does not, or is none yet."""
        return _claims(self._token or "").get("orgId") or None

    @property
    def _renewable(self) -> bool:
        credentials = self._credentials
        return bool(self._refresh_token or (credentials.email and credentials.password))

    def _access_token(self) -> str:
        if self._token:
            return self._token
        if not self._renewable:
            raise ConfigurationError(NO_CREDENTIALS)
        return self._renew(None)

    def _renew(self, refused: str | None) -> str:
        """Return a newer token than the refused one; one thread fetches it for all."""
        with self._renewal:
            if self._refusal is not None:
                # asked once: backends lock a user out after some wrong passwords
                raise self._refusal.with_traceback(None)
            if self._token is None or self._token == refused:
                try:
                    tokens = self._new_tokens()
                except AuthenticationError as error:
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
        except APIError as error:
            if error.status >= 500 or not (email and password):
                raise
        self._refresh_token = None
        return self.login(email, password)

    def _exchange(self, call: Call, model: type[AnswerModel] | None) -> Any:
        token = self._access_token() if call.authenticated else None
        reply = self._send(call, model, token)
        if token and self._renewable and _is_refused(reply):
            reply = self._send(call, model, self._renew(token))
        if reply.failure is None:
            return reply.value
        raise self._error(call, reply)

    def _send(self, call: Call, model: type[AnswerModel] | None, token: str | None) -> _Reply:
        limit = self._max_retries if call.max_retries is None else call.max_retries
        attempt = 0
        turned_away_since = None
        while True:
            reply = _reply(self._transport.send(call, token), model)
            if reply.failure is None:
                return reply
            limited = reply.failure.status == 429
            wait = seconds_before_retry(
                reply.failure,
                attempt=0 if limited else attempt,  # to wait for one's turn is no retry
                max_retries=limit,
                repeatable=call.repeatable,
                jitter=random.random(),  # noqa: S311 - not for security
            )
            if wait is None:
                return reply
            if limited and isinstance(reply.outcome, Answer):
                turned_away_since = turned_away_since or time.monotonic()
                if not self._transport.is_patient(turned_away_since):
                    return reply
                self._transport.turned_away(reply.outcome, reply.failure.retry_after or 0.0)
                continue  # the next attempt waits for its turn
            if not self._transport.may_wait(wait):
                return reply
            attempt += 1
            self._transport.cancellation.sleep(wait)

    def _error(self, call: Call, reply: _Reply) -> FlashbackError:
        answer = reply.outcome
        if isinstance(answer, NoAnswer):
            failure = APIConnectionError(call.operation, answer.reason, answer.sent)
            if answer.hopeless:  # another reason than the network
                failure.hint = ""
            return failure
        secrets = (*self._secrets(), *call.secrets)
        message = one_line(_message(reply.content), secrets) or _default_message(reply)
        request_id = one_line(answer.request_id or "", secrets)[:MAX_REQUEST_ID_LENGTH] or None
        error = error_for(call.operation, answer.status, message, request_id)
        if isinstance(error, RateLimitError):
            error.retry_after = parse_retry_after(answer.retry_after)
            if error.retry_after is not None and error.retry_after > MAX_RETRY_AFTER_SECONDS:
                error.hint = f"The backend asks to wait {error.retry_after:.0f} seconds"
            elif reply.failure is not None and not reply.failure.quota:
                error.hint = RATE_LIMIT_HINT
        return error

    def _secrets(self) -> tuple[str, ...]:
        return (*self._credentials.secrets, *filter(None, (self._token, self._refresh_token)))


@dataclass(frozen=True)
class _Reply:
    """One attempt, judged: a value to work with, or the failure that speaks against it."""

    outcome: Answer | NoAnswer
    content: Any = field(default=None, repr=False)
    value: Any = field(default=None, repr=False)
    failure: Failure | None = None


def _reply(outcome: Answer | NoAnswer, model: type[AnswerModel] | None) -> _Reply:
    if isinstance(outcome, NoAnswer):
        return _Reply(outcome, failure=Failure(sent=outcome.sent, hopeless=outcome.hopeless))
    content = outcome.json()
    if outcome.succeeded:
        return _judged(outcome, content, model)
    failure = Failure(
        status=outcome.status,
        retry_after=parse_retry_after(outcome.retry_after),
        quota=outcome.status == 429 and _is_quota(content),
    )
    return _Reply(outcome, content, failure=failure)


def _judged(answer: Answer, content: Any, model: type[AnswerModel] | None) -> _Reply:
    """A 2xx status counts only with the body that the API promises, and not with success: false."""
    if isinstance(content, dict) and content.get("success") is False:
        return _Reply(answer, content, failure=Failure(status=answer.status))
    unusable = Failure(status=answer.status, unusable=True)
    if model is None:
        not_json = bool(answer.body) and content is None
        return _Reply(answer, content, failure=unusable if not_json else None)
    try:
        return _Reply(answer, content, model.model_validate(content))
    except ValidationError:  # its text quotes the answer: it goes no further
        return _Reply(answer, failure=unusable)


def _claims(token: str) -> dict[str, Any]:
    """Return what a token says of itself, unverified: the backend alone can do that."""
    _, _, rest = token.partition(".")
    payload = rest.partition(".")[0]
    try:
        claims = parsed(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def _is_refused(reply: _Reply) -> bool:
    answer = reply.outcome
    return isinstance(answer, Answer) and is_authentication_failure(
        answer.status, _message(reply.content)
    )


def _is_quota(content: Any) -> bool:
    """A 429 of ``POST /bucket`` means a used-up resource quota and carries no message."""
    if not isinstance(content, dict):
        return False
    return "quota" in _message(content).lower() or "bucketId" in content


def _message(content: Any) -> str:
    """Return the backend's words: each family of endpoints has another name for them."""
    if not isinstance(content, dict):
        return ""
    error = content.get("error")
    nested = error.get("message") if isinstance(error, dict) else error
    found = (
        content.get("message"),
        content.get("error_message"),
        nested,
        content.get("error_code"),
    )
    texts = (text for text in found if isinstance(text, str) and len(text) <= MAX_ERROR_BYTES)
    return next((text for text in texts if text.strip()), "")


def _default_message(reply: _Reply) -> str:
    status = reply.failure.status if reply.failure else None
    if reply.failure and reply.failure.unusable:
        return "the answer is not what the API promises"
    if status is not None and 300 <= status < 400:
        return "the backend redirects to another address, which is not followed"
    return "the backend gives no reason"
