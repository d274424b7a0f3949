"""Requests with a bearer token: sent, sent again where that is right, the token renewed in time."""

from __future__ import annotations

import base64
import random
import re
import threading
import time
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeVar

from pydantic import ValidationError

from pulumi_flashback.client.credentials import Credentials
from pulumi_flashback.client.cut_off import sign_of_more
from pulumi_flashback.client.errors import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    ConfigurationError,
    FlashbackError,
    RateLimitError,
    SignInError,
    error_for,
    is_authentication_failure,
    unreadable,
)
from pulumi_flashback.client.identifiers import is_identifier
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
    "USER_NOT_FOUND": "no user has this email address",
    "INVALID_PASSWORD": "the password is wrong",
    "USER_INACTIVE": "the user is not active",
    "NO_PASSWORD_SET": "the user signs in without a password; use a token or a refresh token",
}
_SECOND_FACTOR_HINT = (
    "The account needs a second factor, which nobody can give in a run: use a token of a session "
    "(FLASHBACK_TOKEN, FLASHBACK_REFRESH_TOKEN), or a user that signs in with a password alone"
)
_SECOND_FACTOR = re.compile(
    r"\b(mfa|totp|otp|challenge|authenticator|(two|multi|second) factor|one time (pass)?code)\b"
    r"|2 ?fa\b"
)
_LOGIN_HINT = (
    "Check the email address and the password: FLASHBACK_EMAIL and FLASHBACK_PASSWORD, which win, "
    "or flashback:email and flashback:password"
)
_REFRESH_HINT = (
    "The refresh token was not accepted: it has expired, was revoked, or was used before, by a "
    "preview, too. Use flashback:email and flashback:password, or sign in again for a new one"
)

Model = TypeVar("Model", bound=AnswerModel)


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

        It has succeeded with an empty body or with ``success: true``, and with nothing else.

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
            AuthenticationError: The backend does not accept the email address or the password.
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
        except APIError as error:
            if error.message in _LOGIN_PROBLEMS:
                message = _LOGIN_PROBLEMS[error.message]
            elif isinstance(error, AuthenticationError) and error.hint != _SECOND_FACTOR_HINT:
                message = error.message
            else:
                raise
            problem = AuthenticationError(
                call.operation,
                error.status,
                message,
                error.request_id,
                self._credentials.hint or hint,
            )
        raise problem

    @property
    def organization_id(self) -> str | None:
        """The organization that the access token names; None where it does not, or is none yet."""
        org_id = _claims(self._token or "").get("orgId")
        return org_id if is_identifier(org_id) else None

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
        except FlashbackError as error:
            if not (email and password):
                raise
            if isinstance(error, APIError) and error.status < 500:
                self._refresh_token = None  # it is of no use any more
        return self.login(email, password)

    def _exchange(self, call: Call, model: type[AnswerModel] | None) -> Any:
        token = self._signed_in(call) if call.authenticated else None
        reply = self._send(call, model, token)
        if token and self._renewable and _is_refused(reply):
            before = reply.in_doubt
            again = self._send(call, model, self._signed_in(call, token, before))
            reply = replace(again, in_doubt=again.in_doubt or before)
        if reply.failure is None:
            return reply.value
        raise self._error(call, reply)

    def _signed_in(self, call: Call, refused: str | None = None, in_doubt: bool = False) -> str:
        """Return a token for a call.

        Args:
            call: What it is for. Unless an earlier attempt is in doubt, it had no effect if this
                fails, whatever happened to the request for the token.
            refused: The token that is over; None before the first attempt.
            in_doubt: An earlier attempt may have taken effect.
        """
        problem: SignInError
        try:
            return self._access_token() if refused is None else self._renew(refused)
        except AuthenticationError as error:
            if not in_doubt:
                raise
            problem = SignInError(call.operation, error, in_doubt)
        except (APIError, APIConnectionError) as error:
            problem = SignInError(call.operation, error, in_doubt)
        raise problem

    def _send(self, call: Call, model: type[AnswerModel] | None, token: str | None) -> _Reply:
        limit = self._max_retries if call.max_retries is None else call.max_retries
        attempt = 0
        in_doubt = False
        turned_away_since = None
        while True:
            reply = replace(_reply(self._transport.send(call, token), model), in_doubt=in_doubt)
            if reply.failure is None:
                return reply
            in_doubt = in_doubt or _may_have_taken_effect(reply.failure)
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
        error = self._failure(call, reply)
        if call.method == "GET":  # a read has no effect
            error.may_have_taken_effect = False
        elif reply.in_doubt:  # whatever became of the last attempt
            error.may_have_taken_effect, error.not_processed = True, False
        return error

    def _failure(self, call: Call, reply: _Reply) -> FlashbackError:
        answer = reply.outcome
        if isinstance(answer, NoAnswer):
            failure = APIConnectionError(call.operation, answer.reason, answer.sent)
            if answer.hopeless or answer.hint:  # another reason than the network
                failure.hint = answer.hint
            return failure
        if reply.part:
            return unreadable(call.operation, reply.part, answer.status)
        operation, status, content = call.operation, answer.status, reply.content
        secrets = (*self._secrets(), *call.secrets)
        words = one_line(_message(content), secrets)
        request_id = one_line(answer.request_id or "", secrets)[:MAX_REQUEST_ID_LENGTH] or None
        if _lacks_second_factor(call, status, content):
            words = words or "a second factor is required"
            return AuthenticationError(operation, status, words, request_id, _SECOND_FACTOR_HINT)
        message = words or _default_message(reply)
        from_api = isinstance(content, dict)
        error = error_for(operation, status, message, request_id, from_api=from_api)
        if isinstance(error, AuthenticationError):
            error.hint = self._credentials.hint or error.hint
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
    """One attempt, judged: a value to work with, or the failure that speaks against it.

    Attributes:
        outcome: What came.
        content: The parsed body.
        value: The model of it.
        failure: What speaks against it.
        problem: What is wrong with the body of a response that reports success.
        part: Why its list is not the whole list.
        in_doubt: An attempt before this one may have taken effect.
    """

    outcome: Answer | NoAnswer
    content: Any = field(default=None, repr=False)
    value: Any = field(default=None, repr=False)
    failure: Failure | None = None
    problem: str = ""
    part: str = ""
    in_doubt: bool = False


