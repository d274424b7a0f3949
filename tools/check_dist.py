"""Checks that the files in dist/ are complete and that the wheel works on its own."""

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
    "pulumi_flashback/openapi.yaml",
    "pulumi_flashback/native/examples/ApiKey.md",
}
WANTED_IN_SOURCE = {
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "api/openapi.yaml",
    "docs/_index.md",
    "examples/quickstart/__main__.py",
    "pulumi_flashback/__init__.py",
    "pyproject.toml",
    "tests/conftest.py",
}
TOP_OF_SOURCE = {
    *(".gitattributes", ".gitignore", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md"),
    *("LICENSE", "Makefile", "PKG-INFO", "README.md", "SECURITY.md", "api", "benchmarks"),
    "conformance",
    *("docs", "examples", "pulumi_flashback", "pyproject.toml", "tests", "tools", "zensical.toml"),
}
"""Anything else in the directory, such as notes or a state, is not published."""


def main() -> int:
    """Check both files, and the wheel in a clean environment; return the exit code."""
    try:
        wheel = check_files(DIST)
        with Environment.made(Path(sys.executable)) as environment:
            environment.install(str(wheel))
            check_commands(environment)
    except CheckFailedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("the wheel works by itself")
    return 0


def check_files(directory: Path) -> Path:
    """Check the contents of both files, and return the wheel.

    Raises:
        CheckFailedError: A file is missing or lacks something, or has too much.
    """
    wheel, source = the_only(directory, "*.whl"), the_only(directory, "*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        check_wheel(archive.namelist(), wheel.name)
    with tarfile.open(source) as packed:
        check_source(packed.getnames(), source.name)
    # the tool that publishes them checks whether the package index can show them
    twine = (sys.executable, "-m", "twine")
    printed_by(*twine, "check", "--strict", wheel, source, title="twine check")
    print(f"{wheel.name} and {source.name} are complete")
    return wheel


def the_only(directory: Path, pattern: str) -> Path:
    """Return the one file of a kind; an older one beside it is an error."""
    found = sorted(directory.glob(pattern))
    if len(found) != 1:
        raise CheckFailedError(
            f"{len(found)} files {pattern} in {directory.name}/; run `make dist`"
        )
    return found[0]


def check_wheel(names: list[str], file: str) -> None:
    """Raise an error if a wheel lacks something, or has files outside of its package."""
    ours = ("pulumi_flashback/", "pulumi_flashback-")
    _compare(file, WANTED_IN_WHEEL - set(names), {n for n in names if not n.startswith(ours)})


def check_source(names: list[str], file: str) -> None:
    """Raise an error if a source distribution lacks something, or has generated files."""
    inside = {name.partition("/")[2] for name in names} - {""}
    made = {name for name in inside if "__pycache__" in name or "node_modules" in name}
    foreign = {name for name in inside if name.partition("/")[0] not in TOP_OF_SOURCE}
    _compare(file, WANTED_IN_SOURCE - inside, foreign | made)


def _compare(file: str, missing: set[str], foreign: set[str]) -> None:
    if missing:
        raise CheckFailedError(f"{file} lacks {', '.join(sorted(missing))}")
    if foreign:
        raise CheckFailedError(f"{file} has what does not belong: {', '.join(sorted(foreign))}")


if __name__ == "__main__":
    sys.exit(main())
