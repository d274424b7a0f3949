"""What is left to do after ``flashback import``, as commands to copy."""

from collections.abc import Sequence
from pathlib import Path

from pulumi_flashback.cli.importing.found import Found
from pulumi_flashback.cli.importing.programs import IMPORTS
from pulumi_flashback.redaction import printable
from pulumi_flashback.suggested_commands import command, end_of_options

IMPORT_COMMAND = f"pulumi import --file {IMPORTS} --generate-code=false --protect=false"
"""The program exists already, and a protected resource would be one more difference to it."""

_SECRETS = """\
Next, with the credentials at hand: `pulumi config set` prompts for each value, or reads it from a
file (`< FILE`). A value that the API does not return may be set later: until then `pulumi up` keeps
the existing one, and warns."""

_SHOWN_ONCE = """\
The API shows the secret of a repository's key only when it creates the key, so the stack will not
have it. Applications keep the one that they use. If a program needs it, `pulumi up --replace URN`
creates another key and deletes the old one. Affected keys:
  {}"""


def guide(directory: Path, language: str, names: Sequence[str], resources: Sequence[Found]) -> str:
    types = [each.type.name for each in resources]
    counts = ", ".join(f"{types.count(name)} {name}" for name in dict.fromkeys(types))
    secrets = secret_commands(resources)
    commands = [
        command("cd", *end_of_options(str(directory)), str(directory)),
        *["pip install -r requirements.txt"] * (language == "python"),
        *("pulumi stack init dev", *secrets, IMPORT_COMMAND, "pulumi up"),
    ]
    parts = [
        f"Found {counts}. Wrote {', '.join(names)} to {directory}.",
        _problems(resources),
        _without_secret(resources),
        _SECRETS if secrets else "Next:",
        "\n".join(f"  {each}" for each in commands),
    ]
    return "\n\n".join(filter(None, parts))


def secret_commands(resources: Sequence[Found]) -> list[str]:
    return [f"pulumi config set --secret {s.config}" for each in resources for s in each.secrets]


def _without_secret(resources: Sequence[Found]) -> str:
    names = [each.name for each in resources if each.type.outputs.marked("shown_once")]
    return _SHOWN_ONCE.format(", ".join(names)) if names else ""


def _problems(resources: Sequence[Found]) -> str:
    lines = [f"  {each.name}: {printable(text)}" for each in resources for text in each.problems]
    heading = "The provider does not accept these values; change them first:"
    return "\n".join([heading, *lines]) if lines else ""