def _may_have_taken_effect(failure: Failure) -> bool:
    status = failure.status
    return failure.sent and (status is None or status < 400 or status >= 500)


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
    """A 2xx status counts only with the body that the API promises, and with no sign of failure."""
    data = model is not None and model.reports_errors
    if isinstance(content, dict) and not data and reports_failure(content):
        return _Reply(answer, content, failure=Failure(status=answer.status))
    unusable = Failure(status=answer.status, unusable=True)
    if model is None:
        if not answer.body.strip() or (isinstance(content, dict) and content.get("success")):
            return _Reply(answer, content)
        return _Reply(answer, content, failure=unusable, problem="the response reports no success")
    try:
        value = model.model_validate(content)
    except ValidationError as error:  # its text quotes the answer: it goes no further
        if _names_second_factor(content):  # asked again, it would send another code
            return _Reply(answer, content, failure=replace(unusable, hopeless=True))
        return _Reply(answer, failure=unusable, problem=_misfit(error))
    sign = _sign_of_more(answer, content, value)
    if sign and not value.takes_part:
        part = f"the list is only a part ({sign}), and further parts are not supported"
        return _Reply(answer, failure=Failure(status=answer.status), part=part)
    if sign:
        value.mark_cut_off(sign)
    return _Reply(answer, content, value)


def _misfit(error: ValidationError) -> str:
    paths = [".".join(map(str, each["loc"])) for each in error.errors(include_input=False)]
    fields = ", ".join(path for path in paths[:3] if path)
    return f"the response is not what the API promises{f': {fields}' if fields else ''}"


def reports_failure(content: dict[str, Any]) -> bool:
    """Say whether the body of a response with a good status reports a failure all the same.

    ``success`` is true in every documented success, so any other value is none.
    """
    fields = {name.lower(): value for name, value in content.items()}
    status = fields.get("status")
    return (
        fields.get("success", True) is not True
        or fields.get("ok", True) in (False, None, "false")
        or (isinstance(status, str) and status.strip().lower() in _FAILED)
        or any(fields.get(name) for name in ("error", "errors"))
    )


_FAILED = frozenset({"error", "fail", "failed", "failure"})


def _sign_of_more(answer: Answer, content: Any, value: AnswerModel) -> str | None:
    """Say why a list is not the whole list; None if it is, or if there is none."""
    rows = value.rows
    if rows is None:
        return None
    shown = len(rows) + rows.unreadable
    sign = sign_of_more(
        content,
        shown,
        rows=value.row_words,
        parent=value.rows_of[0] if len(value.rows_of) > 1 else "",
        status=answer.status,
        headers=answer.headers,
    )
    return sign and f"{shown} rows, {sign}"


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


def _lacks_second_factor(call: Call, status: int, content: Any) -> bool:
    """Say whether a sign-in, or the token of another request, lacks a second factor."""
    if not call.authenticated:
        return _names_second_factor(content)
    return status in (401, 403) and _SECOND_FACTOR.search(_spaced(_message(content))) is not None


def _names_second_factor(content: Any) -> bool:
    """Look at the names of the fields that are set, and at their texts."""
    if not isinstance(content, dict):
        return False
    fields = islice(content.items(), _MOST_LOOKED_AT)
    set_fields = [(name, value) for name, value in fields if value]
    texts = [*(name for name, _ in set_fields), *(v for _, v in set_fields if isinstance(v, str))]
    return any(_SECOND_FACTOR.search(_spaced(text[:_MOST_LOOKED_AT])) for text in texts)


_MOST_LOOKED_AT = 1000
"""Fields of a response, and characters of each: a sign-in has a few, others may have millions."""


def _spaced(text: str) -> str:
    return re.sub(r"[_-]|(?<=[a-z0-9])(?=[A-Z])", " ", text).lower()


def _default_message(reply: _Reply) -> str:
    status = reply.failure.status if reply.failure else None
    if reply.problem:
        return reply.problem
    if status is not None and 300 <= status < 400:
        return "the backend redirects to another address, which is not followed"
    return "the API returned no error message"
