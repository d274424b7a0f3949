"""The error tree: one line, no more than is safe, and it survives a pickle."""

from __future__ import annotations

import pickle

import pytest

from pulumi_flashback import client as api
from pulumi_flashback.client.refusals import error_for


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "Workspace ID is required", api.BadRequestError),
        (400, "API key with these credentials already exists", api.DuplicateError),
        (409, "already exists", api.DuplicateError),
        (409, "busy", api.ConflictError),
        (400, "User not found or account is not validated", api.AuthenticationError),
        (404, "User not found", api.AuthenticationError),
        (404, "Workspace not found or access denied", api.WorkspaceNotFoundError),
        (404, "User not found in workspace", api.MemberNotFoundError),
        (404, "Target user not found", api.UserNotFoundError),
        (404, "API key not found", api.NotFoundError),
        (400, "User is already a member of this workspace", api.DuplicateError),
        (400, "Cannot delete workspace with existing buckets or repos", api.WorkspaceInUseError),
        (403, "Cannot delete workspace with existing buckets", api.WorkspaceInUseError),
        (409, "cannot delete workspace: it is in use", api.WorkspaceInUseError),
        (403, "Workspace not found", api.PermissionDeniedError),
        (500, "User is already a member of this workspace", api.ServerError),
        (200, "User not found in workspace", api.InvalidResponseError),
        (401, "anything", api.AuthenticationError),
        (403, "Insufficient permissions", api.PermissionDeniedError),
        (422, "no", api.BadRequestError),
        (429, "Too many requests", api.RateLimitError),
        (418, "teapot", api.APIError),
        (500, "Internal server error", api.ServerError),
        (599, "?", api.ServerError),
        (302, "moved", api.InvalidResponseError),
        (200, "no", api.InvalidResponseError),
    ],
)
def test_classes(status: int, message: str, kind: type[api.APIError]) -> None:
    error = error_for("POST /apikeys", status, message, "request-1")
    assert type(error) is kind
    assert str(error).startswith(f"POST /apikeys: {status} {message} (request id request-1)")
    assert error.brief in str(error)
    assert "\n" not in str(error)
    assert error.may_have_taken_effect is (status >= 500 or status < 400)


MEMBERS = "/workspace/{id}/users"


@pytest.mark.parametrize(
    ("operation", "advice"),
    [
        ("POST /workspace", "role WORKSPACES or higher in it"),
        ("GET /organization/users", "role WORKSPACES or higher in it"),
        ("PUT /workspace/{id}", "Only an ADMIN"),
        ("DELETE /workspace/{id}", "Only an ADMIN"),
        (f"POST {MEMBERS}", "Only an ADMIN"),
        (f"PUT {MEMBERS}/{{userId}}", "Only an ADMIN"),
        (f"DELETE {MEMBERS}/{{userId}}", "Only an ADMIN"),
        ("POST /apikeys", "WRITE to change what is in it"),
    ],
)
def test_advice_on_missing_permissions_fits_the_operation(operation: str, advice: str) -> None:
    assert advice in str(error_for(operation, 403, "no", None))


CHECK_ADDRESS = "is a Flashback backend"


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (402, "subscription"),
        (407, "HTTPS_PROXY"),
        (413, "too large"),
        (421, "does not know this host"),
        (423, "locked"),
        (431, "headers are too large"),
        (451, "legal reasons"),
        (511, "its own sign-in"),
        *((status, "try again later") for status in (520, 521, 522, 523, 524, 525, 526, 530)),
        (308, CHECK_ADDRESS),  # a redirect
    ],
)
@pytest.mark.parametrize("from_api", [True, False])
def test_advice_fits_the_status(status: int, advice: str, from_api: bool) -> None:
    text = str(error_for("PUT /apikeys/{id}", status, "no", None, from_api=from_api))
    assert advice in text
    assert (CHECK_ADDRESS in text) is (advice == CHECK_ADDRESS)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
@pytest.mark.parametrize("words", ["", "Workspace not found", "already exists"])
def test_a_refusal_that_is_not_from_the_api_says_nothing_of_the_object(
    status: int, words: str
) -> None:
    error = error_for("PUT /apikeys/{id}", status, words, None, from_api=False)
    assert type(error) is api.InvalidResponseError
    assert "proxy or a firewall" in str(error)
    assert error.may_have_taken_effect


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, api.AuthenticationError), (429, api.RateLimitError), (502, api.ServerError)],
)
def test_what_means_the_same_from_anybody(status: int, kind: type[api.APIError]) -> None:
    assert type(error_for("PUT /apikeys/{id}", status, "", None, from_api=False)) is kind


@pytest.mark.parametrize(
    "error",
    [
        api.APIConnectionError("GET /apikeys", "refused", sent=False),
        api.ServerError("GET /apikeys", 500, "no", "id"),
        api.ConfigurationError("no credentials"),
        api.InvalidIdentifierError("DELETE /apikeys/{id}", "..", "letters"),
    ],
)
def test_pickles(error: Exception) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


@pytest.mark.parametrize("status", [200, 400, 409])
@pytest.mark.parametrize(
    ("code", "kind", "advice"),
    [
        ("NOT_FOUND", api.BadRequestError, "Check that its buckets"),
        ("NAME_ALREADY_USED", api.DuplicateError, "another name"),
        ("MIRROR_MASTER_UNIT_COUNT_INVALID", api.BadRequestError, "exactly one bucket"),
        ("MIRROR_MASTER_UNIT_MISSING", api.BadRequestError, "one bucket"),
        ("MIRROR_UNIT_ALREADY_IN_OTHER_REPO", api.BadRequestError, "another bucket"),
        ("NORMAL_UNIT_FOLDER_ALREADY_USED", api.BadRequestError, "folder of its own"),
        ("NORMAL_UNIT_FOLDER_CANNOT_DELETE", api.BadRequestError, "deleteBeforeReplace"),
        ("NORMAL_UNIT_CANNOT_DELETE", api.BadRequestError, "deleteBeforeReplace"),
        ("NORMAL_UNIT_CANNOT_EDIT_FOLDER", api.BadRequestError, "deleteBeforeReplace"),
        ("QUOTA_EXCEEDED", api.RateLimitError, "getQuota"),
    ],
)
def test_codes_of_repositories(status: int, code: str, kind: type[Exception], advice: str) -> None:
    error = error_for("PUT /repo/{id}", status, code, None, code=code)
    assert (type(error), error.may_have_taken_effect) == (kind, False)
    assert advice in str(error)


def test_what_a_code_does_not_change() -> None:
    for status, code in ((500, "NAME_ALREADY_USED"), (400, "UNHEARD_OF"), (400, ["NOT_FOUND"])):
        with_code = error_for("PUT /repo/{id}", status, "m", None, code=code)
        assert type(with_code) is type(error_for("PUT /repo/{id}", status, "m", None))
