"""The error tree of the client.

Every text is one line: what happened at which operation, the HTTP status and the request id where
there are any, and what to do. None contains a request or response body, a URL or a secret.
"""

from __future__ import annotations

_ADDRESS = "baseUrl (flashback:baseUrl, FLASHBACK_BASE_URL, or the argument of a Provider)"
_CHECK_ADDRESS = f"Check that {_ADDRESS} is a Flashback backend"


class FlashbackError(Exception):
    """Anything that this package reports.

    Attributes:
        may_have_taken_effect: True where the backend may have carried the request out although no
            usable answer came. A create must then look before it tries again.
        hopeless: True where the same request would end in the same way.
        not_processed: True if the request certainly changed nothing, and nobody looked at what it
            is about: it was not sent, or it was turned away before (401, 429). The object is as it
            was before. Other refusals may mean that the object is gone or in use.
    """

    may_have_taken_effect: bool = False
    hopeless: bool = False
    not_processed: bool = False

    @property
    def brief(self) -> str:
        """What happened, without advice: to be quoted in another text."""
        return str(self).rstrip(".")


class ConfigurationError(FlashbackError):
    """The settings are incomplete or wrong; nothing was sent."""

    not_processed = True


class InvalidIdentifierError(FlashbackError):
    """A text that is not an id of the platform; nothing was sent.

    Attributes:
        operation: Method and path template, such as ``"DELETE /apikeys/{id}"``.
        value: The text, in one line.
        form: What an id consists of.
    """

    not_processed = True

    def __init__(self, operation: str, value: str, form: str) -> None:
        super().__init__(operation, value, form)
        self.operation = operation
        self.value = value
        self.form = form

    def __str__(self) -> str:
        return (
            f'{self.operation} was not sent: "{self.value}" is not an id. Check it: an id has '
            f"{self.form}"
        )


class APIConnectionError(FlashbackError):
    """No answer came: refused, reset, timed out, or not HTTP.

    Attributes:
        operation: Method and path template, such as ``"DELETE /apikeys/{id}"``.
        reason: What went wrong, in words.
        sent: False where the request provably never reached the backend.
        hint: What to do; empty where the reason says it, or nothing helps.
    """

    hint = f"Check the network and {_ADDRESS}"

    def __init__(self, operation: str, reason: str, sent: bool) -> None:
        super().__init__(operation, reason, sent)
        self.operation = operation
        self.reason = reason
        self.sent = sent
        self.may_have_taken_effect = sent
        self.not_processed = not sent

    @property
    def brief(self) -> str:
        """Operation and reason."""
        return f"{self.operation}: {self.reason}"

    def __str__(self) -> str:
        return f"{self.brief}. {self.hint}" if self.hint else self.brief


