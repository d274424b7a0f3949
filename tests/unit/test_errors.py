"""The error tree: one line, no more than is safe, and it survives a pickle."""

from __future__ import annotations

import pickle
import sys

import pytest

from pulumi_flashback import client as api
from pulumi_flashback.client.errors import error_for
from pulumi_flashback.shell.guard import unexpected


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


@pytest.mark.parametrize(
    "error",
    [
        api.APIConnectionError("GET /apikeys", "refused", sent=False),
        api.ServerError("GET /apikeys", 500, "no", "id"),
        api.ConfigurationError("no credentials"),
    ],
)
def test_pickles(error: Exception) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


def test_an_unexpected_error_names_its_place_where_tracebacks_are_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "tracebacklimit", 0, raising=False)
    with pytest.raises(ZeroDivisionError) as raised:
        divmod(1, 0)
    assert unexpected(raised.value).startswith("unexpected ZeroDivisionError at test_errors.py:")
