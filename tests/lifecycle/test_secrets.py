"""Secrets of every kind, in every operation that fails, appear nowhere but where they are marked."""

from __future__ import annotations

import base64
import html
import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from pulumi_flashback.client import AuthenticationError, FlashbackClient
from pulumi_flashback.config import read_settings
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.faults import FOREVER
from tests.contract.steps import refused
from tests.lifecycle.conftest import (
    Life,
    a_change,
    cases,
    changed,
    process,
)
from tests.lifecycle.samples import SAMPLES

SECRETS = {
    "plain": "canary-wJalrXUtnFEMI/K7MDENG",
    "lines and quotes": "canary line\n\"quoted\"\t'single' \\back\\ {braces} %percent% $dollar",
    "unicode": "canary-пароль-密码-🔑",
    "pem": "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n" * 25,
    "one character": "~",
    "64 kB": "canary-" + "x0" * 32_000,
    "spaces": " canary with space around ",
}


def spellings(secret: str) -> list[str]:
    """What a reader could take a secret from."""
    as_json = json.dumps(secret)[1:-1]
    spelled = [
        *(secret, quote(secret, safe=""), quote(quote(secret)), html.escape(secret)),
        *(as_json, as_json.replace("/", "\\/").replace("+", "\\u002b"), repr(secret)[1:-1]),
        *("\u00ad".join(secret), secret.encode().hex(), base64.b64encode(secret.encode()).decode()),
    ]
    return [*spelled, *(line for line in secret.splitlines() if len(line) > 12)]


def echo(secrets: list[str]) -> str:
    """Return a body of an error that repeats secrets, in the spellings that responses have."""
    repeated = [
        each for secret in secrets for each in spellings(secret)[: 9 if len(secret) < 9_000 else 1]
    ]
    message = " and ".join(f"the backend repeats {each} of it" for each in repeated)
    return json.dumps({"success": False, "message": message})


def failures(life: Life, secrets: list[str], statuses: tuple[int, ...]) -> Iterator[str]:
    """Let each operation fail in each way, with a body that repeats the secrets."""
    _, problems = life.provider.check(dict.fromkeys(life.inputs, 5))
    yield str(problems)
    identifier, state = life.create()
    generated = life.resource.outputs.marked("secret")
    # the emulator has them as they were given
    assert life.shown(identifier).items() <= life.inputs.items()
    secret = life.resource.inputs.marked("secret") - {*life.sample.ignored}
    hidden = [n for n in life.sample.hidden if n in secret]
    changes = life.sample.changes()
    wanted = changed(life, hidden[0], changes[hidden[0]]) if hidden else a_change(life)
    another = {**life.inputs, **dict.fromkeys(life.sample.replaces, "workspace-uuid")}
    calls: dict[str, Callable[[], object]] = {
        "create": lambda: life.provider.create(another),
        "read": lambda: life.provider.read(identifier, state),
        "update": lambda: life.provider.update(identifier, state, wanted),
        "delete": lambda: life.provider.delete(identifier, state),
    }
    for operation, call in calls.items():
        if operation not in life.sample.requests:
            continue
        if operation != "create":
            secrets += [state[n] for n in generated]
        for status in statuses:
            life.emulator.clear_faults()
            fault = {"fault": "500", "status": status, "body": echo(secrets), "times": FOREVER}
            life.suffer(operation, fault)
            yield refused(call)


@cases(lambda _, resource: SECRETS if resource.inputs.marked("secret") else ["plain"], halved=True)
def test_a_secret_of_every_kind_arrives_whole_and_shows_nowhere(
    life: Life, case: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    resource = life.provider.resource
    with Emulator(data=tmp_path / "flashback.db", faults=True, log=True) as emulator:
        sample = SAMPLES[resource](emulator)
        token, password = emulator.token, emulator.password
        login = {"token": token, "email": emulator.email, "password": password}
        with process(life.kind, emulator, resource, maxRetries="0", **login) as provider:
            there = Life(provider, sample)
            names = life.resource.inputs.marked("secret")
            ends = {n: "" if n in sample.hidden else f"-{n}" for n in names}
            given = {n: f"{SECRETS[case]}{end}" for n, end in ends.items()}
            there.inputs.update(given)
            secrets = [*given.values(), token, password]
            statuses = (400,) if case == "64 kB" else (400, 500)
            texts = list(failures(there, secrets, statuses))
            texts += [*provider.unmarked, *provider.log, provider.stop()]
    captured = capfd.readouterr()
    texts += [captured.out, captured.err]
    written = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    for secret in secrets:
        for form in spellings(secret):
            # one character is everywhere; what must not be is the echo that has it
            sought = form if len(form) >= 4 else f"repeats {form} "
            assert not [text for text in texts if sought in text]
            # a few letters may also stand in what is encrypted
            assert len(form) < 8 or form.encode() not in written


def test_a_base_url_with_a_password_is_refused_and_not_shown() -> None:
    secret = "canary-basic-auth"
    settings = read_settings({"flashback:baseUrl": f"https://user:{secret}@example.com"}, {})
    assert settings.problems
    assert secret not in repr(settings.problems)


def test_pickles_of_errors_hold_no_secret(flashback_emulator: Emulator) -> None:
    credentials = {"key": "canary-key", "secret": "canary-secret", "provider": "AWS"}
    with (
        FlashbackClient(flashback_emulator.base_url, token="canary-token") as client,
        pytest.raises(AuthenticationError) as failure,
    ):
        client.api_keys.create(workspace_id="w", **credentials)
    assert b"canary" not in pickle.dumps(failure.value)
