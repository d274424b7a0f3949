"""How ``FlashbackClient`` renews its token, and what that leaves in doubt, as the backend sees it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from pulumi_flashback.client import (
    APIConnectionError,
    APIError,
    FlashbackClient,
    FlashbackError,
    SignInError,
)
from tests.client.scripted_server import (
    Request,
    ScriptedServer,
    Step,
    refusal,
    reply,
    run_together,
)
from tests.client.steps import CREATED, EMPTY, LOGIN, create, delete, tokens, update


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


Write = Callable[[FlashbackClient], object]
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
