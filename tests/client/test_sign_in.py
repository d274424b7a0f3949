"""How ``FlashbackClient`` signs in, and which credentials it refuses to send."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from pulumi_flashback.client import (
    APIConnectionError,
    AuthenticationError,
    ConfigurationError,
    DuplicateError,
    FlashbackError,
    InvalidResponseError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    SignInError,
    WorkspaceNotFoundError,
)
from tests.client.scripted_server import ScriptedServer, Step, refusal, reply, run_together
from tests.client.steps import EMPTY, LOGIN, delete, tokens


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, "USER_NOT_FOUND", "no user has this email address"),
        (401, "USER_INACTIVE", "the user is not active"),
        (401, "NO_PASSWORD_SET", "signs in without a password"),
        (401, "SOMETHING_NEW", "SOMETHING_NEW"),
        *((status, "INVALID_PASSWORD", "the password is wrong") for status in (200, 400, 401, 403)),
    ],
)
def test_a_refused_login_is_explained_and_not_tried_again_by_any_thread(
    server: ScriptedServer, status: int, code: str, words: str
) -> None:
    server.otherwise = reply({"success": False, "error_code": code}, status)
    client = server.client(**LOGIN)
    with pytest.raises(AuthenticationError, match=rf"{words}.*flashback:password") as failure:
        client.api_keys.list()
    assert failure.value.operation == "POST /user/login"
    assert failure.value.not_processed
    assert len(run_together(4, client.api_keys.list)) == 4
    # backends lock a user out after some wrong passwords
    assert server.served == 1


NO_TOKEN: list[tuple[Step, type[FlashbackError]]] = [
    (refusal(403), PermissionDeniedError),
    (refusal(404, "Workspace not found"), WorkspaceNotFoundError),
    (refusal(409, "already exists"), DuplicateError),
    (refusal(429, retry_after="3600"), RateLimitError),
    (refusal(503), ServerError),
    (reply(b"<html>", 404), InvalidResponseError),
    (tokens(""), InvalidResponseError),
    (tokens("two words"), InvalidResponseError),
    (tokens("line\nbreak"), InvalidResponseError),
    (reply({"success": True, "accessToken": 5}), InvalidResponseError),
    (Step(), APIConnectionError),
]


@pytest.mark.parametrize(("step", "kind"), NO_TOKEN)
def test_a_login_that_gives_no_token_is_an_error_of_its_own_and_not_that_of_the_call(
    server: ScriptedServer, step: Step, kind: type[FlashbackError]
) -> None:
    server.expect(step)
    with pytest.raises(SignInError, match="signing in failed at POST /user/login") as failure:
        delete(server.client(max_retries=0, **LOGIN))
    assert type(failure.value.cause) is kind
    assert "DELETE /apikeys/{id} was not carried out" in str(failure.value)
    assert "second factor" not in str(failure.value)
    assert failure.value.not_processed
    assert not failure.value.may_have_taken_effect
    assert server.served == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"success": True, "mfaRequired": True, "challengeId": "c"}),
        (200, {"success": True, "requires2FA": True}),
        (200, {"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "s"}),
        (401, {"success": False, "message": "Two-factor authentication required"}),
        (403, {"success": False, "error_code": "MFA_REQUIRED"}),
        (400, {"success": False, "message": "Enter the one-time code", "otp_required": True}),
    ],
)
def test_a_login_that_wants_a_second_factor_says_so_and_is_sent_once(
    server: ScriptedServer, status: int, body: dict[str, Any]
) -> None:
    server.otherwise = reply(body, status)
    with pytest.raises(AuthenticationError, match=r"second factor.*FLASHBACK_TOKEN"):
        server.client(**LOGIN).api_keys.list()
    assert server.served == 1


@pytest.mark.parametrize("message", ["Operation not permitted", "prompt", "mfalse"])
def test_other_words_are_no_second_factor(server: ScriptedServer, message: str) -> None:
    server.expect(refusal(403, message))
    with pytest.raises(SignInError) as failure:
        server.client(**LOGIN).api_keys.list()
    assert "second factor" not in str(failure.value)


def test_an_organization_in_a_token_that_is_not_an_id_is_none(server: ScriptedServer) -> None:
    def organization_of(claim: Any) -> str | None:
        payload = base64.urlsafe_b64encode(json.dumps({"orgId": claim}).encode()).decode()
        return server.client(token=f"e30.{payload.rstrip('=')}.x").organization_id

    assert organization_of("org-1") == "org-1"
    odd = [
        10**400,
        7,
        1.5,
        True,
        None,
        "",
        "..",
        "a/b",
        "\x1b]8;;x\x07",
        {"id": "x"},
        ["x"],
        "x" * 999,
    ]
    assert [organization_of(claim) for claim in odd] == [None] * len(odd)
    assert server.client(token="opaque").organization_id is None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_credentials_are_not_sent(server: ScriptedServer, end: str) -> None:
    server.expect(tokens("a"), EMPTY, EMPTY)
    server.client(email=f"\ufeffe{end}", password=f" p {end}").api_keys.list()
    server.client(token=f"t{end}").api_keys.list()
    assert server.requests[0].json == {"email": "e", "password": " p "}
    assert server.requests[2].token == "t"


@pytest.mark.parametrize("name", ["token", "refresh_token"])
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ('"abc"', "quotation marks"),
        ("'abc'\n", "quotation marks"),
        ("\u201cabc\u201d", "quotation marks"),
        ("Bearer abc", "begins with the word Bearer"),
        ("abc\xa0b", "characters that are not valid in a token"),
        ("abc\r\nX-Injected: 1", "characters that are not valid in a token"),
        ("abc\x00", "characters that are not valid in a token"),
    ],
)
def test_a_token_that_is_none_is_refused_at_once_and_not_quoted(
    server: ScriptedServer, name: str, value: str, problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^{name} .*{problem}") as failure:
        server.client(**{name: value})
    assert "abc" not in str(failure.value)


@pytest.mark.parametrize(
    "credentials", [{"token": None}, {"email": "e"}, {"token": "", "password": "p"}]
)
def test_without_complete_credentials_nothing_is_sent(
    server: ScriptedServer, credentials: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError) as failure:
        server.client(**credentials).api_keys.list()
    for name in ("flashback:token", "flashback:email", "flashback:refreshToken"):
        assert name in str(failure.value)
    assert server.connections == 0


def test_health_needs_no_credentials(server: ScriptedServer) -> None:
    server.expect(reply({"status": "error", "error": "database", "timestamp": "2026"}))
    health = server.client(token=None).health()
    assert (health.status, health.error) == ("error", "database")


@pytest.mark.parametrize("credentials", [{"token": "old"}, {"refresh_token": "used"}, LOGIN])
def test_who_gave_the_credentials_says_what_to_do_when_they_are_refused(
    server: ScriptedServer, credentials: dict[str, str]
) -> None:
    server.otherwise = refusal(401, "no")
    with pytest.raises(AuthenticationError, match=r"no\. Ask Ada$"):
        server.client(credentials_hint="Ask Ada", **credentials).api_keys.list()
