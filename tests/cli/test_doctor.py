"""``flashback doctor``: what it finds, and that it shows no value of a setting."""

from __future__ import annotations

import base64
import json
import socket
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.cli.doctor import token_expiry
from pulumi_flashback.emulator import Emulator
from tests.cli.conftest import Examine, Findings, Programs, Run, SignIn, reply

LONG_AGO = 1_000_000_000
FAR_AWAY = 4_000_000_000


def token(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.signature"


EXPIRED, REJECTED = token(exp=LONG_AGO, is_a="canary"), token(exp=FAR_AWAY, is_a="canary")


def closed_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def assert_found(found: Findings, wanted: Findings) -> None:
    """Each finding has the verdict and, somewhere, the words."""
    assert [verdict for verdict, _ in found] == [verdict for verdict, _ in wanted]
    for (_, text), (_, words) in zip(found, wanted, strict=True):
        assert words in text


def test_all_is_well(examine: Examine, emulator: Emulator) -> None:
    report = examine({"FLASHBACK_TOKEN": "{token}"})
    assert report.code == 0
    assert report.of("backend") == [("ok", f"{emulator.base_url} responds")]
    assert report.of("sign-in")[1:] == [
        ("ok", f"signed in as {emulator.email} (role OWNER, organization demo-organization)")
    ]
    for each in ("token: from FLASHBACK_TOKEN", "maxRetries: default", "password: not set"):
        assert ("ok", f"flashback:{each}") in report.of("settings")
    # it asks without changing anything
    requests = [each[:2] for each in emulator.requests]
    assert requests == [("GET", "/health"), ("GET", "/user/profile"), ("GET", "/ai/llm")] * 2


def test_the_text_for_people(
    run: Run, programs: Programs, emulator: Emulator, sign_in: SignIn
) -> None:
    sign_in(emulator)
    lines = run("doctor").out.splitlines()
    headings = [line for line in lines if not line.startswith(" ")]
    assert headings == ["settings", "backend", "sign-in", "programs"]
    assert f"  ok    {emulator.base_url} responds" in lines


LOGIN = {"FLASHBACK_EMAIL": "{email}", "FLASHBACK_PASSWORD": "{password}"}
WRONG_LOGIN = {"FLASHBACK_EMAIL": "a@b.example", "FLASHBACK_PASSWORD": "canary-password"}
REFRESH = {"FLASHBACK_REFRESH_TOKEN": "canary-refresh-token"}
NO_REFRESH = ("warn", "not checked: the platform may accept a refresh token only once")
RENEWED = ("warn", "the access token expired at 2001-09-09 01:46 UTC; it is renewed")
REPLACED = ("warn", "email and password replace it. Remove or renew FLASHBACK_TOKEN")
SIGNED_IN = ("ok", "signed in as ")


@pytest.mark.parametrize(
    ("settings", "wanted", "logins"),
    [
        ({}, [("fail", "no credentials: set flashback:token")], 0),
        ({"FLASHBACK_TOKEN": "{token}"}, [("ok", "the access token expires at 20"), SIGNED_IN], 0),
        ({"FLASHBACK_TOKEN": "{token}", **REFRESH}, [("ok", "expires at 20"), SIGNED_IN], 0),
        ({"FLASHBACK_TOKEN": "{token}", **LOGIN}, [("ok", "expires at 20"), SIGNED_IN], 0),
        (LOGIN, [SIGNED_IN], 1),
        (REFRESH, [NO_REFRESH], 0),
        ({"FLASHBACK_TOKEN": EXPIRED, **REFRESH}, [RENEWED, NO_REFRESH], 0),
        ({"FLASHBACK_TOKEN": EXPIRED, **LOGIN}, [RENEWED, SIGNED_IN], 1),
        (
            {"FLASHBACK_TOKEN": EXPIRED},
            [
                ("fail", "UTC. Set a new one in FLASHBACK_TOKEN, or set email and password"),
                ("fail", ": 404 User not found"),
            ],
            0,
        ),
        ({"FLASHBACK_TOKEN": "bad"}, [("fail", ". Set a new one in FLASHBACK_TOKEN")], 0),
        ({"FLASHBACK_TOKEN": REJECTED, **REFRESH}, [("fail", "a new one in FLASHBACK_TOKEN")], 0),
        ({"FLASHBACK_TOKEN": REJECTED, **LOGIN}, [REPLACED, SIGNED_IN], 1),
        (
            {"FLASHBACK_TOKEN": REJECTED, **LOGIN, "FLASHBACK_PASSWORD": "canary-password"},
            [REPLACED, ("fail", "the password is wrong")],
            1,
        ),
        (WRONG_LOGIN, [("fail", ". Check FLASHBACK_EMAIL and FLASHBACK_PASSWORD")], 1),
        (
            {"flashback:email": "a@b.example", "FLASHBACK_PASSWORD": "canary-password"},
            [("fail", "flashback:email in the config of stack dev and FLASHBACK_PASSWORD")],
            1,
        ),
        (
            {"flashback:token": "bad"},
            [("fail", ". Set a new one in flashback:token in the config of stack dev")],
            0,
        ),
    ],
)
def test_sign_in(
    settings: dict[str, str],
    wanted: Findings,
    logins: int,
    examine: Examine,
    emulator: Emulator,
) -> None:
    report = examine(settings)
    assert_found(report.of("sign-in"), wanted)
    assert report.code == (1 if ("fail" in dict(wanted)) else 0)
    assert emulator.count("POST") == 2 * logins  # it runs twice
    missing = [verdict for verdict, text in report.of("settings") if text.endswith(": not set")]
    assert set(missing) == ({"ok"} if settings else {"warn"})


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({"FLASHBACK_BASE_URL": "CLOSED"}, ". Check the network and FLASHBACK_BASE_URL"),
        (
            {"FLASHBACK_BASE_URL": "", "flashback:baseUrl": "CLOSED"},
            ". Check the network and flashback:baseUrl in the config of stack dev",
        ),
        ({"FLASHBACK_BASE_URL": "https://x.invalid", "HTTPS_PROXY": ":::"}, "HTTPS_PROXY"),
        (
            {"FLASHBACK_BASE_URL": "https://x.invalid", "HTTPS_PROXY": "http://127.0.0.1:1"},
            ". Check HTTPS_PROXY, or add the backend's host to NO_PROXY",
        ),
        ({"FLASHBACK_BASE_URL": "https://x.invalid", "SSL_CERT_FILE": "/no"}, "SSL_CERT_FILE"),
        ({"FLASHBACK_BASE_URL": "https://x.invalid", "ALL_PROXY": "socks4://p"}, "ALL_PROXY"),
    ],
)
def test_a_backend_that_cannot_be_reached(
    settings: dict[str, str], wanted: str, examine: Examine
) -> None:
    address = closed_port()
    given = {name: address if v == "CLOSED" else v for name, v in settings.items()}
    report = examine({"FLASHBACK_TOKEN": "a-token", **given})
    assert report.code == 1
    ((verdict, text),) = report.of("backend")
    assert verdict == "fail"
    if "CLOSED" in settings.values():
        assert text.startswith(f"{address}: GET /health: cannot connect")
        assert text.endswith(wanted)
    assert wanted in text
    assert report.of("sign-in") == [("warn", "not checked: the backend does not respond")]


