"""Finds, fetches or builds a Pulumi CLI, and prints the directory to put first on PATH.

In this order: the CLI on PATH; the one that an earlier run left in the user's cache; the official
installer that the Automation API offers; a build from the Go modules that tools/pulumi pins. The
directory is the only line on standard output, everything else goes to standard error.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import signal
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

from filelock import FileLock, Timeout

OLDEST_CLI = (3, 216)
"""The oldest CLI on PATH that is used: older engines do not take inputs from a refresh."""

INSTALLER_TIMEOUT_SECONDS = 300
PROGRESS_SECONDS = 15

MODULE = Path(__file__).parent / "pulumi"
YAML_MODULE = Path(__file__).parent / "pulumi_yaml"
YAML_HOST = "pulumi-language-yaml"
LANGUAGE_HOST = "pulumi-language-python"
SHIM = "pulumi-resource-pulumi-python"
HOSTS = (LANGUAGE_HOST, SHIM)
"""What a Python program with dynamic resources needs beside the CLI."""

_SDK = "github.com/pulumi/pulumi/sdk/v3"
_CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
# the installer sets no timeout of its own; each address of the server is tried this long
_INSTALL = """
import socket, sys
from pulumi.automation import PulumiCommand
socket.setdefaulttimeout(15)
PulumiCommand.install(root=sys.argv[1])
"""
# what the official shim does, without its toolchains and its advice
_SHIM_SCRIPT = """#!/bin/sh
if [ -n "${PULUMI_RUNTIME_VIRTUALENV:-}" ]; then
    PULUMI_PYTHON_CMD="$PULUMI_RUNTIME_VIRTUALENV/bin/python"
fi
exec "${PULUMI_PYTHON_CMD:-python3}" -u -m pulumi.dynamic "$@"
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
        except (_NotPossible, OSError) as reason:  # noqa: PERF203 - four ways
            reasons.append(str(reason))
            _say(f"Pulumi CLI: {reason}")
        else:
            _say(f"Pulumi CLI: {found.version}, {found.origin}")
            return found
    raise CliUnavailableError(
        f"no Pulumi CLI: {'; '.join(reasons)}. Install it (pulumi.com/docs/install), or install "
        f"Go {_pinned('go')} or newer to build it"
    )


def ensure_yaml_host(cli: Installation) -> Path:
    """Return the directory of the language host for YAML, which a CLI of ours is built without.

    Args:
        cli: The CLI that is used; an official one has the host beside it.

    Raises:
        CliUnavailableError: It is not there and cannot be built.
    """
    if _has(cli.directory, YAML_HOST):
        return cli.directory
    version = _pinned("github.com/pulumi/pulumi-yaml", YAML_MODULE)
    target = cache_directory() / f"yaml-{version}-{_fingerprint(YAML_MODULE)}"
    try:
        go = _go()
        with _made_whole(target) as unfinished:
            if unfinished is not None:
                _say(f"{YAML_HOST}: building {version} from its Go modules (once, a minute or two)")
                package = f"github.com/pulumi/pulumi-yaml/cmd/{YAML_HOST}"
                flag = f"-s -w -X github.com/pulumi/pulumi-yaml/pkg/version.Version={version}"
                _run_go_build(go, YAML_MODULE, flag, [package], unfinished)
    except (_NotPossible, OSError) as reason:
        raise CliUnavailableError(f"no {YAML_HOST}: {reason}") from None
    return target


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
    beside = Path(command).resolve().parent
    missing = [host for host in HOSTS if not (_has(beside, host) or shutil.which(host))]
    if LANGUAGE_HOST in missing or (missing and os.name == "nt"):
        raise _NotPossible(f"the one on PATH comes without {missing[0]}")
    if missing:
        return _completed(Path(command).absolute(), version)
    return Installation(Path(command).absolute().parent, version, "found on PATH")


def _completed(command: Path, version: str) -> Installation:
    """Put the shim and a way to a CLI that lacks it into one directory."""
    forward = f'#!/bin/sh\nexec {shlex.quote(str(command))} "$@"\n'
    scripts = {"pulumi": forward, SHIM: _SHIM_SCRIPT}
    key = hashlib.sha256("".join(scripts.values()).encode()).hexdigest()[:12]
    target = cache_directory() / f"shim-{key}"
    with _made_whole(target) as unfinished:
        if unfinished is not None:
            for name, script in scripts.items():
                (unfinished / name).write_text(script)
                (unfinished / name).chmod(0o755)
    return Installation(target, version, f"found on PATH ({command}), with {SHIM} added")


