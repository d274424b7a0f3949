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
from tests.client.scripted_server import (
    Request,
    ScriptedServer,
    Step,
    refusal,
    reply,
    run_together,
)

EMPTY = reply({"success": True, "apiKeys": []})
CREATED = reply({"success": True, "apiKeyId": "an-id"}, 201)
LOGIN = {"email": "e", "password": "pass-word"}


def tokens(access: str, refresh: str | None = None) -> Step:
    return reply({"success": True, "accessToken": access, "refreshToken": refresh})


def create(client: FlashbackClient) -> None:
    client.api_keys.create(workspace_id="w", key="k", secret="s", provider="AWS")


def update(client: FlashbackClient) -> None:
    client.api_keys.update("an-id", {"secret": "s"})


def delete(client: FlashbackClient) -> None:
    client.api_keys.delete("an-id")


class Backend:
    """Responds like a backend of which only the newest token is good.

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
    credentials: dict[str, str],
    logins: int,
    refreshes: int,
) -> None:
    server.otherwise = Backend()
    assert run_together(16, server.client(**credentials).api_keys.list) == []
    assert len(server.asked("POST", "/user/login")) == logins
    assert len(server.asked("POST", "/user/refresh")) == refreshes
    served = [each for each in server.asked("GET", "/apikeys") if each.token == "access-1"]
    assert len(served) == 16


def test_a_token_that_expires_is_renewed_once_and_each_call_is_repeated(
    server: ScriptedServer,
) -> None:
    server.otherwise = backend = Backend()
    client = server.client(**LOGIN)
    client.api_keys.list()
    for number in (1, 2):
        backend.expire()
        assert run_together(12, client.api_keys.list) == []
        assert len(server.asked("POST", "/user/refresh")) == number
    assert len(server.asked("POST", "/user/login")) == 1
    assert len(server.asked("GET", "/apikeys")) <= 1 + 2 * 2 * 12


def test_a_create_with_an_expired_token_is_repeated_with_the_new_one(
    server: ScriptedServer,
) -> None:
    server.otherwise = Backend()
    create(server.client(token="old", **LOGIN))
    first, second = server.asked("POST", "/apikeys")
    assert (first.token, second.token) == ("old", "access-1")
    assert first.body == second.body


@pytest.mark.parametrize(
    ("script", "credentials", "error"),
    [
        ([refusal(401), tokens("new"), refusal(401)], {"token": "old", **LOGIN}, "401"),
        ([refusal(401)], {"token": "old"}, r"FLASHBACK_TOKEN.*FLASHBACK_EMAIL"),
        ([refusal(401)], {"refresh_token": "used"}, "refresh token was not accepted"),
        *(([refusal(s)], {"token": "good", **LOGIN}, f": {s} ") for s in (400, 403, 404, 409)),
    ],
)
def test_what_renews_nothing_more(
    server: ScriptedServer,
    script: list[Step],
    credentials: dict[str, str],
    error: str,
) -> None:
    server.expect(*script)
    with pytest.raises(APIError, match=error):
        server.client(**credentials).api_keys.list()
    assert server.served == len(script)


@pytest.mark.parametrize(
    ("names", "sent"),
    [
        (("refresh_token",), ["refresh_token"]),
        (("refreshToken",), ["refresh_token", "refreshToken"]),
        (("refresh_token", "refreshToken"), ["refresh_token"]),
    ],
)
def test_a_refresh_tries_both_names_of_the_field(
    server: ScriptedServer, names: Sequence[str], sent: list[str]
) -> None:
    server.otherwise = Backend(names)
    server.client(refresh_token="initial").api_keys.list()
    bodies = [each.json for each in server.asked("POST", "/user/refresh")]
    assert bodies == [{name: "initial"} for name in sent]


USELESS = {
    "401": refusal(401),
    "400": refusal(400),
    "503": refusal(503),
    "429": refusal(429, retry_after="3600"),
    "no-token": reply({"success": True}),
    "no-success": reply({"success": False}),
    "closed": Step(),
}


@pytest.mark.parametrize("step", USELESS.values(), ids=USELESS)
def test_a_useless_refresh_falls_back_to_the_login(server: ScriptedServer, step: Step) -> None:
    backend = Backend()
    server.otherwise = lambda request: step if "refresh" in request.path else backend(request)
    client = server.client(refresh_token="used", max_retries=0, **LOGIN)
    assert client.api_keys.list() == []
    assert len(server.asked("POST", "/user/login")) == 1


def test_a_failing_refresh_is_no_reason_to_give_the_refresh_token_up(
    server: ScriptedServer,
) -> None:
    server.expect(refusal(503), tokens("new", "newer"), EMPTY)
    client = server.client(refresh_token="initial", max_retries=0)
    with pytest.raises(SignInError):
        client.api_keys.list()
    assert client.api_keys.list() == []
    assert [each.path for each in server.requests] == ["/user/refresh"] * 2 + ["/apikeys"]


def test_the_refresh_token_of_the_last_response_is_used_next(server: ScriptedServer) -> None:
    server.expect(tokens("a", "second"), EMPTY, refusal(401), tokens("b"), EMPTY)
    server.expect(refusal(401), tokens("c"), EMPTY)
    client = server.client(refresh_token="first")
    for _ in range(3):
        client.api_keys.list()
    sent = [each.json["refresh_token"] for each in server.asked("POST", "/user/refresh")]
    assert sent == ["first", "second", "second"]


def test_login_and_refresh_by_hand_leave_the_token_of_the_client_alone(
    server: ScriptedServer,
) -> None:
    server.expect(tokens("other"), tokens("another"), EMPTY)
    client = server.client(token="mine")
    assert client.login("e", "p").access_token == "other"
    assert client.refresh("r").access_token == "another"
    client.api_keys.list()
    assert [each.token for each in server.requests] == [None, None, "mine"]


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


Write = Callable[[FlashbackClient], None]
DOUBTFUL = [refusal(503), Step(), reply(b"<html>")]
OLD = {"token": "old", **LOGIN}
# (script, credentials, retries, write, in doubt, certainly not processed)
EFFECTS: list[tuple[list[Step], dict[str, str], int, Write, bool, bool]] = [
    # a renewal that fails leaves no doubt about the write
    *(
        ([refusal(401), refusal(503)], credentials, 0, write, False, True)
        for write in (create, update, delete)
        for credentials in (OLD, {"token": "old", "refresh_token": "initial"})
    ),
    # what an earlier attempt may have done stays in doubt, whatever comes after it
    *(
        ([first, refusal(401), renewal, renewal], OLD, 1, update, True, False)
        for first in DOUBTFUL
        for renewal in (refusal(503), refusal(401))
    ),
    *(
        ([refusal(503), last], {"token": "t"}, 4, update, True, False)
        for last in (refusal(403), refusal(429, retry_after="99"), refusal(401))
    ),
    # one attempt
    *(
        ([step], {"token": "t"}, 0, delete, in_doubt, not_processed)
        for step, in_doubt, not_processed in [
            (refusal(401), False, True),
            (refusal(429, retry_after="99"), False, True),
            *((refusal(status), False, False) for status in (400, 403, 404, 409)),
            (refusal(500), True, False),
            (reply(b"<html>", 403), True, False),
            (Step(), True, False),
        ]
    ),
]


@pytest.mark.parametrize(
    ("script", "credentials", "retries", "write", "in_doubt", "not_processed"), EFFECTS
)
def test_what_an_error_says_of_the_effect_of_a_write(
    server: ScriptedServer,
    script: list[Step],
    credentials: dict[str, str],
    retries: int,
    write: Write,
    in_doubt: bool,
    not_processed: bool,
) -> None:
    server.expect(*script)
    with pytest.raises(FlashbackError) as failure:
        write(server.client(max_retries=retries, **credentials))
    assert failure.value.may_have_taken_effect is in_doubt
    assert failure.value.not_processed is not_processed
    if isinstance(failure.value, SignInError):
        assert ("may have been carried out" in str(failure.value)) is in_doubt


@pytest.mark.parametrize(
    ("credentials", "kind"), [({"token": "t"}, APIConnectionError), (LOGIN, SignInError)]
)
def test_what_is_cancelled_before_it_is_sent_had_no_effect(
    server: ScriptedServer, credentials: dict[str, str], kind: type[Exception]
) -> None:
    client = server.client(**credentials)
    client.cancel(0)
    with pytest.raises(FlashbackError, match="cancelled") as failure:
        update(client)
    assert type(failure.value) is kind
    assert failure.value.not_processed
    assert not failure.value.may_have_taken_effect
    assert server.requests == []


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