@pytest.mark.parametrize(("status", "offered"), [(404, False), (403, True), (503, True)])
def test_what_the_platform_may_not_offer(
    status: int, offered: bool, run: Run, programs: Programs, faulty: Emulator
) -> None:
    programs("pulumi", "exit 1")
    faulty.script_faults({"GET /ai/llm": [reply('{"success": false}', status)]})
    ended = run("doctor")
    assert ended.code == 0
    assert ("has no AI models, AI keys and policies" in ended.out) is not offered


UNHEALTHY = {"status": "error", "timestamp": "2026-01-01T00:00:00Z", "error": "database"}


@pytest.mark.parametrize(
    ("response", "words"),
    [
        ({"fault": "503"}, "503"),
        ({"fault": "html-502"}, "502"),
        ({"fault": "wrong-shape"}, "not as documented"),
        (reply(json.dumps(UNHEALTHY)), "responds that it is unhealthy"),
    ],
)
def test_a_backend_that_is_not_well(
    response: dict[str, Any], words: str, run: Run, programs: Programs, faulty: Emulator
) -> None:
    faulty.script_faults({"GET /health": [response]})
    ended = run("doctor")
    assert ended.code == 1
    assert faulty.faults_left() == {}
    (line,) = (line for line in ended.out.splitlines() if line.startswith("  fail"))
    assert line.startswith(f"  fail  {faulty.base_url}")
    assert words in line
    assert "signed in as" in ended.out


