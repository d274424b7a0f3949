"""The command as a shell runs it: arguments in; exit code and two texts out."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pulumi_flashback.cli.__main__ import main
from pulumi_flashback.emulator import Emulator

KEY = "CANARYKEY7QX2"
SECRET = "canary-secret-Zq8"

HOSTILE = 'it\'s "quoted" \\ ${name} $$ {{ x }} # no: comment\n\'\'\'"""\n\ttab \u202e\x1b[31mred\x07 é 🎉 %s - @ &a *b !c'
"""A text that means something to YAML, to Python, to the terminal or to Pulumi."""


@dataclass(frozen=True)
class Ended:
    """A command that has run.

    Attributes:
        code: Its exit code.
        out: What it printed.
        err: What it printed on the standard error.
    """

    code: int
    out: str
    err: str


Findings = list[tuple[str, str]]


@dataclass(frozen=True)
class Report:
    """What ``flashback doctor`` found.

    Attributes:
        code: Its exit code.
        findings: Its JSON output.
    """

    code: int
    findings: list[dict[str, str]]

    def of(self, area: str) -> Findings:
        return [(each["verdict"], each["text"]) for each in self.findings if each["area"] == area]

    @property
    def odd(self) -> list[str]:
        """The warnings about settings, except for the credentials that are not set."""
        texts = [text for verdict, text in self.of("settings") if verdict == "warn"]
        return [text for text in texts if not text.endswith(": not set")]


Run = Callable[..., Ended]
SignIn = Callable[[Emulator], Emulator]
Examine = Callable[..., Report]
Programs = Callable[[str, str], None]


class Terminal(io.StringIO):
    """A stream with a person at the other end."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command in this process; nothing shows a canary."""

    def execute(*arguments: str | Path) -> Ended:
        capsys.readouterr()
        try:
            code = main([str(each) for each in arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        printed = capsys.readouterr()
        for canary in (KEY, SECRET):
            assert canary not in printed.out + printed.err
        return Ended(code, printed.out, printed.err)

    return execute


@pytest.fixture
def sign_in(monkeypatch: pytest.MonkeyPatch) -> SignIn:
    """Return a function that lets the variables of this process sign in to an emulator."""

    def set_variables(emulator: Emulator) -> Emulator:
        monkeypatch.setenv("FLASHBACK_BASE_URL", emulator.base_url)
        monkeypatch.setenv("FLASHBACK_TOKEN", emulator.token)
        return emulator

    return set_variables


@pytest.fixture
def signed_in(flashback_emulator: Emulator, sign_in: SignIn) -> Emulator:
    """Return an emulator that the variables of this process sign in to."""
    return sign_in(flashback_emulator)


@pytest.fixture
def faulty(faulty_emulator: Emulator, sign_in: SignIn) -> Emulator:
    """Return an emulator that the variables of this process sign in to, and that takes faults."""
    return sign_in(faulty_emulator)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return a function that puts a program on PATH, which has nothing else but a shell."""
    directory = tmp_path / "programs"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))

    def put(name: str, script: str) -> None:
        path = directory / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    return put


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Return an emulator for all tests of the command, which changes nothing on it."""
    with Emulator() as running:
        yield running


@pytest.fixture
def examine(
    run: Run, programs: Programs, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> Examine:
    """Return a function that runs the command and takes the settings.

    Those whose name has a colon are in the config of a stack; ``{token}`` and the like stand for
    what the emulator has. No program is on PATH, and the output holds no secret.
    """

    def execute(settings: dict[str, str] | None = None) -> Report:
        emulator.requests.clear()
        names = ("base_url", "token", "email", "password")
        real = {f"{{{name}}}": getattr(emulator, name) for name in names}
        given = {"FLASHBACK_BASE_URL": "{base_url}", **(settings or {})}
        given = {name: real.get(value, value) for name, value in given.items()}
        for name, value in given.items():
            if ":" not in name:
                monkeypatch.setenv(name, value)
        config = {n: {"value": v, "secret": True} for n, v in given.items() if ":" in n}
        if config:
            programs("pulumi", f"echo '{json.dumps(config)}'")
        option = ["--config-of", "dev"] if config else []
        ended = run("doctor", "--output", "json", *option)
        printed = ended.out + ended.err + run("doctor", *option).out
        assert ended.err == ""
        assert "canary" not in printed
        secrets = ("token", "password")
        assert not any(v in printed for n, v in given.items() if n.lower().endswith(secrets))
        return Report(ended.code, json.loads(ended.out))

    return execute


def error_line(text: str) -> str:
    """Return the one line of an error, without its first word."""
    assert text.startswith("error: ")
    assert text.count("\n") == 1
    assert "Traceback" not in text
    return text.removeprefix("error: ").rstrip("\n")


def reply(body: str, status: int = 200) -> dict[str, object]:
    """Return a fault that gives a response of the test's own."""
    kind = "application/json"
    return {"fault": "html-502", "status": status, "body": body, "contentType": kind}
