"""Builds programs from Go modules pinned in a directory of tools/."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.cache import UnavailableError, complete, last_line, say

PROGRESS_SECONDS = 15


def build(
    module: Path,
    target: Path,
    packages: Sequence[str],
    ldflags: str = "",
    then: Callable[[Path], None] = lambda _: None,
) -> Path:
    """Build the programs of some packages into a directory, if it does not exist yet.

    Args:
        module: The directory of the go.mod.
        target: Where the programs go.
        packages: Their import paths.
        ldflags: For the linker.
        then: Called with the unfinished directory after the build.

    Raises:
        UnavailableError: There is no suitable Go, or the build failed.
    """
    command = find(module)
    with complete(target) as unfinished:
        if unfinished is not None:
            say(
                f"{target.name}: building it from its Go modules "
                "(once; 4 to 6 minutes on two busy cores)"
            )
            options = ["-v", "-buildvcs=false", "-ldflags", f"-s -w {ldflags}"]
            _run_with_progress(
                [command, "build", *options, "-o", f"{unfinished}{os.sep}", *packages],
                module,
                # temporary files lie in a directory that is removed even if the build is killed
                {**environment(), "GOTMPDIR": str(unfinished)},
            )
            then(unfinished)
    return target


def _run_with_progress(command: list[str], directory: Path, variables: dict[str, str]) -> None:
    started = time.monotonic()
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as log,
        subprocess.Popen(
            command, cwd=directory, env=variables, stdout=subprocess.DEVNULL, stderr=log
        ) as running,
    ):
        try:
            while running.poll() is None:
                try:
                    running.wait(PROGRESS_SECONDS)
                except subprocess.TimeoutExpired:
                    say(f"  ... still building after {time.monotonic() - started:.0f} s")
        except BaseException:
            running.kill()
            raise
        log.seek(0)
        lines = log.readlines()
    if running.returncode:
        # among the names of packages and the progress of downloads, only messages have a space
        messages = [x for x in lines if " " in x and not x.startswith(("# ", "go: downloading "))]
        raise UnavailableError(f"it cannot be built ({last_line(''.join(messages))})")


def find(module: Path) -> str:
    """Return the path of a Go that is new enough for a module.

    Raises:
        UnavailableError: There is none.
    """
    command = shutil.which("go")
    if command is None:
        raise UnavailableError("it cannot be built, since there is no Go on PATH")
    version = output(command, "env", "GOVERSION").removeprefix("go")
    if numbers(version) < numbers(pinned("go", module)):
        raise UnavailableError(f"it cannot be built with Go {version}, which is too old")
    return command


def output(command: str, *arguments: str, module: Path | None = None) -> str:
    """Run Go in the directory of a module and return what it printed.

    Raises:
        UnavailableError: It failed.
    """
    done = subprocess.run(
        [command, *arguments],
        cwd=module,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UnavailableError(f"`go {arguments[0]}` fails ({last_line(done.stderr)})")
    return done.stdout.strip()


def environment() -> dict[str, str]:
    """Return the variables with which Go runs: nothing of the developer's changes a build."""
    ours = {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "GOWORK": "off", "CGO_ENABLED": "0"}
    return {**os.environ, **ours}


def pinned(package: str, module: Path) -> str:
    """Return the version of a package that a go.mod pins.

    Raises:
        UnavailableError: It does not pin the package.
    """
    pins = (module / "go.mod").read_text()
    found = re.search(rf"^(?:require)?\s*{re.escape(package)} (v?[\d.]+)", pins, re.MULTILINE)
    if found is None:
        raise UnavailableError(f"{module / 'go.mod'} does not pin {package}")
    return found[1]


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, to compare it with another one."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
