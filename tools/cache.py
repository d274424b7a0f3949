"""Stores what is slow to get in the user's cache. A directory exists only when it is complete."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout


class UnavailableError(Exception):
    """Something cannot be downloaded or built; the text says why."""


def cache_directory(kind: str) -> Path:
    """Return the directory for one kind of things, such as ``pulumi-cli``."""
    return platformdirs.user_cache_path("pulumi-flashback", appauthor=False) / kind


@contextmanager
def complete(target: Path) -> Iterator[Path | None]:
    """Give a directory to fill that appears as ``target`` only when it is complete.

    One process at a time; None if ``target`` exists already.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _locked(target.with_name(target.name + ".lock")):
        if target.exists():
            yield None
            return
        prefix = f"unfinished-{target.name}-"
        for left in target.parent.glob(f"{prefix}*"):  # by a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(dir=target.parent, prefix=prefix))
        try:
            yield unfinished
            unfinished.chmod(0o755)
            unfinished.rename(target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"{file.stem}: another process is getting it, waiting for that process")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def fingerprint(*places: Path) -> str:
    """Return a short hash of files, and of the names and contents of all files in directories."""
    digest = hashlib.sha256()
    for place in places:
        found = [place] if place.is_file() else sorted(place.rglob("*"))
        for path in (each for each in found if each.is_file() and each.suffix != ".pyc"):
            digest.update(path.relative_to(place).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def forget_unused(target: Path, seconds: float = 24 * 3600) -> None:
    """Remove the directories beside ``target`` that were not used for this many seconds."""
    os.utime(target)
    for each in target.parent.iterdir():
        with suppress(FileNotFoundError):  # another process removed it
            if each.is_dir() and each.stat().st_mtime < time.time() - seconds:
                shutil.rmtree(each, ignore_errors=True)


def last_line(output: str) -> str:
    """Return the last line of an output that is not empty."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "no error message"


def say(text: str) -> None:
    """Print progress, on standard error."""
    print(text, file=sys.stderr, flush=True)
