"""Finds, downloads or builds a Pulumi CLI, and prints the directory to put first on PATH.

In this order: the CLI on PATH; the one that an earlier run left in the user's cache; the official
installer that the Automation API offers; a build from the Go modules that tools/pulumi pins. The
directory is the only line on standard output, everything else goes to standard error.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pulumi_flashback.cli.doctor import OLDEST_CLI
from tools import go
from tools.cache import (
    UnavailableError,
    cache_directory,
    complete,
    fingerprint,
    last_line,
    say,
)

INSTALLER_TIMEOUT_SECONDS = 300

MODULE = Path(__file__).parent / "pulumi"
OLDEST_MODULE = Path(__file__).parent / "pulumi_oldest"
YAML_MODULE = Path(__file__).parent / "pulumi_yaml"
YAML_HOST = "pulumi-language-yaml"
LANGUAGE_HOST = "pulumi-language-python"
SHIM = "pulumi-resource-pulumi-python"
HOSTS = (LANGUAGE_HOST, SHIM)
"""What a Python program with dynamic resources needs beside the CLI."""

_CLI = "github.com/pulumi/pulumi/pkg/v3"
_SDK = "github.com/pulumi/pulumi/sdk/v3"
_YAML = "github.com/pulumi/pulumi-yaml"
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


class CliUnavailableError(UnavailableError):
    """There is no CLI, and none can be installed; the text says what was tried and what to do."""


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
    """Return a usable CLI, and install one if there is none.

    Raises:
        CliUnavailableError: Every way failed.
    """
    reasons = []
    ways: tuple[Callable[[], Installation], ...] = (_on_path, _cached, _downloaded, _built)
    for way in ways:
        try:
            found = way()
        except (UnavailableError, OSError) as reason:
            reasons.append(str(reason))
            say(f"Pulumi CLI: {reason}")
        else:
            say(f"Pulumi CLI: {found.version}, {found.origin}")
            return found
    raise CliUnavailableError(
        f"no Pulumi CLI: {'; '.join(reasons)}. Install it (pulumi.com/docs/install), or install "
        f"Go {go.pinned('go', MODULE)} or newer to build it"
    )


def ensure_yaml_host(cli: Installation) -> Path:
    """Return the directory of the language host for YAML, which a CLI of ours is built without.

    Args:
        cli: The CLI that is used; an official one has the host beside it.

    Raises:
        UnavailableError: It is not there and cannot be built.
    """
    if _has(cli.directory, YAML_HOST):
        return cli.directory
    version = go.pinned(_YAML, YAML_MODULE)
    target = cache_directory("pulumi-cli") / f"yaml-{version}-{fingerprint(YAML_MODULE)}"
    flag = f"-X {_YAML}/pkg/version.Version={version}"
    return go.build(YAML_MODULE, target, [f"{_YAML}/cmd/{YAML_HOST}"], flag)


def ensure_oldest_cli() -> Installation:
    """Return the oldest supported CLI, without hosts: it starts those that it finds on PATH.

    It is built with the libraries of the newer CLI where that is possible, so that a build after
    that of the newer one takes half a minute.

    Raises:
        UnavailableError: It cannot be built.
    """
    version = go.pinned(_CLI, OLDEST_MODULE)
    target = cache_directory("pulumi-cli") / f"built-{version}-{fingerprint(OLDEST_MODULE)}"
    flag = f"-X {_SDK}/go/common/version.Version={version}"
    go.build(OLDEST_MODULE, target, [f"{_CLI}/cmd/pulumi"], flag)
    return Installation(target, version, f"built from its Go modules, in {target}")


def _on_path() -> Installation:
    command = shutil.which("pulumi")
    if command is None:
        raise UnavailableError("none on PATH")
    version = _version_of(command)
    if go.numbers(version) < OLDEST_CLI:
        oldest = ".".join(map(str, OLDEST_CLI))
        raise UnavailableError(f"{version or 'the one'} on PATH is older than {oldest}")
    beside = Path(command).resolve().parent
    missing = [host for host in HOSTS if not (_has(beside, host) or shutil.which(host))]
    if LANGUAGE_HOST in missing or (missing and os.name == "nt"):
        raise UnavailableError(f"the one on PATH comes without {missing[0]}")
    if missing:
        return _with_shim(Path(command).absolute(), version)
    return Installation(Path(command).absolute().parent, version, "found on PATH")


def _with_shim(command: Path, version: str) -> Installation:
    """Put the shim, and a script that starts a CLI without it, into one directory."""
    forward = f'#!/bin/sh\nexec {shlex.quote(str(command))} "$@"\n'
    scripts = {"pulumi": forward, SHIM: _SHIM_SCRIPT}
    key = hashlib.sha256("".join(scripts.values()).encode()).hexdigest()[:12]
    target = cache_directory("pulumi-cli") / f"shim-{key}"
    with complete(target) as unfinished:
        if unfinished is not None:
            for name, script in scripts.items():
                (unfinished / name).write_text(script)
                (unfinished / name).chmod(0o755)
    return Installation(target, version, f"found on PATH ({command}), with {SHIM} added")


def _cached() -> Installation:
    for found in (_official(), _own_build()):
        if _has(found.directory, "pulumi"):
            return found
    raise UnavailableError("none in the cache")


def _official() -> Installation:
    version = f"v{metadata.version('pulumi')}"
    target = cache_directory("pulumi-cli") / f"official-{version}"
    return Installation(target / "bin", version, f"of the official installer, in {target}")


def _own_build() -> Installation:
    version = go.pinned(_SDK, MODULE)
    target = cache_directory("pulumi-cli") / f"built-{version}-{fingerprint(MODULE)}"
    return Installation(target, version, f"built from its Go modules, in {target}")


def _downloaded() -> Installation:
    found = _official()
    with complete(found.directory.parent) as unfinished:
        if unfinished is not None:
            say(f"Pulumi CLI: downloading {found.version} with the official installer (once)")
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
        except BaseException as error:
            if sys.platform == "win32":
                installer.kill()
            else:
                os.killpg(installer.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise UnavailableError("the official installer did not finish in time") from None
            raise
    if installer.returncode or not _has(root / "bin", "pulumi"):
        raise UnavailableError(f"the official installer cannot download it ({last_line(output)})")


def _built() -> Installation:
    found = _own_build()
    flag = f"-X {_SDK}/go/common/version.Version={found.version}"
    packages = (f"{_CLI}/cmd/pulumi", "./cmd/...")
    go.build(MODULE, found.directory, packages, flag, then=_add_scripts)
    return found


def _add_scripts(target: Path) -> None:
    """Copy two scripts that lie in the module as they lie in the official CLI."""
    listed = go.output(go.find(MODULE), "list", "-m", "-f", "{{.Dir}}", _SDK, module=MODULE)
    for script in (f"python/cmd/{LANGUAGE_HOST}-exec", f"python/dist/{SHIM}"):
        copy = target / Path(script).name
        shutil.copyfile(Path(listed) / script, copy)
        copy.chmod(0o755)


def _has(directory: Path, command: str) -> bool:
    return shutil.which(command, path=str(directory)) is not None


def _version_of(command: str) -> str:
    try:
        done = subprocess.run(
            [command, "version"],
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def main() -> int:
    """Print the directory of a usable CLI."""
    try:
        print(ensure_cli().directory)
    except CliUnavailableError as error:
        say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        say("Pulumi CLI: stopped; what was unfinished is removed")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
