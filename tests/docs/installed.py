"""Stands in for ``pip install`` in the environment of the tests: checks that it has the packages.

The real pip takes more than a second for this. It still installs directories and files.
"""

from __future__ import annotations

import re
import runpy
import sys
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path

from packaging.requirements import Requirement


def named(words: list[str]) -> Iterator[str]:
    """Return the requirements of a command line, of its files too."""
    for before, word in zip(["", *words], words, strict=False):
        if before in ("-r", "--requirement"):
            lines = (line.partition("#")[0].strip() for line in Path(word).read_text().splitlines())
            for line in filter(None, lines):
                yield from named(line.split(maxsplit=1) if line.startswith("-") else [line])
        elif not word.startswith("-"):
            yield word


def main() -> None:
    command, *words = sys.argv[1:]
    wanted = list(named(words))
    if command != "install" or not wanted or any(re.search(r"[/\\]|^\.", each) for each in wanted):
        runpy.run_module("pip", run_name="__main__", alter_sys=True)
    for each in map(Requirement, wanted):
        found = metadata(each.name)
        assert found["Version"] in each.specifier, f"{each}: {found['Version']} is installed"
        missing = each.extras - set(found.get_all("Provides-Extra", ()))
        assert not missing, f"{each.name} has no extra {missing}"


if __name__ == "__main__":
    main()
