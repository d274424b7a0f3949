"""Selects the error class for an unsuccessful response, by its status and the API's message."""

import re

from pulumi_flashback.client import errors
from pulumi_flashback.client.errors import APIError

_BY_STATUS: dict[int, type[APIError]] = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    422: errors.BadRequestError,
    429: errors.RateLimitError,
}
_OF_A_USER = "/organization/users/{id}"
_AUTHENTICATION_MESSAGES = (
    "user not found",
    "user not found or not validated",
    "user not found or account is not validated",
)
# The error classes of messages, by status and the beginning in lowercase
_BY_MESSAGE: tuple[tuple[tuple[int, ...], str, type[APIError]], ...] = (
    ((400, 409), ".*already (exists|a member)", errors.DuplicateError),
    ((400, 403, 409), "cannot delete workspace", errors.WorkspaceInUseError),
    ((404,), "workspace not found", errors.WorkspaceNotFoundError),
    ((404,), "user not found in workspace", errors.MemberNotFoundError),
    ((404,), "target user not found", errors.UserNotFoundError),
)

_WORKSPACE_ADMINS_ONLY = "Only an ADMIN of the workspace may do this; check the workspace id too"
_ORGANIZATION_ROLE = (
    "Ask an administrator of the organization for the role WORKSPACES or higher in it"
)
_LEVEL = "Only the role WORKSPACES or higher can manage users, and only users of lesser roles"
# Advice for a 403, by operation; the others have the hint of their class
_PERMISSION_HINTS = {
    **dict.fromkeys(("POST /workspace", "GET /organization/users"), _ORGANIZATION_ROLE),
    "POST /organization/users": _LEVEL,
    **{f"{method} {_OF_A_USER}": _LEVEL for method in ("GET", "PUT", "DELETE")},
    f"POST {_OF_A_USER}/activate": _LEVEL,
    **dict.fromkeys(
        (
            "PUT /workspace/{id}",
            "DELETE /workspace/{id}",
            "POST /workspace/{id}/users",
            "PUT /workspace/{id}/users/{userId}",
            "DELETE /workspace/{id}/users/{userId}",
        ),
        _WORKSPACE_ADMINS_ONLY,
    ),
}
_REPORT = "Run the same command again; if the error persists, report it to Flashback with the "
"request id"
_NOT_THE_API = (
    "The response is not from the Flashback API but from something in front of it, such as a "
    "proxy or a "
    "firewall. Check these and flashback:baseUrl (FLASHBACK_BASE_URL)"
)
QUOTA_HINT = (
    "A quota of the subscription is used up, and waiting does not help: delete what is not needed, "
    "or request a larger quota (the function getQuota shows it)"
)
_FIXED_FOLDERS = (
    "A repository in the mode NORMAL keeps its buckets and their folders: revert the change, or "
    "replace the repository with the option deleteBeforeReplace and `pulumi up --replace URN`"
)
_BAD_REQUEST_HINTS: dict[str, str] = {
    **dict.fromkeys(
        ("POST /bucket", "PUT /bucket/{id}"),
        "The platform tries the credentials at the provider: check apiKeyId, or key and secret, "
        "then bucket, storageType, region and endpoint",
    )
}
_EDGE = "The server in front of the backend cannot reach it: try again later"
# Advice for a status whose class has none that fits
_HINTS = {
    402: "Check the subscription of the organization",
    407: "Put a user name and a password for the proxy into HTTPS_PROXY (HTTP_PROXY for http://)",
    413: "The request is too large: shorten the key, the secret or the description",
    421: "The request reached a server that does not know this host: check the proxy and "
    "flashback:baseUrl (FLASHBACK_BASE_URL)",
    423: "The object is locked by another operation: wait until it ends, then run the same command "
    "again",
    431: "The headers are too large: check that the access token contains nothing else",
    451: "Access is blocked for legal reasons, such as the country: contact Flashback support",
    511: "This network requires its own sign-in: open a page in a browser, sign in, then run the "
    "same command again",
    **dict.fromkeys((520, 521, 522, 523, 524, 525, 526, 530), _EDGE),
}


