"""Which resource of the program holds which object, so that no delete takes what another one holds.

Two resources can hold one object: a renamed resource adopts what its old name still has in the
state, and the engine deletes the old one in the same run, or in a later one. So each create and
each adoption leaves a new mark in the outputs. In one run the engine compares every resource that
stays before it deletes what goes, and each of these calls brings the mark along.
"""

from __future__ import annotations

import secrets
import threading
import time
from typing import Final

MARK: Final = "_holder"
"""The output that says which create or adoption a state comes from. It is in no schema."""


def new_mark() -> str:
    """Return a mark that no other resource has."""
    return secrets.token_hex(4)


class Ownership:
    """The marks of the resources that hold an object, and a lock per wanted object. Thread-safe."""

    def __init__(self) -> None:
        self._holders: dict[str, set[str]] = {}
        self._locks: dict[tuple[str, ...], threading.Lock] = {}
        self._guard = threading.Lock()
        self._grace_end = 0.0

    def hold(self, identifier: str, mark: str) -> None:
        """Note that a resource holds an object."""
        with self._guard:
            self._holders.setdefault(identifier, set()).add(mark)

    def claim(self, identifier: str, mark: str) -> bool:
        """Hold an object for a resource; False if another resource holds it."""
        with self._guard:
            holders = self._holders.setdefault(identifier, set())
            if holders - {mark}:
                return False
            holders.add(mark)
            return True

    def release(self, identifier: str, mark: str) -> None:
        """Note that a resource does not hold an object any more."""
        with self._guard:
            self._holders.get(identifier, set()).discard(mark)

    def is_held(self, identifier: str) -> bool:
        """Say whether a resource of this run is known to hold an object."""
        with self._guard:
            return bool(self._holders.get(identifier))

    def wait_for_others(self, seconds: float) -> None:
        """Give the engine time to name the objects that other resources hold.

        Callers that come while or soon after others wait do not wait again: after a run that was
        killed there are hundreds to adopt.
        """
        with self._guard:
            now = time.monotonic()
            if now > self._grace_end + seconds:
                self._grace_end = now + seconds
            else:
                self._grace_end = max(self._grace_end, now)
            wait = self._grace_end - now
        time.sleep(wait)

    def lock(self, *identity: str) -> threading.Lock:
        """Return the lock that keeps two creates of the same thing apart."""
        with self._guard:
            return self._locks.setdefault(identity, threading.Lock())
