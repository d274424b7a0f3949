"""The errors of the client.

Each message is one line: what failed in which operation, the HTTP status and the request id if
there are any, and what to do. No message contains a body, a URL or a secret.
"""

_ADDRESS = "baseUrl (flashback:baseUrl, FLASHBACK_BASE_URL, or the argument of a Provider)"
_CHECK_ADDRESS = f"Check that {_ADDRESS} is a Flashback backend"


class FlashbackError(Exception):
    """Base class of all errors of this package."""

    # True if the backend may have executed the request although no usable response came. A create
    # must then search for the object before it retries
    may_have_taken_effect: bool = False
    hopeless: bool = False  # true if the same request would fail in the same way
    # True if the request certainly changed nothing and did not reach the object: it was not sent,
    # or it was rejected before that (401, 429). Other rejections may mean that the object is gone
    # or in use
    not_processed: bool = False

    @property
    def brief(self) -> str:
        """The message without the advice, to be quoted in other texts."""
        return str(self).rstrip(".")


class ConfigurationError(FlashbackError):
    """The settings are incomplete or wrong; nothing was sent."""

    not_processed = True


class InvalidIdentifierError(FlashbackError):
    """A value is not an id of the platform; nothing was sent."""

    not_processed = True

    def __init__(self, operation: str, value: str, form: str) -> None:
        super().__init__(operation, value, form)
        self.operation, self.value, self.form = operation, value, form

    def __str__(self) -> str:
        return (
            f'{self.operation} was not sent: "{self.value}" is not an id. Check it: an id has '
            f"{self.form}"
        )


class _AdvisingError(FlashbackError):
    hint: str

    def __str__(self) -> str:
        return f"{self.brief}. {self.hint}" if self.hint else self.brief


class APIConnectionError(_AdvisingError):
    """No response came: refused, reset, timed out, or not HTTP.

    Attributes:
        operation: Method and path template, such as ``"POST /apikeys"``.
        reason: What went wrong, as text.
        sent: False if the request provably never reached the backend.
        hint: What to do; empty if the reason says it or nothing helps.
    """

    hint = f"Check the network and {_ADDRESS}"

    def __init__(self, operation: str, reason: str, sent: bool) -> None:
        super().__init__(operation, reason, sent)
        self.operation, self.reason, self.sent = operation, reason, sent
        self.may_have_taken_effect = sent
        self.not_processed = not sent

    @property
    def brief(self) -> str:
        """Operation and reason."""
        return f"{self.operation}: {self.reason}"


class APIError(_AdvisingError):
    """The backend responded with an error.

    Attributes:
        operation: Method and path template, such as ``"POST /apikeys"``.
        status: The HTTP status.
        message: The backend's own message as one line, without secrets.
        request_id: The backend's id of the request, if it sent one.
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
        self.operation, self.status, self.message = operation, status, message
        self.request_id = request_id
        self.hint = self.default_hint if hint is None else hint

    @property
    def brief(self) -> str:
        """Operation, status, the backend's message and the request id."""
        request = f" (request id {self.request_id})" if self.request_id else ""
        return f"{self.operation}: {self.status} {self.message}{request}"


class BadRequestError(APIError):
    """400 or 422: the backend rejects the input."""

    default_hint = "Correct what the API's error message names, then run the same command again"


class DuplicateError(BadRequestError):
    """400 or 409: an identical object already exists."""

    default_hint = "Use the one that exists, or change this one"


class AuthenticationError(APIError):
    """401, or another status with the API's message for missing or rejected credentials."""

    not_processed = True
    default_hint = (
        "The credentials were not accepted: access tokens expire after one hour. Set a new "
        "FLASHBACK_TOKEN, or FLASHBACK_EMAIL and FLASHBACK_PASSWORD, which do not expire "
        "(destroy and refresh use the stack config of the last up; the variables take precedence "
        "over it)"
    )


class SignInError(_AdvisingError):
    """No token could be fetched for a request, for another reason than rejected credentials.

    So the request was not sent, or was rejected because of its expired token.

    Attributes:
        operation: The request that needed the token.
        cause: The error of the request for the token.
    """

    def __init__(
        self, operation: str, cause: APIError | APIConnectionError, in_doubt: bool = False
    ) -> None:
        super().__init__(operation, cause, in_doubt)
        self.operation, self.cause, self.hint = operation, cause, cause.hint
        self.may_have_taken_effect = in_doubt
        self.not_processed = not in_doubt

    @property
    def brief(self) -> str:
        """What happened to both requests."""
        outcome = "may have been" if self.may_have_taken_effect else "was not"
        return f"signing in failed at {self.cause.brief}; {self.operation} {outcome} carried out"


class PermissionDeniedError(APIError):
    """403: the signed-in user is not allowed to do this."""

    default_hint = (
        "Ask an ADMIN of the workspace for a role that may do this (READ to look, WRITE to change "
        "what is in it), or check the workspace id"
    )


class NotFoundError(APIError):
    """404: no such object, or no access to it."""

    default_hint = "Check the id, the access to the workspace and flashback:baseUrl"


class WorkspaceNotFoundError(NotFoundError):
    """404: no such workspace, or no role in it; the platform does not distinguish the two."""


class MemberNotFoundError(NotFoundError):
    """404: the workspace exists, and the user is not a member of it."""

    default_hint = "Check the id of the user"


class UserNotFoundError(NotFoundError):
    """404: the organization has no user with this id, so nobody was added to the workspace."""

    default_hint = "Give the id of a user of this organization"


class WorkspaceInUseError(APIError):
    """400, 403 or 409: the workspace is not empty, so it is not deleted."""

    default_hint = (
        "Delete or move what the message names first; the API does not report which ones they are"
    )


class ConflictError(APIError):
    """409: the object's current state does not allow the operation."""

    default_hint = "Its current state does not allow this: try again later"


class RateLimitError(APIError):
    """429: too many requests, or a quota is used up."""

    default_hint = "Try again later"
    not_processed = True
    retry_after: float | None = None  # seconds that the backend asks to wait, if it does


class ServerError(APIError):
    """5xx: the backend failed. It may have executed the request anyway."""

    default_hint = "Try again; if the error persists, report it to Flashback with the request id"
    may_have_taken_effect = True


class InvalidResponseError(APIError):
    """A response that is not as documented: not JSON, incomplete, or of another structure.

    Also a rejection that does not come from the API: the page of a firewall says nothing about an
    object.
    """

    may_have_taken_effect = True


def unreadable(
    operation: str,
    message: str,
    status: int = 200,
    hint: str = "Upgrade pulumi_flashback; if the error persists, report it",
) -> InvalidResponseError:
    """Return the error of a read whose response does not contain the requested data."""
    error = InvalidResponseError(operation, status, message, hint=hint)
    error.may_have_taken_effect = False
    return error
