"""How ``FlashbackClient`` signs in and renews its token, as the backend sees it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from pulumi_flashback.client import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    ConfigurationError,
    FlashbackError,
    InvalidResponseError,
    PermissionDeniedError,
    RateLimitError,
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
LOGIN = {"email": "e", "password": "p"}


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


@pytest.mark.parametrize("step", [refusal(401), refusal(400), answer({"success": True})])
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
    client = client_of(server, refresh_token="initial", max_retries=0, **LOGIN)
    with pytest.raises(APIError):
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
        ("USER_NOT_FOUND", "no user has this e-mail address"),
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
        (refusal(429, retry_after="3600"), RateLimitError),
        (tokens(""), InvalidResponseError),
        (tokens("two words"), InvalidResponseError),
        (tokens("line\nbreak"), InvalidResponseError),
        (answer({"success": True, "accessToken": 5}), InvalidResponseError),
        (Step(), APIConnectionError),
    ],
    ids=["403", "429", "empty", "space", "line-break", "number", "closed"],
)
def test_a_login_that_gives_no_token_is_an_error_of_the_call(
    server: ScriptedServer, client_of: Client, step: Step, kind: type[FlashbackError]
) -> None:
    server.expect(step)
    with pytest.raises(kind, match="POST /user/login"):
        client_of(server, max_retries=0, **LOGIN).api_keys.list()
    assert server.served == 1


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