def _cached() -> Installation:
    """What an earlier run downloaded or built."""
    for found in (_official(), _own_build()):
        if _has(found.directory, "pulumi"):
            return found
    raise _NotPossible("none in the cache")


def _official() -> Installation:
    version = f"v{metadata.version('pulumi')}"
    target = cache_directory() / f"official-{version}"
    return Installation(target / "bin", version, f"of the official installer, in {target}")


def _own_build() -> Installation:
    """One for each state of the files that define it."""
    version = _pinned(_SDK)
    target = cache_directory() / f"built-{version}-{_fingerprint(MODULE)}"
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
    # a group of its own: the installer starts curl, which must not outlive a timeout
    with subprocess.Popen(
        [sys.executable, "-c", _INSTALL, str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as installer:
        try:
            output, _ = installer.communicate(timeout=INSTALLER_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            _kill_group(installer)
            raise _NotPossible("the official installer did not finish in time") from None
        except BaseException:
            _kill_group(installer)
            raise
    if installer.returncode or not _has(root / "bin", "pulumi"):
        raise _NotPossible(f"the official installer cannot download it ({_last_line(output)})")


def _kill_group(process: subprocess.Popen[str]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)


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
    _run_go_build(go, MODULE, flag, [_CLI_PACKAGE, "./cmd/..."], target)
    sdk = Path(_go_output(go, "list", "-m", "-f", "{{.Dir}}", _SDK))
    # both are scripts and lie in the module as they lie in the official CLI
    for script in ("python/cmd/pulumi-language-python-exec", f"python/dist/{SHIM}"):
        copy = target / Path(script).name
        shutil.copyfile(sdk / script, copy)
        copy.chmod(0o755)


def _run_go_build(go: str, module: Path, flag: str, packages: list[str], target: Path) -> None:
    options = ["-v", "-buildvcs=false", "-ldflags", flag, "-o", f"{target}{os.sep}"]
    # Go's temporary files lie where everything is removed if the build does not end well
    environment = {**_go_environment(), "GOTMPDIR": str(target)}
    _run_with_progress([go, "build", "-C", str(module), *options, *packages], environment)


def _run_with_progress(command: list[str], environment: dict[str, str]) -> None:
    """Run a build; say now and then how far it is, and why it failed."""
    started = time.monotonic()
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=MODULE,
        env=environment,
        stdout=subprocess.DEVNULL,  # ours carries the result and nothing else
        stderr=subprocess.PIPE,
        text=True,
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
        # among the names of packages and the progress of downloads, only messages have a space
        messages = [x for x in lines if " " in x and not x.startswith(("# ", "go: downloading "))]
        raise _NotPossible(f"it cannot be built ({_last_line(''.join(messages))})")


def _go() -> str:
    go = shutil.which("go")
    if go is None:
        raise _NotPossible("it cannot be built, since there is no Go on PATH")
    version = _go_output(go, "env", "GOVERSION").removeprefix("go")
    if _numbers(version) < _numbers(_pinned("go")):
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
        raise _NotPossible(f"`go {arguments[0]}` fails ({_last_line(done.stderr)})")
    return done.stdout.strip()


def _go_environment() -> dict[str, str]:
    ours = {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "GOWORK": "off", "CGO_ENABLED": "0"}
    return {**os.environ, **ours}


def _pinned(name: str, module: Path | None = None) -> str:
    """Return the version of a module, or of Go itself, that a go.mod asks for."""
    pins = (module or MODULE) / "go.mod"
    found = re.search(rf"^(?:require)?\s*{re.escape(name)} (v?[\d.]+)", pins.read_text(), re.M)
    if found is None:
        raise _NotPossible(f"{pins} does not pin {name}")
    return found[1]


def _fingerprint(module: Path) -> str:
    """Tell builds of different sources apart."""
    digest = hashlib.sha256()
    for path in sorted(each for each in module.rglob("*") if each.is_file()):
        digest.update(path.relative_to(module).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _made_whole(target: Path) -> Iterator[Path | None]:
    """Give a directory to fill that appears as ``target`` only when it is complete.

    One process at a time; None where another one has just made it.
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
        _say("Pulumi CLI: another process is getting it, waiting for that")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _has(directory: Path, command: str) -> bool:
    return shutil.which(command, path=str(directory)) is not None


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
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Print the directory of a usable CLI."""
    try:
        print(ensure_cli().directory)
    except CliUnavailableError as error:
        _say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        _say("Pulumi CLI: stopped; what was unfinished is removed")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
