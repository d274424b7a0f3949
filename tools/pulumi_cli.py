"""Finds, fetches or builds a Pulumi CLI, and prints the directory to put first on PATH.

In this order: the CLI on PATH; the one that an earlier run left in the user's cache; the official
installer that the Automation API offers; a build from the Go modules that tools/pulumi pins. The
directory is the only line on standard output, everything else goes to standard error.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from filelock import FileLock

OLDEST_CLI = (3, 216)
"""The oldest CLI on PATH that is used: older engines do not take inputs from a refresh."""

OLDEST_GO = (1, 25)
INSTALLER_TIMEOUT_SECONDS = 300
PROGRESS_SECONDS = 15

MODULE = Path(__file__).parent / "pulumi"
HOSTS = ("pulumi-language-python", "pulumi-resource-pulumi-python")
"""What a Python program with dynamic resources needs beside the CLI."""

_SDK = "github.com/pulumi/pulumi/sdk/v3"
_CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_INSTALL = """
import sys
from pulumi.automation import PulumiCommand
PulumiCommand.install(root=sys.argv[1])
"""


class CliUnavailableError(Exception):
    """No CLI is to be had; the text says what was tried and what to do."""


class _NotPossible(Exception):  # noqa: N818 - not an accident, the next way is tried
    """One way does not lead to a CLI; the text says why."""


@dataclass(frozen=True)
class Installation:
    """A usable CLI.

    Attributes:
        directory: Holds ``pulumi`` and what belongs to it.
        version: Such as ``v3.259.0``.
        origin: Where it comes from, in words.
    """

    directory: Path
    version: str
    origin: str


def ensure_cli() -> Installation:
    """Return a usable CLI, and make one where there is none.

    Raises:
        CliUnavailableError: Every way failed.
    """
    reasons = []
    ways: tuple[Callable[[], Installation], ...] = (_on_path, _cached, _downloaded, _built)
    for way in ways:
        try:
            found = way()
        except _NotPossible as reason:  # noqa: PERF203 - four ways
            reasons.append(str(reason))
            _say(f"Pulumi CLI: {reason}")
        else:
            _say(f"Pulumi CLI: {found.version}, {found.origin}")
            return found
    raise CliUnavailableError(
        f"no Pulumi CLI: {'; '.join(reasons)}. Install it (pulumi.com/docs/install), or install "
        f"Go {_dotted(OLDEST_GO)} or newer to build it"
    )


def cache_directory() -> Path:
    """Return where this project keeps what is slow to make, by the custom of the system."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "pulumi-flashback" / "pulumi-cli"


def _on_path() -> Installation:
    command = shutil.which("pulumi")
    if command is None:
        raise _NotPossible("none on PATH")
    version = _version_of(Path(command))
    if _numbers(version) < OLDEST_CLI:
        raise _NotPossible(f"{version or 'the one'} on PATH is older than {_dotted(OLDEST_CLI)}")
    directory = Path(command).resolve().parent
    for host in HOSTS:
        if not (directory / host).exists() and shutil.which(host) is None:
            raise _NotPossible(f"the one on PATH comes without {host}")
    return Installation(Path(command).parent, version, "found on PATH")


def _cached() -> Installation:
    """What an earlier run downloaded or built."""
    for found in (_official(), _own_build()):
        if (found.directory / "pulumi").exists():
            return found
    raise _NotPossible("none in the cache")


def _official() -> Installation:
    version = f"v{metadata.version('pulumi')}"
    target = cache_directory() / f"official-{version}"
    return Installation(target / "bin", version, f"of the official installer, in {target}")


def _own_build() -> Installation:
    """One for each state of the files that define it."""
    version = _pinned_version()
    target = cache_directory() / f"built-{version}-{_fingerprint()}"
    return Installation(target, version, f"built from its Go modules, in {target}")


def _downloaded() -> Installation:
    """The official installer."""
    found = _official()
    with _made_whole(found.directory.parent) as unfinished:
        if unfinished is not None:
            _say(f"Pulumi CLI: downloading {found.version} with the official installer (once)")
            _run_installer(unfinished)
    return found


