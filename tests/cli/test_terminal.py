"""What the commands print."""

from __future__ import annotations

import threading

import pytest

from pulumi_flashback.cli import terminal
from pulumi_flashback.cli.terminal import table, waiting

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
