"""Provider processes without the second that Python needs to import what they are made of.

One process per test worker has imported it. A fork of it becomes a provider process: with the
module, the argument, the variables and the output that a new process would have.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
HASTE = 100
"""The waits of a hasty process take so many times less; its timeouts stay what they are."""

_one_at_a_time = threading.Lock()


class WarmProcess:
    """A provider process that was forked; with the methods of ``Popen`` that tests need.

    Args:
        module: What ``python -m`` would run.
        argument: Of the command line.
        variables: The whole environment.
        hasty: Waits between requests are short. For all that does not test the waits themselves.
    """

    def __init__(
        self, module: str, argument: str, variables: Mapping[str, str], *, hasty: bool
    ) -> None:
        read, write = os.pipe()
        request = {"module": module, "argument": argument, "hasty": hasty, "variables": variables}
        with _one_at_a_time:  # two threads would start two starters, of which one is forgotten
            _, starter = _starter()
            socket.send_fds(starter, [json.dumps(request).encode()], [write])
            self.pid = int(starter.recv(100))
        os.close(write)
        self.stdout = os.fdopen(read, encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def communicate(self) -> tuple[str, str]:
        """Return what it printed."""
        with self.stdout:
            return self.stdout.read(), ""


@cache
def _starter() -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", __name__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
        )
    return process, ours


def _serve(requests: socket.socket) -> None:
    """Fork for each request, until the test worker has ended."""
    import pulumi.dynamic  # noqa: F401

    import pulumi_flashback.functions
    import pulumi_flashback.native.servicer  # noqa: F401

    # once a process has been waited for, another one may get its id, which must not be killed
    running: set[int] = set()
    while True:
        message, descriptors, _, _ = socket.recv_fds(requests, 1 << 20, 1)
        running.difference_update(_ended())
        if not message:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
            return
        (output,) = descriptors
        pid = os.fork()
        if pid == 0:
            requests.close()
            _become(output, **json.loads(message))
        os.close(output)
        running.add(pid)
        requests.send(str(pid).encode())


def _ended() -> Iterator[int]:
    """Yield the children that have ended since the last call."""
    with suppress(ChildProcessError):  # there is none left
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            yield pid


def _become(
    output: int, module: str, argument: str, hasty: bool, variables: Mapping[str, str]
) -> None:
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.environ.clear()
    os.environ.update(variables)
    tempfile.tempdir = None  # it is that of the variables, which somebody asked for before
    sys.argv = [module, argument]
    if hasty:
        _make_hasty()
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    os._exit(0)


def _make_hasty() -> None:
    sleep, wait = time.sleep, threading.Event.wait

    def short_sleep(seconds: float) -> None:
        sleep(seconds / HASTE)

    def short_wait(event: threading.Event, timeout: float | None = None) -> bool:
        return wait(event, None if timeout is None else timeout / HASTE)

    # mypy knows them by narrower types
    setattr(time, "sleep", short_sleep)  # noqa: B010
    setattr(threading.Event, "wait", short_wait)  # noqa: B010


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
