"""Writes what is generated from the code into the files that show it; ``--check`` only compares."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pulumi_flashback.options import OPTIONS

ROOT = Path(__file__).parent.parent


def settings_table() -> str:
    """Return the table of settings."""
    rows = ["| stack config | variable | default | meaning |", "| --- | --- | --- | --- |"]
    for option in OPTIONS:
        default = f"`{option.default}`" if option.default else ""
        secret = " Secret." if option.secret else ""
        rows.append(
            f"| `{option.key}` | `{option.variable}` | {default} | {option.description}{secret} |"
        )
    return "\n".join(rows)


def main() -> int:
    """Generate, or compare; return the exit code."""
    path = ROOT / "README.md"
    present = path.read_text()
    wanted = re.sub(
        r"(<!-- settings -->\n).*?(<!-- /settings -->)",
        lambda match: f"{match[1]}{settings_table()}\n{match[2]}",
        present,
        flags=re.DOTALL,
    )
    if "--check" in sys.argv:
        if wanted != present:
            print("error: README.md is out of date; run `make generate`", file=sys.stderr)
            return 1
        return 0
    path.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
