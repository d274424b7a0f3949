"""Writes what is generated from the code into the files that show it; ``--check`` only compares."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pulumi_flashback.emulator.faults import FIELDS, NAMED
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


def faults_paragraph() -> str:
    """Return the names of the faults, and the fields that change them."""
    names = ", ".join(f"`{name}`" for name in NAMED)
    fields = ", ".join(f"`{name}`" for name in FIELDS)
    return (
        f"Faults: {names}. An entry may be an object with `fault`, `times` (a number or "
        f'`"forever"`) and any of {fields} to change it.'
    )


def replaced(text: str, name: str, content: str) -> str:
    """Return a text with other content between its two marks."""
    return re.sub(
        rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)",
        lambda match: f"{match[1]}{content}\n{match[2]}",
        text,
        flags=re.DOTALL,
    )


def main() -> int:
    """Generate, or compare; return the exit code."""
    path = ROOT / "README.md"
    present = path.read_text()
    wanted = replaced(present, "settings", settings_table())
    wanted = replaced(wanted, "faults", faults_paragraph())
    if "--check" in sys.argv:
        if wanted != present:
            print("error: README.md is out of date; run `make generate`", file=sys.stderr)
            return 1
        return 0
    path.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
