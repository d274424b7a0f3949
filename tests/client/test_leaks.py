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
from tests.client.conftest import Client
from tests.client.scripted_server import ScriptedServer, Step, answer, head, refusal

KEY = "CANARY-KEY/7QX2+="
SECRET = 'canary secret/+"wJalrXUt&nFEMI=ü'
PASSWORD = "canary:pass/word+&="
TOKEN = "canary-token." + "t0k/en+" * 40 + "="  # as long as a JWT
REFRESH = "canary-refresh." + "r3f/resh+" * 40 + "="
ALL = {"key": KEY, "secret": SECRET, "password": PASSWORD, "token": TOKEN, "refresh": REFRESH}

FORMS: dict[str, Callable[[str], str]] = {
    "clear": str,
    "quoted": quote,
    "quoted-all": lambda text: quote(text, safe=""),
    "quoted-plus": quote_plus,
    "quoted-lower-case": lambda text: re.sub(
        "%..", lambda match: match[0].lower(), quote(text, safe="")
    ),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64-url": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "json": json.dumps,
    "repr": repr,
}

Work = Callable[[FlashbackClient], object]
WORK: dict[str, Work] = {
    "create": lambda c: c.api_keys.create(workspace_id="w", key=KEY, secret=SECRET, provider="AWS"),
    "update": lambda c: c.api_keys.update("an-id", {"key": KEY, "secret": SECRET}),
    "login": lambda c: c.login("e", PASSWORD),
    "refresh": lambda c: c.refresh(REFRESH),
}
SENT = {
    "create": ("key", "secret", "token"),
    "update": ("key", "secret", "token"),
    "login": ("password",),
    "refresh": ("refresh",),
}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Log everything that any library has to say."""
    with caplog.at_level(logging.DEBUG):
        for name in ("httpx", "httpcore", "pulumi_flashback"):
            caplog.set_level(logging.DEBUG, logger=name)
        yield caplog


def everything_said(error: BaseException) -> str:
    """Return all texts that somebody may see of an error."""
    texts: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        texts += [str(seen), repr(seen), repr(seen.args), repr(vars(seen))]
        seen = seen.__cause__ or seen.__context__
    texts += traceback.format_exception(error)
    if isinstance(error, FlashbackError):
        texts += [error.brief, str(pickle.loads(pickle.dumps(error)))]
    return "\n".join(texts)


def pieces(secret: str) -> Iterator[str]:
    """Yield what must not be seen of a secret: any part of a form that tells much of it."""
    for form in FORMS.values():
        text = form(secret).strip("\"'")
        for start in range(0, max(1, len(text) - 12), 6):
            yield text[start : start + 12]


def assert_clean(text: str, *names: str) -> None:
    for name in names or ALL:
        shown = [piece for piece in pieces(ALL[name]) if piece in text]
        assert shown == [], f"{name} is shown"


def fail(client: FlashbackClient, work: Work) -> FlashbackError:
    with pytest.raises(FlashbackError) as failure:
        work(client)
    error = failure.value
    assert error.__cause__ is None
    assert error.__context__ is None
    assert len(str(error).splitlines()) == 1
    return error


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("operation", WORK)
def test_an_echo_in_the_words_of_the_backend_is_redacted(
    server: ScriptedServer,
    client_of: Client,
    log: pytest.LogCaptureFixture,
    operation: str,
    form: str,
) -> None:
    names = SENT[operation]
    echo = " and ".join(FORMS[form](ALL[name]) for name in names)
    server.expect(refusal(400, f"bad {echo} here"), refusal(401, f"bad {echo} here"))
    error = fail(client_of(server, token=TOKEN), WORK[operation])
    assert PLACEHOLDER in str(error)
    assert_clean(everything_said(error) + log.text)


ECHOES: dict[str, Callable[[str], Step]] = {
    "error_message": lambda s: answer({"error_message": s}, 400),
    "error.message": lambda s: answer({"error": {"message": s}}, 400),
    "error": lambda s: answer({"error": s}, 400),
    "error_code": lambda s: answer({"error_code": s}, 400),
    "bad-success": lambda s: answer({"success": False, "message": s}),
    "wrong-shape": lambda s: answer({"apiKeyId": s, "accessToken": {"x": s}}, 201),
    "not-json": lambda s: answer(s.encode(), 201),
    "html": lambda s: answer(f"<html>{s}</html>".encode(), 502, {"Content-Type": "text/html"}),
    "request-id": lambda s: refusal(500, "no", x_request_id=s),
    "request-id-with-more": lambda s: refusal(500, "no", x_request_id=f"{'x' * 60}{s}"),
    "retry-after": lambda s: refusal(429, "no", retry_after=s),
    "location": lambda s: answer(b"", 307, {"Location": f"https://elsewhere.example/{s}"}),
    "cookie": lambda s: refusal(500, "no", set_cookie=f"token={s}"),
    "bad-header": lambda s: Step(head(500, {"Content-Length": s})),
    "bad-status-line": lambda s: Step(f"HTTP/1.1 {s}\r\n\r\n".encode()),
    "not-http": lambda s: Step(f"{s}\r\n\r\n".encode()),
    "bad-chunk": lambda s: Step(head(200, {"Transfer-Encoding": "chunked"}) + s.encode()),
    "long-text": lambda s: refusal(400, "x" * 250 + s + "x" * 250),
    "split-by-colour": lambda s: refusal(400, f"{s[:9]}\x1b[31m{s[9:]}"),
}


@pytest.mark.parametrize("place", ECHOES)
@pytest.mark.parametrize("name", ["key", "token"])
def test_an_echo_anywhere_else_in_an_answer_is_not_in_the_error(
    server: ScriptedServer, client_of: Client, place: str, name: str
) -> None:
    server.otherwise = ECHOES[place](ALL[name])
    error = fail(client_of(server, token=TOKEN, max_retries=0), WORK["create"])
    assert_clean(everything_said(error))


@pytest.mark.parametrize("place", ECHOES)
def test_an_echo_anywhere_else_in_an_answer_is_not_in_the_logs(
    server: ScriptedServer, client_of: Client, log: pytest.LogCaptureFixture, place: str
) -> None:
    server.otherwise = ECHOES[place](TOKEN)
    fail(client_of(server, token=TOKEN, max_retries=0), WORK["create"])
    assert "POST /apikeys ->" in log.text
    assert_clean(log.text)


@pytest.mark.parametrize("operation", WORK)
@pytest.mark.parametrize(
    "step",
    [Step(), Step(reset=True), Step(b"garbage\r\n\r\n"), Step(silence=30)],
    ids=["closed", "reset", "garbage", "silence"],
)
def test_no_answer_shows_neither_request_nor_address(
    server: ScriptedServer,
    client_of: Client,
    log: pytest.LogCaptureFixture,
    operation: str,
    step: Step,
) -> None:
    server.otherwise = step
    error = fail(client_of(server, token=TOKEN, max_retries=0, timeout=0.1), WORK[operation])
    said = everything_said(error)
    assert_clean(said + log.text)
    assert str(server.port) not in said
    assert "127.0.0.1" not in said


def test_a_success_logs_no_secret(
    server: ScriptedServer, client_of: Client, log: pytest.LogCaptureFixture
) -> None:
    server.expect(
        refusal(401),
        answer({"accessToken": "canary-new-token", "refreshToken": REFRESH}),
        answer({"apiKeyId": "an-id"}, 201),
    )
    WORK["create"](client_of(server, token=TOKEN, email="e", password=PASSWORD))
    assert "POST /apikeys -> 201" in log.text
    assert "canary-new-token" not in log.text
    assert_clean(log.text)


def test_a_renewed_token_is_redacted_too(server: ScriptedServer, client_of: Client) -> None:
    new = "canary-new-token"
    server.expect(
        refusal(401),
        answer({"accessToken": new, "refreshToken": REFRESH}),
        refusal(400, f"bad {new} and {TOKEN} and {REFRESH} and {PASSWORD}"),
    )
    client = client_of(server, token=TOKEN, email="e", password=PASSWORD)
    error = fail(client, WORK["create"])
    assert new not in everything_said(error)
    assert_clean(everything_said(error))


def test_a_failed_renewal_has_no_chain_and_shows_neither_token_nor_password(
    server: ScriptedServer, client_of: Client
) -> None:
    server.expect(
        refusal(401),
        refusal(401, f"bad {REFRESH}"),
        answer({"message": f"bad {PASSWORD} {TOKEN}"}, 401),
    )
    client = client_of(
        server, token=TOKEN, refresh_token=REFRESH, email="e", password=PASSWORD, max_retries=0
    )
    assert_clean(everything_said(fail(client, WORK["create"])))
    assert server.served == 3


def test_objects_that_hold_secrets_do_not_show_them(
    server: ScriptedServer, client_of: Client
) -> None:
    server.expect(
        answer({"accessToken": TOKEN, "refreshToken": REFRESH}),
        answer({"apiKeys": [{"id": "a", "key": KEY}]}),
    )
    client = client_of(server, token=TOKEN, refresh_token=REFRESH, email="e", password=PASSWORD)
    shown = [client.login("e", PASSWORD), client.api_keys.list(), client, vars(client)]
    assert_clean(" ".join(map(repr, [*shown, vars(client._session)["_credentials"]])))
