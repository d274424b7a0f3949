"""What is left to do after ``flashback import``, as commands to copy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pulumi_flashback.cli.importing.found import Found
from pulumi_flashback.cli.importing.programs import IMPORTS
from pulumi_flashback.redaction import printable
from pulumi_flashback.suggested_commands import command

IMPORT_COMMAND = f"pulumi import --file {IMPORTS} --generate-code=false --protect=false"
"""The program is there already, and a protected resource would be one more difference to it."""


def guide(directory: Path, language: str, names: Sequence[str], resources: Sequence[Found]) -> str:
    """Return the text that the command ends with.

    Args:
        directory: Where the files are.
        language: ``python`` or ``yaml``.
        names: The files.
        resources: What was found.
    """
    commands = [command("cd", *(["--"] if str(directory).startswith("-") else []), str(directory))]
    commands += ["pip install -r requirements.txt"] * (language == "python")
    commands += ["pulumi stack init dev", *secret_commands(resources), IMPORT_COMMAND, "pulumi up"]
    wrote = f"Found {_counted(resources)}. Wrote {', '.join(names)} to {directory}."
    parts = [wrote, _problems(resources), _introduction(resources), _indented(commands)]
    return "\n\n".join(part for part in parts if part)


def secret_commands(resources: Sequence[Found]) -> list[str]:
    """Return the commands that put the secrets into the stack config; each asks for its value."""
    return [f"pulumi config set --secret {s.config}" for each in resources for s in each.secrets]


def _introduction(resources: Sequence[Found]) -> str:
    if not any(each.secrets for each in resources):
        return "Next:"
    return (
        "Next, with both halves of each key at hand: `pulumi config set` asks for each value, or\n"
        "reads it from a file (`< FILE`). Where the platform does not return a value, it may be\n"
        "set later: until then `pulumi up` keeps what is there, and warns."
    )


def _problems(resources: Sequence[Found]) -> str:
    lines = [
        f"  {each.name}: {printable(reason)}" for each in resources for reason in each.problems
    ]
    if not lines:
        return ""
    return "\n".join(["The provider does not accept these values; change them first:", *lines])


def _counted(resources: Sequence[Found]) -> str:
    names = [each.type.name for each in resources]
    return ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))


def _indented(lines: Sequence[str]) -> str:
    return "\n".join(f"  {line}" for line in lines)
