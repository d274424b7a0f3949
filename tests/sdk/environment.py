"""Virtual environments that have the packages of the tests: created in a moment, without a network.

``python -m tests.sdk.environment DIRECTORY`` creates one, as ``python -m venv`` does on the pages.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import venv
from pathlib import Path

PIP = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
"""Variables with which pip installs without a network; 0 is what switches isolation off."""


def create(directory: Path) -> Path:
    """Create an environment and return its interpreter."""
    venv.create(directory, symlinks=os.name != "nt")
    python = directory.absolute() / "bin" / "python"
    (packages(python) / "tests.pth").write_text(sysconfig.get_path("purelib"))
    pip = python.with_name("pip")
    pip.write_text(f'#!/bin/sh\nexec "{python}" -m tests.docs.installed "$@"\n')
    pip.chmod(0o755)
    return python


def packages(python: Path) -> Path:
    """Return the directory of the packages of an environment, by its interpreter."""
    (found,) = python.parent.parent.glob("lib/python*/site-packages")
    return found


if __name__ == "__main__":
    create(Path(sys.argv[1]))
