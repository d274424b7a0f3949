"""Checks the wheel in dist/: what is in it, and that it works in a clean environment."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

DIST = Path(__file__).parent.parent / "dist"
WANTED = {
    "pulumi_flashback/py.typed",
    "pulumi_flashback/pulumi-plugin.json",
    "pulumi_flashback/dynamic/api_key.py",
    "pulumi_flashback/emulator/__main__.py",
}
TRY = """
import json, importlib.resources, sys
import pulumi_flashback, pulumi_flashback.client, pulumi_flashback.resources
assert pulumi_flashback.__file__.startswith(sys.prefix), pulumi_flashback.__file__
plugin = importlib.resources.files("pulumi_flashback").joinpath("pulumi-plugin.json").read_text()
assert json.loads(plugin) == {"resource": False, "name": "flashback"}, plugin
"""
WITHOUT_EXTRA = "error: uvicorn is missing: pip install 'pulumi_flashback[emulator]'"


def main() -> int:
    """Check the newest wheel and return the exit code."""
    wheels = sorted(DIST.glob("*.whl"), key=lambda each: each.stat().st_mtime)
    if not wheels:
        print("error: no wheel in dist/; run `make dist`", file=sys.stderr)
        return 1
    wheel = wheels[-1]
    names = set(zipfile.ZipFile(wheel).namelist())
    missing = WANTED - names
    foreign = {n for n in names if not n.startswith(("pulumi_flashback/", "pulumi_flashback-"))}
    if missing or foreign:
        print(f"error: {wheel.name} lacks {missing} or has too much: {foreign}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as directory:
        venv.create(directory, with_pip=True)
        python = Path(directory) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
        subprocess.run([python, "-c", TRY], check=True, cwd=directory)
        emulator = subprocess.run(
            [python, "-m", "pulumi_flashback.emulator"],
            capture_output=True,
            text=True,
            check=False,
            cwd=directory,
        )
    if emulator.stderr.strip().splitlines()[-1:] != [WITHOUT_EXTRA]:
        print(f"error: the emulator without its extra says {emulator.stderr!r}", file=sys.stderr)
        return 1
    print(f"{wheel.name} is complete and works in a clean environment")
    return 0


if __name__ == "__main__":
    sys.exit(main())
