"""What the commands print, and the commands that they suggest."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading

import pytest

from pulumi_flashback.cli import terminal
from pulumi_flashback.cli.terminal import complain, show, table, waiting
from pulumi_flashback.suggested_commands import command
from tests.cli.conftest import Terminal

DEADLINE_SECONDS = 60.0


def test_long_work_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[str, bool]] = []
    heard = threading.Event()

    def hear(text: str, *, error: bool = False) -> None:
        said.append((text, error))
        heard.set()

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(terminal, "say", hear)
    monkeypatch.setattr(terminal, "PATIENCE_SECONDS", 0.0)
    with waiting("reading the keys"):
        assert heard.wait(DEADLINE_SECONDS)
    assert said == [("reading the keys ...", True)]


@pytest.mark.parametrize("watched", [True, False])
def test_short_work_is_not_and_nothing_is_without_a_terminal(
    watched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    timers: list[threading.Timer] = []

    class Noted(threading.Timer):
        def start(self) -> None:
            timers.append(self)

    stream = Terminal()
    monkeypatch.setattr(stream, "isatty", lambda: watched)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(threading, "Timer", Noted)
    with pytest.raises(KeyError), waiting("reading the keys"):
        raise KeyError
    assert [timer.finished.is_set() for timer in timers] == [True] * watched


def test_a_table() -> None:
    rows = [["1", "", "a longer text"], ["22", "", "short"]]
    heading, *lines = table(["ID", "EMPTY", "TEXT"], rows).splitlines()
    assert heading == "\x1b[1mID  TEXT\x1b[0m"
    assert lines == ["1   a longer text", "22  short"]


def test_an_error_is_one_line_that_the_terminal_does_not_obey(
    capsys: pytest.CaptureFixture[str],
) -> None:
    complain("no key \u202eabc\x1b[2J\x9b\nerror: forged")
    assert capsys.readouterr().err == "error: no key abc error: forged\n"


def test_json_has_no_control_character(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"description": "a\x7f\u202e\x1b[2Jb\x85"}
    show("json", value, "")
    printed = capsys.readouterr().out
    assert json.loads(printed) == value
    assert printed.replace("\n", "").isprintable()


WORDS = [
    *("plain", "=ls", "--yes", "two words", "it's", "$HOME`id`", "a\\b", "é", "*", "a;b"),
    *("a\u202eb'\\", "\u00ad", "\x07\n"),
]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_a_word_of_a_command_arrives_as_it_is_and_is_printable() -> None:
    lines = [command("show", word) for word in WORDS]
    assert all(line.isprintable() for line in lines)
    script = "\n".join(["show() { printf '%s\\0' \"$1\"; }", *lines])
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, env={"LC_ALL": "C.UTF-8"}, check=True
    )
    assert done.stdout.decode().split("\0") == [*WORDS, ""]
    # zsh takes a word that begins with = for the path of a program
    assert command("show", "=ls") == "show '=ls'"