def test_wrong_settings(examine: Examine) -> None:
    report = examine(
        {
            "FLASHBACK_BASE_URL": "http://user:canary@example.com",
            "FLASHBACK_TIMEOUT": "canary",
            "FLASHBACK_EMAIL": "alone@example.com",
        }
    )
    assert report.code == 1
    assert [verdict for verdict, _ in report.of("settings")].count("fail") == 3
    assert report.of("backend") == [("warn", "not checked: correct the settings first")]
    assert report.of("sign-in") == report.of("backend")


def test_settings_of_a_stack_that_have_no_effect(examine: Examine) -> None:
    report = examine(
        {"FLASHBACK_TOKEN": "{token}", "flashback:email": "canary@x", "flashback:timeout": "9"}
    )
    origin = "from the config of stack dev"
    assert ("ok", f"flashback:timeout: {origin}") in report.of("settings")
    unused = f"flashback:email: {origin}, not used: the variables have another way to sign in"
    assert ("ok", unused) in report.of("settings")


OURS = version("pulumi_flashback")
PLUGIN = "pulumi-resource-flashback"


@pytest.mark.parametrize(
    ("name", "script", "verdict", "words"),
    [
        ("pulumi", None, "warn", "there is no pulumi on PATH"),
        ("pulumi", "echo v3.259.0", "ok", "pulumi v3.259.0"),
        ("pulumi", "echo v3.215.9", "warn", "is too old: 3.216 or newer"),
        ("pulumi", "exit 1", "warn", "pulumi did not report its version"),
        ("pulumi", "#!/no/such/interpreter", "warn", "pulumi did not report its version"),
        (PLUGIN, None, "warn", f"there is no {PLUGIN} on PATH"),
        (PLUGIN, f"echo {PLUGIN} {OURS}", "ok", OURS),
        (
            PLUGIN,
            f"echo {PLUGIN} 9.9",
            "warn",
            f"9.9 on PATH does not match this command, which belongs to {OURS}",
        ),
        (PLUGIN, "exit 1", "warn", "did not report its version"),
    ],
)
def test_programs(
    name: str,
    script: str | None,
    verdict: str,
    words: str,
    examine: Examine,
    programs: Programs,
    tmp_path: Path,
) -> None:
    if script is not None:
        programs(name, script)
        if script.startswith("#!"):
            (tmp_path / "programs" / name).write_text(script)
    report = examine({"FLASHBACK_TOKEN": "{token}"})
    (ours, *others) = report.of("programs")
    assert_found([ours], [("ok", f"pulumi_flashback {OURS}")])
    assert_found([others[0 if name == "pulumi" else 1]], [(verdict, words)])
    assert report.code == 0


PAYLOADS = ["", "opaque", "a.b", "a.!!.c", "a.e30.c", "a.bnVsbA.c", "a.W10.c", "é.é.é"]
CLAIMS: list[object] = ["soon", None, 1e300, float("nan")]


@pytest.mark.parametrize("text", [*PAYLOADS, *(token(exp=claim) for claim in CLAIMS)])
def test_tokens_that_do_not_say_when_they_expire(text: str) -> None:
    assert token_expiry(text) is None


def test_the_expiry_of_a_token() -> None:
    wanted = datetime(2096, 10, 2, 7, 6, 40, tzinfo=UTC)
    assert token_expiry(token(exp=FAR_AWAY)) == wanted
    assert token_expiry(token(exp=float(FAR_AWAY), more="é" * 7)) == wanted
