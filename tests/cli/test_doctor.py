"""``flashback doctor``: what it finds, and that it shows no value of a setting."""

from __future__ import annotations

import base64
import json
import os
import socket
from collections.abc import Callable
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from pulumi_flashback.cli import doctor
from pulumi_flashback.emulator import Emulator
from pulumi_flashback.testing import EmulatorFactory
from tests.cli.conftest import Run

Programs = Callable[[str, str], None]
Look = Callable[[], "Report"]

LONG_AGO = 1_000_000_000
FAR_AWAY = 4_000_000_000


class Report:
    """What one run found."""

    def __init__(self, code: int, findings: list[dict[str, str]]) -> None:
        self.code = code
        self.findings = findings

    def of(self, area: str) -> list[tuple[str, str]]:
        return [(each["verdict"], each["text"]) for each in self.findings if each["area"] == area]


@pytest.fixture
def look(run: Run, programs: Programs) -> Look:
    """Return a function that runs the doctor where no program is on PATH."""

    def examine() -> Report:
        ended = run("doctor", "--output", "json")
        assert ended.err == ""
        return Report(ended.code, json.loads(ended.out))

    return examine


def token(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.signature"


def closed_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_all_is_well(look: Look, signed_in: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    report = look()
    assert report.code == 0
    assert report.of("backend") == [("ok", f"{signed_in.base_url} answers")]
    (expiry, who) = report.of("sign-in")
    assert expiry[0] == "ok"
    assert expiry[1].startswith("the access token expires at 20")
    assert who == (
        "ok",
        f"signed in as {signed_in.email} (role OWNER, organization demo-organization)",
    )
    assert ("ok", "flashback:token: from FLASHBACK_TOKEN") in report.of("settings")
    assert ("ok", "flashback:maxRetries: default") in report.of("settings")
    assert ("ok", "flashback:password: not set") in report.of("settings")


def test_the_text_for_people(run: Run, signed_in: Emulator) -> None:
    ended = run("doctor")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [
        "settings",
        "backend",
        "sign-in",
        "programs",
    ]
    assert f"  ok    {signed_in.base_url} answers" in lines


def test_it_asks_without_changing_anything(look: Look, signed_in: Emulator) -> None:
    look()
    assert [each[:2] for each in signed_in.requests] == [
        ("GET", "/health"),
        ("GET", "/user/profile"),
    ]


def test_no_value_of_a_credential_is_shown(
    run: Run, flashback_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", flashback_emulator.base_url)
    values = {
        "FLASHBACK_TOKEN": token(exp=LONG_AGO, canary="canary-of-the-token"),
        "FLASHBACK_EMAIL": "canary@email.example",
        "FLASHBACK_PASSWORD": "canary-of-the-password",
        "FLASHBACK_REFRESH_TOKEN": "canary-of-the-refresh-token",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    for output in ("text", "json"):
        ended = run("doctor", "--output", output)
        assert ended.code == 1
        for value in (*values.values(), "canary"):
            assert value not in ended.out + ended.err


def test_nothing_is_set(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", closed_port())
    report = look()
    assert report.code == 1
    ((verdict, text),) = report.of("backend")
    assert verdict == "fail"
    assert "GET /health: cannot connect" in text
    ((verdict, text),) = report.of("sign-in")
    assert verdict == "fail"
    assert text.startswith("no credentials: set flashback:token")


def test_the_backend_is_away(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", closed_port())
    monkeypatch.setenv("FLASHBACK_TOKEN", "a-token")
    report = look()
    assert report.code == 1
    assert report.of("sign-in") == [("warn", "not tried: the backend comes first")]


def test_no_credentials(
    look: Look, flashback_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", flashback_emulator.base_url)
    report = look()
    assert report.code == 1
    assert report.of("backend")[0][0] == "ok"
    ((verdict, text),) = report.of("sign-in")
    assert verdict == "fail"
    assert text.startswith("no credentials: set flashback:token")


def test_wrong_settings(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", "http://user:canary@example.com")
    monkeypatch.setenv("FLASHBACK_TIMEOUT", "canary")
    monkeypatch.setenv("FLASHBACK_EMAIL", "alone@example.com")
    report = look()
    assert report.code == 1
    failed = [text for verdict, text in report.of("settings") if verdict == "fail"]
    assert len(failed) == 3
    assert "canary" not in json.dumps(report.findings)
    assert {verdict for verdict, _ in report.of("backend") + report.of("sign-in")} == {"warn"}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"fault": "503"}, "503"),
        ({"fault": "html-502"}, "502"),
        ({"fault": "wrong-shape"}, "not what the API promises"),
    ],
)
def test_a_backend_that_is_not_well(
    answer: dict[str, str],
    words: str,
    look: Look,
    faulty_emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", faulty_emulator.base_url)
    monkeypatch.setenv("FLASHBACK_TOKEN", faulty_emulator.token)
    faulty_emulator.script_faults({"GET /health": [answer]})
    report = look()
    assert report.code == 1
    ((verdict, text),) = report.of("backend")
    assert verdict == "fail"
    assert words in text
    assert report.of("sign-in")[-1][0] == "ok"
    assert faulty_emulator.faults_left() == {}


def test_a_backend_that_says_that_it_is_not_well(
    look: Look, faulty_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", faulty_emulator.base_url)
    answer = {"status": "error", "timestamp": "2026-01-01T00:00:00Z", "error": "database"}
    faulty_emulator.script_faults(
        {
            "GET /health": [
                {
                    "fault": "html-502",
                    "status": 200,
                    "body": json.dumps(answer),
                    "contentType": "application/json",
                }
            ]
        }
    )
    assert look().of("backend") == [
        ("fail", f"{faulty_emulator.base_url} answers that it is not well")
    ]


def test_a_wrong_password(
    look: Look, flashback_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", flashback_emulator.base_url)
    monkeypatch.setenv("FLASHBACK_EMAIL", flashback_emulator.email)
    monkeypatch.setenv("FLASHBACK_PASSWORD", "wrong")
    report = look()
    assert report.code == 1
    ((verdict, text),) = report.of("sign-in")
    assert verdict == "fail"
    assert "the password is wrong" in text


def test_an_expired_token_that_a_password_renews(
    look: Look, flashback_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", flashback_emulator.base_url)
    monkeypatch.setenv("FLASHBACK_TOKEN", token(exp=LONG_AGO))
    monkeypatch.setenv("FLASHBACK_EMAIL", flashback_emulator.email)
    monkeypatch.setenv("FLASHBACK_PASSWORD", flashback_emulator.password)
    report = look()
    assert report.code == 0
    assert [verdict for verdict, _ in report.of("sign-in")] == ["warn", "ok"]
    assert report.of("sign-in")[0][1] == (
        "the access token expired at 2001-09-09 01:46 UTC; it is renewed"
    )


def test_an_expired_token(
    look: Look, flashback_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", flashback_emulator.base_url)
    monkeypatch.setenv("FLASHBACK_TOKEN", token(exp=LONG_AGO))
    report = look()
    assert report.code == 1
    assert [verdict for verdict, _ in report.of("sign-in")] == ["fail", "fail"]


@pytest.mark.parametrize("access_token", ["", token(exp=LONG_AGO)])
def test_a_refresh_token_is_not_used_up(
    access_token: str,
    look: Look,
    flashback_emulator_factory: EmulatorFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    emulator = flashback_emulator_factory()
    monkeypatch.setenv("FLASHBACK_BASE_URL", emulator.base_url)
    monkeypatch.setenv("FLASHBACK_REFRESH_TOKEN", "a-refresh-token")
    monkeypatch.setenv("FLASHBACK_TOKEN", access_token)
    report = look()
    assert report.code == 0
    last = ("warn", "not tried: the platform may accept a refresh token only once")
    assert report.of("sign-in")[-1] == last
    assert emulator.count("POST") == 0


def test_a_good_token_is_tried_whatever_there_is_besides(
    look: Look, signed_in: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_REFRESH_TOKEN", "a-refresh-token")
    assert look().of("sign-in")[-1][0] == "ok"
    signed_in.expire_tokens()
    assert look().of("sign-in")[-1][0] == "fail"
    assert signed_in.count("POST") == 0


def test_what_the_config_of_a_stack_says_for_nothing(
    run: Run, programs: Programs, signed_in: Emulator
) -> None:
    entries = {
        "flashback:email": {"value": "canary@example.com"},
        "flashback:timeout": {"value": "9"},
    }
    programs("pulumi", f"echo '{json.dumps(entries)}'")
    ended = run("doctor", "--config-of", "dev")
    origin = "from the config of stack dev"
    assert f"flashback:timeout: {origin}\n" in ended.out
    unused = f"flashback:email: {origin}, not used: the variables have another way to sign in\n"
    assert unused in ended.out
    assert "canary" not in ended.out


def test_a_rejected_token_that_a_login_replaces_is_not_well(
    look: Look, signed_in: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_TOKEN", token(exp=FAR_AWAY))
    monkeypatch.setenv("FLASHBACK_EMAIL", signed_in.email)
    monkeypatch.setenv("FLASHBACK_PASSWORD", signed_in.password)
    report = look()
    assert report.code == 0
    ((first, text), (second, who)) = report.of("sign-in")
    assert (first, second) == ("warn", "ok")
    assert text.startswith("GET /user/profile: 401 ")
    assert text.endswith("email and password replace it. Remove or renew FLASHBACK_TOKEN")
    assert who.startswith(f"signed in as {signed_in.email}")
    monkeypatch.setenv("FLASHBACK_PASSWORD", "wrong")
    report = look()
    assert report.code == 1
    assert [verdict for verdict, _ in report.of("sign-in")] == ["warn", "fail"]


def test_a_token_that_is_accepted_needs_no_login(
    look: Look, signed_in: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_EMAIL", signed_in.email)
    monkeypatch.setenv("FLASHBACK_PASSWORD", signed_in.password)
    assert [verdict for verdict, _ in look().of("sign-in")] == ["ok", "ok"]
    assert signed_in.count("POST") == 0


def test_settings_that_are_missing_are_not_well(look: Look, signed_in: Emulator) -> None:
    def not_set(report: Report) -> set[str]:
        return {verdict for verdict, text in report.of("settings") if text.endswith(": not set")}

    assert not_set(look()) == {"ok"}
    os.environ.pop("FLASHBACK_TOKEN")
    assert not_set(look()) == {"warn"}


@pytest.mark.parametrize("where", ["variable", "config"])
def test_advice_names_the_place_of_the_setting(
    where: str, run: Run, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = closed_port()
    values = {"flashback:baseUrl": address, "flashback:token": "a"}
    if where == "config":
        entries = {key: {"value": value, "secret": True} for key, value in values.items()}
        programs("pulumi", f"echo '{json.dumps(entries)}'")
    else:
        monkeypatch.setenv("FLASHBACK_BASE_URL", address)
        programs("pulumi", "echo '{}'")
    ended = run("doctor", "--config-of", "dev")
    (line,) = (line for line in ended.out.splitlines() if "cannot connect" in line)
    place = {
        "variable": "FLASHBACK_BASE_URL",
        "config": "flashback:baseUrl in the config of stack dev",
    }
    assert f"{address}: GET /health: cannot connect" in line
    assert line.endswith(f". Check the network and {place[where]}")


@pytest.mark.parametrize(
    ("values", "advice"),
    [
        ({"FLASHBACK_TOKEN": "bad"}, "Set a new one in FLASHBACK_TOKEN"),
        (
            {"FLASHBACK_EMAIL": "a@b.example", "FLASHBACK_PASSWORD": "bad"},
            "Check FLASHBACK_EMAIL and FLASHBACK_PASSWORD",
        ),
        (
            {"flashback:email": "a@b.example", "FLASHBACK_PASSWORD": "bad"},
            "Check flashback:email in the config of stack dev and FLASHBACK_PASSWORD",
        ),
        ({"flashback:token": "bad"}, "Set a new one in flashback:token in the config of stack dev"),
    ],
)
def test_advice_names_the_credential_that_was_used(
    values: dict[str, str],
    advice: str,
    run: Run,
    programs: Programs,
    flashback_emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entries = {}
    for name, value in {**values, "FLASHBACK_BASE_URL": flashback_emulator.base_url}.items():
        if ":" in name:
            entries[name] = {"value": value, "secret": True}
        else:
            monkeypatch.setenv(name, value)
    programs("pulumi", f"echo '{json.dumps(entries)}'")
    ended = run("doctor", "--config-of", "dev")
    assert ended.code == 1
    (line,) = (line for line in ended.out.splitlines() if ": 401 " in line)
    assert line.endswith(f". {advice}")


@pytest.mark.parametrize("value", ["canary\n", "canary\r\n", '"canary"', "'canary'"])
@pytest.mark.parametrize("name", ["FLASHBACK_TOKEN", "FLASHBACK_PASSWORD"])
def test_what_a_file_or_a_shell_leaves_around_a_credential(
    name: str, value: str, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", closed_port())
    monkeypatch.setenv("FLASHBACK_EMAIL", "a@b.example")
    monkeypatch.setenv(name, value)
    report = look()
    kind = "ends with a line break" if value.isspace() or value[-1] == "\n" else "begins and ends"
    (text,) = (
        text for verdict, text in report.of("settings") if verdict == "warn" and kind in text
    )
    assert text.startswith(f"{name} {kind}")
    assert text.endswith(". Set it without")
    assert "canary" not in json.dumps(report.findings)


PROJECT = """\
name: p
runtime: python
config:
  flashback:emial: {value: canary}
  flashback:refreshToken: canary
  other:password: canary
"""
STACK = """\
config:
  flashback:password: canary
  flashback:token: {secure: canary}
  flashback:baseUrl: https://example.com
  flashback:Email: canary
"""
ODD = [
    "Pulumi.yaml: flashback:emial is not a setting; did you mean flashback:email?",
    "Pulumi.yaml: flashback:refreshToken is stored in clear text. Set a new one with `pulumi config "
    "set --secret flashback:refreshToken`",
    "Pulumi.dev.yaml: flashback:password is stored in clear text. Set a new one with `pulumi config "
    "set --secret flashback:password --stack dev`",
    "Pulumi.dev.yaml: flashback:Email is not a setting; did you mean flashback:email?",
]


def test_what_is_odd_in_the_files_of_the_project(
    look: Look, signed_in: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "project" / "inside"
    inside.mkdir(parents=True)
    (inside.parent / "Pulumi.yaml").write_text(PROJECT)
    (inside.parent / "Pulumi.dev.yaml").write_text(STACK)
    (inside.parent / "Pulumi.broken.yaml").write_text("config: [")
    (inside.parent / "Pulumi.strange.yaml").write_text("config: [1]\n")
    monkeypatch.chdir(inside)
    report = look()
    assert report.code == 0
    assert [text for verdict, text in report.of("settings") if verdict == "warn"] == ODD
    assert "canary" not in json.dumps(report.findings)


def test_a_directory_for_the_config_of_stacks(
    look: Look, signed_in: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: p\nstackConfigDir: stacks\n")
    (tmp_path / "stacks" / "Pulumi.dev.yaml").write_text(STACK)
    monkeypatch.chdir(tmp_path)
    assert [text for verdict, text in look().of("settings") if verdict == "warn"] == ODD[2:]


def test_what_is_odd_in_the_config_of_a_stack(
    run: Run, programs: Programs, signed_in: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = {
        "flashback:emial": {"value": "canary", "secret": False},
        "flashback:password": {"value": "canary", "secret": False},
        "flashback:refreshToken": {"value": "canary", "secret": True},
        "flashback:timeout": {"value": "9", "secret": False},
    }
    programs("pulumi", f"echo '{json.dumps(entries)}'")
    ended = run("doctor", "--config-of", "dev")
    warned = [
        line.partition("warn  ")[2] for line in ended.out.splitlines() if "stack dev: " in line
    ]
    assert warned == [
        "config of stack dev: flashback:emial is not a setting; did you mean flashback:email?",
        "config of stack dev: flashback:password is stored in clear text. Set a new one with `pulumi "
        "config set --secret flashback:password --stack dev`",
    ]
    assert "canary" not in ended.out


def test_a_variable_that_is_misspelled(
    look: Look, signed_in: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_EMIAL", "canary")
    monkeypatch.setenv("FLASHBACK_TEST_RUN", "canary")
    warned = [text for verdict, text in look().of("settings") if verdict == "warn"]
    assert warned == ["FLASHBACK_EMIAL is not a setting; did you mean FLASHBACK_EMAIL?"]


def test_no_programs(look: Look, signed_in: Emulator) -> None:
    (ours, cli, plugin) = look().of("programs")
    assert ours[0] == "ok"
    assert f"pulumi_flashback {version('pulumi_flashback')}" in ours[1]
    assert cli[0] == "warn"
    assert "there is no pulumi on PATH" in cli[1]
    assert plugin[0] == "warn"
    assert "there is no pulumi-resource-flashback on PATH" in plugin[1]


OURS = version("pulumi_flashback")


@pytest.mark.parametrize(
    ("name", "script", "verdict", "words"),
    [
        ("pulumi", "echo v3.259.0", "ok", "pulumi v3.259.0"),
        ("pulumi", "echo v3.215.9", "warn", "is too old: 3.216 or newer"),
        ("pulumi", "exit 1", "warn", "does not say its version"),
        ("pulumi-resource-flashback", f"echo pulumi-resource-flashback {OURS}", "ok", OURS),
        ("pulumi-resource-flashback", "echo pulumi-resource-flashback 9.9", "warn", "is 9.9, but"),
        ("pulumi-resource-flashback", "exit 1", "warn", "does not say its version"),
    ],
)
def test_programs(
    name: str,
    script: str,
    verdict: str,
    words: str,
    look: Look,
    programs: Programs,
    signed_in: Emulator,
) -> None:
    programs(name, script)
    report = look()
    found = report.of("programs")[1 if name == "pulumi" else 2]
    assert found[0] == verdict
    assert words in found[1]
    assert report.code == 0


def test_a_program_that_cannot_be_run(look: Look, programs: Programs, signed_in: Emulator) -> None:
    programs("pulumi", "")
    Path(os.environ["PATH"], "pulumi").write_text("#!/no/such/interpreter\n")
    assert "does not say its version" in look().of("programs")[1][1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "opaque",
        "a.b",
        "a.!!.c",
        "a.e30.c",
        "a.bnVsbA.c",
        "a.W10.c",
        token(exp="soon"),
        token(exp=None),
        token(exp=1e300),
        token(exp=float("nan")),
        "é.é.é",
    ],
)
def test_tokens_that_do_not_say_when_they_expire(text: str) -> None:
    assert doctor.token_expiry(text) is None


def test_the_expiry_of_a_token() -> None:
    wanted = datetime(2096, 10, 2, 7, 6, 40, tzinfo=timezone.utc)
    assert doctor.token_expiry(token(exp=FAR_AWAY)) == wanted
    assert doctor.token_expiry(token(exp=float(FAR_AWAY), more="é" * 7)) == wanted


@pytest.mark.parametrize(
    ("variable", "value"),
    [("HTTPS_PROXY", ":::"), ("SSL_CERT_FILE", "/nonexistent"), ("ALL_PROXY", "socks4://proxy")],
)
def test_a_wrong_variable_of_the_network_is_one_finding_among_others(
    variable: str, value: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASHBACK_BASE_URL", "https://backend.invalid")
    monkeypatch.setenv("FLASHBACK_TOKEN", "a")
    monkeypatch.setenv(variable, value)
    ended = run("doctor")
    assert ended.code == 1
    (line,) = (line for line in ended.out.splitlines() if variable in line)
    assert line.startswith("  fail  ")
    assert "not tried: the backend comes first" in ended.out
