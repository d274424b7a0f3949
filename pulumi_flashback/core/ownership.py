"""Tracks which resource of a program holds which object, so that no delete affects another one.

Two resources can hold one object: a renamed resource adopts the object that the state still has
under the old name, and the engine deletes the old resource in the same run or in a later one. So
each create and each adoption writes a new mark to the outputs. In one run, the engine diffs all
resources that stay before it deletes the others, and each of these calls includes the mark.

One run can have several provider processes: one for each explicit Provider, and one for each of the
two providers of this package if a program moves from one to the other. So the processes of a run
share a log of the marks.
"""

import hashlib
import os
import secrets
import stat
import sys
import tempfile
import threading
import time
import weakref
from collections import defaultdict
from contextlib import suppress
from functools import cached_property
from io import FileIO
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    import fcntl

# the output that says which create or adoption a state comes from; it is in no schema
MARK: Final = "_holder"
GRACE_SECONDS = 1.0  # for the engine to send the marks of other resources
# logs without a new line for this long are removed; no process is left after a run to do so
_OLD_SECONDS = 24 * 3600.0


def new_mark() -> str:
    return secrets.token_hex(4)


class Ownership:
    """The marks of the resources that hold an object, and a lock per wanted object. Thread-safe."""

    def __init__(self, run: str = "") -> None:  # identifies the run; the same in its processes
        self._log = _SharedLog(run)
        self._holders: defaultdict[str, set[str]] = defaultdict(set)
        self._locks: defaultdict[tuple[str, ...], threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()
        self._grace_end = 0.0

    def hold(self, identifier: str, mark: str) -> None:
        with self._guard:
            self._note("+", identifier, mark)

    def claim(self, identifier: str, mark: str) -> bool:
        with self._guard:
            if self._marks(identifier) - {_digest(mark)}:
                return False
            self._note("+", identifier, mark)
            return True

    def release(self, identifier: str, mark: str) -> None:
        with self._guard:
            self._note("-", identifier, mark)

    def is_held(self, identifier: str) -> bool:
        with self._guard:
            return bool(self._marks(identifier))

    def wait_for_others(self, seconds: float = GRACE_SECONDS) -> None:
        """Give the engine time to send the marks of other resources."""
        # callers do not wait again while others wait or soon after: after an interrupted run there
        # may be hundreds of objects to adopt
        with self._guard:
            now = time.monotonic()
            follows = now <= self._grace_end + seconds
            self._grace_end = max(self._grace_end, now) if follows else now + seconds
            wait = self._grace_end - now
        time.sleep(wait)

    def lock(self, *identity: str) -> threading.Lock:
        """Return the lock that keeps two creates of the same thing apart."""
        with self._guard:
            return self._locks[identity]

    def _note(self, event: str, identifier: str, mark: str) -> None:
        self._log.append(f"{event} {_digest(identifier)} {_digest(mark)}")

    def _marks(self, identifier: str) -> set[str]:
        for line in self._log.new_lines():
            event, _, rest = line.partition(" ")
            held, _, mark = rest.partition(" ")
            (self._holders[held].add if event == "+" else self._holders[held].discard)(mark)
        return self._holders[_digest(identifier)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class _SharedLog:
    """Lines shared by processes through a file of the user; without it, each has only its own."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._position = 0
        self._own: list[str] = []

    @cached_property
    def _file(self) -> FileIO | None:
        with suppress(OSError):
            path = _created(self._run) if self._run else None
            if path:
                log = _opened(path)
                weakref.finalize(self, log.close)
                return log
        return None

    def append(self, line: str) -> None:
        if self._file:
            with suppress(OSError):
                self._file.write(f"{line}\n".encode())  # appended in one write
                return
        self._own.append(line)

    def new_lines(self) -> list[str]:
        """Return the lines that this process has not seen yet."""
        lines, self._own = self._own, []
        if self._file:
            with suppress(OSError):
                self._file.seek(self._position)
                whole, end, _ = self._file.read().rpartition(b"\n")
                self._position += len(whole + end)
                lines += whole.decode(errors="replace").splitlines()
        return lines


def _created(run: str) -> Path | None:
    """Create the file of a run; None if other users could access it."""
    user = os.getuid() if hasattr(os, "getuid") else None  # Windows has a directory per user
    directory = Path(tempfile.gettempdir()) / f"pulumi-flashback-{user}"
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode):
        return None
    if user is not None and (found.st_uid != user or found.st_mode & 0o077):
        return None
    for each in directory.iterdir():
        with suppress(OSError):
            if time.time() - each.stat().st_mtime > _OLD_SECONDS:
                each.unlink()
    path = directory / _digest(run)
    path.touch(mode=0o600)
    return path


def _opened(path: Path) -> FileIO:
    """Open the file of a run, and empty it if no other process has it open.

    A later run can have the same address. The marks of an earlier run would prevent deletes of
    objects that no resource holds any more.
    """
    if sys.platform == "win32":
        with suppress(OSError):  # a file that another process has open cannot be removed
            path.unlink()
    log = FileIO(path, "a+")
    if sys.platform != "win32":
        with suppress(BlockingIOError):
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
            log.truncate(0)
        fcntl.flock(log, fcntl.LOCK_SH)  # until this process ends
    return log
