"""Checks what is in dist/: both files have what they need, and the wheel works by itself."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

from tools.release_environment import CheckFailedError, Environment, check_commands, printed_by

DIST = Path(__file__).parent.parent / "dist"
WANTED_IN_WHEEL = {
    "pulumi_flashback/py.typed",
    "pulumi_flashback/pulumi-plugin.json",
    "pulumi_flashback/dynamic/api_key.py",
    "pulumi_flashback/emulator/__main__.py",
    "pulumi_flashback/native/examples/ApiKey.md",
}
WANTED_IN_SOURCE = {
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "docs/_index.md",
    "examples/quickstart/__main__.py",
    "pulumi_flashback/__init__.py",
    "pyproject.toml",
    "tests/conftest.py",
}
TOP_OF_SOURCE = {
    ".gitattributes",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "PKG-INFO",
    "README.md",
    "SECURITY.md",
    "benchmarks",
    "docs",
    "examples",
    "mkdocs.yml",
    "pulumi_flashback",
    "pyproject.toml",
    "tests",
    "tools",
}
"""Whatever else lies in the directory, such as notes or a state, is not to be published."""


def main() -> int:
    """Check both files and return the exit code."""
    try:
        check(DIST)
    except CheckFailedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def check(directory: Path) -> None:
    """Check both files, and the wheel in a clean environment.

    Raises:
        CheckFailedError: Something is wrong with them.
    """
    wheel = check_files(directory)
    with Environment.made(Path(sys.executable)) as environment:
        environment.install(str(wheel))
        check_commands(environment)
    print("the wheel works by itself")


def check_files(directory: Path) -> Path:
    """Check what is in both files, and return the wheel.

    Raises:
        CheckFailedError: Something is wrong with them.
    """
    wheel, source = the_only(directory, "*.whl"), the_only(directory, "*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        check_wheel(archive.namelist(), wheel.name)
    with tarfile.open(source) as packed:
        check_source(packed.getnames(), source.name)
    check_description(wheel, source)
    print(f"{wheel.name} and {source.name} are complete")
    return wheel


def the_only(directory: Path, pattern: str) -> Path:
    """Return the one file of a kind.

    Raises:
        CheckFailedError: There is none, or an older one as well.
    """
    found = sorted(directory.glob(pattern))
    if len(found) != 1:
        raise CheckFailedError(
            f"{len(found)} files {pattern} in {directory.name}/; run `make dist`"
        )
    return found[0]


def check_wheel(names: list[str], file: str) -> None:
    """Make sure that a wheel has what it needs, and nothing outside of its package."""
    ours = ("pulumi_flashback/", "pulumi_flashback-")
    _compare(file, WANTED_IN_WHEEL - set(names), {n for n in names if not n.startswith(ours)})


def check_source(names: list[str], file: str) -> None:
    """Make sure that a source distribution has what it needs, and nothing that is made here."""
    inside = {name.partition("/")[2] for name in names} - {""}
    made = {name for name in inside if "__pycache__" in name or "node_modules" in name}
    foreign = {name for name in inside if name.partition("/")[0] not in TOP_OF_SOURCE}
    _compare(file, WANTED_IN_SOURCE - inside, foreign | made)


def check_description(*files: Path) -> None:
    """Let the tool that publishes them say whether the package index can show them."""
    twine = (sys.executable, "-m", "twine")
    printed_by(*twine, "check", "--strict", *files, title="twine check")


def _compare(file: str, missing: set[str], foreign: set[str]) -> None:
    if missing:
        raise CheckFailedError(f"{file} lacks {', '.join(sorted(missing))}")
    if foreign:
        raise CheckFailedError(f"{file} has what does not belong: {', '.join(sorted(foreign))}")


if __name__ == "__main__":
    sys.exit(main())
