"""``make release-check``: runs all checks for a release in one command.

Builds the wheel and the source distribution, checks both, and installs the wheel in a clean
environment of each supported Python: the lowest with the lowest versions of what the package needs,
the others with the newest. In each, the programs start, the tests of ``examples/offline-tests``
pass, and the real CLI runs the quickstart. With the lowest versions, the oldest supported CLI runs
both providers, too, and a Python program with the SDK of the native one. A changelog entry and
recorded states are required.

With ``--available``, an environment whose Python is not on this machine is left out and named; if
those are all, this Python is taken.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import time
import tomllib
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.version import Version

from tools import check_dist
from tools.cache import UnavailableError
from tools.life_cycle import EXAMPLES, NATIVE_IN_PYTHON, PROGRAMS, check_life_cycle
from tools.pulumi_cli import ensure_cli, ensure_oldest_cli, ensure_yaml_host
from tools.pulumi_project import CommandFailedError
from tools.record_state import PACKAGES, STATES
from tools.release_environment import (
    CheckFailedError,
    Environment,
    check_commands,
    interpreter,
    printed_by,
)

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"
PYTHON_SDK = ROOT / "sdk" / "python"
USED = ("emulator", "testing")
"""The extras that users install; ``dev`` is for those who change this project."""

SHOWN = """
from importlib.metadata import version
print(", ".join(f"{name} {version(name)}" for name in ("pulumi", "pydantic", "httpx")))
"""


@dataclass(frozen=True)
class Case:
    """An environment that is supported.

    Attributes:
        python: The version of Python.
        constraints: The versions of what the package needs; empty for the newest.
        oldest_cli: Whether the oldest supported CLI is tried, too.
    """

    python: str
    constraints: tuple[str, ...] = ()
    oldest_cli: bool = False


def main() -> int:
    """Check everything and return the exit code."""
    parser = argparse.ArgumentParser(description="Check all that must hold for a release.")
    parser.add_argument("--available", action="store_true", help="leave out a missing Python")
    given = parser.parse_args()
    try:
        run(available=given.available)
    except (CheckFailedError, CommandFailedError, UnavailableError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def run(*, available: bool = False) -> None:
    """Check everything.

    Args:
        available: Leave out a Python that this machine does not have.

    Raises:
        CheckFailedError: The version must not be published as it is.
    """
    shutil.rmtree(DIST, ignore_errors=True)
    build = (sys.executable, "-m", "build", "--outdir", DIST, ROOT)
    printed_by(*build, title="the build failed")
    wheel = check_dist.check_files(DIST)
    metadata = metadata_of(wheel)
    print(changelog_entry((ROOT / "CHANGELOG.md").read_text(), metadata.version))
    check_states(STATES, metadata.version)
    newest = ensure_cli()
    cli, wanted = (newest.directory, ensure_yaml_host(newest)), cases(metadata)
    chosen = on_this_machine(wanted) if available else wanted
    with ThreadPoolExecutor() as pool:  # downloads take most of the time
        for report in pool.map(lambda case: check_case(case, wheel, cli), chosen):
            print(report)


def metadata_of(wheel: Path) -> Metadata:
    """Return the metadata of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return Metadata.from_email(archive.read(name))


def changelog_entry(changelog: str, version: Version) -> str:
    """Return the title of the entry of a version, which must be the first and list a change.

    Raises:
        CheckFailedError: There is no such entry.
    """
    title, _, rest = changelog.partition("\n## ")[2].partition("\n")
    text = rest.partition("\n## ")[0]
    if title.partition(" ")[0] != str(version) or not re.search(r"^- \S", text, re.MULTILINE):
        raise CheckFailedError(f"CHANGELOG.md does not begin with an entry for {version}")
    reminder = "; put the date there before it is tagged" if "unreleased" in title else ""
    return f"CHANGELOG.md: {title}{reminder}"


def check_states(directory: Path, version: Version) -> None:
    """Make sure that the next version can be tested against what this one leaves behind.

    Raises:
        CheckFailedError: A state is missing.
    """
    for provider in PACKAGES:
        file = directory / f"{version}-{provider}.json"
        if not file.is_file():
            raise CheckFailedError(
                f"there is no {file.name} in {directory.name}/: python -m tools.record_state "
                f"{version}"
            )


def on_this_machine(wanted: Sequence[Case]) -> list[Case]:
    """Return the cases whose Python is here and name the others; this Python if there are none."""
    found = []
    for case in wanted:
        try:
            interpreter(case.python)
        except CheckFailedError as error:
            print(f"left out: {error}")
        else:
            found.append(case)
    return found or [Case("{}.{}".format(*sys.version_info[:2]))]


def cases(metadata: Metadata) -> list[Case]:
    """Return a case for each supported Python."""
    prefix = "Programming Language :: Python :: 3."
    found = (each for each in metadata.classifiers or () if each.startswith(prefix))
    first, *others = sorted(int(each.removeprefix(prefix)) for each in found)
    oldest = Case(f"3.{first}", lowest(metadata.requires_dist or []), oldest_cli=True)
    return [oldest, *(Case(f"3.{minor}") for minor in others)]


def lowest(requirements: list[Requirement]) -> tuple[str, ...]:
    """Return constraints that take the lowest version of each requirement."""
    found = []
    for requirement in requirements:
        used = requirement.marker is None or any(
            requirement.marker.evaluate({"extra": extra}) for extra in USED
        )
        bounds = [each.version for each in requirement.specifier if each.operator == ">="]
        if used and bounds:
            found.append(f"{requirement.name}=={bounds[0]}")
    return tuple(found)


def check_case(case: Case, wheel: Path, cli: Sequence[Path]) -> str:
    """Try a wheel in an environment and return a line about it.

    Args:
        case: The environment.
        wheel: What is installed there.
        cli: The directory of the CLI, and those of the hosts that it starts.
    """
    started = time.monotonic()
    with Environment.made(interpreter(case.python)) as environment:
        environment.install(str(wheel), case.constraints)
        check_commands(environment)
        environment.install(f"{wheel}[testing]", case.constraints)
        python = environment.program("python")
        example = shutil.copytree(EXAMPLES / "offline-tests", environment.directory / "example")
        environment.command(python, "-m", "pytest", "--quiet", directory=example, path=cli[0])
        check_life_cycle(environment, "dynamic", cli)
        versions = environment.command(python, "-c", SHOWN).strip()
        if case.oldest_cli:
            oldest = (ensure_oldest_cli().directory, *cli)
            for provider in PROGRAMS:
                check_life_cycle(environment, provider, oldest)
            install_sdk(environment)
            check_life_cycle(environment, NATIVE_IN_PYTHON, oldest)
    cli_too = ", also with the oldest CLI and the SDK's oldest pulumi" if case.oldest_cli else ""
    return f"Python {case.python}, {versions}{cli_too}: works ({time.monotonic() - started:.0f} s)"


def install_sdk(environment: Environment) -> None:
    """Install the Python SDK of the native provider, with the lowest ``pulumi`` that it allows."""
    # a copy: the build leaves files
    copy = shutil.copytree(PYTHON_SDK, environment.directory / "sdk")
    environment.install(str(copy), [f"pulumi=={lowest_pulumi_of_sdk()}"])


def lowest_pulumi_of_sdk() -> str:
    """Return the lowest version of ``pulumi`` that the Python SDK of the native provider allows."""
    declared = tomllib.loads((PYTHON_SDK / "pyproject.toml").read_text())["project"]["dependencies"]
    return dict(each.split("==") for each in lowest(list(map(Requirement, declared))))["pulumi"]


if __name__ == "__main__":
    sys.exit(main())
