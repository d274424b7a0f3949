"""No secret gets out of ``FlashbackClient``, however a backend sends it back."""

from __future__ import annotations

import base64
import json
import logging
import pickle
import re
import traceback
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

import pytest

from pulumi_flashback.client import FlashbackClient, FlashbackError
from pulumi_flashback.redaction import PLACEHOLDER
from tests.client.scripted_server import ScriptedServer, Step, head, refusal, reply

KEY = "CANARY-KEY/7QX2+="
SECRET = 'canary secret/+"wJalrXUt&nFEMI=ü'
PASSWORD = "canary:pass/word+&="
TOKEN = "canary-token." + "t0k/en+" * 40 + "="  # as long as a JWT
REFRESH = "canary-refresh." + "r3f/resh+" * 40 + "="
NEW = "canary-new-token"
SECRETS = (KEY, SECRET, PASSWORD, TOKEN, REFRESH, NEW)

FORMS: list[Callable[[str], str]] = [
    str,
    quote,
    lambda text: quote(text, safe=""),
    quote_plus,
    lambda text: re.sub("%..", lambda match: match[0].lower(), quote(text, safe="")),
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    json.dumps,
    repr,
]

Work = Callable[[FlashbackClient], object]
# what is done, and the secrets that it sends
WORK: dict[str, tuple[Work, tuple[str, ...]]] = {
    "create": (
        lambda c: c.api_keys.create(workspace_id="w", key=KEY, secret=SECRET, provider="AWS"),
        (KEY, SECRET, TOKEN),
    ),
    "update": (
        lambda c: c.api_keys.update("an-id", {"key": KEY, "secret": SECRET}),
        (KEY, SECRET, TOKEN),
    ),
    "login": (lambda c: c.login("e", PASSWORD), (PASSWORD,)),
    "refresh": (lambda c: c.refresh(REFRESH), (REFRESH,)),
}
CREATE = WORK["create"][0]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Log everything that any library has to say."""
    with caplog.at_level(logging.DEBUG):
        for name in ("httpx", "httpcore", "pulumi_flashback"):
            caplog.set_level(logging.DEBUG, logger=name)
        yield caplog


def everything_shown(error: BaseException) -> str:
    """Return all texts that somebody may see of an error."""
    texts = [str(error), repr(error), repr(error.args), repr(vars(error))]
    texts += traceback.format_exception(error)
    if isinstance(error, FlashbackError):
        texts += [error.brief, str(pickle.loads(pickle.dumps(error)))]
    return "\n".join(texts)


def assert_clean(text: str) -> None:
    """Look for any part of any form of a secret that tells much of it."""
    for secret in SECRETS:
        for form in {form(secret).strip("\"'") for form in FORMS}:
            for start in range(0, max(1, len(form) - 12), 6):
                assert form[start : start + 12] not in text


def fail(client: FlashbackClient, work: Work) -> FlashbackError:
    with pytest.raises(FlashbackError) as failure:
        work(client)
    error = failure.value
    assert error.__cause__ is None
    assert error.__context__ is None
    assert len(str(error).splitlines()) == 1
    return error


@pytest.mark.parametrize("operation", WORK)
def test_an_echo_in_the_message_of_the_backend_is_redacted(
    server: ScriptedServer, log: pytest.LogCaptureFixture, operation: str
) -> None:
    work, secrets = WORK[operation]
    for form in FORMS:
        echo = " and ".join(map(form, secrets))
        server.otherwise = refusal(400, f"bad {echo} here")
        error = fail(server.client(token=TOKEN), work)
        assert PLACEHOLDER in str(error)
        assert_clean(everything_shown(error) + log.text)


ECHOES: dict[str, Callable[[str], Step]] = {
    "error_message": lambda s: reply({"error_message": s}, 400),
    "error.message": lambda s: reply({"error": {"message": s}}, 400),
    "error": lambda s: reply({"error": s}, 400),
    "error_code": lambda s: reply({"error_code": s}, 400),
    "bad-success": lambda s: reply({"success": False, "message": s}),
    "wrong-shape": lambda s: reply({"apiKeyId": s, "accessToken": {"x": s}}, 201),
    "not-json": lambda s: reply(s.encode(), 201),
    "html": lambda s: reply(f"<html>{s}</html>".encode(), 502, {"Content-Type": "text/html"}),
    "request-id": lambda s: refusal(500, "no", x_request_id=s),
    "request-id-with-more": lambda s: refusal(500, "no", x_request_id=f"{'x' * 60}{s}"),
    "retry-after": lambda s: refusal(429, "no", retry_after=s),
    "location": lambda s: reply(b"", 307, {"Location": f"https://elsewhere.example/{s}"}),
    "cookie": lambda s: refusal(500, "no", set_cookie=f"token={s}"),
    "bad-header": lambda s: Step(head(500, {"Content-Length": s})),
    "bad-status-line": lambda s: Step(f"HTTP/1.1 {s}\r\n\r\n".encode()),
    "not-http": lambda s: Step(f"{s}\r\n\r\n".encode()),
    "bad-chunk": lambda s: Step(head(200, {"Transfer-Encoding": "chunked"}) + s.encode()),
    "long-text": lambda s: refusal(400, "x" * 250 + s + "x" * 250),
    "split-by-color": lambda s: refusal(400, f"{s[:9]}\x1b[31m{s[9:]}"),
}


@pytest.mark.parametrize("place", ECHOES)
def test_an_echo_anywhere_else_in_a_response_is_neither_in_the_error_nor_in_the_log(
    server: ScriptedServer, log: pytest.LogCaptureFixture, place: str
) -> None:
    for secret in (KEY, TOKEN):
        server.otherwise = ECHOES[place](secret)
        error = fail(server.client(token=TOKEN, max_retries=0), CREATE)
        assert_clean(everything_shown(error))
    assert "POST /apikeys ->" in log.text
    assert_clean(log.text)


@pytest.mark.parametrize("operation", WORK)
def test_no_response_shows_neither_request_nor_address(
    server: ScriptedServer, log: pytest.LogCaptureFixture, operation: str
) -> None:
    for step in (Step(), Step(reset=True), Step(b"garbage\r\n\r\n"), Step(silence=30)):
        server.otherwise = step
        client = server.client(token=TOKEN, max_retries=0, timeout=0.1)
        shown = everything_shown(fail(client, WORK[operation][0]))
        assert_clean(shown + log.text)
        assert str(server.port) not in shown
        assert "127.0.0.1" not in shown


def test_a_renewed_token_is_redacted_too_and_no_success_is_logged_with_it(
    server: ScriptedServer, log: pytest.LogCaptureFixture
) -> None:
    server.expect(
        refusal(401),
        reply({"accessToken": NEW, "refreshToken": REFRESH}),
        refusal(400, f"bad {NEW} and {TOKEN} and {REFRESH} and {PASSWORD}"),
        reply({"apiKeyId": "an-id"}, 201),
    )
    client = server.client(token=TOKEN, email="e", password=PASSWORD)
    assert_clean(everything_shown(fail(client, CREATE)))
    CREATE(client)
    assert "POST /apikeys -> 201" in log.text
    assert_clean(log.text)


def test_a_failed_renewal_has_no_chain_and_shows_neither_token_nor_password(
    server: ScriptedServer,
) -> None:
    server.expect(
        refusal(401),
        refusal(401, f"bad {REFRESH}"),
        reply({"message": f"bad {PASSWORD} {TOKEN}"}, 401),
    )
    login = {"refresh_token": REFRESH, "email": "e", "password": PASSWORD}
    assert_clean(everything_shown(fail(server.client(token=TOKEN, **login), CREATE)))
    assert server.served == 3


def test_objects_that_hold_secrets_do_not_show_them(server: ScriptedServer) -> None:
    server.expect(
        reply({"accessToken": TOKEN, "refreshToken": REFRESH}),
        reply({"apiKeys": [{"id": "a", "key": KEY}]}),
    )
    client = server.client(token=TOKEN, refresh_token=REFRESH, email="e", password=PASSWORD)
    shown = [client.login("e", PASSWORD), client.api_keys.list(), client, vars(client)]
    assert_clean(" ".join(map(repr, [*shown, client._session._credentials])))
