"""One attempt of a call: determines the value of its response, or the error."""

import re
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from pulumi_flashback.client import errors
from pulumi_flashback.client.call import (
    MAX_ERROR_BYTES,
    Call,
    NoResponse,
    Response,
    ShapeError,
)
from pulumi_flashback.client.models import Record, Rows
from pulumi_flashback.client.pagination import sign_of_more
from pulumi_flashback.client.refusals import QUOTA_HINT, error_for, is_authentication_failure
from pulumi_flashback.client.retry import MAX_RETRY_AFTER_SECONDS, Failure, parse_retry_after
from pulumi_flashback.redaction import one_line

RATE_LIMIT_HINT = (
    "The API's rate limit rejected all requests for a while. Run the same command again "
    "later, or with a smaller --parallel"
)
SECOND_FACTOR_HINT = (
    "The account needs a second factor, which a run cannot provide: use a token of a session "
    "(FLASHBACK_TOKEN, FLASHBACK_REFRESH_TOKEN), or a user that signs in with a password alone"
)
_SECOND_FACTOR = re.compile(
    r"\b(mfa|totp|otp|challenge|authenticator|(two|multi|second) factor|one time (pass)?code)\b"
    r"|2 ?fa\b"
)
_FAILED = frozenset({"error", "fail", "failed", "failure"})
_MOST_LOOKED_AT = 1000  # fields of a response, and characters of each, to examine at most


@dataclass(frozen=True)
class Attempt:
    call: Call
    response: Response | NoResponse
    in_doubt: bool = False  # an attempt before this one may have taken effect
    content: Any = field(default=None, repr=False)  # the parsed body
    value: Any = field(default=None, repr=False)  # the result of the call
    failure: Failure | None = None  # why there is no value
    problem: str = ""  # what is wrong with a body that reports success
    part: str = ""  # why its list is incomplete, if that is an error

    @property
    def unauthenticated(self) -> bool:
        response = self.response
        return isinstance(response, Response) and is_authentication_failure(
            self.call.operation, response.status, message_of(self.content)
        )

    def error(self, secrets: tuple[str, ...]) -> errors.FlashbackError:
        error = self._error(secrets)
        if self.call.method == "GET":  # a read has no effect
            error.may_have_taken_effect = False
        elif self.in_doubt:  # regardless of the last attempt
            error.may_have_taken_effect, error.not_processed = True, False
        return error

    def _error(self, secrets: tuple[str, ...]) -> errors.FlashbackError:
        operation, response = self.call.operation, self.response
        if isinstance(response, NoResponse):
            failure = errors.APIConnectionError(operation, response.reason, response.sent)
            if response.hopeless or response.hint:  # the network is not the reason
                failure.hint = response.hint
            return failure
        status = response.status
        if self.part:
            return errors.unreadable(operation, self.part, status)
        message = one_line(message_of(self.content), secrets)
        request_id = one_line(response.headers.get("x-request-id", ""), secrets)[:100] or None
        if self._lacks_second_factor(status):
            message = message or "a second factor is required"
            return errors.AuthenticationError(
                operation, status, message, request_id, SECOND_FACTOR_HINT
            )
        message, from_api = message or self._default_message(), isinstance(self.content, dict)
        error = error_for(
            operation, status, message, request_id, from_api=from_api, code=self._code
        )
        if isinstance(error, errors.RateLimitError) and self.failure is not None:
            error.retry_after = self.failure.retry_after
            if error.retry_after is not None and error.retry_after > MAX_RETRY_AFTER_SECONDS:
                error.hint = f"The backend asks to wait {error.retry_after:.0f} seconds"
            elif self.failure.quota:
                error.hint, error.hopeless = QUOTA_HINT, True
            elif status == 429:
                error.hint = RATE_LIMIT_HINT
        return error

    def _lacks_second_factor(self, status: int) -> bool:
        if not self.call.authenticated:
            return _names_second_factor(self.content)
        message = _spaced(message_of(self.content))
        return status in (401, 403) and _SECOND_FACTOR.search(message) is not None

    @property
    def _code(self) -> object:
        return self.content.get("error_code") if isinstance(self.content, dict) else None

    def _default_message(self) -> str:
        if self.failure and self.failure.quota:
            return "a quota is used up"
        if self.problem:
            return self.problem
        if self.failure and self.failure.status and 300 <= self.failure.status < 400:
            return "the backend redirects to another address, which is not followed"
        return "the API returned no error message"