# The codes of POST and PUT /repo (RepoErrorCodes of the vendor's client), for any status
_BY_CODE: dict[str, tuple[type[APIError], str]] = {
    "NOT_FOUND": (
        errors.BadRequestError,  # the missing object may be a bucket
        "Check that its buckets and AI models exist; `pulumi refresh` shows what is gone",
    ),
    "NAME_ALREADY_USED": (errors.DuplicateError, "Use another name"),
    "MIRROR_MASTER_UNIT_COUNT_INVALID": (
        errors.BadRequestError,
        "Set master on exactly one bucket of a repository in the mode MIRROR",
    ),
    "MIRROR_MASTER_UNIT_MISSING": (
        errors.BadRequestError,
        "Set master on one bucket of a repository in the mode MIRROR",
    ),
    "MIRROR_UNIT_ALREADY_IN_OTHER_REPO": (
        errors.BadRequestError,
        "A bucket may be in one repository in the mode MIRROR: use another bucket, or remove it "
        "from the other repository first",
    ),
    "NORMAL_UNIT_FOLDER_ALREADY_USED": (
        errors.BadRequestError,
        "Give each bucket of a repository in the mode NORMAL a folder of its own",
    ),
    "NORMAL_UNIT_FOLDER_CANNOT_DELETE": (errors.BadRequestError, _FIXED_FOLDERS),
    "NORMAL_UNIT_CANNOT_DELETE": (errors.BadRequestError, _FIXED_FOLDERS),
    "NORMAL_UNIT_CANNOT_EDIT_FOLDER": (errors.BadRequestError, _FIXED_FOLDERS),
    "QUOTA_EXCEEDED": (errors.RateLimitError, QUOTA_HINT),
}


def is_authentication_failure(operation: str, status: int, message: str) -> bool:
    """Return whether the caller is unknown: 401, or 400 and 404 with a message that says so."""
    if status == 404 and _OF_A_USER in operation:  # the message is about the user in the path
        return False
    return status == 401 or (status in (400, 404) and message.lower() in _AUTHENTICATION_MESSAGES)


def error_for(
    operation: str,
    status: int,
    message: str,
    request_id: str | None,
    *,
    from_api: bool = True,
    code: object = None,
) -> APIError:
    """Return the fitting error; ``from_api`` is False if the body does not come from the API."""
    known = _BY_CODE.get(code) if isinstance(code, str) and status < 500 else None
    if known is not None:  # a code is more specific than a status, which may even be 200
        return known[0](operation, status, message, request_id, known[1])
    kind = _class_for(operation, status, message, from_api)
    hint = _HINTS.get(status)
    if kind is errors.PermissionDeniedError:
        hint = _PERMISSION_HINTS.get(operation)
    elif kind is errors.BadRequestError:
        hint = _BAD_REQUEST_HINTS.get(operation)
    elif kind is errors.InvalidResponseError and from_api and status < 300:
        hint = _REPORT
    elif kind is errors.InvalidResponseError and status in _BY_STATUS:
        hint = _NOT_THE_API
    error = kind(operation, status, message, request_id, hint)
    error.hopeless = 300 <= status < 400  # a redirect
    return error


def _class_for(operation: str, status: int, message: str, from_api: bool) -> type[APIError]:
    if is_authentication_failure(operation, status, message):
        return errors.AuthenticationError
    if not from_api and status in _BY_STATUS and status != 429:
        return errors.InvalidResponseError
    if status >= 500:
        return errors.ServerError
    if status < 400:
        return errors.InvalidResponseError
    text = message.lower()
    for statuses, beginning, kind in _BY_MESSAGE:
        if status in statuses and re.match(beginning, text):
            return kind
    return _BY_STATUS.get(status, APIError)