def _run_installer(root: Path) -> None:
    command = [sys.executable, "-c", _INSTALL, str(root)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=INSTALLER_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _NotPossible("the official installer did not finish in time") from None
    if done.returncode or not (root / "bin" / "pulumi").exists():
        lines = (done.stderr or done.stdout).strip().splitlines()
        reason = lines[-1] if lines else "no reason given"
        raise _NotPossible(f"the official installer cannot download it ({reason})")


def _built() -> Installation:
    """A build from Go modules."""
    found = _own_build()
    go = _go()
    with _made_whole(found.directory) as unfinished:
        if unfinished is not None:
            _build(go, found.version, unfinished)
    return found


def _build(go: str, version: str, target: Path) -> None:
    _say(f"Pulumi CLI: building {version} from its Go modules (once, about five minutes)")
    flag = f"-s -w -X {_SDK}/go/common/version.Version={version}"
    packages = [_CLI_PACKAGE, "./cmd/pulumi-language-python"]
    command = [go, "build", "-v", "-ldflags", flag, "-o", f"{target}{os.sep}", *packages]
    _run_with_progress(command)
    sdk = Path(_go_output(go, "list", "-m", "-f", "{{.Dir}}", _SDK))
    # both are scripts and lie in the module as they lie in the official CLI
    for script in ("python/cmd/pulumi-language-python-exec", f"python/dist/{HOSTS[1]}"):
        copy = target / Path(script).name
        shutil.copyfile(sdk / script, copy)
        copy.chmod(0o755)


def _run_with_progress(command: list[str]) -> None:
    """Run a build; say now and then how far it is, and why it failed."""
    started = time.monotonic()
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=MODULE, env=_go_environment(), stderr=subprocess.PIPE, text=True
    ) as build:
        reader = threading.Thread(target=lambda: lines.extend(build.stderr or ()), daemon=True)
        reader.start()
        try:
            while True:
                try:
                    code = build.wait(PROGRESS_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    elapsed = time.monotonic() - started
                    _say(f"  ... {elapsed:.0f} s, {len(lines)} packages fetched or compiled")
        except BaseException:
            build.kill()
            raise
        reader.join()
    if code:
        reason = next((line.strip() for line in reversed(lines) if line.strip()), "no reason given")
        raise _NotPossible(f"it cannot be built ({reason})")


def _go() -> str:
    go = shutil.which("go")
    if go is None:
        raise _NotPossible("it cannot be built, since there is no Go on PATH")
    version = _go_output(go, "env", "GOVERSION").removeprefix("go")
    if _numbers(version) < OLDEST_GO:
        raise _NotPossible(f"it cannot be built with Go {version}, which is too old")
    return go


def _go_output(go: str, *arguments: str) -> str:
    done = subprocess.run(
        [go, *arguments],
        cwd=MODULE,
        env=_go_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise _NotPossible(f"`go {arguments[0]}` fails ({done.stderr.strip().splitlines()[-1:]})")
    return done.stdout.strip()


def _go_environment() -> dict[str, str]:
    return {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "CGO_ENABLED": "0"}


def _pinned_version() -> str:
    found = re.search(r"pulumi/pkg/v3 (v[\d.]+)", (MODULE / "go.mod").read_text())
    if found is None:
        raise _NotPossible("tools/pulumi/go.mod does not pin it")
    return found[1]


def _fingerprint() -> str:
    """Tell builds of different sources apart."""
    digest = hashlib.sha256()
    for path in sorted(each for each in MODULE.rglob("*") if each.is_file()):
        digest.update(path.relative_to(MODULE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _made_whole(target: Path) -> Iterator[Path | None]:
    """Give a directory to fill that appears as ``target`` only when it is complete.

    One process at a time; None where another one has just made it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_name(target.name + ".lock")):
        if target.exists():
            yield None
            return
        unfinished = Path(tempfile.mkdtemp(dir=target.parent, prefix="unfinished-"))
        try:
            yield unfinished
            unfinished.chmod(0o755)
            unfinished.rename(target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def _version_of(command: Path) -> str:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run(
            [command, "version"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Print the directory of a usable CLI."""
    try:
        print(ensure_cli().directory)
    except CliUnavailableError as error:
        _say(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
