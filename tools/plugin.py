"""``make plugin``: builds the native provider as an archive that the engine installs.

The archive holds a program, the Python and the libraries that it runs on, and their licenses, so
that no Python is needed. The engine looks for a file of this name at the download address.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

from pulumi_flashback.version import VERSION
from tools.release_environment import CheckFailedError, Environment

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"
PROGRAM = "pulumi-resource-flashback"
_MACHINES = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64"}

_START = "import sys; from pulumi_flashback.native.__main__ import main; sys.exit(main())\n"
_UNUSED = ("curses", "dill", "pulumi.automation", "readline")
"""Modules that the native provider never imports; readline would put the archive under the GPL."""


def main() -> int:
    """Build the archive and return the exit code."""
    try:
        print(build(DIST))
    except CheckFailedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def build(directory: Path) -> Path:
    """Build the archive for this platform in a directory and return its path.

    Raises:
        CheckFailedError: It cannot be built.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with Environment.made(Path(sys.executable)) as environment:
        environment.install(str(ROOT))
        environment.install("pyinstaller>=6.16")
        program = frozen(environment)
        add_licenses(environment, program)
        archive = directory / archive_name()
        with tarfile.open(archive, "w:gz") as packed:
            for each in sorted(program.iterdir()):
                packed.add(each, each.name)
    return archive


def archive_name() -> str:
    """Return the name that the engine expects of the archive for this platform."""
    machine = platform.machine()
    system = f"{platform.system().lower()}-{_MACHINES.get(machine, machine)}"
    return f"{PROGRAM}-v{VERSION}-{system}.tar.gz"


def frozen(environment: Environment) -> Path:
    """Return a directory with the program and all that it needs."""
    work = environment.directory / "frozen"
    work.mkdir()
    start = work / "start.py"
    start.write_text(_START)
    environment.command(
        *(environment.program("pyinstaller"), "--log-level", "WARN", "--onedir", "--name", PROGRAM),
        *("--copy-metadata", "pulumi_flashback", "--collect-data", "pulumi_flashback"),
        *(word for name in _UNUSED for word in ("--exclude-module", name)),
        start,
        directory=work,
    )
    return work / "dist" / PROGRAM


def add_licenses(environment: Environment, program: Path) -> None:
    """Add the licenses of the provider, of Python, and of every library in the archive."""
    target = program / "licenses"
    target.mkdir()
    places = (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix))
    python = next(each for place in places if (each := place / "LICENSE.txt").is_file())
    shutil.copy(python, target / "python.txt")
    for library in environment.directory.rglob("*.dist-info"):
        for file in library.rglob("*"):
            if file.is_file() and file.name.upper().startswith(("LICEN", "COPYING", "NOTICE")):
                shutil.copy(file, target / f"{library.stem}-{file.name}")
    for file in system_libraries(environment):
        for notice in distributor_notices(file):
            shutil.copy(notice, target / f"{notice.parent.name}.txt")


def system_libraries(environment: Environment) -> list[Path]:
    """Return the shared libraries in the archive that come from the operating system."""
    table = environment.directory / "frozen" / "build" / PROGRAM / "Analysis-00.toc"
    found = re.findall(r"'(/(?:usr/)?lib/[^']+)', 'BINARY'", " ".join(table.read_text().split()))
    return [Path(each) for each in dict.fromkeys(found)]


def distributor_notices(library: Path) -> list[Path]:
    """Return the copyright file of the Debian package of a library; elsewhere there is none."""
    if not shutil.which("dpkg"):
        return []
    asked: list[str | Path] = ["dpkg", "--search", library, library.resolve()]
    found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    packages = {line.partition(":")[0] for line in found.splitlines()}
    return [
        each for name in packages if (each := Path(f"/usr/share/doc/{name}/copyright")).is_file()
    ]


if __name__ == "__main__":
    sys.exit(main())
