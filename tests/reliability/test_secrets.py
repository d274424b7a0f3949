"""Secrets of every kind, in every cell that fails, appear nowhere."""

from __future__ import annotations

import base64
import html
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from pulumi_flashback.config import read_settings
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.faults import FOREVER
from tests.contract.driver import DynamicProvider, ProviderFailureError, ProviderProcess

PEM = (
    "-----BEGIN PRIVATE KEY-----\n"
    + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n" * 25
    + "-----END PRIVATE KEY-----\n"
)
SECRETS = {
    "plain": "canary-wJalrXUtnFEMI/K7MDENG",
    "lines and quotes": "canary line\n\"quoted\"\t'single' \\back\\ {braces} %percent% $dollar",
    "unicode": "canary-пароль-密码-🔑",
    "pem": PEM,
    "one character": "~",
    "64 kB": "canary-" + "x0" * 32_000,
    "spaces": " canary with space around ",
}
ECHO = "the backend repeats " + " and ".join(["{}"] * 7)


def forms(secret: str) -> list[str]:
    """What a reader could take a secret from."""
    encoded = base64.b64encode(secret.encode()).decode()
    spelled = [
        secret,
        quote(secret, safe=""),
        encoded,
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1].replace("/", "\\/").replace("+", "\\u002b"),
        quote(quote(secret)),
        html.escape(secret),
        "\u00ad".join(secret),
        secret.encode().hex(),
    ]
    return [*spelled, *(line for line in secret.splitlines() if len(line) > 12)]


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_of_every_kind_arrives_whole_and_shows_nowhere(
    shell: type[ProviderProcess], kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = SECRETS[kind]
    with Emulator(data=tmp_path / "flashback.db", faults=True, log=True) as emulator:
        token, password = emulator.token, emulator.password
        config = {
            "flashback:baseUrl": emulator.base_url,
            "flashback:token": token,
            "flashback:email": emulator.email,
            "flashback:password": password,
            "flashback:maxRetries": "0",
        }
        texts: list[str] = []
        with shell(config) as provider:
            inputs: dict[str, Any] = {
                "workspaceId": emulator.workspace_id,
                "key": f"{secret}-key",
                "secret": secret,
                "provider": "AWS",
            }
            _, failures = provider.check({**inputs, "provider": 5, "region": " "})
            texts.append(str(failures))
            identifier, state = provider.create(inputs)
            assert emulator.api_keys()[0]["secret"] == secret
            escaped = json.dumps(secret).replace("/", "\\/").replace("+", "\\u002b")
            hidden = "\u00ad".join(secret)
            repeated = (secret, quote(quote(secret)), escaped, html.escape(secret), hidden)
            echo = ECHO.format(*repeated, secret.encode().hex(), f"{secret}-key")
            body = json.dumps({"success": False, "message": echo})
            calls: dict[str, Callable[[], object]] = {
                "POST /apikeys": lambda: provider.create({**inputs, "endpoint": "other.example"}),
                "PUT /apikeys/{id}": lambda: provider.update(
                    identifier, state, {**inputs, "secret": f"{secret}{secret}"}
                ),
                "GET /apikeys": lambda: provider.read(identifier, state),
                "DELETE /apikeys/{id}": lambda: provider.delete(identifier, state),
            }
            for operation, call in calls.items():
                # the dynamic provider tries an update in doubt for half a minute: once is enough
                brief = operation.startswith("PUT") and shell is DynamicProvider and kind != "plain"
                for status in (400,) if brief else (400, 500):
                    emulator.clear_faults()
                    fault = {"fault": "500", "status": status, "body": body, "times": FOREVER}
                    emulator.script_faults({operation: [fault]})
                    with pytest.raises(ProviderFailureError) as failure:
                        call()
                    texts.append(str(failure.value))
            texts += [*provider.log, provider.stop()]
    captured = capfd.readouterr()
    texts += [captured.out, captured.err]
    written = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    for each in (secret, f"{secret}-key", token, password):
        for form in forms(each):
            if len(form) < 4:
                # one character is everywhere; what must not be is the echo that holds it
                assert not [text for text in texts if f"repeats {form}" in text]
                continue
            assert not [text for text in texts if form in text]
            # a few letters may also stand in what is encrypted
            assert len(form) < 8 or form.encode() not in written


def test_a_base_url_with_a_password_is_refused_and_not_shown() -> None:
    secret = "canary-basic-auth"
    settings = read_settings({"flashback:baseUrl": f"https://user:{secret}@example.com"}, {})
    for shown in (repr(settings.problems), str(settings.problems)):
        assert secret not in shown


def test_pickles_of_errors_hold_no_secret() -> None:
    with Emulator() as emulator:
        settings = read_settings(
            {"flashback:baseUrl": emulator.base_url, "flashback:token": "canary-token"}, {}
        )
        with settings.client() as client, pytest.raises(Exception, match="401") as failure:
            client.api_keys.create(
                workspace_id="w", key="canary-key", secret="canary-secret", provider="AWS"
            )
    assert b"canary" not in pickle.dumps(failure.value)