def attempt_of(call: Call, response: Response | NoResponse, in_doubt: bool = False) -> Attempt:
    if isinstance(response, NoResponse):
        failure = Failure(sent=response.sent, hopeless=response.hopeless)
        return Attempt(call, response, in_doubt, failure=failure)
    attempt = Attempt(call, response, in_doubt, content=response.json())
    if response.succeeded:
        return _with_value(attempt, response)
    failure = Failure(
        status=response.status,
        retry_after=parse_retry_after(response.headers.get("retry-after")),
        quota=response.status == 429 and _is_quota(attempt.content),
    )
    return replace(attempt, failure=failure)


def _with_value(attempt: Attempt, response: Response) -> Attempt:
    """Accept a 2xx status only with a body as documented and without a sign of failure."""
    call, content = attempt.call, attempt.content
    failure = Failure(status=response.status)
    if not call.reports_errors and reports_failure(content):
        return replace(attempt, failure=failure)
    unusable = replace(failure, unusable=True)
    if call.shape is None:
        if not response.body.strip() or (isinstance(content, dict) and content.get("success")):
            return attempt
        return replace(attempt, failure=unusable, problem="the response reports no success")
    try:
        value = call.shape.read(content, call.operation)
    except ShapeError as error:
        if _names_second_factor(content):  # another attempt would send another code to the user
            return replace(attempt, failure=replace(unusable, hopeless=True))
        problem = "the response is not as documented"
        problem += f": {error}" if str(error) else ""
        return replace(attempt, content=None, failure=unusable, problem=problem)
    sign = _sign_of_more(call, response, content, value)
    if sign and not call.partial:
        part = f"the list is incomplete ({sign}), and pagination is not supported"
        return replace(attempt, failure=failure, part=part)
    return replace(attempt, value=value)


def reports_failure(content: Any) -> bool:
    """Return whether a body reports a failure: every documented success has ``success`` true."""
    if not isinstance(content, dict):
        return False
    fields = {name.lower(): value for name, value in content.items()}
    status = fields.get("status")
    return (
        fields.get("success", True) is not True
        or fields.get("ok", True) in (False, None, "false")
        or (isinstance(status, str) and status.strip().lower() in _FAILED)
        or any(fields.get(name) for name in ("error", "errors"))
    )


def _sign_of_more(call: Call, response: Response, content: Any, value: Any) -> str | None:
    """Return why a list is incomplete, and record it; None if it is complete or no list."""
    lists = [value] if isinstance(value, Rows) else [each for _, each in value]
    rows = next((each for each in lists if isinstance(each, Rows)), None)
    if rows is None:
        return None
    shown = len(rows) + rows.unreadable
    parent = call.shape.at if call.shape and isinstance(value, Record) else ""
    sign = sign_of_more(
        content, shown, rows.nouns, parent=parent, status=response.status, headers=response.headers
    )
    rows.incomplete = f"{shown} rows, {sign}" if sign else None
    return rows.incomplete


def _is_quota(content: Any) -> bool:
    """Return whether a 429 of ``POST /bucket`` means a used-up quota; it has no message."""
    if not isinstance(content, dict):
        return False
    code = content.get("error_code")
    return "quota" in f"{message_of(content)} {code}".lower() or "bucketId" in content


def message_of(content: Any) -> str:
    """Return the API's error message, which has different names in different endpoints."""
    if not isinstance(content, dict):
        return ""
    error = content.get("error")
    nested = error.get("message") if isinstance(error, dict) else error
    code = content.get("error_code")
    found = (content.get("message"), content.get("error_message"), nested, code)
    texts = (text for text in found if isinstance(text, str) and len(text) <= MAX_ERROR_BYTES)
    return next((text for text in texts if text.strip()), "")


def _names_second_factor(content: Any) -> bool:
    """Search the names of the fields that are set, and their texts."""
    if not isinstance(content, dict):
        return False
    fields = islice(content.items(), _MOST_LOOKED_AT)
    set_fields = [(name, value) for name, value in fields if value]
    texts = (text for field in set_fields for text in field if isinstance(text, str))
    return any(_SECOND_FACTOR.search(_spaced(text[:_MOST_LOOKED_AT])) for text in texts)


def _spaced(text: str) -> str:
    return re.sub(r"[_-]|(?<=[a-z0-9])(?=[A-Z])", " ", text).lower()
