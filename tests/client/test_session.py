"""How ``FlashbackClient`` signs in and renews its token, as the backend sees it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from pulumi_flashback.client import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    ConfigurationError,
    DuplicateError,
    FlashbackClient,
    FlashbackError,
    InvalidResponseError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    SignInError,
    WorkspaceNotFoundError,
)
from tests.client.conftest import Client
from tests.client.scripted_server import (
    Request,
    ScriptedServer,
    Step,
    answer,
    refusal,
    run_together,
)

EMPTY = answer({"success": True, "apiKeys": []})
CREATED = answer({"success": True, "apiKeyId": "an-id"}, 201)
LOGIN = {"email": "e", "password": "pass-word"}


def tokens(access: str, refresh: str | None = None) -> Step:
    return answer({"success": True, "accessToken": access, "refreshToken": refresh})


class Backend:
    """Answers like a backend of which only the newest token is good.

    Args:
        refresh_names: The names of the refresh field that it knows.
    """

    def __init__(self, refresh_names: Sequence[str] = ("refresh_token",)) -> None:
        self.number = 0
        self._refresh_token = "initial"
        self._refresh_names = refresh_names
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Step:
        with self._lock:
            if request.path == "/user/login":
                return self._renewed()
            if request.path == "/user/refresh":
                return self._refreshed(request.json)
            if request.token != f"access-{self.number}":
                return refusal(401, "User not found or not validated")
            return CREATED if request.method == "POST" else EMPTY

    def expire(self) -> None:
        """Let no access token be good any more."""
        self.number += 1

    def _renewed(self) -> Step:
        self.number += 1
        self._refresh_token = f"refresh-{self.number}"
        return tokens(f"access-{self.number}", self._refresh_token)

    def _refreshed(self, body: dict[str, Any]) -> Step:
        known = [body[name] for name in self._refresh_names if name in body]
        if not known:
            return refusal(400, "Refresh token is required")
        if known[0] != self._refresh_token:
            return refusal(401, "Invalid refresh token")
        return self._renewed()


@pytest.mark.parametrize(
    ("credentials", "logins", "refreshes"),
    [(LOGIN, 1, 0), ({"refresh_token": "initial"}, 0, 1), ({**LOGIN, "token": "old"}, 1, 0)],
)
def test_any_number_of_threads_sign_in_once(
    server: ScriptedServer,
    client_of: Client,
    credentials: dict[str, str],
    logins: int,
    refreshes: int,
) -> None:
    server.otherwise = Backend()
    assert run_together(16, client_of(server, **credentials).api_keys.list) == []
    assert len(server.asked("POST", "/user/login")) == logins
    assert len(server.asked("POST", "/user/refresh")) == refreshes
    answered = [each for each in server.asked("GET", "/apikeys") if each.token == "access-1"]
    assert len(answered) == 16


def test_a_token_that_expires_is_renewed_once_and_each_call_is_repeated(
    server: ScriptedServer, client_of: Client
) -> None:
    server.otherwise = backend = Backend()
    client = client_of(server, **LOGIN)
    client.api_keys.list()
    for round_number in (1, 2, 3):
        backend.expire()
        assert run_together(12, client.api_keys.list) == []
        renewals = [
            each for each in server.requests if each.path in ("/user/login", "/user/refresh")
        ]
        assert len(renewals) == 1 + round_number
    assert len(server.asked("POST", "/user/login")) == 1
    assert len(server.asked("GET", "/apikeys")) <= 1 + 3 * 2 * 12


def test_a_create_with_an_expired_token_is_repeated_with_the_new_one(
    server: ScriptedServer, client_of: Client
) -> None:
    server.otherwise = Backend()
    client = client_of(server, token="old", **LOGIN)
    client.api_keys.create(workspace_id="w", key="k", secret="s", provider="AWS")
    first, second = server.asked("POST", "/apikeys")
    assert (first.token, second.token) == ("old", "access-1")
    assert first.body == second.body


def test_a_renewed_token_that_is_refused_too_ends_the_call(
    server: ScriptedServer, client_of: Client
) -> None:
    server.expect(refusal(401), tokens("new"), refusal(401))
    with pytest.raises(AuthenticationError):
        client_of(server, token="old", **LOGIN).api_keys.list()
    assert server.served == 3


def test_a_token_alone_is_refused_after_one_request_with_words_on_what_to_do(
    server: ScriptedServer, client_of: Client
) -> None:
    server.expect(refusal(401, "User not found or not validated"))
    with pytest.raises(AuthenticationError, match=r"FLASHBACK_TOKEN.*FLASHBACK_EMAIL"):
        client_of(server, token="old").api_keys.list()
    assert server.served == 1


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_other_refusals_renew_nothing(
    server: ScriptedServer, client_of: Client, status: int
) -> None:
    server.expect(refusal(status, "no"))
    with pytest.raises(APIError):
        client_of(server, token="good", **LOGIN).api_keys.list()
    assert server.served == 1


@pytest.mark.parametrize(
    ("names", "sent"),
    [
        (("refresh_token",), ["refresh_token"]),
        (("refreshToken",), ["refresh_token", "refreshToken"]),
        (("refresh_token", "refreshToken"), ["refresh_token"]),
    ],
)
def test_a_refresh_tries_both_names_of_the_field(
    server: ScriptedServer, client_of: Client, names: Sequence[str], sent: list[str]
) -> None:
    server.otherwise = Backend(names)
    client_of(server, refresh_token="initial").api_keys.list()
    bodies = [each.json for each in server.asked("POST", "/user/refresh")]
    assert bodies == [{name: "initial"} for name in sent]


def test_a_refused_refresh_token_is_sent_once(server: ScriptedServer, client_of: Client) -> None:
    server.expect(refusal(401, "Invalid refresh token"))
    with pytest.raises(AuthenticationError, match="refresh token was not accepted"):
        client_of(server, refresh_token="used").api_keys.list()
    assert server.served == 1


@pytest.mark.parametrize(
    "step",
    [
        refusal(401),
        refusal(400),
        refusal(503),
        refusal(429, retry_after="3600"),
        answer({"success": True}),
        answer({"success": False}),
        Step(),
    ],
    ids=["401", "400", "503", "429", "no-token", "no-success", "closed"],
)
def test_a_useless_refresh_falls_back_to_the_login(
    server: ScriptedServer, client_of: Client, step: Step
) -> None:
    server.otherwise = Backend()

    def refuse_refresh(request: Request) -> Step:
        return step if request.path == "/user/refresh" else backend(request)

    backend = Backend()
    server.otherwise = refuse_refresh
    client = client_of(server, refresh_token="used", max_retries=0, **LOGIN)
    assert client.api_keys.list() == []
    assert len(server.asked("POST", "/user/login")) == 1


def test_a_failing_refresh_is_no_reason_to_give_the_refresh_token_up(
    server: ScriptedServer, client_of: Client
) -> None:
    server.expect(refusal(503), tokens("new", "newer"), EMPTY)
    client = client_of(server, refresh_token="initial", max_retries=0)
    with pytest.raises(SignInError):
        client.api_keys.list()
    assert client.api_keys.list() == []
    assert [each.path for each in server.requests] == ["/user/refresh"] * 2 + ["/apikeys"]


def test_the_refresh_token_of_the_last_answer_is_used_next(
    server: ScriptedServer, client_of: Client
) -> None:
    server.expect(tokens("a", "second"), EMPTY, refusal(401), tokens("b"), EMPTY)
    server.expect(refusal(401), tokens("c"), EMPTY)
    client = client_of(server, refresh_token="first")
    for _ in range(3):
        client.api_keys.list()
    sent = [each.json["refresh_token"] for each in server.asked("POST", "/user/refresh")]
    assert sent == ["first", "second", "second"]


def test_login_and_refresh_by_hand_leave_the_token_of_the_client_alone(
    server: ScriptedServer, client_of: Client
) -> None:
    server.expect(tokens("other"), tokens("another"), EMPTY)
    client = client_of(server, token="mine")
    assert client.login("e", "p").access_token == "other"
    assert client.refresh("r").access_token == "another"
    client.api_keys.list()
    assert [each.token for each in server.requests] == [None, None, "mine"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("USER_NOT_FOUND", "no user has this email address"),
        ("INVALID_PASSWORD", "the password is wrong"),
        ("USER_INACTIVE", "the user is not active"),
        ("NO_PASSWORD_SET", "signs in without a password"),
        ("SOMETHING_NEW", "SOMETHING_NEW"),
    ],
)
def test_a_refused_login_is_told_in_words(
    server: ScriptedServer, client_of: Client, code: str, words: str
) -> None:
    server.expect(answer({"success": False, "error_code": code}, 401))
    with pytest.raises(AuthenticationError, match=rf"{words}.*flashback:password") as failure:
        client_of(server, **LOGIN).api_keys.list()
    assert failure.value.operation == "POST /user/login"
    assert server.served == 1


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (refusal(403), PermissionDeniedError),
        (refusal(404, "Workspace not found"), WorkspaceNotFoundError),
        (refusal(409, "already exists"), DuplicateError),
        (refusal(429, retry_after="3600"), RateLimitError),
        (refusal(503), ServerError),
        (answer(b"<html>", 404), InvalidResponseError),
        (tokens(""), InvalidResponseError),
        (tokens("two words"), InvalidResponseError),
        (tokens("line\nbreak"), InvalidResponseError),
        (answer({"success": True, "accessToken": 5}), InvalidResponseError),
        (Step(), APIConnectionError),
    ],
    ids=[
        "403",
        "404",
        "409",
        "429",
        "503",
        "html",
        "empty",
        "space",
        "line-break",
        "number",
        "closed",
    ],
)
def test_a_login_that_gives_no_token_is_an_error_of_its_own_and_not_that_of_the_call(
    server: ScriptedServer, client_of: Client, step: Step, kind: type[FlashbackError]
) -> None:
    server.expect(step)
    with pytest.raises(SignInError, match="signing in failed at POST /user/login") as failure:
        client_of(server, max_retries=0, **LOGIN).api_keys.delete("an-id")
    assert type(failure.value.cause) is kind
    assert "DELETE /apikeys/{id} was not carried out" in str(failure.value)
    assert failure.value.not_processed
    assert not failure.value.may_have_taken_effect
    assert server.served == 1


def create(client: FlashbackClient) -> None:
    client.api_keys.create(workspace_id="w", key="k", secret="s", provider="AWS")


def update(client: FlashbackClient) -> None:
    client.api_keys.update("an-id", {"secret": "s"})


@pytest.mark.parametrize("write", [create, update, lambda c: c.api_keys.delete("an-id")])
@pytest.mark.parametrize("credentials", [LOGIN, {"refresh_token": "initial"}])
def test_a_renewal_that_fails_within_a_write_leaves_no_doubt_about_the_write(
    server: ScriptedServer,
    client_of: Client,
    write: Callable[[FlashbackClient], None],
    credentials: dict[str, str],
) -> None:
    server.expect(refusal(401, "User not found or not validated"), refusal(503))
    with pytest.raises(SignInError) as failure:
        write(client_of(server, token="old", max_retries=0, **credentials))
    assert failure.value.not_processed
    assert not failure.value.may_have_taken_effect


@pytest.mark.parametrize("renewal", [refusal(503), refusal(401)])
@pytest.mark.parametrize("first", [refusal(503), Step(), answer(b"<html>")])
def test_what_an_earlier_attempt_may_have_done_stays_in_doubt(
    server: ScriptedServer, client_of: Client, first: Step, renewal: Step
) -> None:
    server.expect(first, refusal(401), renewal, renewal)
    with pytest.raises(SignInError, match="may have been carried out") as failure:
        update(client_of(server, token="old", max_retries=1, **LOGIN))
    assert failure.value.may_have_taken_effect
    assert not failure.value.not_processed


@pytest.mark.parametrize("last", [refusal(403), refusal(429, retry_after="99"), refusal(401)])
def test_a_refusal_after_an_attempt_in_doubt_does_not_undo_the_doubt(
    server: ScriptedServer, client_of: Client, last: Step
) -> None:
    server.expect(refusal(503), last)
    with pytest.raises(APIError) as failure:
        update(client_of(server))
    assert failure.value.may_have_taken_effect
    assert not failure.value.not_processed


@pytest.mark.parametrize(
    ("step", "not_processed"),
    [
        (refusal(401), True),
        (refusal(429, retry_after="99"), True),
        (refusal(400), False),
        (refusal(403), False),
        (refusal(404), False),
        (refusal(409), False),
        (refusal(500), False),
        (answer(b"<html>", 403), False),
        (Step(), False),
    ],
)
def test_what_certainly_was_not_looked_at(
    server: ScriptedServer, client_of: Client, step: Step, not_processed: bool
) -> None:
    server.expect(step)
    with pytest.raises(FlashbackError) as failure:
        client_of(server, max_retries=0).api_keys.delete("an-id")
    assert failure.value.not_processed is not_processed


def test_what_is_cancelled_before_it_is_sent_had_no_effect(
    server: ScriptedServer, client_of: Client
) -> None:
    for credentials, kind in (({}, APIConnectionError), (LOGIN, SignInError)):
        client = client_of(server, **credentials)
        client.cancel(0)
        with pytest.raises(kind, match="cancelled") as failure:
            update(client)
        assert failure.value.not_processed
        assert not failure.value.may_have_taken_effect
    assert server.requests == []


@pytest.mark.parametrize("status", [200, 400, 401, 403])
def test_the_code_of_a_refused_login_counts_under_any_status(
    server: ScriptedServer, client_of: Client, status: int
) -> None:
    server.otherwise = answer({"success": False, "error_code": "INVALID_PASSWORD"}, status)
    client = client_of(server, **LOGIN)
    for _ in range(2):
        with pytest.raises(AuthenticationError, match="the password is wrong") as failure:
            client.api_keys.list()
        assert failure.value.not_processed
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
    server: ScriptedServer, client_of: Client, status: int, body: dict[str, Any]
) -> None:
    server.otherwise = answer(body, status)
    with pytest.raises(AuthenticationError, match=r"second factor.*FLASHBACK_TOKEN"):
        client_of(server, **LOGIN).api_keys.list()
    assert server.served == 1


@pytest.mark.parametrize("message", ["Operation not permitted", "prompt", "mfalse"])
def test_other_words_are_no_second_factor(
    server: ScriptedServer, client_of: Client, message: str
) -> None:
    server.expect(refusal(403, message))
    with pytest.raises(SignInError) as failure:
        client_of(server, **LOGIN).api_keys.list()
    assert "second factor" not in str(failure.value)


def token_of(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.x"


@pytest.mark.parametrize(
    "claim",
    [
        10**400,
        7,
        1.5,
        True,
        None,
        "",
        "..",
        "a/b",
        "\x1b]8;;http://x\x07",
        {"id": "x"},
        ["x"],
        "x" * 999,
    ],
)
def test_an_organization_in_a_token_that_is_no_id_is_none(
    server: ScriptedServer, client_of: Client, claim: Any
) -> None:
    assert client_of(server, token=token_of(orgId=claim)).organization_id is None
    assert client_of(server, token=token_of(orgId="org-1")).organization_id == "org-1"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_credentials_are_not_sent(
    server: ScriptedServer, client_of: Client, end: str
) -> None:
    server.expect(tokens("a"), EMPTY, EMPTY)
    client_of(server, email=f"\ufeffe{end}", password=f" p {end}").api_keys.list()
    client_of(server, token=f"t{end}").api_keys.list()
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
        ("a\xa0b", "characters that no token has"),
    ],
)
def test_a_token_with_something_round_it_is_refused_at_once(
    server: ScriptedServer, client_of: Client, name: str, value: str, problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^{name} .*{problem}") as failure:
        client_of(server, **{name: value})
    assert "abc" not in str(failure.value)


@pytest.mark.parametrize(
    "credentials", [{"token": None}, {"email": "e"}, {"token": "", "password": "p"}]
)
def test_without_whole_credentials_nothing_is_sent(
    server: ScriptedServer, client_of: Client, credentials: dict[str, Any]
) -> None:
    client = client_of(server, **credentials)
    with pytest.raises(ConfigurationError) as failure:
        client.api_keys.list()
    for name in ("flashback:token", "flashback:email", "flashback:refreshToken"):
        assert name in str(failure.value)
    assert server.connections == 0


def test_health_needs_no_credentials(server: ScriptedServer, client_of: Client) -> None:
    server.expect(answer({"status": "error", "error": "database", "timestamp": "2026"}))
    health = client_of(server, token=None).health()
    assert (health.status, health.error) == ("error", "database")


def test_a_wrong_password_is_not_tried_by_every_thread(
    server: ScriptedServer, client_of: Client
) -> None:
    server.otherwise = answer({"success": False, "error_code": "INVALID_PASSWORD"}, 401)
    client = client_of(server, **LOGIN)
    assert len(run_together(8, client.api_keys.list)) == 8
    # backends lock a user out after some wrong passwords
    assert len(server.asked("POST", "/user/login")) == 1


def test_who_gave_the_credentials_says_what_to_do_when_they_are_refused(
    server: ScriptedServer, client_of: Client
) -> None:
    server.otherwise = refusal(401, "no")
    for credentials in ({"token": "old"}, {"refresh_token": "used"}, LOGIN):
        with pytest.raises(AuthenticationError, match=r"no\. Ask Ada$"):
            client_of(server, credentials_hint="Ask Ada", **credentials).api_keys.list()
