"""What the commands print."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading

import pytest

from pulumi_flashback.cli import terminal
from pulumi_flashback.cli.terminal import complain, say_json, table, waiting
from pulumi_flashback.suggested_commands import command

DEADLINE_SECONDS = 60.0


class Terminal:
    """A standard error with or without somebody who looks on."""

    def __init__(self, *, watched: bool) -> None:
        self._watched = watched

    def isatty(self) -> bool:
        return self._watched


def test_long_work_says_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    heard = threading.Event()

    def hear(text: str, *, error: bool = False) -> None:
        assert error
        said.append(text)
        heard.set()

    monkeypatch.setattr("sys.stderr", Terminal(watched=True))
    monkeypatch.setattr(terminal, "say", hear)
    monkeypatch.setattr(terminal, "PATIENCE_SECONDS", 0.0)
    with waiting("reading the keys"):
        assert heard.wait(DEADLINE_SECONDS)
    assert said == ["reading the keys ..."]


def test_short_work_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    timers: list[threading.Timer] = []

    class Noted(threading.Timer):
        def start(self) -> None:
            timers.append(self)

    monkeypatch.setattr("sys.stderr", Terminal(watched=True))
    monkeypatch.setattr(threading, "Timer", Noted)
    with pytest.raises(KeyError), waiting("reading the keys"):
        raise KeyError
    (timer,) = timers
    assert timer.finished.is_set()


def test_nobody_is_told_where_nobody_looks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Terminal(watched=False))
    monkeypatch.delattr(threading, "Timer")
    with waiting("reading the keys"):
        pass


def test_a_table() -> None:
    rows = [["1", "", "a longer text"], ["22", "", "short"]]
    heading, *lines = table(["ID", "EMPTY", "TEXT"], rows).splitlines()
    assert heading == "\x1b[1mID  TEXT\x1b[0m"
    assert lines == ["1   a longer text", "22  short"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    "word",
    [
        "plain",
        "=ls",
        "--yes",
        "two words",
        "it's",
        "$HOME`id`",
        "a\\b",
        "é",
        "a\u202eb'\\",
        "\u00ad",
        "\x07\n",
    ],
)
def test_a_word_of_a_command_arrives_as_it_is_and_is_printable(word: str) -> None:
    text = command("show", word)
    assert text.isprintable()
    script = f'show() {{ printf %s "$1"; }}; {text}'
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, env={"LC_ALL": "C.UTF-8"}, check=True
    )
    assert done.stdout.decode() == word


def test_zsh_looks_for_no_program_of_this_name() -> None:
    assert command("show", "=ls") == "show '=ls'"


def test_an_error_is_one_line_that_the_terminal_does_not_obey(
    capsys: pytest.CaptureFixture[str],
) -> None:
    complain("no key \u202eabc\x1b[2J\x9b\nerror: forged")
    assert capsys.readouterr().err == "error: no key abc error: forged\n"


def test_json_has_no_control_character(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"description": "a\x7f\u202e\x1b[2Jb\x85"}
    say_json(value)
    printed = capsys.readouterr().out
    assert json.loads(printed) == value
    assert printed.replace("\n", "").isprintable()
