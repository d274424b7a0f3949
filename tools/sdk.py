"""Writes sdk/: the package schema, and the SDKs that Pulumi's generators create from it.

``--check`` writes nothing; it names every file that is not what would be written.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools import go
from tools.banner import with_banner
from tools.cache import UnavailableError, cache_directory, fingerprint
from tools.package_schema import package_schema

ROOT = Path(__file__).parent.parent
SDK = ROOT / "sdk"
MODULE = Path(__file__).parent / "sdk_generator"
GENERATOR = "pulumi-flashback-sdk"
LANGUAGES = {"go": "go", "nodejs": "typescript", "python": "python"}
"""The SDKs, and how the schema marks their examples."""

SCHEMA = "schema.json"
RESOURCE = "flashback:index:ApiKey"
"""Its example is the one in the READMEs."""

BY_PRODUCTS = {"node_modules", "bin", "build", "dist", "__pycache__"}
"""Directories that a build leaves in an SDK; each SDK's .gitignore has them as well."""


class SdkError(Exception):
    """The SDKs cannot be generated; the text says why."""


def generate(target: Path) -> None:
    """Write the schema and every SDK into a directory.

    Raises:
        SdkError: No generator is to be had, or it refuses the schema.
    """
    schema = package_schema()
    write_trees(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", target)
    for language in LANGUAGES:
        # what every registry shows beside the code
        (target / language / "README.md").write_text(_readme(schema, language), encoding="utf-8")
        shutil.copyfile(ROOT / "LICENSE", target / language / "LICENSE")
    # the generator names one requirement; a module that can be used names those of it, too
    _run([_go(), "mod", "tidy"], target / "go")


def write_trees(schema: str, target: Path) -> None:
    """Write a schema, and what the generators make of it, into a directory.

    Raises:
        SdkError: No generator is to be had, or it refuses the schema.
    """
    (target / SCHEMA).write_text(schema, encoding="utf-8")
    _run([str(_generator()), SCHEMA, "."], target)


def _readme(schema: dict[str, Any], language: str) -> str:
    """The text of a language, with the example that the documentation of the resource has."""
    documentation = schema["resources"][RESOURCE]["description"]
    marked = rf"^```{LANGUAGES[language]}\n.*?^```$"
    example = re.search(marked, documentation, re.DOTALL | re.MULTILINE)
    if example is None:
        raise SdkError(f"the documentation of {RESOURCE} has no example in {LANGUAGES[language]}")
    text = (MODULE / "readme" / f"{language}.md").read_text(encoding="utf-8")
    return with_banner(text).replace("{example}", example[0])


def _generator() -> Path:
    """Return the program that generates SDKs from a schema; build it if it is missing."""
    target = cache_directory("sdk-generator") / f"built-{fingerprint(MODULE)}"
    try:
        return go.build(MODULE, target, ["."]) / GENERATOR
    except UnavailableError as reason:
        raise SdkError(f"SDK generator: {reason}") from None


def _go() -> str:
    try:
        return go.find(MODULE)
    except UnavailableError as reason:
        raise SdkError(f"SDK generator: {reason}") from None


def _run(command: list[str], directory: Path) -> None:
    done = subprocess.run(
        command,
        cwd=directory,
        env=go.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SdkError(done.stderr.strip() or f"{command[0]} fails and does not say why")


def differences(wanted: Path, present: Path) -> list[str]:
    """Say of each file that is not the same in two directories what is wrong with the second."""
    there = _files(present) - {"README.md"}  # the one that is written by hand
    should = _files(wanted)
    missing = [f"{name} is missing" for name in should - there]
    stale = [f"{name} is left over" for name in there - should]
    changed = [
        f"{name} differs"
        for name in should & there
        if (wanted / name).read_bytes() != (present / name).read_bytes()
    ]
    return sorted([*missing, *stale, *changed])


def _files(directory: Path) -> set[str]:
    found = set()
    for parent, children, names in os.walk(directory):
        children[:] = [each for each in children if not _is_by_product(each)]
        found |= {(Path(parent) / name).relative_to(directory).as_posix() for name in names}
    return found


def _is_by_product(directory: str) -> bool:
    return directory in BY_PRODUCTS or directory.endswith(".egg-info")


def replace(wanted: Path, present: Path) -> None:
    """Put what was generated in the place of what is there."""
    for language in LANGUAGES:
        shutil.rmtree(present / language, ignore_errors=True)
        shutil.copytree(wanted / language, present / language)
    shutil.copyfile(wanted / SCHEMA, present / SCHEMA)


def main() -> int:
    """Write or compare; return the exit code."""
    with tempfile.TemporaryDirectory() as directory:
        wanted = Path(directory)
        try:
            generate(wanted)
        except SdkError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        if "--check" not in sys.argv:
            replace(wanted, SDK)
            return 0
        wrong = differences(wanted, SDK)
    for each in wrong:
        print(f"error: sdk/{each}; run `make sdk`", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