class APIError(FlashbackError):
    """The backend answered, and the answer is not a success.

    Attributes:
        operation: Method and path template, such as ``"POST /apikeys"``.
        status: The HTTP status.
        message: The backend's own words, in one line, without secrets.
        request_id: The backend's id of the request, where it sent one.
        hint: What to do.
    """

    default_hint = _CHECK_ADDRESS

    def __init__(
        self,
        operation: str,
        status: int,
        message: str,
        request_id: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(operation, status, message, request_id, hint)
        self.operation = operation
        self.status = status
        self.message = message
        self.request_id = request_id
        self.hint = self.default_hint if hint is None else hint

    @property
    def brief(self) -> str:
        """Operation, status, the backend's words and the request id."""
        request = f" (request id {self.request_id})" if self.request_id else ""
        return f"{self.operation}: {self.status} {self.message}{request}"

    def __str__(self) -> str:
        return f"{self.brief}. {self.hint}" if self.hint else self.brief


class BadRequestError(APIError):
    """400 or 422: the backend refuses the input."""

    default_hint = "Correct what the API's error message names, then run the same command again"


class DuplicateError(BadRequestError):
    """400 or 409: an identical object exists already."""

    default_hint = "Use the one that exists, or change this one"


class AuthenticationError(APIError):
    """401, or another status with the backend's words for "who are you?"."""

    not_processed = True
    default_hint = (
        "The credentials were not accepted: access tokens live one hour, so set a new "
        "FLASHBACK_TOKEN, or FLASHBACK_EMAIL and FLASHBACK_PASSWORD, which renew themselves "
        "(destroy and refresh use the stack config of the last up; the variables win over it)"
    )


class SignInError(FlashbackError):
    """No token could be fetched for a request, for another reason than refused credentials.

    So the request was not sent, or turned away for its old token.

    Attributes:
        operation: The request that needed the token.
        cause: What happened to the request for the token.
    """

    def __init__(
        self, operation: str, cause: APIError | APIConnectionError, in_doubt: bool = False
    ) -> None:
        super().__init__(operation, cause, in_doubt)
        self.operation = operation
        self.cause = cause
        self.may_have_taken_effect = in_doubt
        self.not_processed = not in_doubt

    @property
    def brief(self) -> str:
        """What happened to both requests."""
        outcome = "may have been" if self.may_have_taken_effect else "was not"
        return f"signing in failed at {self.cause.brief}; {self.operation} {outcome} carried out"

    def __str__(self) -> str:
        return f"{self.brief}. {self.cause.hint}" if self.cause.hint else self.brief


class PermissionDeniedError(APIError):
    """403: signed in, but not allowed."""

    default_hint = (
        "Ask an ADMIN of the workspace for a role that may do this (READ to look, WRITE to change "
        "keys), or check the workspace id"
    )


class NotFoundError(APIError):
    """404: no such object, or no access to it."""

    default_hint = "Check the id, the access to the workspace and flashback:baseUrl"


class WorkspaceNotFoundError(NotFoundError):
    """404: no such workspace, or no role in it: the platform does not tell the two apart."""


class MemberNotFoundError(NotFoundError):
    """404: the workspace is there, and the user is no member of it."""

    default_hint = "Check the id of the user"


class UserNotFoundError(NotFoundError):
    """404: the organization has no user of this id, so nobody was added to the workspace."""

    default_hint = "Give the id of a user of this organization"


class WorkspaceInUseError(APIError):
    """400, 403 or 409: what is still in a workspace bars its deletion."""

    default_hint = (
        "Delete or move what the message names first; the API does not tell which ones they are"
    )


class ConflictError(APIError):
    """409: the object's present state does not allow the operation."""

    default_hint = "Its present state does not allow this: try again later"


class RateLimitError(APIError):
    """429: too many requests, or a quota is used up.

    Attributes:
        retry_after: Seconds that the backend asks to wait, where it says so.
    """

    default_hint = "Try again later"
    not_processed = True
    retry_after: float | None = None


class ServerError(APIError):
    """5xx: the backend failed. The request may have been carried out all the same."""

    default_hint = "Try again; if it stays, report it to Flashback with the request id"
    may_have_taken_effect = True


class InvalidResponseError(APIError):
    """A response that is not what the API promises: not JSON, cut off, or of another shape.

    Also a refusal that does not come from the API: a page of a firewall says nothing of an object.
    """

    default_hint = _CHECK_ADDRESS
    may_have_taken_effect = True


def unreadable(
    operation: str,
    message: str,
    status: int = 200,
    hint: str = "Upgrade pulumi_flashback; if it stays, report it",
) -> InvalidResponseError:
    """Return the error of a read whose response does not say what was asked."""
    error = InvalidResponseError(operation, status, message, hint=hint)
    error.may_have_taken_effect = False
    return error


_BY_STATUS: dict[int, type[APIError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: BadRequestError,
    429: RateLimitError,
}
_AUTHENTICATION_MESSAGES = frozenset(
    {
        "user not found",
        "user not found or not validated",
        "user not found or account is not validated",
    }
)
_DUPLICATE_STATUSES = frozenset({400, 409})
_DUPLICATE_WORDS = ("already exists", "already a member")
_IN_USE_STATUSES = frozenset({400, 403, 409})
_NOT_FOUND_WORDS: tuple[tuple[str, type[NotFoundError]], ...] = (
    ("workspace not found", WorkspaceNotFoundError),
    ("user not found in workspace", MemberNotFoundError),
    ("target user not found", UserNotFoundError),
)
_WORKSPACE_ADMINS_ONLY = "Only an ADMIN of the workspace may do this; check the workspace id too"
_ORGANIZATION_ROLE = (
    "Ask an administrator of the organization for the role WORKSPACES or higher in it"
)
_PERMISSION_HINTS = {
    "POST /workspace": _ORGANIZATION_ROLE,
    "PUT /workspace/{id}": _WORKSPACE_ADMINS_ONLY,
    "DELETE /workspace/{id}": _WORKSPACE_ADMINS_ONLY,
    "POST /workspace/{id}/users": _WORKSPACE_ADMINS_ONLY,
    "PUT /workspace/{id}/users/{userId}": _WORKSPACE_ADMINS_ONLY,
    "DELETE /workspace/{id}/users/{userId}": _WORKSPACE_ADMINS_ONLY,
    "GET /organization/users": _ORGANIZATION_ROLE,
}
"""What a 403 means, by operation; the others have the hint of their class."""
_REPORT = "Run the same command again; if it stays, report it to Flashback with the request id"
_NOT_THE_API = (
    "The response is not from the Flashback API but from something before it, such as a proxy or a "
    "firewall. Check these and flashback:baseUrl (FLASHBACK_BASE_URL)"
)
_EDGE = "The server before the backend cannot reach it: try again later"
_HINTS = {
    402: "Check the subscription of the organization",
    407: "Put a user name and a password for the proxy into HTTPS_PROXY (HTTP_PROXY for http://)",
    413: "Something that is sent is too large: shorten the key, the secret or the description",
    421: "The request reached a server that does not know this host: check the proxy and "
    "flashback:baseUrl (FLASHBACK_BASE_URL)",
    423: "The object is locked by another operation: wait for its end, then run the same command "
    "again",
    431: "The headers are too large: check that the access token is complete and nothing else",
    451: "Access is blocked for legal reasons, for example from this country: ask the support of "
    "Flashback",
    511: "This network wants a sign-in of its own: open a page in a browser, sign in, then run the "
    "same command again",
    **dict.fromkeys((520, 521, 522, 523, 524, 525, 526, 530), _EDGE),
}
"""What to do about a status whose class has no fitting advice."""


def is_authentication_failure(status: int, message: str) -> bool:
    """Say whether an answer means that the caller is not known.

    The same condition is 401 on ``/apikeys``, 400 on workspace writes and 404 on workspace reads
    (Flashback API reference), so the backend's words count as well as the status.
    """
    return status == 401 or (status in (400, 404) and message.lower() in _AUTHENTICATION_MESSAGES)


def error_for(
    operation: str,
    status: int,
    message: str,
    request_id: str | None,
    *,
    from_api: bool = True,
) -> APIError:
    """Return the error of the class that fits an unsuccessful answer.

    Args:
        operation: Method and path template.
        status: The HTTP status.
        message: The backend's own words, in one line, without secrets.
        request_id: The backend's id of the request.
        from_api: False if the body is none of the API, which always is a JSON object.
    """
    kind = _class_for(status, message, from_api)
    hint = _HINTS.get(status)
    if kind is PermissionDeniedError:
        hint = _PERMISSION_HINTS.get(operation)
    elif kind is InvalidResponseError and from_api and status < 300:
        hint = _REPORT
    elif kind is InvalidResponseError and status in _BY_STATUS:
        hint = _NOT_THE_API
    error = kind(operation, status, message, request_id, hint)
    error.hopeless = 300 <= status < 400  # a redirect
    return error


def _class_for(status: int, message: str, from_api: bool) -> type[APIError]:
    if is_authentication_failure(status, message):
        return AuthenticationError
    if not from_api and status in _BY_STATUS and status != 429:
        return InvalidResponseError
    if status >= 500:
        return ServerError
    if 400 <= status < 500:
        return _class_by_words(status, message.lower()) or _BY_STATUS.get(status, APIError)
    return InvalidResponseError


def _class_by_words(status: int, words: str) -> type[APIError] | None:
    """Return the class that the backend's words stand for, where the status alone is not enough."""
    if status in _DUPLICATE_STATUSES and any(each in words for each in _DUPLICATE_WORDS):
        return DuplicateError
    if status in _IN_USE_STATUSES and words.startswith("cannot delete workspace"):
        return WorkspaceInUseError
    if status == 404:
        return next((kind for each, kind in _NOT_FOUND_WORDS if words.startswith(each)), None)
    return None
